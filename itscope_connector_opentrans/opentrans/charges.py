"""How the charges of a whole invoice are taxed: documents rarely say it.

Charges may be outside the tax, have one rate or follow the goods. It is found by what
makes the document's tax right.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .documents import Charge, Invoice
from .money import to_cents

#: Differences up to this come from rounding.
TOLERANCE = Decimal("0.05")
#: More charges than this are not tried one by one.
MAX_TRIED = 6
ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class BilledCharge:
    """A charge of the whole invoice, or the part of it that has this ``rate``.

    ``rate`` 0: outside the tax; None: nothing makes the document's totals right.
    """

    charge: Charge
    amount: Decimal
    rate: Decimal | None
    part: bool = False


def tax_charges(
    invoice: Invoice, goods: Mapping[Decimal, Decimal]
) -> Iterator[BilledCharge]:
    """The invoice's charges in their order, each as one part or more.

    :param goods: net amounts of the lines, by rate
    """
    own = [_own_rate(charge) for charge in invoice.charges]
    bare = [c for c, rate in zip(invoice.charges, own, strict=True) if rate is None]
    base = defaultdict(Decimal, goods)
    for charge, rate in zip(invoice.charges, own, strict=True):
        if rate is not None:
            base[rate] += charge.amount
    found = iter(_distribute(invoice, bare, base))
    for charge, rate in zip(invoice.charges, own, strict=True):
        if rate is not None:
            yield BilledCharge(charge, charge.amount, rate)
        else:
            yield from next(found)


def stated_tax(invoice: Invoice) -> Decimal | None:
    """The sum of its taxes; None where one of them has no amount."""
    amounts = [tax.amount for tax in invoice.taxes]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known and len(known) == len(amounts) else None


def _own_rate(charge: Charge) -> Decimal | None:
    return charge.tax.rate if charge.tax else None


def _distribute(
    invoice: Invoice, charges: Sequence[Charge], base: Mapping[Decimal, Decimal]
) -> list[list[BilledCharge]]:
    """How charges without a rate of their own are taxed, each as one part or more.

    :param base: what has a rate already, by rate
    """
    missing = _missing_tax(invoice, base)
    if not charges:
        return []
    if missing is not None:
        rates = _assigned([charge.amount for charge in charges], missing)
        if rates is not None:
            return [
                [BilledCharge(charge, charge.amount, rate)]
                for charge, rate in zip(charges, rates, strict=True)
            ]
        shares = _shares(sum((charge.amount for charge in charges), ZERO), missing)
        if shares is not None:
            return [list(_split(charge, shares)) for charge in charges]
    return [[BilledCharge(charge, charge.amount, None)] for charge in charges]


def _missing_tax(
    invoice: Invoice, base: Mapping[Decimal, Decimal]
) -> dict[Decimal, Decimal] | None:
    """Tax that the charges must bring, by rate. The key 0 has the sum where the
    document does not say it by rate; None where it says nothing."""
    known = {rate for rate in base if rate}
    known |= {tax.rate for tax in invoice.taxes if tax.rate}
    taxed = sum((rate * amount for rate, amount in base.items()), ZERO)
    stated = stated_tax(invoice)
    if stated is not None and all(tax.rate is not None for tax in invoice.taxes):
        missing = {rate: -rate * base.get(rate, ZERO) for rate in known}
        for tax in invoice.taxes:
            if tax.rate:
                missing[tax.rate] += tax.amount or ZERO
        return missing
    if stated is None:
        if invoice.total_amount is None:
            return None
        net = sum(base.values(), ZERO)
        net += sum((c.amount for c in invoice.charges if _own_rate(c) is None), ZERO)
        stated = invoice.total_amount - net
    return {**dict.fromkeys(known, ZERO), ZERO: stated - taxed}


def _assigned(
    amounts: Sequence[Decimal], missing: Mapping[Decimal, Decimal]
) -> list[Decimal] | None:
    """A rate for each amount so that no tax is missing; one for all if possible."""
    rates = [ZERO, *sorted((rate for rate in missing if rate), reverse=True)]
    tried: Iterator[tuple[Decimal, ...]] = iter(
        (rate,) * len(amounts) for rate in rates
    )
    if len(amounts) <= MAX_TRIED:
        tried = itertools.product(rates, repeat=len(amounts))

    def error(chosen: Sequence[Decimal]) -> Decimal:
        brought: dict[Decimal, Decimal] = defaultdict(Decimal)
        for rate, amount in zip(chosen, amounts, strict=True):
            brought[rate] += rate * amount
        if ZERO in missing:
            return abs(missing[ZERO] - sum(brought.values(), ZERO))
        return max(
            (abs(tax - brought[rate]) for rate, tax in missing.items()), default=ZERO
        )

    best = min(
        tried, key=lambda chosen: (to_cents(error(chosen)), len(set(chosen)), *chosen)
    )
    return list(best) if error(best) <= TOLERANCE else None


def _shares(
    total: Decimal, missing: Mapping[Decimal, Decimal]
) -> dict[Decimal, Decimal] | None:
    """Which part of the charges has which rate, where they follow the goods; the
    parts sum up to 1."""
    if ZERO in missing or not total:
        return None
    shares = {rate: tax / rate / total for rate, tax in missing.items()}
    slack = sum((TOLERANCE / rate for rate in missing), ZERO) / abs(total)
    untaxed = 1 - sum(shares.values(), ZERO)
    if any(share < -slack for share in shares.values()) or untaxed < -slack:
        return None
    shares = {rate: max(share, ZERO) for rate, share in shares.items()}
    if untaxed > slack:
        shares[ZERO] = untaxed
    whole = sum(shares.values(), ZERO)
    return {rate: share / whole for rate, share in shares.items() if share}


def _split(charge: Charge, shares: Mapping[Decimal, Decimal]) -> Iterator[BilledCharge]:
    left = charge.amount
    rates = sorted(shares, key=lambda rate: (shares[rate], rate))
    for rate in rates:
        amount = left if rate == rates[-1] else to_cents(charge.amount * shares[rate])
        left -= amount
        if amount:
            yield BilledCharge(charge, amount, rate, len(rates) > 1)
