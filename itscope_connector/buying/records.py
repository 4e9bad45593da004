"""What is needed, what is offered, and what was chosen. Money is Decimal, net and in
one currency; ids are the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum


@dataclass(frozen=True, slots=True)
class Need:
    """Something to be bought, by one offer.

    :param needed_on: the day it is needed on, or None
    :param fixed: the offer that a person chose, or None
    """

    id: int
    needed_on: date | None = None
    fixed: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A supplier's offer for one need.

    :param price: for one unit, the volume price of this quantity already; None: unknown
    :param quantity: what would be ordered: the need's, rounded up to what is sold
    :param stock: what the supplier has
    :param arrives_on: the day that the supplier names for more, or None
    :param price_date: the day of the price, or None where it is unknown
    """

    id: int
    need: int
    supplier: int
    price: Decimal | None
    quantity: Decimal = Decimal(1)
    stock: Decimal = Decimal(0)
    arrives_on: date | None = None
    price_date: date | None = None


@dataclass(frozen=True, slots=True)
class Supplier:
    """A company's terms with a supplier.

    :param rank: 1 is preferred most; None: not preferred
    :param minimum: goods that an order needs at least; 0: none
    :param carriage_free: goods from which on no shipping is paid; None: always paid
    :param open_goods: goods in an order that is open and would be filled, or None where
        a new order would be made
    """

    id: int
    rank: int | None = None
    shipping: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    carriage_free: Decimal | None = None
    open_goods: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as better.

    :param tolerance: by how many percent another one must be cheaper than a preferred
        supplier
    :param available_within: goods that arrive within so many days count as available
    :param by_date: a need's own date decides whether goods come in time, where it has
        one, instead of ``available_within``
    :param late_never: goods that come too late don't count at all; otherwise they count
        where nothing comes in time
    :param price_age: prices that are older in days don't count; None: any age
    :param order_cost: what one more order costs: the higher, the fewer orders
    :param digits: decimal places of the currency
    """

    today: date
    tolerance: Decimal = Decimal(0)
    available_within: int = 0
    by_date: bool = True
    late_never: bool = False
    price_age: int | None = None
    order_cost: Decimal = Decimal(0)
    digits: int = 2

    def whole(self, amount: Decimal) -> int:
        """An amount in the currency's smallest unit: whole numbers are exact."""
        scaled = amount.scaleb(self.digits)
        return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def amount(self, whole: int) -> Decimal:
        return Decimal(whole).scaleb(-self.digits)


class Why(str, Enum):
    """Why an offer does not count."""

    UNPRICED = "unpriced"  #: the price is unknown
    OLD = "old"  #: the price is too old
    LATE = "late"  #: comes too late, or nobody knows when
    RANK = "rank"  #: not so much cheaper that it may replace a preferred supplier
    FIXED = "fixed"  #: a person chose another one


class Reason(str, Enum):
    """The rule that decided for an offer, or for none."""

    FIXED = "fixed"  #: a person chose it
    ONLY = "only"  #: the only offer with a price
    IN_TIME = "in_time"  #: cheaper ones come too late
    ONLY_IN_TIME = "only_in_time"  #: the only one that comes in time
    PREFERRED = "preferred"  #: cheaper ones are not preferred
    CHEAPEST = "cheapest"  #: none is cheaper
    TOGETHER = "together"  #: dearer, but saves shipping or an order
    #: dearer, but with the cheaper one an order would be below its minimum
    MINIMUM = "minimum"
    #: not the cheapest, and not proven to be better: time was up
    UNPROVEN = "unproven"
    NO_OFFER = "no_offer"  #: nobody offers it
    UNPRICED = "unpriced"  #: no offer has a price
    OLD = "old"  #: all prices are too old
    LATE = "late"  #: all come too late


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a need, and why.

    :param offer: None where none counts
    :param rival: the cheapest offer that the rule decided against, or None
    :param dearer: what is paid more than for the rival
    :param saved: what the rival would cost more, all in all
    :param below_minimum: the order it goes into does not reach the supplier's minimum,
        and no choice avoids that
    :param not_counting: why the need's other offers don't count
    """

    need: int
    offer: int | None
    reason: Reason
    rival: int | None = None
    dearer: Decimal = Decimal(0)
    saved: Decimal = Decimal(0)
    below_minimum: bool = False
    not_counting: Mapping[int, Why] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it would be.

    :param goods: what was chosen
    :param open_goods: what is in the order already
    :param order_cost: what one more order costs; 0 for one that is open
    :param missing: goods that are missing to the supplier's minimum
    :param to_carriage_free: goods that are missing until no shipping is paid; None: it
        is always paid
    :param needs: how many were chosen
    """

    supplier: int
    goods: Decimal
    open_goods: Decimal
    shipping: Decimal
    order_cost: Decimal
    missing: Decimal
    to_carriage_free: Decimal | None
    needs: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The best choice for all needs.

    :param orders: one for each supplier with a chosen offer, and those that are open
    :param total: goods, shipping and the cost of orders
    :param greedy_total: what the cheapest offer for each need alone comes to
    :param proven: whether nothing better exists; else time was up
    """

    choices: tuple[Choice, ...]
    orders: tuple[Order, ...]
    total: Decimal
    greedy_total: Decimal
    proven: bool
