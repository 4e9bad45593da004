"""(h) Opening lists and forms beside 200,000 linked products and a million offers.

The same is measured in a database without the addons: only what the user sees there can
be compared.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from lxml import etree

from .measure import Row, Scale

PRODUCTS = 200_000
LINES = 30


def run(env: Any, scale: Scale, url: str) -> list[Row]:
    fill(env, scale.count(PRODUCTS))
    partner = env["res.partner"].create({"name": "Musterkunde GmbH"})
    filled = [("default_code", "like", "FILL-")]
    products = env["product.product"].search(filled, limit=LINES)
    lines = [(0, 0, {"product_id": product.id}) for product in products]
    sale = env["sale.order"].create({"partner_id": partner.id, "order_line": lines})
    purchase = env["purchase.order"].create(
        {"partner_id": partner.id, "order_line": lines}
    )
    env.cr.commit()
    screens: dict[str, Callable[[], Any]] = {
        "product list": listed(env, "product.template"),
        "variant list": listed(env, "product.product"),
        "product form": opened(env, products[0].product_tmpl_id),
        f"quotation of {LINES} lines": opened(env, sale),
        f"purchase order of {LINES} lines": opened(env, purchase),
    }
    if "itscope.account" in env:
        screens["dashboard"] = listed(env, "itscope.account", "kanban")
        screens["list of offers"] = listed(env, "itscope.offer")
        screens["list of linked products"] = listed(env, "itscope.product")
    return [
        Row("h", what, milliseconds(env, scale, screen), "ms")
        for what, screen in screens.items()
    ]


def milliseconds(env: Any, scale: Scale, screen: Callable[[], Any]) -> float:
    found = []
    for number in range(scale.rounds * 2 + 1):
        env.invalidate_all()
        started = time.perf_counter()
        screen()
        if number:
            found.append((time.perf_counter() - started) * 1000)
    return statistics.median(found)


def listed(env: Any, model: str, kind: str = "list") -> Callable[[], Any]:
    """What the web client asks for when it opens a list."""
    fields = specification(env, model, kind)
    return lambda: env[model].web_search_read([], fields, limit=80, count_limit=10001)


def opened(env: Any, record: Any) -> Callable[[], Any]:
    """What the web client asks for when it opens a form."""
    fields = specification(env, record._name, "form")
    return lambda: env[record._name].browse(record.id).web_read(fields)


def specification(env: Any, model: str, kind: str) -> dict[str, Any]:
    """The fields of a view as ``web_read`` wants them."""
    found = env[model].get_views([(False, kind)])
    arch = etree.fromstring(found["views"][kind]["arch"])
    return fields_of(env, model, arch)


def fields_of(env: Any, model: str, arch: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {}
    for node in arch.iter("field"):
        if any(parent.tag == "field" for parent in node.iterancestors()):
            if next(node.iterancestors("field")) is not arch:
                continue
        name = node.get("name")
        field = env[model]._fields.get(name)
        if field is None or not env[model]._has_field_access(field, "read"):
            continue
        if field.type == "many2one":
            spec[name] = {"fields": {"display_name": {}}}
        elif field.type in ("one2many", "many2many"):
            inner = next((c for c in node if c.tag in ("list", "kanban")), None)
            spec[name] = (
                {"fields": fields_of(env, field.comodel_name, inner), "limit": 40}
                if inner is not None
                else {}
            )
        else:
            spec[name] = {}
    return spec


# ------------------------------------------------------------------ filling


def fill(env: Any, count: int) -> None:
    """So many products, by SQL; linked with five offers each where the addon is."""
    pattern = env["product.product"].create(
        {"name": "Notebook", "default_code": "FILL-0", "list_price": 100}
    )
    env.flush_all()
    cr = env.cr
    first = copied(
        cr,
        "product_template",
        pattern.product_tmpl_id.id,
        count,
        {
            "name": """jsonb_build_object('en_US', 'Notebook ' || n)""",
            "default_code": "'FILL-' || n",
        },
    )
    copied(
        cr,
        "product_product",
        pattern.id,
        count,
        {
            "product_tmpl_id": f"{first} + n - 1",
            "default_code": "'FILL-' || n",
        },
    )
    if "itscope.product" in env:
        linked(env, count)
    cr.commit()
    cr._cnx.autocommit = True
    cr.execute("VACUUM ANALYZE")
    cr._cnx.autocommit = False
    env.invalidate_all()


def copied(cr: Any, table: str, row: int, count: int, other: dict[str, str]) -> int:
    """Copies of a row with other values, in SQL of their number ``n``; :return: the
    first copy's id."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND column_name != 'id'",
        [table],
    )
    names = [name for (name,) in cr.fetchall()]
    cr.execute(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")
    first = cr.fetchone()[0]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(other.get(name, f't."{name}"') for name in names)
    cr.execute(
        f"INSERT INTO {table} (id, {columns}) SELECT {first} + n - 1, {values} "
        f"FROM {table} t, generate_series(1, {count}) n WHERE t.id = %s",
        [row],
    )
    cr.execute(f"SELECT setval('{table}_id_seq', {first + count})")
    return int(first)


def linked(env: Any, count: int) -> None:
    cr = env.cr
    company = env.company.id
    suppliers = env["itscope.supplier"].create(
        [{"itscope_id": f"9{n}", "name": f"Distributor {n}"} for n in range(5)]
    )
    env["itscope.account"].create(
        {"name": "Benchmark", "account_code": "m1", "api_key": "x"}
    )
    env.flush_all()
    cr.execute(
        "INSERT INTO itscope_product (company_id, puid, product_id, name, state, "
        "active, created, best_price, total_stock, supplier_count, refresh_date) "
        "SELECT %s, (id * 1000)::text, id, default_code, 'active', TRUE, TRUE, 90, 50, "
        "5, now() FROM product_product WHERE default_code LIKE 'FILL-%%'",
        [company],
    )
    cr.execute(
        "INSERT INTO itscope_offer (company_id, link_id, product_id, offer_id, active, "
        "supplier_id, supplier_sku, condition, is_new, currency_id, price, has_price, "
        "company_price, price_date, stock_status, stock) "
        "SELECT %s, l.id, l.product_id, l.puid || s, TRUE, (%s)[s], 'S' || l.id, '1', "
        "TRUE, %s, 90 + s, TRUE, 90 + s, now(), '1', 10 "
        "FROM itscope_product l, generate_series(1, 5) s",
        [company, suppliers.ids, env.company.currency_id.id],
    )
    cr.execute(
        "UPDATE itscope_product l SET best_offer_id = o.id, "
        "currency_id = o.currency_id FROM itscope_offer o "
        "WHERE o.link_id = l.id AND o.price = 91"
    )
