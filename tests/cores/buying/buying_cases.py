"""Made-up needs, offers and suppliers."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from buying import Need, Offer, Rules, Supplier

TODAY = date(2026, 3, 2)
Case = tuple[list[Need], list[Offer], list[Supplier], Rules]


def money(low: int, high: int, chance: random.Random) -> Decimal:
    return Decimal(chance.randint(low, high)) / 100


def problem(
    seed: int, needs: int, suppliers: int, spread: int = 3000, density: float = 0.7
) -> tuple[list[Need], list[Offer], list[Supplier], Rules]:
    chance = random.Random(seed)
    terms = [
        Supplier(
            id=100 + number,
            rank=chance.choice([None, None, None, 1, 2]),
            shipping=chance.choice([Decimal(0), money(300, 1500, chance)]),
            minimum=chance.choice([Decimal(0), Decimal(0), money(1000, 20000, chance)]),
            carriage_free=chance.choice([None, money(5000, 60000, chance)]),
            open_goods=chance.choice([None, None, None, money(0, 20000, chance)]),
        )
        for number in range(suppliers)
    ]
    wanted = [
        Need(
            id=number,
            needed_on=chance.choice(
                [None, TODAY + timedelta(days=chance.randint(-2, 10))]
            ),
        )
        for number in range(needs)
    ]
    offers = []
    for need in wanted:
        base = chance.randint(500, 20000)
        for supplier in terms:
            # Some have none, some have two.
            for _time in range(1 + (chance.random() < 0.05)):
                if chance.random() > density:
                    continue
                quantity = Decimal(chance.randint(1, 4))
                offers.append(
                    Offer(
                        id=len(offers),
                        need=need.id,
                        supplier=supplier.id,
                        price=chance.choice([None] + 9 * [Decimal(0)])
                        if chance.random() < 0.05
                        else money(base, base + spread, chance),
                        quantity=quantity,
                        stock=Decimal(chance.choice([0, 2, 100, 100])),
                        arrives_on=chance.choice(
                            [None, TODAY + timedelta(days=chance.randint(0, 12))]
                        ),
                        price_date=chance.choice(
                            [None] + 9 * [TODAY - timedelta(days=chance.randint(0, 9))]
                        ),
                    )
                )
    rules = Rules(
        today=TODAY,
        tolerance=chance.choice([Decimal(0), Decimal(2), Decimal("7.5")]),
        available_within=chance.choice([0, 3]),
        by_date=chance.random() < 0.5,
        late_never=chance.random() < 0.3,
        price_age=chance.choice([None, 7]),
        order_cost=chance.choice([Decimal(0), Decimal(5), Decimal("12.34")]),
    )
    return wanted, offers, terms, rules


def tight(seed: int, needs: int = 100, suppliers: int = 20) -> Case:
    """All in stock, prices near to each other: shipping and minimum orders decide."""
    chance = random.Random(seed)
    terms = [
        Supplier(
            id=number,
            shipping=money(500, 1500, chance),
            minimum=Decimal(chance.choice([0, 0, 50, 100, 1000])),
            carriage_free=chance.choice([None, Decimal(chance.randint(200, 8000))]),
        )
        for number in range(suppliers)
    ]
    wanted = [Need(id=number) for number in range(needs)]
    offers = []
    for need in wanted:
        base = chance.randint(500, 60000)
        for supplier in terms:
            if chance.random() < 0.9:
                price = money(base, base + base // (100, 20, 5)[seed % 3], chance)
                offers.append(
                    Offer(len(offers), need.id, supplier.id, price, stock=Decimal(9))
                )
    return wanted, offers, terms, Rules(today=TODAY, order_cost=Decimal(5))
