from odoo.tests import tagged

from .common import SimulatorCase

EXPORT_ID = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0001"


@tagged("post_install", "-at_install")
class TestRuns(SimulatorCase):
    def setUp(self):
        super().setUp()
        self.export = self.env["itscope.export"].create(
            {
                "name": "All",
                "account_id": self.account.id,
                "reference": EXPORT_ID,
                "mode": "create",
            }
        )

    def run_export(self, preview=False):
        sync = self.export._start(preview=preview)
        self.env["itscope.sync"]._cron_run()
        return sync

    def test_preview_changes_nothing_and_says_what_would_happen(self):
        before = self.env["product.product"].search_count([])
        sync = self.run_export(preview=True)
        self.assertEqual(sync.state, "done", sync.explanation)
        self.assertGreater(sync.created_count, 250)
        self.assertEqual(self.env["product.product"].search_count([]), before)
        self.assertFalse(self.env["itscope.product"].search([]))
        self.assertEqual(
            len(sync.message_line_ids.filtered(lambda m: m.kind == "created")), 20
        )

    def test_run_creates_then_changes_nothing(self):
        self.run_export(preview=True)
        sync = self.run_export()
        self.assertEqual(sync.state, "done", sync.explanation)
        links = self.env["itscope.product"].search([("sync_id", "=", sync.id)])
        self.assertEqual(len(links), sync.created_count)
        self.assertEqual(self.export.product_count, sync.read_count)
        again = self.run_export()
        self.assertEqual(again.unchanged_count, again.read_count)
        self.assertEqual(again.read_count, sync.read_count)
