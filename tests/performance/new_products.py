"""(a) New products with five offers each."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from unittest.mock import patch

from . import world
from .measure import Row, Scale, compare

PRODUCTS = 500
#: Products that the slow ways get: their cost for each is the same.
FEW = 40
CONTEXT = {"tracking_disable": True, "lang": "en_US"}


def run(env: Any, scale: Scale, url: str) -> list[Row]:
    account = world.account(env, url)
    products = world.records(env, scale.count(PRODUCTS))
    # The metadata and their vendors are there before the first product comes.
    world.importer(env, account)._metadata(products)
    world.map_suppliers(env)
    env.cr.commit()
    rows, prices = made_rows(env, account, products)
    few = min(FEW, len(rows))

    def ours() -> int:
        nobody = env["product.product"]
        targets = {product.puid: nobody for product in products}
        world.importer(env, account)._import(account, products, targets)
        return len(products)

    def batch() -> int:
        create(env, deepcopy(rows), deepcopy(prices))
        return len(rows)

    def naive() -> int:
        from odoo.addons.itscope_connector.itscope_api import Client, LocalLimiter

        with Client(account._settings(), LocalLimiter()) as client:
            for number in range(few):
                list(client.products([products[number].puid]))
                product = env["product.product"].create(deepcopy(rows[number]))
                for place, values in prices:
                    if place == number:
                        env["product.supplierinfo"].create(linked(product, values))
        return few

    def load() -> int:
        header, lines = as_import(env, rows[:few], prices)
        result = env["product.template"].load(header, lines)
        if not result["ids"]:
            raise RuntimeError(str(result["messages"]))
        return few

    rates = compare(
        env, scale, {"ours": ours, "batch": batch, "naive": naive, "load": load}
    )
    what = "new products with 5 offers"

    def row(against: str, name: str, goal: float | None = None) -> Row:
        own, other = rates["ours"], rates[name]
        return Row("a", what, own, "products/s", against, other, own / other, goal)

    return [
        row("the same products and vendor prices in one batch each", "batch", 0.9),
        row("one request and one create for each", "naive", 8),
        row("Odoo's own load()", "load"),
    ]


def made_rows(env: Any, account: Any, products: list[Any]) -> tuple[list, list]:
    """What the connector gives to Odoo for these products: values of variants, and
    ``(number of the variant, values)`` of vendor prices."""
    Product, Price = type(env["product.product"]), type(env["product.supplierinfo"])
    create_product, create_price = Product.create, Price.create
    rows: list[dict] = []
    infos: list[dict] = []
    number_of: dict[int, int] = {}

    def products_made(self: Any, values: list[dict]) -> Any:
        rows.extend(deepcopy(values))
        made = create_product(self, values)
        for product in made:
            number_of[product.id] = len(number_of)
        return made

    def prices_made(self: Any, values: list[dict]) -> Any:
        infos.extend(deepcopy(values))
        return create_price(self, values)

    nobody = env["product.product"]
    with (
        patch.object(Product, "create", products_made),
        patch.object(Price, "create", prices_made),
    ):
        world.importer(env, account)._import(
            account, products, {product.puid: nobody for product in products}
        )
    prices = []
    for values in infos:
        number = number_of[values.pop("product_id")]
        for name in ("product_tmpl_id", "itscope_offer_id", "itscope_scale"):
            values.pop(name)
        prices.append((number, values))
    env.cr.rollback()
    env.invalidate_all()
    return rows, prices


def create(env: Any, rows: list[dict], prices: list[tuple[int, dict]]) -> None:
    made = env["product.product"].with_context(**CONTEXT).create(rows)
    env["product.supplierinfo"].create(
        [linked(made[number], values) for number, values in prices]
    )


def linked(product: Any, values: dict) -> dict:
    return {
        **values,
        "product_id": product.id,
        "product_tmpl_id": product.product_tmpl_id.id,
    }


def as_import(
    env: Any, rows: list[dict], prices: list[tuple[int, dict]]
) -> tuple[list[str], list[list[str]]]:
    """The same as a file that Odoo imports."""
    names = ("name", "default_code", "barcode", "list_price", "standard_price")
    header = [*names, "seller_ids/partner_id/.id", "seller_ids/product_code"]
    header += ["seller_ids/price", "seller_ids/min_qty", "seller_ids/currency_id/.id"]
    lines = []
    for number, row in enumerate(rows):
        cells = [str(row.get(name) or "") for name in names]
        own = [values for place, values in prices if place == number] or [None]
        for values in own:
            seller = [""] * 5
            if values:
                seller = [
                    str(values["partner_id"]),
                    str(values["product_code"] or ""),
                    str(values["price"]),
                    str(values["min_qty"]),
                    str(values["currency_id"]),
                ]
            lines.append(cells + seller)
            cells = [""] * len(names)
    return header, lines
