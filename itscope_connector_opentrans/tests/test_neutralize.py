"""A copied database can't order."""

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import OpentransCase


@tagged("post_install", "-at_install")
class TestNeutralize(OpentransCase):
    def test_nothing_leaves(self):
        deals = {}
        for state in ("to_send", "sending", "unknown", "sent", "rejected"):
            order = self.make_order(name=f"P{state}")
            deals[state] = self.sent_deal(order, order_id=False, send_state=state)
        self.env.flush_all()
        queries = get_neutralization_queries(
            ["itscope_connector", "itscope_connector_opentrans"]
        )
        for query in queries:
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(
            {state: deal.send_state for state, deal in deals.items()},
            {
                "to_send": "withdrawn",
                "sending": "unknown",
                "unknown": "unknown",
                "sent": "sent",
                "rejected": "rejected",
            },
        )
        self.assertFalse(self.account.api_key)
        crons = self.env["ir.cron"].with_context(active_test=False)
        ours = crons.search([("cron_name", "ilike", "ITscope:")])
        self.assertTrue(len(ours) >= 4)
        self.assertFalse(any(ours.mapped("active")))
        # Even if somebody starts it: nothing is due.
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deals["to_send"].send_state, "withdrawn")
