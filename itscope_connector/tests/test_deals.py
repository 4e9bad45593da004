from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..itscope_api import Deal
from .common import TEST_SUPPLIER, ItscopeCase, SimulatorCase


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

    def test_statuses_in_odoos_words(self):
        deal = self.synchronise(self.record(status="ACCEPTED"))
        self.assertEqual(deal.status_text, "Accepted")

    def test_a_page_of_orders_costs_no_more_than_one(self):
        def page(first, count):
            return [self.record(order_id=f"O{n}") for n in range(first, first + count)]

        self.synchronise(*page(0, 1))
        self.env.flush_all()

        def cost(*records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.synchronise(*records)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = cost(*page(100, 2))
        self.assertLessEqual(cost(*page(200, 50)), few + 2)
        self.assertLessEqual(cost(*page(200, 50)), few)

    def test_the_same_order_twice_in_a_list(self):
        deals = self.synchronise(self.record(), self.record(status="ADVISED"))
        self.assertEqual(len(deals), 1)
        self.assertEqual(deals.status, "ADVISED")

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

    def test_an_attempt_that_ended_is_not_booked_on_the_next_one(self):
        order = self.env["purchase.order"].create({"partner_id": self.vendor.id})
        waiting = self.env["itscope.deal"].create(
            {
                "account_id": self.account.id,
                "purchase_order_id": order.id,
                "own_order_id": order.name,
                "send_state": "sending",
                "attempts": 2,
            }
        )
        refused = self.record(own_order_id=order.name, status="REJECTED")
        self.assertNotEqual(self.synchronise(refused), waiting)
        self.assertEqual(waiting.send_state, "sending")
        sent = self.record(own_order_id=order.name, order_id="SECOND")
        self.assertEqual(self.synchronise(sent), waiting)
        self.assertEqual((waiting.send_state, waiting.order_id), ("sent", "SECOND"))


@tagged("post_install", "-at_install")
class TestDealsAtItscope(SimulatorCase):
    def place(self, **options):
        lines = [["123001", "2", "94.0"]]
        return self.control("place", lines=lines, **options)["order_id"]

    def deals(self):
        return self.env["itscope.deal"].search([("company_id", "=", self.company.id)])

    def run_all(self, action):
        run = getattr(self.env["itscope.deal"], action)()
        sync = self.env["itscope.sync"].browse(run["res_id"])
        sync._do()
        return sync

    def test_all_orders_are_read_page_by_page(self):
        placed = {self.place() for _number in range(53)}
        gone = self.place()
        self.env["itscope.deal"]._cron_fetch_news()
        self.deals().filtered(
            lambda deal: deal.order_id == gone
        ).action_archive_at_itscope()
        self.deals().unlink()
        sync = self.run_all("action_fetch_all")
        self.assertEqual(sync.state, "done", sync.explanation)
        self.assertEqual(sync.read_count, 53)
        self.assertEqual(set(self.deals().mapped("order_id")), placed)
        self.run_all("action_fetch_archived")
        self.assertEqual(set(self.deals().mapped("order_id")), placed | {gone})
        self.assertEqual(self.deals().filtered("archived").order_id, gone)

    def test_reading_all_goes_on_where_it_was(self):
        for _number in range(53):
            self.place()
        second = [
            {"match": "GET .*purchase/deal", "kind": "late"},
            {"match": "GET .*purchase/deal", "kind": "status", "status": 400},
        ]
        self.control("faults", rules=second)
        sync = self.run_all("action_fetch_all")
        self.assertEqual(sync.state, "failed")
        self.assertEqual(len(self.deals()), 50)
        self.control("faults", rules=[])
        sync.action_resume()
        before = len(self.observe("requests"))
        sync._do()
        self.assertEqual(sync.state, "done")
        self.assertEqual(len(self.deals()), 53)
        asked = [row["query"] for row in self.observe("requests")[before:]]
        self.assertTrue(all("page=" in query for query in asked), asked)

    def test_documents_that_others_are_at_make_the_page_wait(self):
        self.place()
        Deal = type(self.env["itscope.deal"])
        busy = [True]
        self.patch(Deal, "_after_news", lambda *_arguments: not busy[0])
        sync = self.run_all("action_fetch_all")
        self.assertEqual((sync.state, sync.pages["page"]), ("waiting", 1))
        self.assertTrue(sync.retry_date)
        self.assertEqual(len(self.deals()), 1)
        for _each in range(4):
            sync._do()
        self.assertEqual((sync.state, sync.read_count), ("done", 1))
        self.assertIn("page 1", sync.message_line_ids.text)
        busy[0] = False
        again = self.run_all("action_fetch_all")
        self.assertEqual((again.state, again.message_line_count), ("done", 0))

    def test_a_list_that_gives_its_page_again_and_again_ends(self):
        for _number in range(3):
            self.place()
        Client = type(self.account._open_client())
        ask, pages = Client.purchase_deals, []

        def same(client, *, first_page=1, **options):
            pages.append(first_page)
            self.assertLess(len(pages), 10)
            return ask(client, **options)

        self.patch(Client, "purchase_deals", same)
        sync = self.run_all("action_fetch_all")
        self.assertEqual((sync.state, sync.read_count, pages), ("done", 3, [1, 2]))
        self.assertGreater(sync.fraction, 0)

    def test_archive(self):
        order_id = self.place()
        self.env["itscope.deal"]._cron_fetch_news()
        deal = self.deals()
        deal.with_user(self.user).action_archive_at_itscope()
        self.assertTrue(deal.archived)
        (row,) = self.observe("orders")
        self.assertEqual((row["order_id"], row["archived"]), (order_id, True))
        with self.assertRaises(UserError):
            deal.action_archive_at_itscope()

    def test_an_order_that_itscope_does_not_know_is_not_archived(self):
        deal = self.env["itscope.deal"].create(
            {"account_id": self.account.id, "order_id": "GONE"}
        )
        action = deal.action_archive_at_itscope()
        self.assertIn("GONE", action["params"]["message"])
        self.assertFalse(deal.archived)

    def test_news_of_archived_orders_that_are_known(self):
        known, other = self.place(), self.place()
        self.env["itscope.deal"]._cron_fetch_news()
        self.deals().action_archive_at_itscope()
        self.deals().filtered(lambda deal: deal.order_id == other).unlink()
        self.control("advance", order_id=known, step="invoice")
        self.control("advance", order_id=other, step="invoice")
        self.env["itscope.deal"]._cron_fetch_news()
        self.assertEqual(self.deals().order_id, known)
        self.assertEqual(self.deals().status, "INVOICED")

    def test_what_was_seen_of_a_supplier(self):
        """Orders by their own time, live prices by their age, each kind once."""
        supplier = self.env["itscope.supplier"].create(
            {"itscope_id": TEST_SUPPLIER, "name": "Test"}
        )
        self.place()
        self.place()
        self.env["itscope.deal"]._cron_fetch_news()
        puid = "4012827000"
        self.env["itscope.product"]._fetch_products(
            self.account, [puid], {puid: self.env["product.product"]}, realtime=True
        )
        self.assertEqual(
            {row.kind: row.count for row in supplier.record_ids},
            {"order": 2, "prices": 1, "realtime": 1},
        )


@tagged("post_install", "-at_install")
class TestSupplierRecord(ItscopeCase):
    def test_noted_once_for_each_kind_and_company(self):
        Record = self.env["itscope.supplier.record"]
        other = self.env["res.company"].create({"name": "Other"})
        Record._note(self.supplier, self.company, "invoice", datetime(2026, 1, 3))
        Record._note(self.supplier, self.company, "invoice", datetime(2026, 1, 1))
        Record._note(self.supplier, other, "invoice")
        row = self.supplier.record_ids.filtered(lambda r: r.company_id == self.company)
        self.assertEqual(row.count, 2)
        self.assertEqual(row.first_date, datetime(2026, 1, 1))
        self.assertEqual(row.last_date, datetime(2026, 1, 3))
        self.assertEqual(len(self.supplier.record_ids), 2)

    def test_prices_count_once_an_hour(self):
        self.import_records(self.record(self.offer()))
        self.import_records(self.record(self.offer(price=None, id="2")))
        self.import_records(self.record(self.offer()))
        row = self.supplier.record_ids
        self.assertEqual((row.kind, row.count), ("prices", 1))
        before = fields.Datetime.now() - timedelta(hours=2)
        self.env.cr.execute(
            "UPDATE itscope_supplier_record SET last_date = %s WHERE id = %s",
            (before, row.id),
        )
        self.import_records(self.record(self.offer()))
        row.invalidate_recordset()
        self.assertEqual(row.count, 2)
        self.assertGreater(row.last_date, before)
