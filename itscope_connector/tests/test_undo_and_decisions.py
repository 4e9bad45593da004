from odoo.exceptions import UserError
from odoo.tests import tagged

from ..itscope_api import Accessory
from ..models import itscope_sync_run
from .common import ExportCase


@tagged("post_install", "-at_install")
class TestUndoAndDecisions(ExportCase):
    def test_what_a_person_added_to_a_product_keeps_it(self):
        self.account.accessory_policy = "none"
        self.define()
        sync = self.run_export()
        priced, optional, giver, tagged_one, plain = sync.link_ids[:5]
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.vendor.id,
                "product_tmpl_id": priced.product_tmpl_id.id,
                "price": 5,
            }
        )
        giver.product_tmpl_id.optional_product_ids = optional.product_tmpl_id
        self.env["product.tag"].create(
            {"name": "Ours", "product_template_ids": tagged_one.product_tmpl_id.ids}
        )
        self.export.write({"scheduled": True})
        action = sync.action_undo()
        self.assertFalse(self.export.scheduled)
        self.assertIn("switched off", action["params"]["message"])
        self.assertEqual(
            [li.product_id.active for li in (priced, optional, giver, tagged_one)],
            [True] * 4,
        )
        self.assertFalse(plain.product_id.active)

    def test_accessories_that_itscope_named_are_no_use(self):
        self.account.accessory_policy = "optional"
        sync = self.env["itscope.sync"]._start(self.account, "import", puids=[])
        links, _counts = self.import_records(
            self.record(puid="1000", ean="", accessories=(Accessory("2000"),)),
            self.record(puid="2000", ean="", manufacturer_sku="B"),
        )
        links.sync_id = sync
        giver = links.filtered(lambda link: link.puid == "1000")
        self.assertTrue(giver.product_tmpl_id.optional_product_ids)
        self.assertFalse(sync._used(links))

    def test_what_is_written_at_creation_only(self):
        """A category that is mapped later reaches no product: that is no use."""
        sync = self.env["itscope.sync"]._start(self.account, "import", puids=[])
        record = self.record(puid="1000", ean="", product_type_id="77")
        links, _counts = self.import_records(record)
        links.sync_id = sync
        category = self.env["product.category"].create({"name": "Later"})
        kind = self.env["itscope.product.type"].search([("itscope_id", "=", "77")])
        kind.categ_id = category
        self.import_records(record)
        self.assertEqual(links.said["categ_id"], category.id)
        self.assertFalse(sync._used(links))
        links.product_id.categ_id = self.env["product.category"].create(
            {"name": "By hand"}
        )
        self.assertTrue(sync._used(links))

    def ask_about(self):
        self.define()
        (puid,) = (
            self.run_export(preview=True)
            .message_line_ids.filtered(lambda m: m.kind == "created")[:1]
            .mapped("puid")
        )
        decision = self.env["itscope.decision"].create(
            {"account_id": self.account.id, "puid": puid, "name": "X"}
        )
        return decision, puid

    def test_decisions_go_with_the_latest_run_and_end_with_their_reminder(self):
        (maker,) = self.control("products", numbers=[3])
        twins = self.env["product.product"].create(
            [{"name": n, "default_code": maker["manufacturerSKU"]} for n in "AB"]
        )
        preview = self.run_export(preview=True)
        self.assertEqual(len(preview.activity_ids), 1)
        sync = self.run_export()
        self.assertEqual((len(preview.activity_ids), len(sync.activity_ids)), (0, 1))
        self.assertEqual(preview.open_decision_count, 0)
        decision = sync.decision_ids
        self.assertEqual(sync.open_decision_count, 1)
        decision.write({"action": "link", "product_id": twins[0].id})
        decision.with_user(self.user).action_apply()
        self.assertEqual(decision.state, "done")
        self.assertFalse(sync.activity_ids)

    def test_what_came_in_without_an_answer_is_not_asked_any_more(self):
        decision, _puid = self.ask_about()
        self.run_export()
        self.assertEqual(decision.state, "done")

    def test_a_decision_that_comes_too_late_says_so(self):
        decision, puid = self.ask_about()
        self.run_export()
        link = self.env["itscope.product"].search([("puid", "=", puid)])
        decision.write({"state": "open", "action": "ignore"})
        action = decision.action_apply()
        self.assertEqual(decision.state, "done")
        self.assertIn("Linked meanwhile", action["params"]["message"])
        self.assertTrue(link.exists().active)

    def test_a_product_that_another_company_links_is_in_use(self):
        self.define()
        sync = self.run_export()
        other = self.env["res.company"].create({"name": "Other"})
        account = self.account.copy({"company_id": other.id, "name": "Other"})
        shared, plain = sync.link_ids[:2]
        record = self.record(self.offer(), puid=shared.puid)
        theirs, _counts = self.env["itscope.product.importer"]._import(
            account, [record], {shared.puid: shared.product_id}
        )
        self.assertEqual(theirs.company_id, other)
        sync.action_undo()
        self.assertTrue(shared.product_id.active)
        self.assertFalse(plain.product_id.active)

    def doubtful(self):
        """A run that asks about one product, and what it asks."""
        (maker,) = self.control("products", numbers=[3])
        self.env["product.product"].create(
            [{"name": n, "default_code": maker["manufacturerSKU"]} for n in "AB"]
        )
        return self.run_export().decision_ids

    def test_what_was_created_and_deleted_is_asked_again(self):
        decision = self.doubtful()
        decision.action = "create"
        decision.action_apply()
        link = self.env["itscope.product"].search([("puid", "=", decision.puid)])
        link.product_id.unlink()
        again = self.run_export()
        self.assertEqual((decision.state, decision.action), ("open", False))
        self.assertEqual(decision.sync_id, again)
        self.assertIn(decision.puid, again.message_line_ids.mapped("puid"))
        self.assertEqual(len(again.activity_ids), 1)

    def test_what_is_never_to_be_imported_is_not_asked_again(self):
        decision = self.doubtful()
        decision.action = "ignore"
        decision.action_apply()
        again = self.run_export()
        self.assertEqual((decision.state, decision.action), ("done", "ignore"))
        self.assertNotIn(decision.puid, again.message_line_ids.mapped("puid"))

    def test_an_open_decision_tells_the_reason_of_today(self):
        decision = self.doubtful()
        decision.action = "create"
        more = decision.candidate_ids[0].copy({"default_code": False})
        more.default_code = decision.candidate_ids[0].default_code
        self.run_export()
        self.assertEqual(decision.action, "create")
        self.assertIn(more, decision.candidate_ids)
        self.assertIn(more.display_name, decision.reason)

    def test_two_decisions_for_one_product_are_refused_with_their_names(self):
        self.define()
        puids = (
            self.run_export(preview=True)
            .message_line_ids.filtered(lambda m: m.kind == "created")[:2]
            .mapped("puid")
        )
        product = self.env["product.product"].create({"name": "One of ours"})
        decisions = self.env["itscope.decision"].create(
            [
                {
                    "account_id": self.account.id,
                    "puid": puid,
                    "name": f"Offered {puid}",
                    "action": "link",
                    "product_id": product.id,
                }
                for puid in puids
            ]
        )
        with self.assertRaises(UserError) as caught:
            decisions.action_apply()
        text = str(caught.exception)
        for name in ("One of ours", *decisions.mapped("name")):
            self.assertIn(name, text)
        decisions[0].action_apply()
        with self.assertRaisesRegex(UserError, puids[0]):
            decisions[1].action_apply()

    def test_two_of_itscopes_for_one_of_ours_are_seen_over_batches(self):
        (first,) = self.control("products", numbers=[3])
        own = self.env["product.product"].create(
            {"name": first["productName"], "default_code": first["manufacturerSKU"]}
        )
        (last,) = self.control("products", numbers=[151])
        self.control(
            "change",
            puid=str(last["puid"]),
            facts={name: first[name] for name in ("manufacturerSKU", "productName")},
        )
        puids = {str(first["puid"]), str(last["puid"])}
        for size in (500, 100):
            self.patch(itscope_sync_run, "BATCH", size)
            self.env["itscope.decision"].search([]).unlink()
            preview = self.run_export(preview=True)
            self.assertEqual(preview.claims and preview.claims.keys(), puids, size)
            self.assertFalse(preview.linked_count)
            sync = self.run_export()
            self.assertFalse(own.itscope_link_ids)
            self.assertEqual(set(sync.decision_ids.mapped("puid")), puids)
            self.assertEqual(sync.skipped_count, preview.skipped_count)
