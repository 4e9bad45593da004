from odoo.tests import tagged

from ..itscope_api.exports import Entry
from .common import EXPORT_ID, SimulatorCase

#: Number of a price-list line in the simulator's catalogue.
NUMBER = 40


@tagged("post_install", "-at_install")
class TestPriceListLines(SimulatorCase):
    """Articles that ITscope has not matched: nothing can be asked for by their ids."""

    def setUp(self):
        super().setUp()
        (product,) = self.control("products", numbers=[NUMBER])
        self.name, self.puid = product["productName"], str(product["puid"])
        self.assertTrue(self.puid.endswith("999"))
        self.sku = product["supplierItems"][0]["supplierSKU"]

    def imported(self):
        search = (
            self.env["itscope.search"]
            .with_user(self.user)
            .create({"keywords": self.name, "price_list_products": True})
        )
        search.action_search()
        search.line_ids.chosen = True
        search.action_import()
        return self.env["itscope.product"].search([("puid", "=", self.puid)])

    def test_from_the_search(self):
        link = self.imported()
        self.assertTrue(link.product_id)
        self.assertIn(self.sku, link.offer_ids.mapped("supplier_sku"))

    def test_from_the_paste(self):
        wizard = self.env["itscope.product.add"].create(
            {"kind": "supplier_sku", "text": self.sku, "price_list_products": True}
        )
        wizard.action_find()
        wizard.line_ids.filtered(lambda li: li.puid != self.puid).action = "skip"
        wizard.line_ids.filtered(lambda li: li.puid == self.puid).action = "create"
        wizard.action_import()
        self.assertTrue(
            self.env["itscope.product"].search([("puid", "=", self.puid)]).product_id
        )

    def test_the_paste_of_its_id_says_why_nothing_is_found(self):
        wizard = self.env["itscope.product.add"].create(
            {"kind": "puid", "text": self.puid}
        )
        wizard.action_find()
        self.assertIn("article number", wizard.line_ids.reason)
        self.imported()
        wizard.action_find()
        self.assertEqual(wizard.line_ids.action, "refresh", "known by its offers")

    def test_from_a_decision(self):
        decision = self.env["itscope.decision"]
        with self.account._client() as client:
            (record,) = client.search(keywords=self.name, price_list_products=True)
        proposal = self.env["itscope.product.matcher"]._proposals(
            self.company, [record]
        )[self.puid]
        decision._note(self.account, self.env["itscope.sync"], [(record, proposal)])
        row = decision.search([("puid", "=", self.puid)])
        row.action = "create"
        row.with_user(self.user).action_apply()
        self.assertEqual(row.state, "done")
        self.assertTrue(self.env["itscope.product"].search([("puid", "=", self.puid)]))

    def test_a_decision_on_one_that_itscope_has_matched_since(self):
        with self.account._client() as client:
            (record,) = client.search(keywords=self.name, price_list_products=True)
        decision = self.env["itscope.decision"]
        row = decision.create(
            {"account_id": self.account.id, "action": "create"}
            | decision._prepare_choice(record)
        )
        new = self.moved()
        row.with_user(self.user).action_apply()
        self.assertEqual(row.state, "done")
        self.assertTrue(self.env["itscope.product"].search([("puid", "=", new)]))

    def test_refresh_keeps_it_and_a_run_does_so_too(self):
        link = self.imported()
        link.with_user(self.user).action_refresh()
        self.assertEqual(link.state, "active")
        sync = self.env["itscope.sync"]._start(
            self.account, "refresh", puids=[self.puid]
        )
        self.env["itscope.sync"]._cron_run()
        self.assertEqual((sync.state, sync.retired_count), ("done", 0))
        self.assertEqual(link.state, "active")

    def test_it_keeps_its_link_when_itscope_matches_it(self):
        link = self.imported()
        product = link.product_id
        self.control("change", matched=NUMBER)
        link.with_user(self.user).action_refresh()
        self.assertEqual(link.puid, f"{self.puid[:-3]}000")
        self.assertEqual((link.product_id, link.state), (product, "active"))
        link.with_user(self.user).action_refresh()
        self.assertEqual(link.state, "active", "from now on by its id")

    def test_a_run_that_only_updates_finds_it_and_reads_no_other(self):
        link, new = self.imported(), self.moved()
        export = self.env["itscope.export"].create(
            {
                "name": "Update",
                "account_id": self.account.id,
                "reference": EXPORT_ID,
                "mode": "update",
            }
        )
        read, record = [], Entry.record
        self.patch(Entry, "record", lambda e: read.append(e.puid) or record(e))
        for kind in ("json", "xml", "csv"):
            link.puid = self.puid
            read.clear()
            self.control("exports", uuid=EXPORT_ID, format=kind)
            sync = export._start(fresh=True)
            self.env["itscope.sync"]._cron_run()
            self.assertEqual(sync.state, "done", sync.explanation)
            self.assertEqual(read, [new], kind)
            self.assertEqual(link.puid, new)
            self.assertGreater(sync.skipped_count, 200)

    def test_one_that_is_gone_is_marked(self):
        link = self.imported()
        self.control("change", puid=self.puid, gone=True)
        link.with_user(self.user).action_refresh()
        self.assertEqual(link.state, "vanished")

    def moved(self):
        self.control("change", matched=NUMBER)
        return f"{self.puid[:-3]}000"

    def test_an_undone_link_of_its_new_id_is_not_in_the_way(self):
        link, new = self.imported(), f"{self.puid[:-3]}000"
        undone, _counts = self.import_records(self.record(puid=new))
        undone.active = False
        self.moved()
        link.with_user(self.user).action_refresh()
        self.env.flush_all()
        self.assertEqual((link.puid, link.state), (new, "active"))
        self.assertFalse(undone.exists())

    def test_what_moved_in_this_batch_is_not_asked_about(self):
        link = self.imported()
        new = self.moved()
        with self.account._client() as client:
            (record,) = client.products([new])
        link.product_id.default_code = record.manufacturer_sku
        sync = self.env["itscope.sync"]._start(self.account, "import", puids=[new])
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(link.puid, new)
        self.assertFalse(sync.open_decision_count)
        self.assertFalse(sync.message_line_ids)
