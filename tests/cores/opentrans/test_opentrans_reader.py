"""What the examples do not show: other elements, odd values, sums that disagree."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from opentrans_samples import document, invoice, item

from opentrans import Finding, Invoice, OrderReference, OrderResponse, Quotation, read
from opentrans.documents import (
    ZONE,
    Charge,
    DispatchNotification,
    PartialDelivery,
    Tax,
)
from opentrans.reader import values

PRICE = (
    "<PRODUCT_PRICE_FIX><bme:PRICE_AMOUNT>{}</bme:PRICE_AMOUNT>{}</PRODUCT_PRICE_FIX>"
    "<PRICE_LINE_AMOUNT>{}</PRICE_LINE_AMOUNT>"
)


def priced(price: str, amount: str, inner: str = "", quantity: str = "1.0") -> str:
    return item("INVOICE", PRICE.format(price, inner, amount), quantity=quantity)


def charge(kind: str, value: str, outer: str = "surcharge") -> str:
    return (
        f'<ALLOW_OR_CHARGE type="{outer}"><ALLOW_OR_CHARGE_TYPE>{kind}'
        f"</ALLOW_OR_CHARGE_TYPE><ALLOW_OR_CHARGE_VALUE>{value}"
        "</ALLOW_OR_CHARGE_VALUE></ALLOW_OR_CHARGE>"
    )


def charges(*inner: str) -> str:
    return f"<ALLOW_OR_CHARGES_FIX>{''.join(inner)}</ALLOW_OR_CHARGES_FIX>"


def amount(value: str) -> str:
    return f"<AOC_MONETARY_AMOUNT>{value}</AOC_MONETARY_AMOUNT>"


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in read(data).findings]


@pytest.mark.parametrize(
    "text, number",
    [
        ("3.0", "3"),
        ("-0.5", "-0.5"),
        (".5", "0.5"),
        ("1E2", "100"),
        ("1,5", "1.5"),
        ("1.234,56", "1234.56"),
        ("12.345.678,9", "12345678.9"),
        ("1,234.56", "1234.56"),
        ("1,234", None),
        ("1.2.3", None),
        ("", None),
        ("12 EUR", None),
        ("NaN", None),
        ("٣", None),
        ("1e99", None),
        ("9" * 31, None),
    ],
)
def test_numbers(text: str, number: str | None) -> None:
    assert values.decimal(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "text, moment",
    [
        ("2026-07-01T12:00:00", datetime(2026, 7, 1, 10, tzinfo=timezone.utc)),
        ("2026-01-01T12:00:00", datetime(2026, 1, 1, 11, tzinfo=timezone.utc)),
        ("2026-07-01T12:00:00Z", datetime(2026, 7, 1, 12, tzinfo=timezone.utc)),
        (
            "2026-07-01T12:00:00.123+02:00",
            datetime(2026, 7, 1, 10, tzinfo=timezone.utc),
        ),
        ("2026-07-01T12:00-0100", datetime(2026, 7, 1, 13, tzinfo=timezone.utc)),
        ("2026-07-01 12:00", datetime(2026, 7, 1, 10, tzinfo=timezone.utc)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=timezone.utc)),
        ("2026-07", datetime(2026, 6, 30, 22, tzinfo=timezone.utc)),
        ("1.7.2026", datetime(2026, 6, 30, 22, tzinfo=timezone.utc)),
        ("01.07.2026 12:00", datetime(2026, 7, 1, 10, tzinfo=timezone.utc)),
        ("2026-02-30", None),
        ("0001-01-01", None),
        ("2026-07-01T12:00:00+99:00", None),
        ("tomorrow", None),
    ],
)
def test_times(text: str, moment: datetime | None) -> None:
    assert values.moment(text)[0] == moment


def test_unknown_elements_are_kept_once_per_place() -> None:
    odd = "<bme:GREEN_POINTS>5 <b>kg</b></bme:GREEN_POINTS>"
    data = invoice(
        info="<HEADER_UDX><UDX.PROJECT>P 7</UDX.PROJECT></HEADER_UDX>",
        items=item("INVOICE", odd) * 3,
    )
    place = "INVOICE/INVOICE_ITEM_LIST/INVOICE_ITEM/GREEN_POINTS"
    assert set(read(data).findings) == {
        Finding("unknown_element", place, "5 kg"),
        Finding(
            "unknown_element", "INVOICE/INVOICE_HEADER/INVOICE_INFO/HEADER_UDX", "P 7"
        ),
    }


def test_standard_elements_without_a_use_are_no_findings() -> None:
    info = (
        "<INVOICE_COVERAGE>single</INVOICE_COVERAGE><MIME_INFO><MIME/></MIME_INFO>"
        "<bme:TRANSPORT><bme:INCOTERM>DDP</bme:INCOTERM></bme:TRANSPORT>"
    )
    assert codes(invoice(info=info)) == []


def test_odd_values() -> None:
    data = invoice(
        info="<bme:CURRENCY>EUR</bme:CURRENCY><bme:CURRENCY>USD</bme:CURRENCY>",
        items=item("INVOICE", PRICE.format("on request", "", "?"), quantity="many"),
        summary="<TOTAL_ITEM_NUM>2</TOTAL_ITEM_NUM>",
    )
    found = read(data)
    assert found.currency == "EUR"
    (line,) = found.lines
    assert (line.quantity, line.price, line.line_amount) == (Decimal(), None, None)
    assert sorted(codes(data)) == [
        "bad_value",
        "bad_value",
        "bad_value",
        "line_count",
        "repeated",
    ]
    path = "INVOICE/INVOICE_ITEM_LIST/INVOICE_ITEM/QUANTITY"
    assert Finding("bad_value", path, "many") in found.findings


def test_a_sender_who_asks_for_a_person() -> None:
    data = invoice().replace(
        b"<INVOICE_INFO>",
        b"<CONTROL_INFO><STOP_AUTOMATIC_PROCESSING>test</STOP_AUTOMATIC_PROCESSING>"
        b"</CONTROL_INFO><INVOICE_INFO>",
    )
    assert [(f.code, f.text) for f in read(data).findings] == [
        ("stop_processing", "test")
    ]


# ---------------------------------------------------------------------- sums


@pytest.mark.parametrize(
    "line, expected",
    [
        (priced("10.005", "20.01", quantity="2"), []),
        (priced("10.005", "20.02", quantity="2"), ["line_sum"]),
        (priced("5", "0.5", "<bme:PRICE_QUANTITY>10</bme:PRICE_QUANTITY>"), []),
        (
            priced("5", "5", "<bme:PRICE_QUANTITY>0</bme:PRICE_QUANTITY>"),
            ["bad_value"],
        ),
        (priced("10", "9", charges(charge("r", amount("1"), "allowance"))), []),
        (priced("10", "22", charges(charge("eco", amount("1"))), quantity="2"), []),
        (priced("10", "21", charges(charge("eco", amount("1"))), quantity="2"), []),
    ],
)
def test_line_sums(line: str, expected: list[str]) -> None:
    assert codes(invoice(items=line)) == expected


def summary(net: str, tax: str, total: str, inner: str = "") -> str:
    return (
        f"<NET_VALUE_GOODS>{net}</NET_VALUE_GOODS><TOTAL_AMOUNT>{total}</TOTAL_AMOUNT>"
        f"{inner}<TOTAL_TAX><TAX_DETAILS_FIX><bme:TAX>19</bme:TAX>"
        f"<TAX_AMOUNT>{tax}</TAX_AMOUNT></TAX_DETAILS_FIX></TOTAL_TAX>"
    )


@pytest.mark.parametrize(
    "text, expected",
    [
        (summary("100", "19", "119"), []),
        (summary("100", "19", "119.01"), ["total"]),
        (summary("99.99", "19", "118.99"), ["total"]),
        (summary("100", "19", "124", charges(charge("freight", amount("5")))), []),
        (
            summary("100", "19", "119", charges(charge("freight", amount("5")))),
            ["total"],
        ),
        (summary("100", "", "500"), []),  # no tax amount: nothing to compare
    ],
)
def test_invoice_totals(text: str, expected: list[str]) -> None:
    data = invoice(items=priced("100", "100"), summary=text)
    assert codes(data) == expected
    found = read(data)
    assert isinstance(found, Invoice)
    assert found.taxes[0].rate == Decimal("0.19")


def test_charges() -> None:
    text = summary(
        "200",
        "38",
        "238",
        charges(
            charge("freight", amount("12")),
            charge("rebate", amount("5"), "allowance"),
            charge("percent", "<AOC_PERCENTAGE_FACTOR>0.01</AOC_PERCENTAGE_FACTOR>"),
            charge("free", "<AOC_ADDITIONAL_ITEMS>cup</AOC_ADDITIONAL_ITEMS>"),
            "<ALLOW_OR_CHARGES_TOTAL_AMOUNT>10</ALLOW_OR_CHARGES_TOTAL_AMOUNT>",
        ),
    )
    found = read(invoice(summary=text))
    assert isinstance(found, Invoice)
    assert found.charges == (
        Charge("freight", Decimal(12)),
        Charge("rebate", Decimal(-5)),
        Charge("percent", Decimal(2)),
    )
    assert {f.code for f in found.findings} == {
        "bad_value",
        "charges",
        "total",
        "unknown_element",
    }


def test_a_total_of_charges_without_parts() -> None:
    total = "<ALLOW_OR_CHARGES_TOTAL_AMOUNT>7</ALLOW_OR_CHARGES_TOTAL_AMOUNT>"
    found = read(invoice(summary=charges(total)))
    assert isinstance(found, Invoice) and found.charges == (Charge("", Decimal(7)),)


# ---------------------------------------------------------------------- invoices


@pytest.mark.parametrize(
    "kind, credit_note, expected",
    [
        ("invoice", False, []),
        ("invoice_copy", False, []),
        ("credit_memo", True, []),
        ("381", True, []),
        ("advice_of_amendment", False, ["bad_value"]),
    ],
)
def test_kinds_of_invoices(kind: str, credit_note: bool, expected: list[str]) -> None:
    data = invoice(info=f"<INVOICE_TYPE>{kind}</INVOICE_TYPE>")
    found = read(data)
    assert isinstance(found, Invoice)
    assert found.credit_note is credit_note
    assert codes(data) == expected


def test_a_negative_total_is_a_credit_note() -> None:
    found = read(invoice(summary="<TOTAL_AMOUNT>-5</TOTAL_AMOUNT>"))
    assert isinstance(found, Invoice) and found.credit_note


def test_what_an_invoice_refers_to() -> None:
    correction = (
        "<INVOICE_CORRECTION><INVOICE_REFERENCE><INVOICE_ID>R0</INVOICE_ID>"
        "</INVOICE_REFERENCE></INVOICE_CORRECTION><DELIVERY_REFERENCE>"
        "<DELIVERYNOTE_ID>L5</DELIVERYNOTE_ID></DELIVERY_REFERENCE>"
        "<CUSTOMER_ORDER_REFERENCE><ORDER_ID>P7</ORDER_ID></CUSTOMER_ORDER_REFERENCE>"
    )
    found = read(invoice(items=item("INVOICE", correction)))
    assert isinstance(found, Invoice)
    assert (found.corrects, found.delivery_note) == ("R0", "L5")
    assert found.lines[0].reference == OrderReference(other_ids=("P7",))
    assert found.findings == ()


@pytest.mark.parametrize(
    "terms, due",
    [
        ("<VALUE_DATE>2026-04-01</VALUE_DATE>", date(2026, 4, 1)),
        (
            (
                "<TIME_FOR_PAYMENT><DAYS>8</DAYS><DISCOUNT_FACTOR>0.02</DISCOUNT_FACTOR>"
                "</TIME_FOR_PAYMENT><TIME_FOR_PAYMENT><DAYS>30</DAYS></TIME_FOR_PAYMENT>"
            ),
            date(2026, 4, 1),
        ),
        (
            (
                "<TIME_FOR_PAYMENT><PAYMENT_DATE>2026-03-20T23:30:00</PAYMENT_DATE>"
                "</TIME_FOR_PAYMENT>"
            ),
            date(2026, 3, 20),
        ),
        ("<TIME_FOR_PAYMENT><DAYS>99999999</DAYS></TIME_FOR_PAYMENT>", None),
        ("<PAYMENT_TERM>cash</PAYMENT_TERM>", None),
    ],
)
def test_due_dates(terms: str, due: date | None) -> None:
    info = f"<PAYMENT><PAYMENT_TERMS>{terms}</PAYMENT_TERMS></PAYMENT>"
    found = read(invoice(info=info))
    assert isinstance(found, Invoice)
    assert found.due_date == due
    assert found.findings == ()


def test_taxes_of_a_line() -> None:
    tax = "<TAX_DETAILS_FIX><bme:TAX>{}</bme:TAX></TAX_DETAILS_FIX>"
    found = read(invoice(items=priced("1", "1", tax.format("0.07") + tax.format("19"))))
    assert found.lines[0].tax == Tax(Decimal("0.07"))
    assert [f.code for f in found.findings] == ["repeated"]


# ---------------------------------------------------------------------- other kinds


def test_order_response_in_parts() -> None:
    part = (
        "<PARTIAL_DELIVERY><QUANTITY>{}</QUANTITY><DELIVERY_DATE>"
        "<DELIVERY_START_DATE>{}</DELIVERY_START_DATE></DELIVERY_DATE></PARTIAL_DELIVERY>"
    )
    parts = part.format("2", "2026-05-02") + part.format("1", "2026-04-01")
    body = item(
        "ORDERRESPONSE", f"<PARTIAL_DELIVERY_LIST>{parts}</PARTIAL_DELIVERY_LIST>"
    )
    info = (
        "<ORDER_ID>11AAAA-1</ORDER_ID><ALT_CUSTOMER_ORDER_ID>P7</ALT_CUSTOMER_ORDER_ID>"
        "<SUPPLIER_ORDER_ID>S9</SUPPLIER_ORDER_ID>"
    )
    found = read(document("ORDERRESPONSE", info, body))
    assert isinstance(found, OrderResponse)
    assert found.supplier_order_id == "S9"
    assert found.references == (
        OrderReference("11AAAA-1", supplier_order_id="S9", other_ids=("P7",)),
    )
    assert found.references[0].numbers == ("11AAAA-1", "P7", "S9")
    (line,) = found.lines
    quantities = [part.quantity for part in line.partial_deliveries]
    assert quantities == [Decimal(2), Decimal(1)]
    assert isinstance(line.partial_deliveries[0], PartialDelivery)
    assert line.delivery_date is not None
    assert line.delivery_date.end == datetime(2026, 5, 2, tzinfo=ZONE)
    assert line.delivery_date.type == ""
    assert line.reference == OrderReference("11AAAA-1", "1")


def test_order_response_total_with_charges() -> None:
    price = PRICE.format("10", "", "10")
    freight = charges(charge("freight", amount("5")))
    for total, expected in (("10", []), ("15", []), ("16", ["total"])):
        text = f"<TOTAL_AMOUNT>{total}</TOTAL_AMOUNT>{freight}"
        body = item("ORDERRESPONSE", price)
        assert codes(
            document("ORDERRESPONSE", "<ORDER_ID>1</ORDER_ID>", body, text)
        ) == (expected)


def test_dispatch_notification() -> None:
    package = (
        "<PACKAGE><PACKAGE_ID>{}</PACKAGE_ID><PACKAGE_DIMENSIONS><bme:WEIGHT>1.5"
        "</bme:WEIGHT><bme:LENGTH>2</bme:LENGTH></PACKAGE_DIMENSIONS>{}</PACKAGE>"
    )
    inside = f"<SUB_PACKAGES>{package.format('B', '')}</SUB_PACKAGES>"
    info = (
        "<DISPATCHNOTIFICATION_ID>D1</DISPATCHNOTIFICATION_ID>"
        "<TRACKING_TRACING_URL>https://track.example/1</TRACKING_TRACING_URL>"
        "<LOGISTIC_DETAILS_INFO><PACKAGE_INFO>"
        f"{package.format('A', inside)}</PACKAGE_INFO><bme:MEANS_OF_TRANSPORT>"
        "<bme:MEANS_OF_TRANSPORT_NAME>Nordpaket</bme:MEANS_OF_TRANSPORT_NAME>"
        "</bme:MEANS_OF_TRANSPORT></LOGISTIC_DETAILS_INFO>"
        '<REMARKS type="trackingNumber">00340</REMARKS>'
    )
    body = item(
        "DISPATCHNOTIFICATION",
        "<DELIVERY_REFERENCE><DELIVERYNOTE_ID>L1</DELIVERYNOTE_ID></DELIVERY_REFERENCE>"
        f"<LOGISTIC_DETAILS><PACKAGE_INFO>{package.format('A', '')}"
        f"{package.format('C', '')}</PACKAGE_INFO></LOGISTIC_DETAILS>",
    )
    serial = "<SERIAL_NUMBER>S1</SERIAL_NUMBER>"
    body = body.replace("</PRODUCT_ID>", serial * 2 + "</PRODUCT_ID>")
    found = read(document("DISPATCHNOTIFICATION", info, body))
    assert isinstance(found, DispatchNotification)
    assert [package.id for package in found.packages] == ["A", "B", "C"]
    assert found.packages[1].weight == Decimal("1.5")
    assert found.tracking == ("https://track.example/1", "00340")
    assert (found.carrier, found.delivery_note) == ("Nordpaket", "L1")
    assert found.lines[0].serial_numbers == ("S1",)
    assert [f.code for f in found.findings] == ["repeated"]


def test_quotation() -> None:
    info = (
        "<QUOTATION_ID>A-1</QUOTATION_ID><QUOTATION_DATE>2026-03-01</QUOTATION_DATE>"
        "<bme:VALID_START_DATE>2026-03-01</bme:VALID_START_DATE>"
        "<bme:VALID_END_DATE>2026-03-31</bme:VALID_END_DATE>"
        "<bme:CURRENCY>eur</bme:CURRENCY>"
    )
    body = item(
        "QUOTATION",
        PRICE.format("10", "", "10")
        + "<AGREEMENT><bme:AGREEMENT_ID>HP-1</bme:AGREEMENT_ID>"
        "<bme:AGREEMENT_END_DATE>2026-12-31</bme:AGREEMENT_END_DATE></AGREEMENT>",
    ).replace(
        "</PRODUCT_ID>",
        '<bme:BUYER_PID type="buyer_specific">own</bme:BUYER_PID>'
        '<bme:BUYER_PID type="itscope">987654</bme:BUYER_PID></PRODUCT_ID>',
    )
    found = read(document("QUOTATION", info, body, "<TOTAL_AMOUNT>10</TOTAL_AMOUNT>"))
    assert isinstance(found, Quotation)
    assert (found.number, found.currency) == ("A-1", "EUR")
    end = datetime(2026, 3, 31, tzinfo=ZONE) + timedelta(
        hours=23, minutes=59, seconds=59
    )
    assert found.valid_to == end
    (line,) = found.lines
    assert (line.product.buyer_pid, line.product.buyer_pid_type) == (
        "987654",
        "itscope",
    )
    assert line.agreement is not None
    assert (line.agreement.agreement_id, line.agreement.end) == (
        "HP-1",
        date(2026, 12, 31),
    )
    assert found.findings == ()


@pytest.mark.parametrize(
    "more, quantity, optional",
    [
        ("", "1", False),
        (
            "<ITEM_UDX><UDX.ITSCOPE.OPTIONAL>true</UDX.ITSCOPE.OPTIONAL></ITEM_UDX>",
            "1",
            True,
        ),
        ("<ITEM_UDX><UDX.IS_ALTERNATIVE>ja</UDX.IS_ALTERNATIVE></ITEM_UDX>", "1", True),
        ("<ITEM_UDX><UDX.OPTIONAL>false</UDX.OPTIONAL></ITEM_UDX>", "0", False),
        ('<REMARKS type="optional">auf Wunsch</REMARKS>', "1", True),
        ('<REMARKS type="general">optional</REMARKS>', "1", False),
        ("", "0", True),
    ],
)
def test_optional_lines_of_a_quotation(
    more: str, quantity: str, optional: bool
) -> None:
    body = item("QUOTATION", more).replace(
        "<QUANTITY>1.0</QUANTITY>", f"<QUANTITY>{quantity}</QUANTITY>"
    )
    found = read(document("QUOTATION", "<QUOTATION_ID>A-1</QUOTATION_ID>", body))
    assert f"<QUANTITY>{quantity}</QUANTITY>" in body
    assert [line.optional for line in found.lines] == [optional]


def test_texts_and_flags_of_a_quotation() -> None:
    info = (
        "<QUOTATION_ID>A-1</QUOTATION_ID><PAYMENT><PAYMENT_TERMS>"
        '<PAYMENT_TERM type="unece">1</PAYMENT_TERM>'
        '<PAYMENT_TERM type="other">14 Tage netto</PAYMENT_TERM></PAYMENT_TERMS>'
        "</PAYMENT><TERMS_AND_CONDITIONS>AGB</TERMS_AND_CONDITIONS>"
    )
    price = PRICE.format("10", "", "10").replace(
        "</bme:PRICE_AMOUNT>",
        '</bme:PRICE_AMOUNT><bme:PRICE_FLAG type="incl_freight">TRUE</bme:PRICE_FLAG>'
        '<bme:PRICE_FLAG type="incl_duty">false</bme:PRICE_FLAG>',
    )
    found = read(document("QUOTATION", info, item("QUOTATION", price)))
    assert isinstance(found, Quotation)
    assert (found.payment_terms, found.terms) == ("14 Tage netto", "AGB")
    assert found.lines[0].price_flags == ("incl_freight",)
    assert found.findings == ()


@pytest.mark.parametrize(
    "total, codes_told", [("10", []), ("20", []), ("15", ["total"])]
)
def test_the_total_with_or_without_optional_lines(
    total: str, codes_told: list[str]
) -> None:
    udx = "<ITEM_UDX><UDX.OPTIONAL>1</UDX.OPTIONAL></ITEM_UDX>"
    price = PRICE.format("10", "", "10")
    body = item("QUOTATION", price) + item("QUOTATION", price + udx)
    found = read(
        document(
            "QUOTATION",
            "<QUOTATION_ID>A-1</QUOTATION_ID>",
            body,
            f"<TOTAL_AMOUNT>{total}</TOTAL_AMOUNT>",
        )
    )
    assert [finding.code for finding in found.findings] == codes_told


def test_roles_from_references() -> None:
    info = (
        "<PARTIES><PARTY><bme:PARTY_ID>7</bme:PARTY_ID></PARTY></PARTIES>"
        "<bme:BUYER_IDREF>7</bme:BUYER_IDREF>"
        '<bme:SUPPLIER_IDREF type="buyer_specific">8</bme:SUPPLIER_IDREF>'
    )
    found = read(invoice(info=info))
    assert [(p.id, p.roles, p.id_type) for p in found.parties] == [
        ("7", ("buyer",), ""),
        ("8", ("supplier",), "buyer_specific"),
    ]


@pytest.mark.parametrize(
    "code, country, expected",
    [
        ("DE", "DE", []),
        ("de-BW", "DE", []),
        ("DEU", "", ["bad_value"]),
        ("", "", []),
    ],
)
def test_countries(code: str, country: str, expected: list[str]) -> None:
    info = (
        "<PARTIES><PARTY><PARTY_ROLE>buyer</PARTY_ROLE><ADDRESS><bme:COUNTRY_CODED>"
        f"{code}</bme:COUNTRY_CODED></ADDRESS></PARTY></PARTIES>"
    )
    data = invoice(info=info)
    buyer = read(data).party("buyer")
    assert buyer is not None and buyer.address.country == country
    assert codes(data) == expected
