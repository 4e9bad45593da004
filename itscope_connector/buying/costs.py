"""What a choice of offers costs, in whole numbers of the currency's smallest unit.

The total is the sum of

- the amounts of the chosen offers,
- for each order the supplier's shipping, unless the goods in it reach the amount from
  which on none is paid,
- for each order that is new, ``order_cost``.

There is one order for each supplier with a chosen offer, and each order that is open
already: its goods count for the minimum and for free carriage, its shipping is paid
whatever is chosen. An order with a chosen offer whose goods do not reach the supplier's
minimum is *below*. Of two choices, the one with fewer orders below is better; of as
many, the one with the smaller total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .counting import Counted
from .records import Offer, Order, Rules, Supplier


@dataclass(frozen=True, slots=True)
class Terms:
    """A supplier's terms in whole numbers."""

    shipping: int
    minimum: int
    carriage_free: int | None
    order_cost: int
    open_goods: int
    is_open: bool

    def pays(self, goods: int) -> int:
        """Shipping of an order with so many goods."""
        free = self.carriage_free is not None and goods >= self.carriage_free
        return 0 if free else self.shipping


@dataclass(frozen=True, slots=True)
class SupplierTotal:
    """An :class:`Order` in whole numbers."""

    goods: int
    open_goods: int
    shipping: int
    order_cost: int
    missing: int
    to_carriage_free: int | None
    needs: int


@dataclass(frozen=True, slots=True)
class Score:
    """What a choice comes to; compare by :attr:`key`."""

    below: int
    total: int
    suppliers: Mapping[int, SupplierTotal]

    @property
    def key(self) -> tuple[int, int]:
        return self.below, self.total


def terms(suppliers: Iterable[Supplier], rules: Rules) -> dict[int, Terms]:
    return {
        supplier.id: Terms(
            shipping=rules.whole(supplier.shipping),
            minimum=rules.whole(supplier.minimum),
            carriage_free=None
            if supplier.carriage_free is None
            else rules.whole(supplier.carriage_free),
            order_cost=0
            if supplier.open_goods is not None
            else rules.whole(rules.order_cost),
            open_goods=rules.whole(supplier.open_goods or Decimal(0)),
            is_open=supplier.open_goods is not None,
        )
        for supplier in suppliers
    }


def score(
    counted: Iterable[Counted],
    chosen: Mapping[int, int],
    by_supplier: Mapping[int, Terms],
) -> Score:
    """:param chosen: ``{need: offer}``; a need that is missing is not bought"""
    goods: dict[int, list[int]] = {
        key: [] for key, own in by_supplier.items() if own.is_open
    }
    for row in counted:
        if row.need.id in chosen:
            offer = row.offers[chosen[row.need.id]]
            goods.setdefault(offer.supplier, []).append(row.amounts[offer.id])
    return _add_up(goods, by_supplier)


def orders(
    chosen: Iterable[Offer], suppliers: Iterable[Supplier], rules: Rules
) -> tuple[Order, ...]:
    """What these offers come to, whether they are the best or not; one without a price
    counts as 0.

    :param suppliers: the terms of every supplier that an offer is from
    """
    by_supplier = terms(suppliers, rules)
    goods: dict[int, list[int]] = {
        key: [] for key, own in by_supplier.items() if own.is_open
    }
    for offer in chosen:
        amount = rules.whole((offer.price or Decimal(0)) * offer.quantity)
        goods.setdefault(offer.supplier, []).append(amount)
    return as_orders(_add_up(goods, by_supplier), rules)


def as_orders(result: Score, rules: Rules) -> tuple[Order, ...]:
    return tuple(
        Order(
            supplier=supplier,
            goods=rules.amount(total.goods),
            open_goods=rules.amount(total.open_goods),
            shipping=rules.amount(total.shipping),
            order_cost=rules.amount(total.order_cost),
            missing=rules.amount(total.missing),
            to_carriage_free=None
            if total.to_carriage_free is None
            else rules.amount(total.to_carriage_free),
            needs=total.needs,
        )
        for supplier, total in result.suppliers.items()
    )


def _add_up(goods: Mapping[int, list[int]], by_supplier: Mapping[int, Terms]) -> Score:
    found = {
        supplier: _total(by_supplier[supplier], amounts)
        for supplier, amounts in goods.items()
    }
    return Score(
        below=sum(1 for total in found.values() if total.needs and total.missing),
        total=sum(
            total.goods + total.shipping + total.order_cost for total in found.values()
        ),
        suppliers=found,
    )


def _total(own: Terms, amounts: list[int]) -> SupplierTotal:
    goods = sum(amounts)
    in_order = goods + own.open_goods
    return SupplierTotal(
        goods=goods,
        open_goods=own.open_goods,
        shipping=own.pays(in_order),
        order_cost=own.order_cost,
        missing=max(own.minimum - in_order, 0),
        to_carriage_free=None
        if own.carriage_free is None
        else max(own.carriage_free - in_order, 0),
        needs=len(amounts),
    )
