from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import EXPORT_ID, ExportCase


@tagged("post_install", "-at_install")
class TestRuns(ExportCase):
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

    def test_undo_archives_what_nobody_used(self):
        self.run_export(preview=True)
        sync = self.run_export()
        links = sync.link_ids
        used, changed = links[0], links[1]
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [(0, 0, {"product_id": used.product_id.id})],
            }
        )
        changed.product_id.name = "Own name"
        sync.action_undo()
        self.assertEqual(sync.state, "undone")
        self.assertTrue(used.product_id.active and changed.product_id.active)
        rest = (links - used - changed).with_context(active_test=False)
        self.assertFalse(any(rest.product_id.mapped("active")))
        self.assertTrue(order.order_line)
        again = self.run_export()
        self.assertEqual(again.state, "done", again.explanation)
        self.assertTrue(all(rest.product_id.mapped("active")), "they come back")
        self.assertEqual(again.created_count, 0)

    def test_a_database_that_is_not_empty_gets_no_doubles(self):
        """One article number, two products of ours; one EAN, three of ITscope's."""
        (maker,) = self.control("products", numbers=[3])
        twins = self.env["product.product"].create(
            [{"name": n, "default_code": maker["manufacturerSKU"]} for n in "AB"]
        )
        single = self.env["product.product"].create(
            {"name": "C", "barcode": "4260000000059"}
        )
        sync = self.run_export(preview=True)
        decisions = self.env["itscope.decision"].search([])
        self.assertEqual(len(decisions), 4)
        self.assertEqual(sync.open_decision_count, 4)
        self.assertEqual(len(sync.activity_ids), 1)
        self.run_export()
        self.assertFalse((twins | single).itscope_link_ids)
        self.assertEqual(len(self.env["itscope.decision"].search([])), 4)
        first = decisions.filtered(lambda d: d.puid == str(maker["puid"]))
        first.write({"action": "link", "product_id": twins[0].id})
        others = decisions - first
        others[0].write({"action": "link", "product_id": single.id})
        others[1].action = "create"
        others[2].action = "ignore"
        decisions.action_apply()
        self.assertEqual(twins[0].itscope_link_id.puid, str(maker["puid"]))
        self.assertEqual(single.itscope_link_id.puid, others[0].puid)
        self.assertEqual(set(decisions.mapped("state")), {"done"})
        again = self.run_export()
        self.assertFalse(again.open_decision_count)
        self.assertFalse(
            self.env["itscope.product"].search([("puid", "=", others[2].puid)])
        )

    def test_what_vanished_is_marked_and_comes_back(self):
        self.run_export(preview=True)
        self.run_export()
        puid = "12345678000"
        link = self.env["itscope.product"].search([("puid", "=", puid)])
        by_hand = self.env["itscope.product"].search([], limit=1)
        self.control("change", puid=puid, gone=True)
        sync = self.run_export()
        self.assertEqual(sync.retired_count, 1)
        self.assertEqual(link.state, "vanished")
        self.assertFalse(link.offer_ids)
        self.assertTrue(link.product_id.active)
        self.assertEqual(by_hand.state, "active")
        self.control("change", puid=puid, back=True)
        self.run_export()
        self.assertEqual(link.state, "active")
        self.assertTrue(link.offer_ids)

    def test_an_incomplete_export_retires_nothing(self):
        self.run_export(preview=True)
        self.run_export()
        self.control(
            "exports",
            uuid=EXPORT_ID,
            format="csv",
            without=["12345678000"],
            error="Distributor 7 fehlt",
        )
        sync = self.run_export()
        self.assertEqual(sync.state, "done")
        self.assertIn("Distributor 7 fehlt", sync.explanation)
        self.assertFalse(sync.retired_count)

    def test_prices_only_and_linked_only(self):
        link = self.env["itscope.product"]._fetch_products(
            self.account, ["4012827000"], {"4012827000": self.env["product.product"]}
        )
        self.control("change", puid="4012827000", values={"price": 123.0})
        for mode in ("update", "prices"):
            self.export.mode = mode
            sync = self.run_export()
            self.assertEqual(sync.state, "done", sync.explanation)
            self.assertFalse(sync.created_count)
        self.assertEqual(link.best_price, 123.0)
        self.assertEqual(self.env["itscope.product"].search_count([]), 1)

    def test_hostile_content_is_survived_product_by_product(self):
        for kind in ("xml", "json", "csv", "tsv"):
            with self.subTest(kind=kind), self.env.cr.savepoint() as savepoint:
                self.control(
                    "exports",
                    uuid=EXPORT_ID,
                    format=kind,
                    hostile=True,
                    count=20,
                    rows="offer",
                )
                self.run_export(preview=True)
                sync = self.run_export()
                self.assertEqual(sync.state, "done", sync.explanation)
                bad = self.env["itscope.product"].search([("puid", "=like", "999000%")])
                self.assertGreaterEqual(len(bad), 10)
                self.assertGreaterEqual(sync.created_count - len(bad), 20)
                noted = set(sync.message_line_ids.mapped("puid"))
                for number in (0, 1, 2, 3, 4, 5, 6, 9, 11, 12):
                    self.assertIn(f"{99900000000 + number * 1000}", noted)
                self.assertNotIn("script", bad.mapped("html_specs") or "")
                self.assertFalse(any(o.stock < 0 for o in bad.offer_ids))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_damaged_export_fails_with_words_and_can_go_on(self):
        self.control(
            "faults",
            rules=[{"match": "products/exports", "kind": "garbage", "count": 9}],
        )
        sync = self.run_export(preview=True)
        self.assertEqual(sync.state, "waiting")
        self.assertTrue(sync.explanation and sync.retry_date)
        sync.retry_date = False
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(sync.state, "failed", "damaged twice is damaged")
        self.control("faults", rules=[])
        sync.action_resume()
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(sync.state, "done")

    def test_an_unknown_export_asks_a_person(self):
        self.export.reference = "00000000-0000-0000-0000-000000000000"
        sync = self.run_export(preview=True)
        self.assertEqual(sync.state, "failed")
        self.assertEqual(len(sync.activity_ids), 1)

    def test_a_block_is_waited_for(self):
        self.control("block")
        sync = self.run_export(preview=True)
        self.assertEqual(sync.state, "waiting")
        self.assertTrue(sync.retry_date)

    def test_cancelled_runs_stay_cancelled_and_can_go_on(self):
        sync = self.export._start(preview=True)
        sync.action_cancel()
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(sync.state, "cancelled")
        sync.action_resume()
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(sync.state, "done")

    def test_a_download_that_breaks_off(self):
        self.control("exports", uuid=EXPORT_ID, format="json", cut=200_000, cuts=2)
        sync = self.run_export(preview=True)
        self.assertEqual(sync.state, "done", sync.explanation)

    def test_schedules_respect_fair_use(self):
        with self.assertRaisesRegex(ValidationError, "fair use"):
            self.export.write(
                {
                    "scheduled": True,
                    "interval_number": 6,
                    "interval_type": "hours",
                }
            )
        self.export.write(
            {"content": "update", "mode": "prices", "scheduled": True}
            | {"interval_number": 1, "interval_type": "hours"}
        )
        self.env["itscope.export"]._cron_schedule()
        self.env["itscope.export"]._cron_schedule()
        self.assertEqual(len(self.export.sync_ids), 1)

    def test_a_schedule_waits_where_a_button_has_just_fetched(self):
        self.define()
        self.export.action_preview()
        self.env["itscope.sync"]._cron_run()
        self.export.action_run()
        self.env["itscope.sync"]._cron_run()
        (fetched,) = filter(None, self.export.sync_ids.mapped("download_date"))
        self.export.scheduled = True
        self.env["itscope.export"]._cron_schedule()
        self.assertEqual(len(self.export.sync_ids), 2, "nothing new was started")
        self.assertEqual(self.export.next_run, fetched + timedelta(days=1))
        self.export.sync_ids.filtered("download_date").download_date = (
            fetched - timedelta(hours=23)
        )
        self.export.next_run = fetched
        self.env["itscope.export"]._cron_schedule()
        self.assertEqual(len(self.export.sync_ids), 3, "a day less the slack")

    def test_fair_use_counts_for_a_source_and_not_for_its_row(self):
        self.define()
        self.export.action_preview()
        self.env["itscope.sync"]._cron_run()
        self.export.reference = EXPORT_ID.replace("0001", "0009")
        self.define(self.export.reference)
        self.export.action_preview()
        self.env["itscope.sync"]._cron_run()
        for run in self.export.sync_ids:
            run._drop_file()
        with self.assertRaisesRegex(UserError, "fair use"):
            self.export.action_preview()
        again = self.make_export("Again", EXPORT_ID)
        with self.assertRaisesRegex(UserError, "fair use"):
            again.action_preview()

    def test_creating_needs_a_preview_first(self):
        with self.assertRaisesRegex(UserError, "preview first"):
            self.export.action_run()
        self.run_export(preview=True)
        self.export.action_run()

    def test_retry_of_the_failed_ones(self):
        sync = self.run_export(preview=True)
        sync.message_line_ids.unlink()
        self.env["itscope.sync.message"].create(
            {"sync_id": sync.id, "kind": "failed", "puid": "4012827000"}
        )
        action = sync.action_retry_failed()
        again = self.env["itscope.sync"].browse(action["res_id"])
        self.env["itscope.sync"]._cron_run()
        self.assertEqual((again.state, again.created_count), ("done", 1))

    def test_one_product_that_odoo_refuses_leaves_its_neighbours(self):
        self.env["ir.config_parameter"].set_param("test", "1")
        Product = type(self.env["product.product"])
        create = Product.create

        def refuse(records, vals_list):
            if any(vals.get("default_code") == "CF379A#B19" for vals in vals_list):
                raise ValidationError(  # pylint: disable=translation-required
                    "Refused by another addon."
                )
            return create(records, vals_list)

        self.patch(Product, "create", refuse)
        self.run_export(preview=True)
        sync = self.run_export()
        self.assertEqual(sync.failed_count, 1)
        self.assertGreater(sync.created_count, 250)
        (message,) = sync.message_line_ids.filtered(lambda m: m.kind == "failed")
        self.assertEqual(message.puid, "4012827000")
        self.assertIn("Refused by another addon", message.text)

    def test_refresh_of_what_is_in_open_orders(self):
        links = self.env["itscope.product"]._fetch_products(
            self.account,
            ["4012827000", "6676919000"],
            {p: self.env["product.product"] for p in ("4012827000", "6676919000")},
        )
        self.env["sale.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [(0, 0, {"product_id": links[0].product_id.id})],
            }
        )
        self.account.write({"refresh_scope": "orders", "refresh_hours": 1})
        self.control("change", puid=links[0].puid, values={"price": 77.0})
        self.env["itscope.account"]._cron_refresh()
        self.env["itscope.account"]._cron_refresh()
        sync = self.env["itscope.sync"].search([("kind", "=", "refresh")])
        self.assertEqual(sync.puids, [links[0].puid])
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(sync.state, "done", sync.explanation)
        self.assertEqual(links[0].best_price, 77.0)

    def test_sold_and_not_delivered_is_open_too(self):
        puids = ["4012827000", "6676919000"]
        links = self.env["itscope.product"]._fetch_products(
            self.account, puids, {p: self.env["product.product"] for p in puids}
        )
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.vendor.id,
                    "order_line": [(0, 0, {"product_id": link.product_id.id})],
                }
                for link in links
            ]
        )
        orders.action_confirm()
        orders[1].order_line.qty_delivered = 1
        self.assertEqual(self.account._links_to_refresh("orders"), links[0])
        action = self.account.with_user(self.user).action_refresh_orders()
        sync = self.env["itscope.sync"].browse(action["res_id"])
        self.assertEqual(sync.puids, [links[0].puid])

    def test_the_products_of_chosen_orders_are_refreshed(self):
        link = self.env["itscope.product"]._fetch_products(
            self.account, ["4012827000"], {"4012827000": self.env["product.product"]}
        )
        line = {"product_id": link.product_id.id}
        for model, group in (
            ("sale.order", "sales_team.group_sale_salesman_all_leads"),
            ("purchase.order", "purchase.group_purchase_user"),
        ):
            order = self.env[model].create(
                {"partner_id": self.vendor.id, "order_line": [(0, 0, line)]}
            )
            self.user.group_ids += self.env.ref(group)
            link.refresh_date = False
            order.with_user(self.user).action_itscope_refresh()
            self.assertTrue(link.refresh_date)

    def test_a_refresh_by_itself_asks_for_no_more_than_the_button_may(self):
        puids = ["4012827000", "6676919000"]
        self.env["itscope.product"]._fetch_products(
            self.account, puids, {p: self.env["product.product"] for p in puids}
        )
        self.account.write({"refresh_scope": "all", "refresh_hours": 1})
        path = "odoo.addons.itscope_connector.models.itscope_account_refresh.MANY"
        with patch(path, 1):
            self.env["itscope.account"]._cron_refresh()
        sync = self.env["itscope.sync"].search([("kind", "=", "refresh")])
        self.assertEqual(len(sync.puids), 1)

    def test_an_unchanged_export_writes_nothing(self):
        self.account.write({"picture_policy": "all", "datasheet_policy": "link"})
        self.run_export(preview=True)
        self.run_export()
        self.env["itscope.media"]._cron_fetch()
        self.env.flush_all()
        tables = (
            "itscope_product",
            "itscope_offer",
            "itscope_media",
            "itscope_export_product_rel",
            "product_product",
            "product_template",
            "product_supplierinfo",
        )

        def versions():
            found = {}
            for table in tables:
                self.env.cr.execute(
                    SQL(
                        "SELECT xmin, ctid FROM %s ORDER BY ctid", SQL.identifier(table)
                    )
                )
                found[table] = self.env.cr.fetchall()
            return found

        before = versions()
        sync = self.run_export()
        self.env.flush_all()
        self.assertEqual(sync.unchanged_count, sync.read_count)
        self.assertEqual(versions(), before)

    def test_a_download_that_dies_with_its_worker_asks_a_person_in_the_end(self):
        sync = self.export._start(preview=True)
        for _each in range(4):
            sync.write({"state": "running", "date_start": "2026-01-01 00:00:00"})
            sync.phase = "download"
            self.control(
                "faults",
                rules=[
                    {"match": "exports", "kind": "status", "status": 500, "count": 9}
                ],
            )
            sync.retry_date = False
            self.env["itscope.sync"]._cron_run()
        self.assertEqual(sync.state, "failed")
        self.assertIn("limit_time_real_cron", sync.explanation)
