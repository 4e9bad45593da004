"""Amounts in cents, the same for reading and writing."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

from .documents import Line

CENT = Decimal("0.01")
#: Digits enough for any product of two believable numbers.
PRECISION = 80


def to_cents(value: Decimal) -> Decimal:
    """Rounded commercially."""
    with localcontext() as context:
        context.prec = PRECISION
        return value.quantize(CENT, ROUND_HALF_UP)


def line_amount(line: Line) -> Decimal | None:
    """Price times quantity without charges, in cents; None without a price."""
    if line.price is None:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        return to_cents(line.price * line.quantity / line.price_quantity)
