"""The main job over Odoo's own HTTP interface, step by step, as a buyer would do it.

    python main_job.py <odoo url> <database> <login> <password> <simulator url>

Says what it did, line by line; the last line ends with a full stop.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from typing import Any

ARTICLES = ("123001", "123002", "123003")
QUANTITIES = {"123001": 3, "123002": 1, "123003": 2}
TEST_SUPPLIER = "10000735"


class Odoo:
    """What a logged-in user's web client may ask of Odoo."""

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor()
        self._opener = urllib.request.build_opener(cookies)
        self._post(
            "/web/session/authenticate", db=database, login=login, password=password
        )

    def _post(self, path: str, **params: Any) -> Any:
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=300) as answer:
            data = json.load(answer)
        if "error" in data:
            raise SystemExit(f"Odoo says: {data['error']['data']['message']}")
        return data.get("result")

    def call(self, model: str, method: str, *arguments: Any, **options: Any) -> Any:
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=arguments,
            kwargs=options,
        )

    def find(self, model: str, domain: list[Any], **options: Any) -> list[int]:
        found: list[int] = self.call(model, "search", domain, **options)
        return found

    def read(self, model: str, ids: list[int], *names: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call(model, "read", ids, list(names))
        return found


def control(simulator: str, name: str, **body: Any) -> Any:
    """Make the simulated ITscope do something."""
    request = urllib.request.Request(
        f"{simulator}/_control/{name}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def account(odoo: Odoo, simulator: str) -> int:
    values = {
        "name": "ITscope (simulated)",
        "account_code": "m1000001",
        "api_key": "demo-key-0001",
        "base_url": f"{simulator}/2.1",
    }
    found = odoo.find("itscope.account", [])[:1]
    if found:
        odoo.call("itscope.account", "write", found, values)
    else:
        found = odoo.call("itscope.account", "create", [values])
    odoo.call("itscope.account", "action_test_connection", found)
    state = odoo.read("itscope.account", found, "state", "state_message")[0]
    if state["state"] != "connected":
        raise SystemExit(f"The connection failed: {state['state_message']}")
    return found[0]


def mapped_supplier(odoo: Odoo) -> tuple[int, int]:
    """The test supplier and its vendor, made with ITscope's address where it is
    missing.
    """
    (supplier,) = odoo.find("itscope.supplier", [("itscope_id", "=", TEST_SUPPLIER)])
    row = odoo.read("itscope.supplier", [supplier], "partner_id")[0]
    if not row["partner_id"]:
        odoo.call("itscope.supplier", "action_create_partner", [supplier])
        row = odoo.read("itscope.supplier", [supplier], "partner_id")[0]
    return supplier, row["partner_id"][0]


def products(odoo: Odoo, supplier: int) -> dict[str, int]:
    """The test supplier's articles as products: ``{article number: product id}``"""
    wizard = odoo.call(
        "itscope.product.add",
        "create",
        [
            {
                "kind": "supplier_sku",
                "supplier_id": supplier,
                "text": "\n".join(ARTICLES),
            }
        ],
    )
    odoo.call("itscope.product.add", "action_find", wizard)
    odoo.call("itscope.product.add", "action_import", wizard)
    offers = odoo.find(
        "itscope.offer",
        [("supplier_id", "=", supplier), ("supplier_sku", "in", ARTICLES)],
    )
    rows = odoo.read("itscope.offer", offers, "supplier_sku", "product_id")
    return {row["supplier_sku"]: row["product_id"][0] for row in rows}


def order(odoo: Odoo, vendor: int, articles: dict[str, int]) -> int:
    lines = [
        (0, 0, {"product_id": articles[sku], "product_qty": QUANTITIES[sku]})
        for sku in ARTICLES
    ]
    (number,) = odoo.call(
        "purchase.order", "create", [{"partner_id": vendor, "order_line": lines}]
    )
    odoo.call("purchase.order", "button_confirm", [number])
    odoo.call("purchase.order", "action_itscope_send", [number])
    return int(number)


def run(
    url: str, database: str, login: str, password: str, simulator: str
) -> list[str]:
    """Do the main job; :return: what was done, in plain words"""
    odoo = Odoo(url, database, login, password)
    done = []
    account_id = account(odoo, simulator)
    done.append("connected to the simulated ITscope (account m1000001)")
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    count = odoo.call("itscope.supplier", "search_count", [])
    done.append(f"read {count} suppliers, the manufacturers and the product types")
    supplier, vendor = mapped_supplier(odoo)
    done.append("mapped the supplier 'ITscope Partner-Test' to a vendor")
    articles = products(odoo, supplier)
    done.append(f"added the articles {', '.join(sorted(articles))} with their offers")
    order_id = order(odoo, vendor, articles)
    row = odoo.read(
        "purchase.order", [order_id], "name", "itscope_deal_id", "amount_total"
    )[0]
    if not row["itscope_deal_id"]:
        hint = odoo.read("purchase.order", [order_id], "itscope_send_hint")[0]
        raise SystemExit(
            f"The order {row['name']} was not sent: {hint['itscope_send_hint']}"
        )
    deal_id, deal = row["itscope_deal_id"]
    done.append(f"sent purchase order {row['name']}: ITscope's number is {deal}")
    number = odoo.read("itscope.deal", [deal_id], "order_id")[0]["order_id"]
    for step in ("accept", "confirm", "dispatch", "invoice"):
        control(simulator, "advance", order_id=number, step=step)
    odoo.call("purchase.order", "action_itscope_fetch_news", [order_id])
    done += outcome(odoo, order_id, row["name"])
    return done


def outcome(odoo: Odoo, order_id: int, name: str) -> list[str]:
    """What the documents did; fails where one of them did nothing."""
    row = odoo.read(
        "purchase.order", [order_id], "partner_ref", "picking_ids", "invoice_ids"
    )[0]
    if not (row["partner_ref"] and row["picking_ids"] and row["invoice_ids"]):
        raise SystemExit(f"Not all documents reached the order {name}: {row}")
    moves = odoo.find("stock.move", [("picking_id", "in", row["picking_ids"])])
    open_documents = odoo.call(
        "itscope.document",
        "search_read",
        [["order_ids", "=", order_id], ["state", "not in", ["applied", "sent"]]],
        ["display_name", "state", "messages"],
    )
    if open_documents:
        raise SystemExit(f"Not all documents of {name} are applied: {open_documents}")
    quantities = [r["quantity"] for r in odoo.read("stock.move", moves, "quantity")]
    bill = odoo.read(
        "account.move", row["invoice_ids"], "ref", "amount_total", "state"
    )[0]
    if sum(quantities) != sum(QUANTITIES.values()):
        raise SystemExit(f"The receipt of {name} is not prepared: {quantities}")
    return [
        f"order response: vendor reference {row['partner_ref']}, prices and dates "
        f"confirmed",
        f"dispatch notification: receipt prepared with {sum(quantities):g} pieces",
        f"invoice: draft bill {bill['ref']} over {bill['amount_total']:.2f} EUR, "
        f"waiting "
        "for accounting.",
    ]


if __name__ == "__main__":
    print("\n".join(run(*sys.argv[1:6])))
