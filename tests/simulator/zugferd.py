"""Invoices as ZUGFeRD: a PDF of one page with the invoice's data as XML within."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape

NAMESPACES = (
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
    'xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" '
    'xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"'
)


@dataclass
class Row:
    """A line: net ``amount`` in cents, tax ``rate`` as a fraction."""

    sku: str
    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    rate: Decimal


@dataclass
class Invoice:
    number: str
    date: datetime
    order: str
    supplier: str
    buyer: str
    rows: Sequence[Row]
    #: untaxed
    charges: Sequence[tuple[str, Decimal]]
    tax: Decimal
    total: Decimal
    credit_note: bool = False


def pdf(invoice: Invoice) -> bytes:
    """The PDF; readable by any viewer, and its XML by Odoo."""
    xml = _xml(invoice).encode()
    text = f"Invoice {invoice.number} of {invoice.supplier}: {invoice.total} EUR"
    shown = text.encode("latin-1", "replace").replace(b"\\", b"\\\\")
    shown = shown.replace(b"(", b"\\(").replace(b")", b"\\)")
    page = b"BT /F1 14 Tf 60 760 Td (" + shown + b") Tj ET"
    return file(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AF [6 0 R] /Names << /EmbeddedFiles "
            b"<< /Names [(factur-x.xml) 6 0 R] >> >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            stream(page),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) "
            b"/AFRelationship /Alternative /EF << /F 7 0 R >> >>",
            stream(xml, b"/Type /EmbeddedFile /Subtype /text#2Fxml "),
        ]
    )


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (extra, len(content), content)


def file(objects: Sequence[bytes]) -> bytes:
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (count, table, count, len(body))
    )


def _xml(invoice: Invoice) -> str:
    charges = sum((amount for _name, amount in invoice.charges), Decimal())
    net = sum((row.amount for row in invoice.rows), Decimal())
    rates = sorted({row.rate for row in invoice.rows})
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rsm:CrossIndustryInvoice {NAMESPACES}>'
        "<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>"
        "<ram:ID>urn:cen.eu:en16931:2017</ram:ID>"
        "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>"
        f"<rsm:ExchangedDocument><ram:ID>{escape(invoice.number)}</ram:ID>"
        f"<ram:TypeCode>{381 if invoice.credit_note else 380}</ram:TypeCode>"
        f"<ram:IssueDateTime>{_date(invoice.date)}</ram:IssueDateTime>"
        "</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>"
        + "".join(_row(number, row) for number, row in enumerate(invoice.rows, 1))
        + "<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty>"
        f"<ram:Name>{escape(invoice.supplier)}</ram:Name></ram:SellerTradeParty>"
        f"<ram:BuyerTradeParty><ram:Name>{escape(invoice.buyer)}</ram:Name>"
        "</ram:BuyerTradeParty><ram:BuyerOrderReferencedDocument>"
        f"<ram:IssuerAssignedID>{escape(invoice.order)}</ram:IssuerAssignedID>"
        "</ram:BuyerOrderReferencedDocument></ram:ApplicableHeaderTradeAgreement>"
        "<ram:ApplicableHeaderTradeDelivery/><ram:ApplicableHeaderTradeSettlement>"
        "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"
        + "".join(_tax(invoice, rate) for rate in rates)
        + "".join(_charge(*charge) for charge in invoice.charges)
        + "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{net}</ram:LineTotalAmount>"
        f"<ram:TaxBasisTotalAmount>{net + charges}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="EUR">{invoice.tax}</ram:TaxTotalAmount>'
        f"<ram:GrandTotalAmount>{invoice.total}</ram:GrandTotalAmount>"
        f"<ram:DuePayableAmount>{invoice.total}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        "</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>"
        "</rsm:CrossIndustryInvoice>"
    )


def _date(moment: datetime) -> str:
    return f'<udt:DateTimeString format="102">{moment:%Y%m%d}</udt:DateTimeString>'


def _category(rate: Decimal) -> str:
    return "S" if rate else "AE"


def _row(number: int, row: Row) -> str:
    return (
        "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
        f"<ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument>"
        "<ram:SpecifiedTradeProduct>"
        f"<ram:SellerAssignedID>{escape(row.sku)}</ram:SellerAssignedID>"
        f"<ram:Name>{escape(row.name)}</ram:Name></ram:SpecifiedTradeProduct>"
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
        f"<ram:ChargeAmount>{row.price}</ram:ChargeAmount>"
        "</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
        "<ram:SpecifiedLineTradeDelivery>"
        f'<ram:BilledQuantity unitCode="C62">{row.quantity}</ram:BilledQuantity>'
        "</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>"
        "<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>"
        f"<ram:CategoryCode>{_category(row.rate)}</ram:CategoryCode>"
        f"<ram:RateApplicablePercent>{row.rate * 100:.2f}</ram:RateApplicablePercent>"
        "</ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{row.amount}</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation>"
        "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"
    )


def _tax(invoice: Invoice, rate: Decimal) -> str:
    base = sum((row.amount for row in invoice.rows if row.rate == rate), Decimal())
    return (
        "<ram:ApplicableTradeTax>"
        f"<ram:CalculatedAmount>{base * rate:.2f}</ram:CalculatedAmount>"
        f"<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>{base}</ram:BasisAmount>"
        f"<ram:CategoryCode>{_category(rate)}</ram:CategoryCode>"
        f"<ram:RateApplicablePercent>{rate * 100:.2f}</ram:RateApplicablePercent>"
        "</ram:ApplicableTradeTax>"
    )


def _charge(name: str, amount: Decimal) -> str:
    return (
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator>"
        "<udt:Indicator>true</udt:Indicator></ram:ChargeIndicator>"
        f"<ram:ActualAmount>{amount}</ram:ActualAmount>"
        f"<ram:Reason>{escape(name)}</ram:Reason><ram:CategoryTradeTax>"
        "<ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>O</ram:CategoryCode>"
        "<ram:RateApplicablePercent>0.00</ram:RateApplicablePercent>"
        "</ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>"
    )
