"""What is written: strict, complete, and the same when it is read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from opentrans_samples import DAY, NOW, PARTIES, address, full_order, line

from opentrans import (
    Address,
    Agreement,
    DeliveryDate,
    InvalidOrderError,
    Line,
    Order,
    OrderReference,
    Party,
    Problem,
    ProductIds,
    read,
    write_order,
)
from opentrans import order_checks as checks
from opentrans.documents import ZONE
from opentrans.writer import LANGUAGES, MAX_REMARK, NEW_COUNTRIES, NO_END


def written(order: Order) -> etree._Element:
    return etree.fromstring(write_order(order, generator="Odoo 19", now=NOW))


def texts(root: etree._Element, name: str) -> list[str]:
    return [node.text or "" for node in root.iter(f"{{*}}{name}")]


def problems(order: Order) -> set[tuple[str, str, str]]:
    with pytest.raises(InvalidOrderError) as caught:
        write_order(order, generator="x", now=NOW)
    return {(p.code, p.field, p.line) for p in caught.value.problems}


def with_party(role: str, **values: object) -> Order:
    parties = [
        replace(p, **values) if role in p.roles else p  # type: ignore[arg-type]
        for p in PARTIES
    ]
    return full_order(parties=tuple(parties))


def with_address(role: str, **values: str) -> Order:
    return with_party(role, address=address(**values))


def with_line(**values: object) -> Order:
    return full_order(lines=(line(**values),))


# ---------------------------------------------------------------------- the schema


@pytest.fixture(scope="session")
def schema(shared: Path) -> etree.XMLSchema:
    path = shared / "opentrans" / "xsd" / "opentrans_2_1.xsd"
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


def assert_valid(schema: etree.XMLSchema, data: bytes) -> None:
    assert schema.validate(etree.fromstring(data)), schema.error_log


def test_the_full_order_is_valid(schema: etree.XMLSchema) -> None:
    assert_valid(schema, write_order(full_order(), generator="x", now=NOW))


def test_the_smallest_order_is_valid(schema: etree.XMLSchema) -> None:
    bare = Address("A", street="B 1", zip="1", city="C", country="DE")
    order = Order(
        number="1",
        date=NOW,
        currency="EUR",
        parties=(
            Party("1", ("supplier",)),
            Party("2", ("buyer",), address=Address("A")),
            Party("3", ("delivery",), address=bare),
        ),
        lines=(Line("1", ProductIds("9"), Decimal(1), price=Decimal(1)),),
    )
    data = write_order(order, generator="\x00", now=NOW)
    assert_valid(schema, data)
    root = etree.fromstring(data)
    assert texts(root, "UDX.DROPSHIPMENT") == ["false"]
    assert texts(root, "PARTIAL_SHIPMENT_ALLOWED") == ["false"]
    assert texts(root, "LINE_ITEM_ID") == ["00001"]
    assert [node.get("type") for node in root.iter("{*}PARTY_ID")] == [
        "buyer_specific",
        "supplier_specific",
        "supplier_specific",
    ]


def test_what_the_checks_allow_is_in_the_schema(schema: etree.XMLSchema) -> None:
    orders: list[Order] = [full_order(currency=c) for c in checks.CURRENCIES]
    orders += [with_line(unit=unit) for unit in checks.UNITS]
    orders += [full_order(language=language) for language in LANGUAGES]
    extra = [Party("5", (role,), address=address()) for role in checks.ROLES]
    orders.append(full_order(parties=(*PARTIES, *extra)))
    for order in orders:
        assert_valid(schema, write_order(order, generator="x", now=NOW))


def test_new_countries_are_named_only(schema: etree.XMLSchema) -> None:
    for country in NEW_COUNTRIES:
        order = with_address("delivery", country=country, country_name="")
        data = write_order(order, generator="x", now=NOW)
        assert_valid(schema, data)
        assert country in texts(etree.fromstring(data), "COUNTRY")
        assert country not in texts(etree.fromstring(data), "COUNTRY_CODED")


def paths(root: etree._Element) -> Iterator[str]:
    """Each element's path with its namespace and attributes' names."""
    for node in root.iter(etree.Element):
        names = [str(parent.tag) for parent in node.iterancestors()][::-1]
        yield "/".join([*names, f"{node.tag}[{' '.join(sorted(node.attrib))}]"])


def test_it_has_all_that_the_example_has(shared: Path) -> None:
    example = etree.parse(
        str(shared / "opentrans" / "examples" / "ORDER.xml")
    ).getroot()
    wanted = set(paths(example))
    assert len(wanted) > 50
    assert wanted - set(paths(written(full_order()))) == set()


def test_the_example_read_and_written_is_the_example(
    shared: Path, schema: etree.XMLSchema
) -> None:
    source = (shared / "opentrans" / "examples" / "ORDER.xml").read_bytes()
    order = read(source)
    assert isinstance(order, Order) and order.generated is not None
    data = write_order(order, generator="itscope", now=order.generated)
    assert_valid(schema, data)

    def content(data: bytes) -> list[tuple[str, str, dict[str, str]]]:
        root = etree.fromstring(data)
        return [
            (str(node.tag), (node.text or "").strip(), dict(node.attrib))
            for node in root.iter(etree.Element)
        ]

    assert content(data) == content(source)


# ---------------------------------------------------------------------- there and back


TEXT = st.text(max_size=70)
NAME = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Z", "Cn", "Co")), min_size=1
)
MONEY = st.decimals(Decimal("0.0001"), Decimal(99999), places=4)
DATES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda value: value.replace(microsecond=0, fold=0, tzinfo=timezone.utc)
)
ADDRESSES = st.builds(
    Address,
    name=NAME.map(lambda text: text[:50]),
    name2=TEXT,
    name3=TEXT,
    contact_name=TEXT,
    contact_first_name=TEXT,
    contact_phone=TEXT,
    contact_email=TEXT,
    street=NAME.map(lambda text: text[:50]),
    zip=NAME.map(lambda text: text[:20]),
    city=NAME.map(lambda text: text[:50]),
    country_name=TEXT,
    country=st.sampled_from(("DE", "AT", "CH", "RS")),
    phone=TEXT,
    fax=TEXT,
    email=TEXT,
    url=TEXT,
    vat=TEXT,
)
LINES = st.builds(
    Line,
    line_id=st.just(""),
    product=st.builds(
        ProductIds,
        supplier_pid=NAME.map(lambda text: text[:32]),
        ean=TEXT,
        puid=TEXT,
        description=st.text(max_size=200),
        long_description=TEXT,
    ),
    quantity=MONEY,
    unit=st.sampled_from(sorted(checks.UNITS)),
    price=MONEY,
    price_quantity=st.integers(1, 1000).map(Decimal),
    delivery_date=st.none()
    | st.builds(
        lambda start, kind: DeliveryDate(start, start + timedelta(days=1), kind),
        DATES,
        st.sampled_from(("fixed", "optional", "")),
    ),
    remarks=st.lists(st.tuples(st.just("general"), TEXT), max_size=2).map(tuple),
    agreement=st.none()
    | st.builds(
        Agreement,
        agreement_id=NAME.map(lambda text: text[:50]),
        quotation_id=TEXT,
        start=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        end=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        description=TEXT,
    ),
    customer_ref=st.sampled_from(("", "K77")),
)
ORDERS = st.builds(
    lambda lines, delivery, **other: full_order(
        lines=tuple(
            replace(line, line_id=f"{n:05d}") for n, line in enumerate(lines, 1)
        ),
        parties=(*PARTIES[:2], replace(PARTIES[2], address=delivery), PARTIES[3]),
        **other,
    ),
    lines=st.lists(LINES, min_size=1, max_size=4),
    delivery=ADDRESSES,
    number=NAME.map(lambda text: text[:18]),
    date=DATES,
    customer_order_id=TEXT,
    partial_shipment=st.booleans(),
    own_delivery_note=st.booleans(),
    remarks=st.lists(st.tuples(st.just("general"), TEXT), max_size=2).map(tuple),
)


def one_line(text: str) -> str:
    return checks.text_of(text)


@given(order=ORDERS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_order_is_valid_and_read_as_it_was(
    schema: etree.XMLSchema, order: Order
) -> None:
    data = write_order(order, generator="x", now=NOW)
    assert_valid(schema, data)
    assert_same(order, read(data))


@given(order=ORDERS)
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_order_is_read_as_it_was(order: Order) -> None:
    """Without the schema, so that a checkout that stands alone has it too."""
    assert_same(order, read(write_order(order, generator="x", now=NOW)))


def assert_same(order: Order, again: object) -> None:
    assert isinstance(again, Order)
    assert again.findings == ()
    assert again.number == order.number
    assert again.date == order.date
    assert again.generated == NOW
    assert again.customer_order_id == one_line(order.customer_order_id)
    assert again.partial_shipment is order.partial_shipment
    assert again.own_delivery_note is order.own_delivery_note
    assert [p.id for p in again.parties] == [p.id for p in order.parties]
    assert [p.roles for p in again.parties] == [p.roles for p in order.parties]
    sent, got = order.parties[2].address, again.parties[2].address
    assert (got.street, got.zip, got.city) == (sent.street, sent.zip, sent.city)
    assert again.total_lines == len(order.lines)
    assert again.total_amount == sum(one.line_amount or 0 for one in again.lines)
    for ours, theirs in zip(order.lines, again.lines, strict=True):
        assert_same_line(ours, theirs)


def assert_same_line(sent: Line, got: Line) -> None:
    for name in ("line_id", "quantity", "unit", "price", "price_quantity"):
        assert getattr(got, name) == getattr(sent, name)
    for name in ("supplier_pid", "ean", "puid"):
        assert getattr(got.product, name) == one_line(getattr(sent.product, name))
    assert got.product.description == one_line(sent.product.description)[:150].rstrip()
    remarks = [one_line(text)[:MAX_REMARK].rstrip() for _kind, text in sent.remarks]
    assert [text for _kind, text in got.remarks] == [text for text in remarks if text]
    assert got.customer_ref == sent.customer_ref
    assert got.parameters == sent.parameters
    if sent.delivery_date is None:
        assert got.delivery_date is None
    else:
        kind = sent.delivery_date.type or "optional"
        assert got.delivery_date == replace(sent.delivery_date, type=kind)
    if sent.agreement is None:
        assert got.agreement is None
    else:
        quotation, descr = sent.agreement.quotation_id, sent.agreement.description
        assert got.agreement == replace(
            sent.agreement,
            quotation_id=one_line(quotation),
            description=one_line(descr),
        )


def test_the_full_order_again() -> None:
    order = full_order()
    again = read(write_order(order, generator="x", now=NOW))
    expected = replace(
        order,
        generated=NOW,
        total_lines=3,
        total_amount=Decimal("57.75"),
        lines=tuple(
            replace(line, line_amount=amount)
            for line, amount in zip(
                order.lines,
                (Decimal(21), Decimal(21), Decimal("15.75")),
                strict=True,
            )
        ),
    )
    licensee = replace(
        expected.lines[2], reference=OrderReference(other_ids=("BESTELLUNG_4711",))
    )
    assert again == replace(expected, lines=(*expected.lines[:2], licensee))


# ---------------------------------------------------------------------- what is written


def test_times_are_german_wall_clock_times() -> None:
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=timezone.utc)
    order = full_order(date=summer, delivery_date=DeliveryDate(summer, summer, "fixed"))
    root = written(order)
    assert texts(root, "ORDER_DATE") == ["2026-07-02T00:30:00"]
    assert texts(root, "DELIVERY_START_DATE")[0] == "2026-07-02T00:30:00"
    assert texts(root, "GENERATION_DATE") == ["2026-03-02T09:30:00"]


@pytest.mark.parametrize(
    "price, quantity, per, amount",
    [
        ("0.005", "1", "1", "0.01"),
        ("1.0049", "1", "1", "1.0"),
        ("0.3333", "3", "1", "1.0"),
        ("12.345", "2", "1", "24.69"),
        ("5", "3", "100", "0.15"),
        ("100", "1E+1", "1", "1000.0"),
    ],
)
def test_amounts(price: str, quantity: str, per: str, amount: str) -> None:
    root = written(
        with_line(
            price=Decimal(price),
            quantity=Decimal(quantity),
            price_quantity=Decimal(per),
        )
    )
    assert texts(root, "PRICE_LINE_AMOUNT") == [amount]
    assert texts(root, "TOTAL_AMOUNT") == [amount]
    assert Decimal(texts(root, "PRICE_AMOUNT")[0]) == Decimal(price)
    assert texts(root, "PRICE_QUANTITY") == ([] if per == "1" else ["100.0"])
    assert "E" not in texts(root, "QUANTITY")[0]


def test_the_total_is_the_sum_of_rounded_lines() -> None:
    lines = tuple(
        line(f"{n:05d}", price=Decimal("0.335"), quantity=Decimal(1))
        for n in range(1, 4)
    )
    root = written(full_order(lines=lines))
    assert texts(root, "TOTAL_AMOUNT") == ["1.02"]


def test_what_order_says_about_amounts_is_not_believed() -> None:
    order = full_order(
        total_amount=Decimal(1), total_lines=9, lines=(line(line_amount=Decimal(1)),)
    )
    root = written(order)
    assert texts(root, "PRICE_LINE_AMOUNT") == ["21.0"]
    assert (texts(root, "TOTAL_AMOUNT"), texts(root, "TOTAL_ITEM_NUM")) == (
        ["21.0"],
        ["1"],
    )


def test_remarks_of_lines_are_cut_and_flat() -> None:
    remark = "für\n Raum 7,\tbitte " + "x" * 50
    order = with_line(remarks=(("general", remark), ("general", " \x00 ")))
    root = written(order)
    inside = [
        node.text or ""
        for node in root.iter("{*}REMARKS")
        if "ITEM" in str(node.getparent())
    ]
    assert inside == ["für Raum 7, bitte " + "x" * 22]
    assert len(inside[0]) == MAX_REMARK


def test_long_names_go_on_in_the_next_line() -> None:
    name = "Gesellschaft für " + "besonders lange Namen " * 4
    root = written(with_address("delivery", name=name, name2="Tor 3", name3=""))
    party = root.findall(".//{*}PARTY")[2]
    names = [texts(party, tag)[0] for tag in ("NAME", "NAME2", "NAME3")]
    assert (
        " ".join(names) == " ".join(f"{name}Tor 3".split())[: sum(map(len, names)) + 2]
    )
    assert max(map(len, names)) <= 50


def test_phone_numbers_of_all_kinds() -> None:
    root = written(
        with_address("delivery", contact_phone="0721 6273760", country="DE", phone="?")
    )
    party = root.findall(".//{*}PARTY")[2]
    assert texts(party, "PHONE") == ["+49 721/6273760", "?"]


@pytest.mark.parametrize(
    "contact, expected",
    [
        ({"contact_name": "", "contact_first_name": "Eva"}, ["Eva"]),
        ({"contact_name": "", "contact_first_name": ""}, ["Muster Systemhaus GmbH"]),
        (
            {
                "contact_name": "",
                "contact_first_name": "",
                "contact_phone": "",
                "contact_email": "",
            },
            [],
        ),
    ],
)
def test_contacts_without_a_name(contact: dict[str, str], expected: list[str]) -> None:
    party = written(with_address("delivery", **contact)).findall(".//{*}PARTY")[2]
    assert texts(party, "CONTACT_NAME") == expected
    assert texts(party, "FIRST_NAME") == []


def test_too_long_where_a_cut_would_be_wrong() -> None:
    long = "x" * 300
    root = written(
        with_address("buyer", email=long, url=long, vat=long, contact_email=long)
    )
    assert not {"EMAIL", "URL", "VAT_ID"} & {
        etree.QName(node).localname for node in root.findall(".//{*}PARTY")[1].iter()
    }


def test_characters_that_xml_has_not() -> None:
    order = full_order(
        number="P\x0042",
        remarks=(("general", "a\x01b\ud800c\ufffe\nd"),),
        lines=(line(product=ProductIds("1\x0b2", description="x\x1fy & <z>")),),
    )
    root = written(order)
    assert texts(root, "ORDER_ID")[0] == "P42"
    assert texts(root, "REMARKS") == ["abc\nd"]
    assert texts(root, "SUPPLIER_PID") == ["12"]
    assert texts(root, "DESCRIPTION_SHORT") == ["xy & <z>"]


def test_licensees_and_project_prices() -> None:
    root = written(full_order())
    reference = root.findall(".//{*}ORDER_ITEM/{*}CUSTOMER_ORDER_REFERENCE")
    assert len(reference) == 1
    identity = reference[0].find("{*}CUSTOMER_IDREF")
    assert identity is not None
    assert (identity.text, identity.get("type")) == ("K77", "buyer_specific")
    (source,) = root.findall(".//{*}SOURCING_INFO")
    assert [node.text for node in source.iter() if node.text and node.text.strip()] == [
        "Q-9",
        "HP-1",
        "2026-01-01",
        "2026-12-31",
        "Endkunde AG",
    ]


def test_a_project_price_without_an_end() -> None:
    root = written(with_line(agreement=Agreement("HP-1")))
    assert texts(root, "AGREEMENT_END_DATE") == [NO_END.isoformat()]


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "order, expected",
    [
        (full_order(number=""), ("missing", "number", "")),
        (full_order(number=" \x00 "), ("missing", "number", "")),
        (full_order(number="P" * 19), ("too_long", "number", "")),
        (full_order(currency=""), ("missing", "currency", "")),
        (full_order(currency="€"), ("not_allowed", "currency", "")),
        (full_order(date=None), ("missing", "date", "")),
        (
            full_order(customer_order_id="x" * 251),
            ("too_long", "customer_order_id", ""),
        ),
        (full_order(remarks=(("a b", "x"),)), ("not_allowed", "remarks", "")),
        (
            full_order(delivery_date=DeliveryDate(DAY.end, DAY.start)),
            ("not_allowed", "delivery_date", ""),
        ),
        (full_order(lines=()), ("missing", "lines", "")),
        (full_order(parties=PARTIES[1:]), ("missing", "supplier", "")),
        (with_party("supplier", id=""), ("missing", "supplier.id", "")),
        (with_party("buyer", id=" "), ("missing", "buyer.id", "")),
        (with_party("buyer", id="1" * 251), ("too_long", "buyer.id", "")),
        (
            with_party("buyer", roles=("boss", "buyer")),
            ("not_allowed", "buyer.role", ""),
        ),
        (with_party("delivery", id=""), ("missing", "delivery.id", "")),
        (with_address("buyer", name=""), ("missing", "buyer.name", "")),
        (with_address("delivery", name=""), ("missing", "delivery.name", "")),
        (with_address("delivery", street=""), ("missing", "delivery.street", "")),
        (with_address("delivery", zip=" "), ("missing", "delivery.zip", "")),
        (with_address("delivery", city=""), ("missing", "delivery.city", "")),
        (with_address("delivery", country=""), ("missing", "delivery.country", "")),
        (
            with_address("delivery", country="DEU"),
            ("not_allowed", "delivery.country", ""),
        ),
        (
            with_address("delivery", street="x" * 51),
            ("too_long", "delivery.street", ""),
        ),
        (with_address("delivery", zip="x" * 21), ("too_long", "delivery.zip", "")),
        (with_address("customer", name=""), ("missing", "customer.name", "")),
        (
            with_address("customer", contact_email=""),
            ("missing", "customer.contact_email", ""),
        ),
        (with_line(product=ProductIds()), ("missing", "supplier_pid", "00001")),
        (
            with_line(product=ProductIds("1" * 33)),
            ("too_long", "supplier_pid", "00001"),
        ),
        (with_line(product=ProductIds("1", "2" * 101)), ("too_long", "ean", "00001")),
        (with_line(quantity=Decimal()), ("not_positive", "quantity", "00001")),
        (with_line(quantity=Decimal(-1)), ("not_positive", "quantity", "00001")),
        (with_line(quantity=Decimal("NaN")), ("not_allowed", "quantity", "00001")),
        (with_line(price=None), ("missing", "price", "00001")),
        (with_line(price=Decimal()), ("not_positive", "price", "00001")),
        (with_line(price=Decimal("Infinity")), ("not_allowed", "price", "00001")),
        (
            with_line(price_quantity=Decimal()),
            ("not_positive", "price_quantity", "00001"),
        ),
        (with_line(unit="pcs"), ("not_allowed", "unit", "00001")),
        (with_line(number=""), ("missing", "line_id", "")),
        (with_line(number="1" * 51), ("too_long", "line_id", "1" * 51)),
        (with_line(remarks=(("", "x"),)), ("not_allowed", "remarks", "00001")),
        (with_line(customer_ref="K1"), ("missing", "customer", "00001")),
        (with_line(agreement=Agreement("")), ("missing", "agreement", "00001")),
        (
            with_line(agreement=Agreement("1", "2" * 251)),
            ("too_long", "quotation_id", "00001"),
        ),
        (
            full_order(lines=(line("1"), line("00001"))),
            ("duplicate", "line_id", "00001"),
        ),
    ],
)
def test_one_problem(order: Order, expected: tuple[str, str, str]) -> None:
    assert problems(order) == {expected}


def test_the_longest_that_is_allowed() -> None:
    order = full_order(
        number="P" * 18, lines=(line(product=ProductIds("1" * 32, "2" * 100)),)
    )
    assert texts(written(order), "ORDER_ID")[0] == "P" * 18


def test_a_long_address_of_the_supplier_is_no_obstacle() -> None:
    order = with_address("supplier", street="x" * 80, city="y" * 80, zip="z" * 80)
    assert len(texts(written(order), "STREET")[0]) == 50


def test_all_problems_at_once() -> None:
    empty = Order(number="", date=None, lines=(line(price=None), line("2", pid="")))
    empty = replace(
        empty,
        lines=(empty.lines[0], replace(empty.lines[1], product=ProductIds())),
    )
    assert problems(empty) == {
        ("missing", "number", ""),
        ("missing", "currency", ""),
        ("missing", "date", ""),
        ("missing", "supplier", ""),
        ("missing", "buyer", ""),
        ("missing", "delivery", ""),
        ("missing", "price", "00001"),
        ("missing", "supplier_pid", "2"),
    }


def test_the_message_names_all() -> None:
    error = InvalidOrderError(
        [Problem("missing", "date"), Problem("missing", "price", "2")]
    )
    assert str(error) == "date missing; 2: price missing"


def test_naive_times_are_german() -> None:
    naive = datetime(2026, 7, 1, 12)
    aware = naive.replace(tzinfo=ZONE)
    assert written(full_order(date=naive))[0][1][1].text == "2026-07-01T12:00:00"
    assert written(full_order(date=aware))[0][1][1].text == "2026-07-01T12:00:00"


def test_contract_parameters_are_elements() -> None:
    order = full_order()
    data = write_order(order, generator="x", now=NOW)
    assert b"<UDX.domain>example.com</UDX.domain>" in data
    for name in ("two words", "1st", "a:b", ""):
        bad = full_order(lines=(line(parameters=((name, "x"),)),))
        with pytest.raises(InvalidOrderError) as caught:
            write_order(bad, generator="x", now=NOW)
        assert caught.value.problems == (Problem("not_allowed", "parameters", "00001"),)
    twice = full_order(lines=(line(parameters=(("a", "1"), ("a", "2"))),))
    with pytest.raises(InvalidOrderError):
        write_order(twice, generator="x", now=NOW)
