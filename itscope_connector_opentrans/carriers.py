"""Where parcels of the carriers that distributors use are tracked."""

from urllib.parse import quote, urlsplit

#: Word in the carrier's name → its public page; ``{}`` is the parcel's number.
PAGES = {
    "dhl": "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode={}",
    "dpd": "https://tracking.dpd.de/status/de_DE/parcel/{}",
    "gls": "https://gls-group.com/DE/de/paketverfolgung/?match={}",
    "ups": "https://www.ups.com/track?tracknum={}",
    "hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation/#{}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "tnt": "https://www.tnt.com/express/de_de/site/tracking.html?cons={}",
}


def tracking_address(carrier, number):
    """The page of a parcel, or "" for carriers that are not known here."""
    words = "".join(c if c.isalnum() else " " for c in (carrier or "").lower()).split()
    page = next((PAGES[word] for word in words if word in PAGES), "")
    return page.format(quote(number, safe="")) if number else ""


def is_web_address(text):
    """Whether a text from outside may become a link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
