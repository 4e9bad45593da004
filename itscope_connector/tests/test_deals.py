from odoo.tests import tagged

from ..itscope_api import Deal
from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestDeals(ItscopeCase):
    def record(self, **values):
        return Deal(
            **{
                "order_id": "11SRRK-261124-1136",
                "own_order_id": "P00042",
                "status": "SENT",
                "supplier_id": self.supplier.itscope_id,
                **values,
            }
        )

    def synchronise(self, *records):
        news = self.env["itscope.deal"]._synchronise(self.account, list(records))
        return self.env["itscope.deal"].browse(deal.id for deal, _record in news)

    def test_order_placed_at_itscope_is_listed_once(self):
        deal = self.synchronise(self.record())
        again = self.synchronise(self.record(status="ADVISED"))
        self.assertEqual(deal, again)
        self.assertEqual(deal.send_state, "external")
        self.assertEqual(deal.status_text, "Dispatched")

    def test_unknown_status_is_shown_as_it_is(self):
        deal = self.synchronise(self.record(status="TELEPORTED"))
        self.assertEqual(deal.status_text, "TELEPORTED")

    def test_the_same_number_of_ours_does_not_adopt_a_foreign_order(self):
        order = self.env["purchase.order"].create({"partner_id": self.vendor.id})
        deal = self.synchronise(self.record(own_order_id=order.name))
        self.assertFalse(deal.purchase_order_id)

    def test_an_order_of_unknown_state_is_found_by_its_number(self):
        order = self.env["purchase.order"].create({"partner_id": self.vendor.id})
        waiting = self.env["itscope.deal"].create(
            {
                "account_id": self.account.id,
                "purchase_order_id": order.id,
                "own_order_id": order.name,
                "send_state": "unknown",
            }
        )
        deal = self.synchronise(self.record(own_order_id=order.name))
        self.assertEqual(deal, waiting)
        self.assertEqual(deal.send_state, "sent")
        self.assertEqual(deal.order_id, "11SRRK-261124-1136")
