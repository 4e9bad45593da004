"""What the tests of this addon share."""

import os
import unittest
from decimal import Decimal
from pathlib import Path

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.itscope_connector.tests.common import (
    TEST_SUPPLIER,
    ItscopeCase,
    SimulatorCase,
)

#: ITscope's own examples; data to test with, no part of the project.
REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ITSCOPE_SHARED") or REPOSITORY.parent / "shared")
EXAMPLES = SHARED / "opentrans" / "examples"
SCHEMA = SHARED / "opentrans" / "xsd" / "opentrans_2_1.xsd"

needs_examples = unittest.skipUnless(
    EXAMPLES.is_dir(), "needs ITscope's examples: set ITSCOPE_SHARED"
)
needs_schema = unittest.skipUnless(
    SCHEMA.is_file(), "needs ITscope's schema: set ITSCOPE_SHARED"
)
#: Article number, ordered quantity and price, in the order's own order.
ARTICLES = (("123002", 1, 562.0), ("123001", 2, 94.0), ("123003", 3, 217.0))


class OpentransMixin:
    """A buyer, the test supplier with three articles, and an order of all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        germany = cls.env.ref("base.de")
        cls.currency = cls.env.ref("base.EUR")
        cls.currency.active = True
        cls.company.partner_id.write(
            {
                "street": "Musterstraße 1",
                "zip": "76131",
                "city": "Karlsruhe",
                "country_id": germany.id,
                "phone": "+49 721 1234560",
            }
        )
        cls.test_vendor = cls.env["res.partner"].create(
            {
                "name": "ITscope Partner-Test",
                "is_company": True,
                "country_id": germany.id,
            }
        )
        cls.test_supplier = cls.env["itscope.supplier"].create(
            {
                "itscope_id": TEST_SUPPLIER,
                "name": "ITscope Partner-Test",
                "company_name": "ITscope Partner-Test GmbH",
                "partner_id": cls.test_vendor.id,
                "own_customer_number": "123456",
            }
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "19 % test",
                "amount": 19.0,
                "type_tax_use": "purchase",
                "country_id": cls.company.account_fiscal_country_id.id,
            }
        )
        cls.buyer = new_test_user(
            cls.env,
            "itscope-buyer",
            name="Erika Muster",
            email="erika@example.com",
            groups="itscope_connector.group_user,purchase.group_purchase_manager,"
            "stock.group_stock_user,account.group_account_invoice",
        )
        cls.products = {}
        for sku, _quantity, price in ARTICLES:
            cls.products[sku] = cls.env["product.product"].create(
                {
                    "name": f"Article {sku}",
                    "type": "consu",
                    "is_storable": True,
                    "purchase_method": "purchase",
                    "supplier_taxes_id": [Command.set(cls.tax.ids)],
                    "seller_ids": [
                        Command.create(
                            {
                                "partner_id": cls.test_vendor.id,
                                "product_code": sku,
                                "price": price,
                            }
                        )
                    ],
                }
            )

    def make_order(self, name="PTEST1", confirm=True, **values):
        order = self.env["purchase.order"].create(
            {
                "name": name,
                "partner_id": self.test_vendor.id,
                "user_id": self.buyer.id,
                "currency_id": self.currency.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.products[sku].id,
                            "product_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    )
                    for sku, quantity, price in ARTICLES
                ],
                **values,
            }
        )
        if confirm:
            order.button_confirm()
        return order

    def link(self, sku, price=None, puid="", **values):
        """Link an article to ITscope; :return: the test supplier's offer of it"""
        ordered = {article: amount for article, _quantity, amount in ARTICLES}
        values = {
            "id": f"9{sku}",
            "supplier_id": TEST_SUPPLIER,
            "supplier_sku": sku,
            "price": Decimal(str(price or ordered[sku])),
            "stock": 100,
            **values,
        }
        record = self.record(self.offer(**values), puid=puid or f"7{sku}", ean="")
        self.import_records(record, targets={record.puid: self.products[sku]})
        return self.env["itscope.offer"].search(
            [("offer_id", "=", values["id"]), ("company_id", "=", self.company.id)]
        )

    def line(self, order, sku):
        return order.order_line.filtered(
            lambda line: line.product_id == self.products[sku]
        )

    def sent_deal(self, order, **values):
        """An order that ITscope has, without having asked it."""
        deal = self.env["itscope.deal"].create(
            {
                "account_id": self.account.id,
                "supplier_id": self.test_supplier.id,
                "purchase_order_id": order.id,
                "order_id": "SIM0001-260101-0900",
                "own_order_id": order.name,
                "send_state": "sent",
                "status": "SENT",
                **values,
            }
        )
        order._itscope_note_sent()
        return deal

    def receive(self, deal, kind, content, transaction="T1", apply=True):
        if isinstance(content, str):
            content = content.encode()
        document = self.env["itscope.document"]._store(deal, kind, transaction, content)
        if apply:
            self.assertTrue(deal._apply_documents())
        return document

    def example(self, kind):
        return (EXAMPLES / f"{kind}.xml").read_bytes()


class OpentransCase(OpentransMixin, ItscopeCase):
    """Documents without ITscope."""


class OpentransSimulatorCase(OpentransMixin, SimulatorCase):
    """Talks to the simulated ITscope."""

    def at_itscope(self, order):
        """What the simulator has under this order's number."""
        return [row for row in self.observe("orders") if row["number"] == order.name]

    def advance(self, deal, step, **options):
        self.control("advance", order_id=deal.order_id, step=step, **options)

    def fault(self, kind, match="POST .*send", **values):
        self.control("faults", rules=[{"match": match, "kind": kind, **values}])
