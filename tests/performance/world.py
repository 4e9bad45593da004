"""Accounts, suppliers and products that the cases measure with."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from simulator.catalogue import Catalogue
from simulator.control import ACCOUNT, KEY
from simulator.exports import Export, build

OFFERS = 5


def account(env: Any, url: str) -> Any:
    """The account of the cases; no pictures or data sheets are fetched."""
    return env["itscope.account"].create(
        {
            "name": "Benchmark",
            "account_code": ACCOUNT,
            "api_key": KEY,
            "base_url": f"{url}/2.1",
            "picture_policy": "none",
            "datasheet_policy": "none",
        }
    )


def map_suppliers(env: Any) -> None:
    """A vendor for each supplier: its offers become vendor prices."""
    for supplier in env["itscope.supplier"].search([("partner_id", "=", False)]):
        supplier.partner_id = env["res.partner"].create(
            {"name": supplier.name, "is_company": True, "supplier_rank": 1}
        )


def export_file(folder: Path, kind: str, count: int, view: str = "standard") -> Path:
    """An export of this many products with five offers each.

    :param kind: xml, json, csv or tsv
    """
    path = folder / f"{kind}-{view}-{count}"
    if not path.exists():
        definition = Export(
            path.name, format=kind, view=view, count=count, offers=OFFERS, plain=True
        )
        build(path, definition, Catalogue(1, count, OFFERS), "2.1", "http://127.0.0.1")
    return path


def records(env: Any, count: int, view: str = "standard") -> list[Any]:
    """Products as the importer gets them."""
    from odoo.addons.itscope_connector.itscope_api import open_export

    with tempfile.TemporaryDirectory() as folder:
        path = export_file(Path(folder), "json", count, view)
        # The test supplier's three products come first; the generated ones are alike.
        return [entry.record() for entry in open_export(path).entries(skip=3)]


def importer(env: Any, account: Any) -> Any:
    return env["itscope.product.importer"].with_company(account.company_id)


def fill(env: Any, account: Any, products: list[Any], batch: int = 500) -> None:
    """Bring products in and commit them."""
    nobody = env["product.product"]
    for start in range(0, len(products), batch):
        part = products[start : start + batch]
        importer(env, account)._import(account, part, {p.puid: nobody for p in part})
        env.cr.commit()
        env.invalidate_all()


#: An export of its own for each run that is measured.
EXPORT = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0009"


def run_over(env: Any, account: Any, path: Path) -> Any:
    """A committed run whose file lies there already: nothing is downloaded."""
    export = env["itscope.export"].search([("reference", "=", EXPORT)], limit=1)
    export = export or env["itscope.export"].create(
        {
            "name": "Benchmark",
            "account_id": account.id,
            "reference": EXPORT,
            "mode": "update",
        }
    )
    sync = env["itscope.sync"].create(
        {
            "account_id": account.id,
            "kind": "export",
            "export_id": export.id,
            "mode": "update",
            "user_id": env.uid,
        }
    )
    shutil.copyfile(path, sync._path())
    env.cr.commit()
    env.invalidate_all()
    return sync
