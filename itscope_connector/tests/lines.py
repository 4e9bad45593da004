"""What the tests of lines share."""

from odoo import Command
from odoo.tests import new_test_user


class LinesMixin:
    """A seller and a buyer, neither with a right to ITscope."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Kunde AG"})
        cls.seller = new_test_user(
            cls.env, "line-seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.buyer = new_test_user(
            cls.env, "line-buyer", groups="purchase.group_purchase_user"
        )

    def article(self, number=0, *offers, **values):
        offers = offers or (self.offer(),)
        offers = [
            offer
            if number == 0
            else self.offer(id=f"{number}-{place}", supplier_sku=f"BD-{number}")
            for place, offer in enumerate(offers)
        ]
        record = self.record(
            *offers,
            **{
                "puid": f"77{number:04}",
                "ean": "",
                "manufacturer_sku": f"AB{number}",
                "name": f"Article {number}",
                **values,
            },
        )
        links, _counts = self.import_records(record)
        return links

    def quotation(self, *products, quantity=1, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product in products
                ],
                **values,
            }
        )

    def request(self, *products, quantity=1, **values):
        return self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                    for product in products
                ],
                **values,
            }
        )

    def draft(self, line, **values):
        """A line as a form sends it."""
        order = line.order_id
        quantity = line[line._itscope_quantity_fields[0]]
        return {
            "product_id": line.product_id.id,
            "quantity": quantity,
            "offer_id": line.itscope_offer_id.id,
            "order_id": order.id,
            "partner_id": order.partner_id.id,
            "company_id": order.company_id.id,
            **values,
        }
