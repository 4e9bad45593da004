"""What the tests of this addon share."""

import os
import unittest
from decimal import Decimal

import requests

from odoo.tests import HttpCase, TransactionCase, new_test_user

from ..itscope_api import Offer, Product

SIMULATOR_URL = os.environ.get("ITSCOPE_SIMULATOR_URL", "")
#: ITscope's test supplier and the simulator's default account.
TEST_SUPPLIER = "10000735"
ACCOUNT_CODE, API_KEY = "m1000001", "demo-key-0001"
#: The simulator's export of its whole catalogue.
EXPORT_ID = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0001"


class ItscopeCase(TransactionCase):
    """An account, a supplier mapped to a vendor, and one that is not mapped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True).env
        cls.company = cls.env.company
        cls.account = cls.env["itscope.account"].create(
            {
                "name": "ITscope",
                "account_code": ACCOUNT_CODE,
                "api_key": API_KEY,
                "base_url": f"{SIMULATOR_URL or 'http://127.0.0.1:1'}/2.1",
            }
        )
        cls.vendor = cls.env["res.partner"].create(
            {"name": "Beispiel Distribution GmbH", "is_company": True}
        )
        Supplier = cls.env["itscope.supplier"]
        cls.supplier = Supplier.create(
            {
                "itscope_id": "10009999",
                "name": "Beispiel Distribution",
                "partner_id": cls.vendor.id,
            }
        )
        cls.unmapped = Supplier.create({"itscope_id": "10008888", "name": "Fremd AG"})
        cls.category = cls.env["product.category"].create({"name": "Notebooks"})
        cls.product_type = cls.env["itscope.product.type"].create(
            {"itscope_id": "130", "name": "Notebooks 14", "categ_id": cls.category.id}
        )
        cls.user = new_test_user(
            cls.env, "itscope-user", groups="itscope_connector.group_user"
        )

    def offer(self, **values):
        return Offer(
            **{
                "id": "1",
                "supplier_id": self.supplier.itscope_id,
                "supplier_sku": "BD-1",
                "condition": 1,
                "price": Decimal("100.00"),
                "stock": 5,
                "stock_status": 1,
                **values,
            }
        )

    def record(self, *offers, **values):
        return Product(
            **{
                "puid": "777000",
                "name": "Musterwerke Notebook AB100",
                "ean": "4006381333931",
                "manufacturer_sku": "AB100/2TB",
                "product_type_id": "130",
                "short_description": "Core 5, 16 GB",
                "contract_type": 0,
                "price_calc": Decimal("149.00"),
                "offers": offers,
                **values,
            }
        )

    def waiting(self, account=None):
        """``{key: number}`` of what the account's card shows on the first page."""
        account = account or self.account
        account.invalidate_recordset(["dashboard"])
        data = account.dashboard
        shown = data["waiting"] + data["flow"] + data["facts"]
        return {entry["key"]: entry["count"] for entry in shown if entry["count"]}

    def import_records(self, *records, create=True, targets=None):
        targets = targets or (
            {record.puid: self.env["product.product"] for record in records}
            if create
            else None
        )
        return self.env["itscope.product.importer"]._import(
            self.account, records, targets
        )


@unittest.skipUnless(
    SIMULATOR_URL, "needs the simulated ITscope: set ITSCOPE_SIMULATOR_URL"
)
class SimulatorCase(ItscopeCase):
    """Talks to a running simulated ITscope, back to its seed before each test."""

    def setUp(self):
        super().setUp()
        # The budget of requests is kept through cursors of its own: they belong to this
        # test, too.
        if not isinstance(self, HttpCase):
            self.registry_enter_test_mode()
        self.control("reset")

    def control(self, path, **body):
        """Call the simulator's control interface; :return: its answer"""
        answer = requests.post(
            f"{SIMULATOR_URL}/_control/{path}", json=body, timeout=30
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def observe(self, path):
        answer = requests.get(f"{SIMULATOR_URL}/_control/{path}", timeout=30)
        answer.raise_for_status()
        return answer.json()


class ExportCase(SimulatorCase):
    """An export that may create, and what runs it."""

    def setUp(self):
        super().setUp()
        self.export = self.make_export("All", EXPORT_ID)

    def make_export(self, name, reference, mode="create", **values):
        return self.env["itscope.export"].create(
            {
                "name": name,
                "account_id": self.account.id,
                "reference": reference,
                "mode": mode,
                **values,
            }
        )

    def define(self, uuid=EXPORT_ID, **values):
        self.control("exports", uuid=uuid, **{"count": 20, "offers": 2, **values})

    def work(self, sync):
        self.env["itscope.sync"]._cron_run()
        return sync

    def run_export(self, preview=False, export=None):
        return self.work((export or self.export)._start(preview=preview, fresh=True))
