"""Small things that several models need."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from markupsafe import Markup

from . import opentrans

#: Dates of documents are days in Germany.
GERMANY = ZoneInfo("Europe/Berlin")
#: Activities for who is responsible for an order that leaves, for a document that came,
#: for a quote that was won or lost.
SEND_ACTIVITY = "itscope_connector_opentrans.mail_activity_type_send"
DOCUMENT_ACTIVITY = "itscope_connector_opentrans.mail_activity_type_document"
QUOTE_ACTIVITY = "itscope_connector_opentrans.mail_activity_type_quote"
APPROVAL_ACTIVITY = "itscope_connector_opentrans.mail_activity_type_approval"


def html_list(title, texts):
    """A title and a list for the chatter; all text is escaped."""
    items = Markup("").join(Markup("<li>%s</li>") % text for text in texts)
    return Markup("<p>%s</p><ul>%s</ul>") % (title, items)


def html_text(text):
    """A paragraph of plain text, escaped; what is HTML already stays."""
    return text if isinstance(text, Markup) else Markup("<p>%s</p>") % text


def named_numbers(document):
    """All numbers of orders that an :mod:`opentrans` document names: ours, ITscope's,
    the supplier's."""
    references = [*document.references, *(line.reference for line in document.lines)]
    numbers = {number for reference in references for number in reference.numbers}
    # These two have the order's own number as theirs.
    if isinstance(document, opentrans.Order | opentrans.OrderResponse):
        numbers.add(document.number)
    numbers.add(getattr(document, "supplier_order_id", ""))
    return numbers - {""}


def day(moment):
    """The day that an aware time of a document means, or False."""
    return moment.astimezone(GERMANY).date() if moment else False


def plain(value):
    """A number for a person's eye: no exponent, no needless zeros."""
    number = Decimal(str(value)).normalize()
    return f"{number:f}"
