from odoo.fields import Command
from odoo.tests import new_test_user

from .common import ItscopeCase


class NeedsCase(ItscopeCase):
    """Products, sales and a buyer for the basket of needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Need = cls.env["itscope.need"]
        cls.customer = cls.env["res.partner"].create({"name": "Kunde GmbH"})
        cls.buyer = new_test_user(
            cls.env,
            "basket-buyer",
            groups="itscope_connector.group_user,purchase.group_purchase_user",
        )
        cls.second_vendor = cls.env["res.partner"].create({"name": "Fremd AG"})
        cls.unmapped.partner_id = cls.second_vendor

    def product(self, *offers, puid="777000", **values):
        links, _counts = self.import_records(
            self.record(*offers, puid=puid, ean="", **values)
        )
        if "is_storable" in links.product_id._fields:
            # What a warehouse gives is another test's.
            links.product_id.is_storable = False
        return links.product_id

    def sell(self, *rows, confirm=True, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product, quantity in rows
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def gather(self):
        self.env.flush_all()
        self.assertTrue(self.Need._gather(self.company))

    def needs(self, *products, state="open"):
        return self.Need.search(
            [
                ("product_id", "in", [product.id for product in products]),
                ("state", "=", state),
            ]
        )
