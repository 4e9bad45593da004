"""Files as people bring them: documents that name their supplier, in odd spellings."""

import base64
import re
from email.message import EmailMessage


def from_supplier(document, name="ITscope Partner-Test"):
    """The same document, as one of this supplier."""
    party = (
        "<PARTIES><PARTY><PARTY_ROLE>supplier</PARTY_ROLE><ADDRESS>"
        f"<b:NAME>{name}</b:NAME></ADDRESS></PARTY></PARTIES>"
    )
    return re.sub(r"(_HEADER><\w+_INFO>)", rf"\1{party}", document, count=1)


def _prefixes(text):
    text = text.replace("xmlns:bme=", "xmlns:ns2=")
    return re.sub(r"(</?)bme:", r"\1ns2:", text).encode()


def _all_prefixed(text):
    text = text.replace("xmlns=", "xmlns:ot=")
    return re.sub(r"(</?)([A-Z])", r"\1ot:\2", text).encode()


def _no_namespaces(text):
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text)
    return re.sub(r"(</?)bme:", r"\1", text).encode()


def _without_optional_parts(text):
    """No control information, contacts, remarks, long descriptions, item counts."""
    for name in (
        "CONTROL_INFO",
        r"(?:bme:)?LANGUAGE",
        "CONTACT_DETAILS",
        "REMARKS",
        r"(?:bme:)?DESCRIPTION_LONG",
        "TOTAL_ITEM_NUM",
        "SUPPLIER_ORDER_REFERENCE",
    ):
        text = re.sub(rf"<{name}[\s>].*?</{name}>", "", text, flags=re.DOTALL)
    return text.encode()


#: A picture of one dot, as signatures of e-mails have them.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
#: The same document, written differently.
SPELLINGS = {
    "as it is": lambda text: text.encode(),
    "another prefix": _prefixes,
    "all prefixed": _all_prefixed,
    "no namespaces": _no_namespaces,
    "undeclared prefixes": lambda text: re.sub(
        r'\sxmlns(:\w+)?="[^"]*"', "", text
    ).encode(),
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
    "ISO-8859-1": lambda text: text.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
    "no declaration": lambda text: text[text.index("?>") + 2 :].encode(),
    "blanks before": lambda text: b"\r\n \t" + text.encode(),
    "blanks between": lambda text: text.replace(">\n", ">  \r\n\r\n\t").encode(),
    "no blanks": lambda text: re.sub(r">\s+<", "><", text).encode(),
    "padded values": lambda text: re.sub(
        r">([^<>\s][^<>]*)<", r">\n \t\1  <", text
    ).encode(),
    "other line numbers": lambda text: re.sub(r"_ID>0+(\d)", r"_ID>\1", text).encode(),
    "optional parts dropped": _without_optional_parts,
}


def _bomb():
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<!DOCTYPE INVOICE [<!ENTITY l0 "ha">{entities}]><INVOICE version="2.1">'
        "<INVOICE_HEADER><INVOICE_INFO><INVOICE_ID>&l9;</INVOICE_ID></INVOICE_INFO>"
        "</INVOICE_HEADER></INVOICE>"
    ).encode()


def _huge(lines):
    """An invoice of the order PTEST1 with this many lines."""
    item = (
        "<INVOICE_ITEM><PRODUCT_ID><SUPPLIER_PID>123001</SUPPLIER_PID></PRODUCT_ID>"
        "<QUANTITY>1</QUANTITY></INVOICE_ITEM>"
    )
    return (
        "<INVOICE version='2.1'><INVOICE_HEADER><INVOICE_INFO><INVOICE_ID>R9"
        "</INVOICE_ID></INVOICE_INFO><ORDER_HISTORY><ORDER_ID>PTEST1</ORDER_ID>"
        f"</ORDER_HISTORY></INVOICE_HEADER><INVOICE_ITEM_LIST>{item * lines}"
        "</INVOICE_ITEM_LIST></INVOICE>"
    ).encode()


def bad_files(invoice):
    """Files that are no readable openTRANS 2.1 document: ``{name: (bytes, why)}``.

    :param invoice: text of an invoice that is fine
    """
    return {
        "ubl.xml": (
            b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd"/>',
            "no openTRANS document",
        ),
        "other-invoice.xml": (
            b"<INVOICE><NUMBER>7</NUMBER></INVOICE>",
            "no openTRANS document",
        ),
        "picture.png": (PICTURE, "can't be read"),
        "empty.xml": (b"", "can't be read"),
        "version.xml": (
            invoice.replace('version="2.1"', 'version="1.0"').encode(),
            "version 1.0",
        ),
        "cut.xml": (invoice[:-20].encode(), "can't be read"),
        "bomb.xml": (_bomb(), "document type"),
        "lines.xml": (_huge(100_000), "lines"),
        "deep.xml": (b"<INVOICE>" + b"<a>" * 1000 + b"</a>" * 1000, "can't be read"),
    }


def email(to, files, sender="supplier@example.com", subject="Your documents"):
    """The source of an e-mail.

    :param files: ``{name: bytes}``
    """
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<{abs(hash(tuple(files.values())))}@example.com>"
    message.set_content("See the attachments.")
    for name, content in files.items():
        message.add_attachment(
            content, maintype="application", subtype="xml", filename=name
        )
    return message.as_bytes()


def attached(env, files):
    """Uploaded files, as the web client keeps them before it asks for anything.

    :param files: ``{name: bytes or text}``
    """
    return env["ir.attachment"].create(
        [
            {
                "name": name,
                "mimetype": "text/xml",
                "datas": base64.b64encode(
                    content.encode() if isinstance(content, str) else content
                ),
            }
            for name, content in files.items()
        ]
    )
