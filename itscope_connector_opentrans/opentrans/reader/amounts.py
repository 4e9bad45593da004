"""Taxes, charges, and whether sums agree."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..documents import Charge, Line, Tax
from ..money import line_amount, to_cents
from .node import Node


def read_tax(node: Node) -> Tax | None:
    """One ``TAX_DETAILS_FIX``; a rate of 1 or more is meant as a percentage."""
    rate, amount = node.decimal("TAX"), node.decimal("TAX_AMOUNT")
    kind = node.short("TAX_TYPE")
    if rate is None and amount is None and not kind:
        return None
    if rate is not None and rate >= 1:
        rate /= 100
    return Tax(rate, amount, kind)


def read_taxes(node: Node) -> tuple[Tax, ...]:
    """All ``TAX_DETAILS_FIX`` of an element."""
    taxes = (read_tax(detail) for detail in node.children("TAX_DETAILS_FIX"))
    return tuple(tax for tax in taxes if tax)


def read_charges(node: Node, base: Decimal | None) -> tuple[Charge, ...]:
    """``ALLOW_OR_CHARGES_FIX`` of a line's price or a summary.

    :param base: what a percentage is of, where the charge does not say
    """
    group = node.child("ALLOW_OR_CHARGES_FIX")
    found = (_charge(part, base) for part in group.children("ALLOW_OR_CHARGE"))
    charges = tuple(charge for charge in found if charge)
    total = group.decimal("ALLOW_OR_CHARGES_TOTAL_AMOUNT")
    if total is None:
        return charges
    if not charges:
        return (Charge("", total),) if total else ()
    computed = sum((charge.amount for charge in charges), Decimal())
    if not agree(total, computed):
        node.report.add("charges", group.path, difference(total, computed))
    return charges


def _charge(node: Node, base: Decimal | None) -> Charge | None:
    value = node.child("ALLOW_OR_CHARGE_VALUE")
    amount = value.decimal("AOC_MONETARY_AMOUNT")
    factor = value.decimal("AOC_PERCENTAGE_FACTOR")
    if amount is None and factor is not None:
        own_base = node.decimal("ALLOW_OR_CHARGE_BASE")
        base = base if own_base is None else own_base
        amount = None if base is None else to_cents(factor * base)
    kind, name = (
        node.short("ALLOW_OR_CHARGE_TYPE"),
        node.translated("ALLOW_OR_CHARGE_NAME"),
    )
    description = node.translated("ALLOW_OR_CHARGE_DESCR") or name
    if amount is None:
        node.bad("ALLOW_OR_CHARGE_VALUE", f"{kind} {description}".strip())
        return None
    if node.attribute("type").lower() == "allowance":
        amount = -abs(amount)
    return Charge(kind, amount, description, read_tax(node.child("TAX_DETAILS_FIX")))


# ---------------------------------------------------------------------- sums


def agree(one: Decimal, other: Decimal) -> bool:
    """Whether two amounts are the same in cents."""
    return to_cents(one) == to_cents(other)


def difference(stated: Decimal, computed: Decimal) -> str:
    return f"stated {stated}, computed {to_cents(computed)}"


def amount_of(line: Line) -> Decimal | None:
    """A line's amount as stated, or else computed."""
    return line.line_amount if line.line_amount is not None else line_amount(line)


def sum_of(lines: Iterable[Line]) -> Decimal | None:
    """The sum of all lines; None if one of them has no amount."""
    total = Decimal()
    for line in lines:
        amount = amount_of(line)
        if amount is None:
            return None
        total += amount
    return total
