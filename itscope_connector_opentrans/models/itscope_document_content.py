from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_date, html2plaintext

from ..tools import day, plain

#: Lines that the form shows; the file has all.
SHOWN_LINES = 200

ROW = Markup("<tr>%s</tr>")
CELL = Markup("<td>%s</td>")
NUMBER = Markup('<td class="text-end">%s</td>')
HEAD = Markup("<th>%s</th>")
TABLE = Markup(
    '<table class="table table-sm"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>'
)
FACTS = Markup("<dl>%s</dl>")
FACT = Markup("<dt>%s</dt><dd>%s</dd>")


class ItscopeDocument(models.Model):
    """What stands in a document, for people."""

    _inherit = "itscope.document"

    # Not sanitised again: every value is escaped below.
    content_text = fields.Html(
        string="Content", compute="_compute_content_text", sanitize=False
    )

    def _compute_content_text(self):
        for document in self:
            # One that can't be read says so already.
            content = (
                document._read()
                if document.content_hash and not document._is_unreadable()
                else None
            )
            document.content_text = document._content_html(content) if content else ""

    def _content_html(self, content):
        """:param content: what :meth:`_read` gives; text in it is from outside"""
        facts = Markup().join(
            FACT % (label, value) for label, value in self._facts(content) if value
        )
        html = FACTS % facts + self._lines_html(content)
        if len(content.lines) > SHOWN_LINES:
            html += Markup("<p>%s</p>") % self.env._(
                "%s more lines are in the file.", len(content.lines) - SHOWN_LINES
            )
        return html

    def _facts(self, content):
        """``(label, text)`` of what the head and the summary say."""
        yield self.env._("Number"), content.number
        yield self.env._("Date"), self._day(content.date)
        labels = {
            "supplier": self.env._("Supplier"),
            "buyer": self.env._("Buyer"),
            "delivery": self.env._("Delivery to"),
        }
        for role, label in labels.items():
            party = content.party(role)
            if party:
                address = party.address
                yield (
                    label,
                    ", ".join(
                        filter(
                            None,
                            (
                                address.name,
                                address.street,
                                f"{address.zip} {address.city}".strip(),
                            ),
                        )
                    ),
                )
        references = [*content.references, *(line.reference for line in content.lines)]
        numbers = {number for reference in references for number in reference.numbers}
        yield self.env._("Orders"), ", ".join(sorted(numbers))
        yield self.env._("Supplier's order"), getattr(content, "supplier_order_id", "")
        delivery = getattr(content, "delivery_date", None)
        yield self.env._("Delivery"), self._day(delivery.end) if delivery else ""
        yield self.env._("Carrier"), getattr(content, "carrier", "")
        yield self.env._("Shipment"), getattr(content, "shipment_id", "")
        yield self.env._("Tracking"), ", ".join(getattr(content, "tracking", ()))
        yield (
            self.env._("Parcels"),
            ", ".join(package.id for package in getattr(content, "packages", ())),
        )
        for charge in getattr(content, "charges", ()):
            yield charge.description or charge.type, self._money(content, charge.amount)
        for tax in getattr(content, "taxes", ()):
            if tax.rate is not None:
                yield (
                    self.env._("Tax %s %%", plain(tax.rate * 100)),
                    self._money(content, tax.amount),
                )
        yield self.env._("Total"), self._money(content, content.total_amount)
        for kind, text in content.remarks:
            yield self.env._("Remark (%s)", kind), html2plaintext(text)

    def _lines_html(self, content):
        heads = (
            self.env._("Line"),
            self.env._("Article"),
            self.env._("Description"),
            self.env._("Quantity"),
            self.env._("Price"),
            self.env._("Amount"),
            self.env._("Delivery"),
            self.env._("Serial numbers"),
        )
        rows = []
        for line in content.lines[:SHOWN_LINES]:
            amount = line.line_amount
            cells = (
                CELL % line.line_id,
                CELL % (line.product.supplier_pid or line.product.ean),
                CELL % html2plaintext(line.product.description),
                NUMBER % plain(line.quantity),
                NUMBER % self._money(content, line.price),
                NUMBER % self._money(content, amount),
                CELL
                % (self._day(line.delivery_date.end) if line.delivery_date else ""),
                CELL % ", ".join(line.serial_numbers),
            )
            rows.append(ROW % Markup().join(cells))
        return TABLE % (
            Markup().join(HEAD % head for head in heads),
            Markup().join(rows),
        )

    @staticmethod
    def _money(content, value):
        return "" if value is None else f"{plain(value)} {content.currency}".strip()

    def _day(self, moment):
        return format_date(self.env, day(moment)) if moment else ""
