"""ITscope's own examples, read to the last value."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from opentrans import (
    Address,
    DispatchNotification,
    Invoice,
    Order,
    OrderReference,
    OrderResponse,
    lines_of,
    match_lines,
    read,
)
from opentrans.documents import ZONE, Charge, Package, Tax

NUMBER = "GWAHJV-160131-1470"
KINDS = ("ORDER", "ORDERRESPONSE", "DISPATCHNOTIFICATION", "INVOICE")
RESELLER = Address(
    name="ITscope GmbH",
    contact_name="Support",
    contact_first_name="ITscope",
    contact_phone="+49 721/6273760",
    contact_email="support@itscope.com",
    street="Ludwig-Erhard-Allee 20",
    zip="76131",
    city="Karlsruhe",
    country_name="Deutschland",
    country="DE",
    phone="+49 721/6273760",
    fax="+49 721/66499175",
    url="www.itscope.com",
)


def bytes_of(shared: Path, kind: str) -> bytes:
    return (shared / "opentrans" / "examples" / f"{kind}.xml").read_bytes()


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_odd(shared: Path, kind: str) -> None:
    document = read(bytes_of(shared, kind))
    assert document.findings == ()
    assert document.total_lines == len(document.lines) == 3


@pytest.mark.parametrize("kind", KINDS[1:])
def test_parties(shared: Path, kind: str) -> None:
    document = read(bytes_of(shared, kind))
    assert [party.roles for party in document.parties] == [
        ("buyer",),
        ("delivery",),
        ("invoice_recipient",),
        ("supplier",),
    ]
    for party in document.parties[:3]:
        assert (party.id, party.id_type) == ("123456", "supplier_specific")
        assert party.address == RESELLER
    supplier = document.parties[3]
    assert (supplier.id, supplier.address.name) == ("10000735", "ITscope Partner-Test")
    assert supplier.address.country_name == "Germany"
    assert supplier.address.contact_phone == supplier.address.phone == ""


def test_order(shared: Path) -> None:
    order = read(bytes_of(shared, "ORDER"))
    assert isinstance(order, Order)
    assert order.number == "ORDER_180801-004"
    assert order.date == at(2018, 8, 1, 18, 54, 55)
    assert order.generated == at(2018, 8, 1, 18, 29, 37)
    assert (order.language, order.currency) == ("deu", "EUR")
    assert order.customer_order_id == "BESTELLUNG_019203"
    assert (order.partial_shipment, order.own_delivery_note) == (True, False)
    assert order.remark("general") == "hier ist ein Kommentar"
    assert order.delivery_date is None
    assert order.total_amount == Decimal(2298)
    delivery = order.party("delivery")
    assert delivery is not None
    assert (delivery.address.name2, delivery.address.name3) == (
        "5 Stock",
        "z.H. Peter Müller",
    )
    supplier = order.party("supplier")
    assert supplier is not None and supplier.id_type == "buyer_specific"
    first, second, third = order.lines
    assert [line.line_id for line in order.lines] == ["00001", "00002", "00003"]
    assert first.product.supplier_pid == "123002"
    assert first.product.ean == "0190198870803"
    assert first.product.puid == "6676919000"
    assert first.product.description == (
        'APPLE iPad Pro Wi-Fi 256 GB Grau - 11" Tablet - 27,9cm-Display'
    )
    assert first.remarks == (("general", "Projekt ABC-123"),)
    assert second.product.long_description.count("<br />") == 3
    assert (second.quantity, second.price) == (Decimal(2), Decimal(136))
    assert third.line_amount == Decimal(1158)
    assert third.delivery_date is not None
    assert third.delivery_date.start == third.delivery_date.end == at(2021, 10, 22)
    assert third.delivery_date.type == "fixed"


def test_order_response(shared: Path) -> None:
    response = read(bytes_of(shared, "ORDERRESPONSE"))
    assert isinstance(response, OrderResponse)
    assert response.number == NUMBER
    assert response.date == response.generated == at(2018, 6, 25, 11, 31, 21)
    assert response.order_date == at(2016, 1, 31, 18, 54, 55)
    assert response.references == (OrderReference(NUMBER),)
    assert response.supplier_order_id == response.currency == ""
    assert response.delivery_date is not None
    assert response.delivery_date.start == at(2018, 6, 27)
    assert response.delivery_date.type == "fixed"
    assert response.total_amount == Decimal(2555654)
    assert [
        (line.line_id, line.product.supplier_pid, line.quantity, line.price)
        for line in response.lines
    ] == [
        ("00001", "123002", Decimal(1), Decimal(103571)),
        ("00002", "123001", Decimal(2), Decimal(364413)),
        ("00003", "123003", Decimal(3), Decimal(574419)),
    ]
    assert response.lines[1].line_amount == Decimal(728826)
    assert response.lines[1].reference == OrderReference(NUMBER, "00002")


def test_dispatch_notification(shared: Path) -> None:
    dispatch = read(bytes_of(shared, "DISPATCHNOTIFICATION"))
    assert isinstance(dispatch, DispatchNotification)
    assert dispatch.number == "39076516"
    assert dispatch.date == at(2016, 1, 31, 21, 31)
    assert dispatch.language == "ger"
    assert dispatch.shipment_id == "1Z7318301287125572"
    assert dispatch.carrier == "Trans-O-Flex GmbH & Co. KG"
    assert dispatch.packages == (
        Package("00000000305474401482", "Parcel", Decimal(3), Decimal("0.36")),
    )
    assert dispatch.tracking == ()
    assert [line.serial_numbers for line in dispatch.lines] == [
        ("123002-001",),
        ("123001-001", "123001-002"),
        ("123003-001", "123003-002", "123003-003"),
    ]
    assert [line.line_id for line in dispatch.lines] == ["1", "2", "3"]
    last = dispatch.lines[2]
    assert last.product.supplier_pid == "123003"
    assert last.product.ean == last.product.buyer_pid == "8806085923805"
    assert last.reference == OrderReference(NUMBER, "00003", "425689442", "300")
    assert "Rück- <br />und\nVorderseite" in dispatch.lines[0].product.long_description
    assert lines_of(dispatch, {NUMBER}) == list(dispatch.lines)
    assert lines_of(dispatch, {"425689442"}) == list(dispatch.lines)
    assert lines_of(dispatch, {"another"}) == []


def test_invoice(shared: Path) -> None:
    invoice = read(bytes_of(shared, "INVOICE"))
    assert isinstance(invoice, Invoice)
    assert (invoice.number, invoice.currency) == ("2468013", "EUR")
    assert invoice.date == at(2016, 1, 31, 22, 31)
    assert not invoice.credit_note
    assert invoice.references == (
        OrderReference(NUMBER, supplier_order_id="425689442"),
    )
    assert invoice.net_goods == Decimal(1401)
    assert invoice.total_amount == Decimal("1678.09")
    assert invoice.taxes == (Tax(Decimal("0.19"), Decimal("266.19"), "vat"),)
    assert invoice.charges == (
        Charge("eco", Decimal("2.5"), "Umweltpauschale"),
        Charge("freight", Decimal("8.4"), "Frachtkosten Trans-O-Flex bis 32 KG"),
    )
    assert invoice.due_date is None
    assert [
        (line.line_id, line.quantity, line.price, line.line_amount)
        for line in invoice.lines
    ] == [
        ("001", Decimal(1), Decimal(562), Decimal(562)),
        ("002", Decimal(2), Decimal(94), Decimal(188)),
        ("003", Decimal(3), Decimal(217), Decimal(651)),
    ]
    assert invoice.lines[1].tax == Tax(Decimal("0.19"), Decimal("17.86"))
    assert [line.reference.line_id for line in invoice.lines] == [
        "00001",
        "00003",  # wrong, and so in the original
        "00003",
    ]


@pytest.mark.parametrize("kind", ["DISPATCHNOTIFICATION", "INVOICE"])
def test_lines_find_the_order_although_one_names_the_wrong_number(
    shared: Path, kind: str
) -> None:
    ordered = read(bytes_of(shared, "ORDERRESPONSE")).lines
    pairs, unknown = match_lines(ordered, read(bytes_of(shared, kind)).lines)
    assert unknown == []
    assert [ours.line_id for ours, _theirs in pairs] == ["00001", "00002", "00003"]
    for ours, theirs in pairs:
        assert ours.product.supplier_pid == theirs.product.supplier_pid
