"""(b) Changed prices and stock of known offers."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

from . import world
from .measure import Row, Scale, compare

PRODUCTS = 2000
#: Offers that the slow way gets.
FEW = 300


def run(env: Any, scale: Scale, url: str) -> list[Row]:
    account = world.account(env, url)
    products = world.records(env, scale.count(PRODUCTS))
    world.importer(env, account)._metadata(products)
    env.cr.commit()
    world.fill(env, account, products)
    rows = measured(env, scale, account, products, "no vendor prices", 0.7, None)
    world.map_suppliers(env)
    env.cr.commit()
    return rows + measured(env, scale, account, products, "vendor prices, too", 0.4, 8)


def measured(
    env: Any,
    scale: Scale,
    account: Any,
    products: list[Any],
    which: str,
    copy_goal: float,
    naive_goal: float | None,
) -> list[Row]:
    changed = [cheaper(product) for product in products]
    offers = sum(len(product.offers) for product in changed)
    prices = {
        offer.id: (offer.price, offer.stock)
        for product in changed
        for offer in product.offers
    }

    def ours() -> int:
        world.importer(env, account)._import(account, changed)
        return offers

    def copy() -> int:
        copy_and_update(env, account.company_id.id, prices)
        return offers

    def naive() -> int:
        few = list(prices.items())[:FEW]
        for offer_id, (price, stock) in few:
            offer = env["itscope.offer"].search([("offer_id", "=", offer_id)])
            offer.write({"price": float(price or 0), "stock": stock})
            info = offer.supplierinfo_ids[:1]
            if info and price:
                info.write({"price": float(price)})
            env.flush_all()
        return len(few)

    rates = compare(env, scale, {"ours": ours, "copy": copy, "naive": naive})
    what = f"changed offers ({which})"

    def row(against: str, name: str, goal: float | None) -> Row:
        own, other = rates["ours"], rates[name]
        return Row("b", what, own, "offers/s", against, other, own / other, goal)

    return [
        row("COPY and update of the same rows", "copy", copy_goal),
        row("search and write for each", "naive", naive_goal),
    ]


def cheaper(product: Any) -> Any:
    """The product as an update tells it: every price and stock is another."""
    return replace(
        product,
        update_only=True,
        offers=tuple(
            replace(
                offer,
                price=offer.price and offer.price + Decimal("1.11"),
                stock=(offer.stock or 0) + 1,
            )
            for offer in product.offers
        ),
    )


def copy_and_update(
    env: Any, company_id: int, prices: dict[str, tuple[Decimal | None, int]]
) -> None:
    """The least that the database can do: the rows are known, nothing is compared."""
    cr = env.cr
    cr.execute(
        "CREATE TEMPORARY TABLE told (offer_id varchar, price numeric, stock integer) "
        "ON COMMIT DROP"
    )
    lines = "".join(
        f"{offer_id}\t{price or 0}\t{stock}\n"
        for offer_id, (price, stock) in prices.items()
    )
    cr.copy_expert("COPY told FROM STDIN", io.StringIO(lines))
    cr.execute("ANALYZE told")
    cr.execute(
        "UPDATE itscope_offer o SET price = t.price, company_price = t.price, "
        "stock = t.stock, write_date = now() FROM told t "
        "WHERE o.offer_id = t.offer_id AND o.company_id = %s",
        [company_id],
    )
    cr.execute(
        "UPDATE product_supplierinfo s SET price = t.price, write_date = now() "
        "FROM told t JOIN itscope_offer o ON o.offer_id = t.offer_id "
        "AND o.company_id = %s WHERE s.itscope_offer_id = o.id",
        [company_id],
    )
