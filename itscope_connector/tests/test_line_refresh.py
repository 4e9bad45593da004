from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SimulatorCase
from .lines import LinesMixin

#: Of the simulator's catalogue.
PRINTER = "4012827000"


@tagged("post_install", "-at_install")
class TestLineRefresh(LinesMixin, SimulatorCase):
    def setUp(self):
        super().setUp()
        # What came before in this transaction is not ours to wait for.
        self.env.cr.postcommit.clear()
        product = self.env["product.product"].create({"name": "Printer"})
        record = self.record(self.offer(), puid=PRINTER, ean="")
        self.import_records(record, targets={PRINTER: product})
        self.link = product.itscope_link_id
        self.product = product

    def age(self, **since):
        self.link.refresh_date -= timedelta(**since)
        self.env.flush_all()

    def runs(self):
        """What comes of the commit."""
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.env.invalidate_all()
        return self.env["itscope.sync"].search([("account_id", "=", self.account.id)])

    def test_fresh_prices_are_used_as_they_are(self):
        self.age(hours=23)
        self.quotation(self.product)
        self.assertFalse(self.runs())

    def test_old_ones_are_refreshed_once_for_many_lines(self):
        self.age(hours=25)
        self.env["sale.order"].with_user(self.seller).create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.product.id}),
                    Command.create({"product_id": self.product.id}),
                ],
            }
        )
        run = self.runs()
        self.assertEqual((run.kind, run.puids), ("refresh", [PRINTER]))
        self.assertEqual(run.state, "waiting")
        self.assertEqual(run.user_id, self.account.responsible_id)
        # Nothing was asked while it was saved, and the same is not noted again.
        self.assertFalse(self.observe("requests"))
        self.request(self.product)
        self.assertEqual(self.runs(), run)
        self.assertEqual(run.puids, [PRINTER])
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(run.state, "done")
        line = self.quotation(self.product).order_line
        self.assertEqual(self.runs(), run)
        self.assertNotEqual(line.itscope_cost, 100)

    def test_what_was_quoted_by_old_prices_stays_and_shows_it(self):
        self.age(hours=25)
        line = self.quotation(self.product).order_line
        self.runs()
        self.env["itscope.sync"]._cron_run()
        self.env.invalidate_all()
        self.assertEqual(line.itscope_cost, 100)
        self.assertTrue(line.itscope_mark["change"])

    def test_another_product_on_a_line(self):
        self.age(hours=25)
        line = self.quotation(
            self.customer.env["product.product"].create({"name": "x"})
        )
        self.assertFalse(self.runs())
        line.order_line.product_id = self.product
        self.assertTrue(self.runs())

    def test_never_where_the_account_says_so_or_failed(self):
        self.age(hours=25)
        self.account.price_max_age = 0
        self.quotation(self.product)
        self.assertFalse(self.runs())
        self.account.price_max_age = 24
        self.control("faults", rules=[{"match": ".*", "kind": "status", "status": 401}])
        self.quotation(self.product)
        run = self.runs()
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(run.state, "failed")
        self.quotation(self.product)
        self.assertEqual(self.runs(), run)

    def test_saving_does_without_an_account_and_while_blocked(self):
        self.age(hours=25)
        self.control("block")
        self.quotation(self.product)
        run = self.runs()
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(run.state, "waiting")
        self.account.active = False
        self.assertTrue(self.quotation(self.product).order_line)
        self.assertEqual(self.runs(), run)

    def test_refreshed_and_asked_live_from_a_line(self):
        line = self.quotation(self.product).order_line
        with self.assertRaises(AccessError):
            line.with_user(self.seller).itscope_refresh_offers(self.draft(line))
        self.user.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        own = line.with_user(self.user)
        page = own.itscope_refresh_offers(self.draft(line))
        self.assertIn("refreshed", page["message"])
        self.assertTrue(len(page["offers"]) > 1)
        self.assertEqual(page["mark"]["stock"], self.link.total_stock)
        page = own.itscope_refresh_offers(self.draft(line), live=True)
        self.assertIn("live", page["message"])
        self.assertTrue(
            any("realtime=true" in str(row) for row in self.observe("requests"))
        )
        self.control("faults", rules=[{"match": ".*", "kind": "status", "status": 401}])
        with self.assertRaises(UserError):
            own.itscope_refresh_offers(self.draft(line))
