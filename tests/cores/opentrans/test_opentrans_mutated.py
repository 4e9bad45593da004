"""Documents that broke on the way, or were made to do harm."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import run_cases, storable
from opentrans_samples import NOW, full_order, invoice, item

from opentrans import (
    Invoice,
    OpentransError,
    billed,
    kind_of,
    lines_of,
    match_lines,
    read,
    write_order,
)
from simulator import documents
from simulator.orders import Order, OrderLine

CASES = 300
ORDER = full_order()
CONTEXT = documents.Context(
    order=Order(
        "P00042",
        "10000735",
        "123456",
        "BESTELLUNG_4711",
        "Muster",
        [
            OrderLine(
                "00001", "123001", "0888793383537", "A", Decimal(2), Decimal("9.5")
            ),
            OrderLine("2", "123002", "", "B & C", Decimal(1), Decimal(868)),
        ],
    ),
    order_id="1000001",
    sequence=1,
    ordered=datetime(2026, 3, 1, 9, tzinfo=NOW.tzinfo),
    now=NOW,
    supplier={"id": 10000735, "name": "Testlieferant", "city": "Karlsruhe"},
)
DOCUMENTS = {
    "ORDER": write_order(ORDER, generator="x", now=NOW),
    **{
        kind: documents.build(kind, CONTEXT, documents.Options(split=["123001"]))
        for kind in ("ORDERRESPONSE", "DISPATCHNOTIFICATION", "INVOICE")
    },
}


def read_all(data: bytes) -> object:
    """The document and all that is made of it."""
    storable(kind_of(data))
    document = read(data)
    lines = lines_of(document, ["P00042", "1000001"], ["BESTELLUNG_4711"])
    pairs, unknown = match_lines(ORDER.lines, lines)
    assert len(pairs) + len(unknown) == len(lines)
    if isinstance(document, Invoice):
        billing = billed(document)
        assert len(billing.lines) == len(document.lines)
        storable(billing)
    storable(document)
    return document.number


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_hostile_mutations(kind: str) -> None:
    goods = [DOCUMENTS[kind], *DOCUMENTS.values()]
    assert kind_of(goods[0]) == kind and read_all(goods[0])
    assert run_cases(kind, CASES, goods[:1], read_all, OpentransError) > 0
    run_cases(f"{kind}-mixed", CASES // 3, goods, read_all, OpentransError)


NUMBERS = st.sampled_from(
    """
    0 1 -1 0.005 1e-15 1e-16 1e-99 1e14 -1e14 999999999999999 1e15 1e99 NaN Infinity
    0.19 19 1.19 1,5 1.234,56 0.000000000000001 123456789.123456789 x
    """.split()  # noqa: SIM905
)


@given(told=st.lists(NUMBERS, min_size=14, max_size=14), count=st.integers(1, 3))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_hostile_amounts(told: list[str], count: int) -> None:
    """Whatever an invoice says about money, there is something to show for it."""
    number = iter(told)
    tax = "<TAX_DETAILS_FIX><bme:TAX>{}</bme:TAX><TAX_AMOUNT>{}</TAX_AMOUNT>"
    tax = f"{tax}</TAX_DETAILS_FIX>".format(next(number), next(number))
    charge = (
        "<ALLOW_OR_CHARGES_FIX><ALLOW_OR_CHARGE><ALLOW_OR_CHARGE_VALUE>"
        "<AOC_{0}>{1}</AOC_{0}></ALLOW_OR_CHARGE_VALUE></ALLOW_OR_CHARGE>"
        "</ALLOW_OR_CHARGES_FIX>"
    )
    price = (
        f"<PRODUCT_PRICE_FIX><bme:PRICE_AMOUNT>{next(number)}</bme:PRICE_AMOUNT>"
        f"<bme:PRICE_QUANTITY>{next(number)}</bme:PRICE_QUANTITY>{tax}"
        f"{charge.format('MONETARY_AMOUNT', next(number))}</PRODUCT_PRICE_FIX>"
        f"<PRICE_LINE_AMOUNT>{next(number)}</PRICE_LINE_AMOUNT>"
    )
    summary = (
        f"<NET_VALUE_GOODS>{next(number)}</NET_VALUE_GOODS>"
        f"<TOTAL_AMOUNT>{next(number)}</TOTAL_AMOUNT>"
        f"{charge.format('PERCENTAGE_FACTOR', next(number))}"
        f"<TOTAL_TAX>{tax}</TOTAL_TAX>"
    )
    lines = item("INVOICE", price, quantity=next(number)) * count
    read_all(invoice(items=lines, summary=summary))
