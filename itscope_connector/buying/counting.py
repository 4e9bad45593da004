"""Which offers of a need count. Each need is looked at by itself, in this order:

1. An offer without a price, or with a price that is older than ``price_age`` days, does
   not count.
2. Goods come in time where the stock suffices, or where the supplier names a day that
   is not after the limit: the need's own date where it has one and ``by_date`` is set
   (today at the earliest), else today and ``available_within`` days. What comes later,
   or nobody knows when, does not count where anything comes in time; with
   ``late_never`` it never does.
3. Of the offers that are left, those of the best rank count. Then, rank by rank, and
   suppliers without a rank last, an offer counts only if its amount is smaller than the
   amount of *each* offer of a better rank that counts, less ``tolerance`` percent:
   ``amount < amount of the preferred one * (100 - tolerance) / 100``. An amount is what
   is paid: price times the quantity that would be ordered, rounded to the currency.

Where a person chose an offer, that one counts and no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from .records import Need, Offer, Rules, Supplier, Why


@dataclass(frozen=True, slots=True)
class Counted:
    """The offers of a need.

    :param amounts: of each offer with a price, by its id, in the smallest unit
    :param counting: those that count
    :param refused: why each of the others does not
    """

    need: Need
    offers: Mapping[int, Offer]
    amounts: Mapping[int, int]
    counting: tuple[int, ...]
    refused: Mapping[int, Why]


def count(
    needs: Iterable[Need],
    offers: Iterable[Offer],
    suppliers: Mapping[int, Supplier],
    rules: Rules,
) -> list[Counted]:
    """The offers of each need, in the order of the needs."""
    by_need: dict[int, list[Offer]] = {}
    for offer in offers:
        by_need.setdefault(offer.need, []).append(offer)
    return [_count(need, by_need.get(need.id, []), suppliers, rules) for need in needs]


def arrival(offer: Offer, today: date) -> date | None:
    """The day that the goods can come on; None: nobody knows."""
    return today if offer.stock >= offer.quantity else offer.arrives_on


def in_time(need: Need, offer: Offer, rules: Rules) -> bool:
    day = arrival(offer, rules.today)
    if day is None:
        return False
    if rules.by_date and need.needed_on:
        return day <= max(need.needed_on, rules.today)
    return day <= rules.today + timedelta(days=rules.available_within)


def _count(
    need: Need,
    offers: Sequence[Offer],
    suppliers: Mapping[int, Supplier],
    rules: Rules,
) -> Counted:
    amounts = {
        offer.id: rules.whole(offer.price * offer.quantity)
        for offer in offers
        if offer.price
    }
    refused: dict[int, Why] = {}
    if need.fixed is not None and need.fixed in amounts:
        refused = {offer.id: Why.FIXED for offer in offers if offer.id != need.fixed}
    else:
        _refuse_by_price(offers, amounts, rules, refused)
        _refuse_late(need, offers, rules, refused)
        left = [offer for offer in offers if offer.id not in refused]
        _refuse_by_rank(left, amounts, suppliers, rules, refused)
    return Counted(
        need=need,
        offers={offer.id: offer for offer in offers},
        amounts=amounts,
        counting=tuple(offer.id for offer in offers if offer.id not in refused),
        refused=refused,
    )


def _refuse_by_price(
    offers: Sequence[Offer],
    amounts: Mapping[int, int],
    rules: Rules,
    refused: dict[int, Why],
) -> None:
    for offer in offers:
        if offer.id not in amounts:
            refused[offer.id] = Why.UNPRICED
        elif rules.price_age is not None and (
            offer.price_date is None
            or offer.price_date < rules.today - timedelta(days=rules.price_age)
        ):
            refused[offer.id] = Why.OLD


def _refuse_late(
    need: Need, offers: Sequence[Offer], rules: Rules, refused: dict[int, Why]
) -> None:
    left = [offer for offer in offers if offer.id not in refused]
    late = [offer for offer in left if not in_time(need, offer, rules)]
    if rules.late_never or len(late) < len(left):
        refused.update({offer.id: Why.LATE for offer in late})


def _refuse_by_rank(
    offers: Sequence[Offer],
    amounts: Mapping[int, int],
    suppliers: Mapping[int, Supplier],
    rules: Rules,
    refused: dict[int, Why],
) -> None:
    def rank(offer: Offer) -> tuple[bool, int]:
        found = suppliers[offer.supplier].rank
        return found is None, found or 0

    limit: int | None = None
    for _rank, group in groupby(sorted(offers, key=rank), key=rank):
        kept = []
        for offer in group:
            amount = amounts[offer.id]
            if limit is None or amount * 100 < limit * (100 - rules.tolerance):
                kept.append(amount)
            else:
                refused[offer.id] = Why.RANK
        limit = min([*kept, *([] if limit is None else [limit])])
