"""What an invoice bills: lines and charges whose sum is the invoice's own total.

Documents state a line's amount with its charges or without, and may hide a discount in
it. What they mean is found by what makes their totals right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from .charges import TOLERANCE, ZERO, BilledCharge, stated_tax, tax_charges
from .documents import Charge, Invoice, Line
from .money import CENT, PRECISION, line_amount, to_cents

#: A line's amount without its charges, and how often these are added to it.
Reading = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class BilledLine:
    """``price``, ``quantity`` and ``discount`` (percent) make ``amount``, net in cents.

    ``rate``: tax as a fraction, None where the document does not say. ``charges``: the
    line's own, where they come on top of ``amount``, with how often each does.
    """

    line: Line
    quantity: Decimal
    price: Decimal
    discount: Decimal
    amount: Decimal
    rate: Decimal | None
    charges: tuple[tuple[Charge, Decimal], ...] = ()

    @property
    def total(self) -> Decimal:
        """Net, charges included."""
        return self.amount + sum((c.amount * n for c, n in self.charges), ZERO)


@dataclass(frozen=True, slots=True)
class Billing:
    """In the document's order, with its signs."""

    lines: tuple[BilledLine, ...]
    charges: tuple[BilledCharge, ...]


def billed(invoice: Invoice) -> Billing:
    """What to bill for an invoice."""
    with localcontext() as context:
        context.prec = PRECISION
        rates = _line_rates(invoice)
        lines = tuple(
            _billed(line, reading, rate)
            for line, reading, rate in zip(
                invoice.lines, _readings(invoice, rates), rates, strict=True
            )
        )
        if all(rate is None for rate in rates):
            lines = _with_implied_rate(invoice, lines)
        if abs(sum((_fraction(line) for line in lines), ZERO)) > CENT:
            lines = tuple(map(_with_exact_price, lines))
        base: dict[Decimal, Decimal] = defaultdict(Decimal)
        for line in lines:
            base[line.rate or ZERO] += line.total
        return Billing(lines, tuple(tax_charges(invoice, base)))


# ---------------------------------------------------------------------- lines


def _line_rates(invoice: Invoice) -> list[Decimal | None]:
    """Each line's own rate, else the document's only one."""
    rates = {tax.rate for tax in invoice.taxes if tax.rate is not None}
    only = rates.pop() if len(rates) == 1 else None
    return [
        line.tax.rate if line.tax and line.tax.rate is not None else only
        for line in invoice.lines
    ]


def _readings(invoice: Invoice, rates: Sequence[Decimal | None]) -> list[Reading]:
    """The way to read the lines' amounts that makes the document's total right; as
    they are stated if none does."""
    ways: tuple[Callable[[Line], Reading], ...] = (
        _as_stated,
        _as_computed,
        lambda line: (_as_stated(line)[0], Decimal(1)),
        lambda line: (_as_stated(line)[0], line.quantity),
    )
    found = [list(map(way, invoice.lines)) for way in ways]
    extra = sum((charge.amount for charge in invoice.charges), ZERO)
    for target in _targets(invoice, extra):
        for readings in found:
            sums = [
                amount + times * _own_charges(line)
                for line, (amount, times) in zip(invoice.lines, readings, strict=True)
            ]
            if abs(target(sums, rates)) <= TOLERANCE:
                return readings
    return found[0]


def _targets(
    invoice: Invoice, extra: Decimal
) -> Iterator[Callable[[Sequence[Decimal], Sequence[Decimal | None]], Decimal]]:
    """What is missing of a total with these amounts of the lines."""
    total, net_goods, stated = (
        invoice.total_amount,
        invoice.net_goods,
        stated_tax(invoice),
    )
    if total is not None and stated is not None:
        yield lambda sums, _rates: total - sum(sums, ZERO) - extra - stated
    if net_goods is not None:
        yield lambda sums, _rates: net_goods - sum(sums, ZERO)
    if total is not None and stated is None:
        yield (
            lambda sums, rates: (
                total
                - extra
                - sum(
                    (s * (1 + (r or 0)) for s, r in zip(sums, rates, strict=True)), ZERO
                )
            )
        )


def _as_stated(line: Line) -> Reading:
    computed, stated = line_amount(line), line.line_amount
    if stated is None:
        return computed or ZERO, ZERO
    if computed is None:
        return to_cents(stated), ZERO
    for times in (ZERO, Decimal(1), line.quantity):
        if to_cents(computed + times * _own_charges(line)) == to_cents(stated):
            return computed, times
    return to_cents(stated), ZERO


def _as_computed(line: Line) -> Reading:
    computed = line_amount(line)
    return (_as_stated(line)[0] if computed is None else computed), ZERO


def _own_charges(line: Line) -> Decimal:
    return sum((charge.amount for charge in line.charges), ZERO)


def _billed(line: Line, reading: Reading, rate: Decimal | None) -> BilledLine:
    amount, times = reading
    quantity = line.quantity if line.quantity else Decimal(1)
    price, discount = _price(line, quantity, amount)
    charges = tuple((charge, times) for charge in line.charges) if times else ()
    return BilledLine(line, quantity, price, discount, amount, rate, charges)


def _price(line: Line, quantity: Decimal, amount: Decimal) -> tuple[Decimal, Decimal]:
    """Price for one and discount in percent that make this amount: the document's own
    price if there are any."""
    price = (line.price or ZERO) / line.price_quantity
    full = price * quantity
    if line.quantity and to_cents(full) == amount:
        return price, ZERO
    if line.quantity and full and 0 < amount / full < 1:
        discount = ((1 - amount / full) * 100).quantize(CENT, ROUND_HALF_UP)
        if to_cents(full * (100 - discount) / 100) == amount:
            return price, discount
    return _exact_price(quantity, amount), ZERO


def _exact_price(quantity: Decimal, amount: Decimal) -> Decimal:
    """Of as few digits as it takes."""
    exact = amount / quantity
    for digits in range(2, 13):
        rounded = round(exact, digits)
        if abs(rounded * quantity - amount) < CENT / 100:
            return rounded
    return exact


def _fraction(line: BilledLine) -> Decimal:
    """What price times quantity has beyond cents: many of them sum up to some."""
    return line.price * line.quantity * (100 - line.discount) / 100 - line.amount


def _with_exact_price(line: BilledLine) -> BilledLine:
    if not _fraction(line):
        return line
    price = _exact_price(line.quantity, line.amount)
    return replace(line, price=price, discount=ZERO)


def _with_implied_rate(
    invoice: Invoice, lines: tuple[BilledLine, ...]
) -> tuple[BilledLine, ...]:
    """Where no rate is stated at all: the one that the total implies."""
    if invoice.total_amount is None:
        return lines
    net = sum((line.total for line in lines), ZERO)
    net += sum((charge.amount for charge in invoice.charges), ZERO)
    if not net:
        return lines
    rate = (invoice.total_amount / net - 1).quantize(CENT / 10, ROUND_HALF_UP)
    if rate < 0 or abs(net * (1 + rate) - invoice.total_amount) > TOLERANCE:
        return lines
    return tuple(replace(line, rate=rate) for line in lines)
