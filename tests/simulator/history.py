"""The price history of a product, for accounts whose contract gives it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from .state import Account, State

Product = dict[str, Any]


def of(
    product: Product, args: Mapping[str, str], state: State, account: Account
) -> dict[str, Any]:
    """What ``historyFrom``, ``historyTo`` and ``historyAggregation`` add to a product.

    :raises ValueError: a parameter that can't be read
    """
    if "historyFrom" not in args:
        return {}
    first = date.fromisoformat(args["historyFrom"])
    today = state.clock.now().date()
    last = date.fromisoformat(args.get("historyTo", today.isoformat()))
    aggregation = args.get("historyAggregation", "monthly")
    if aggregation not in ("weekly", "monthly"):
        raise ValueError(f"Unbekannte Aggregation {aggregation}")
    if not account.history or not product.get("price"):
        return {}
    items = [_item(product, day) for day in _days(first, last, aggregation)]
    return {"historicalDataItems": items} if items else {}


def _days(first: date, last: date, aggregation: str) -> Iterator[date]:
    """The first days of the weeks or months that are touched."""
    weekly = aggregation == "weekly"
    day = first - timedelta(first.weekday()) if weekly else first.replace(day=1)
    while day <= last:
        yield day
        day += timedelta(7 if weekly else 32)
        if not weekly:
            day = day.replace(day=1)


def _item(product: Product, day: date) -> dict[str, Any]:
    """The same product and day, the same prices: above today's by up to a fifth."""
    rng = random.Random(f"{product['puid']}/{day}")
    lowest = round(product["price"] * rng.uniform(1, 1.2), 2)
    suppliers = product["aggregatedSupplierItems"]
    item = {
        "date": day.isoformat(),
        "priceMin": lowest,
        "priceMax": round(lowest * 1.3, 2),
        "priceMedian": round(lowest * 1.1, 2),
        "priceAvg": round(lowest * 1.12, 2),
        "supplierCount": suppliers,
        "supplierCountInStock": rng.randint(0, suppliers),
        "stockSum": 0,
        "salesTrend": rng.randint(-5, 20),
    }
    if item["supplierCountInStock"]:
        # Without an offer in stock there is no price of one.
        item["priceMedianInStock"] = round(lowest * 1.08, 2)
        item["priceAvgInStock"] = round(lowest * 1.09, 2)
        item["stockSum"] = rng.randint(1, 900)
    return item
