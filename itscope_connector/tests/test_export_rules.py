from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..itscope_api.exports import Entry
from .common import EXPORT_ID, ExportCase


@tagged("post_install", "-at_install")
class TestExportRules(ExportCase):
    def test_a_preview_counts_for_what_it_showed(self):
        self.define()
        self.export.mode = "update"
        self.run_export(preview=True)
        self.export.mode = "create"
        with self.assertRaisesRegex(UserError, "preview first"):
            self.export.action_run()
        sync = self.export._start(preview=True)
        with self.assertRaisesRegex(UserError, "under way"):
            self.export.action_run()
        # What it may do was decided when it began.
        self.export.mode = "prices"
        self.work(sync)
        self.assertEqual((sync.mode, sync.created_count), ("create", 23))
        self.export.mode = "create"
        self.assertTrue(self.export.rehearsed)
        self.export.reference = EXPORT_ID.replace("0001", "0009")
        self.assertFalse(self.export.rehearsed)

    def test_a_preview_is_fetched_once_and_used_by_the_run(self):
        self.define()
        self.export.action_preview()
        self.env["itscope.sync"]._cron_run()
        self.export.action_preview()
        self.env["itscope.sync"]._cron_run()
        self.export.action_run()
        self.env["itscope.sync"]._cron_run()
        run = self.export.sync_ids.sorted("id")[-1]
        self.assertEqual((run.state, run.created_count), ("done", 23))
        self.assertFalse(run._path().exists())
        self.assertEqual(len(self.control("exports")[EXPORT_ID]), 1)
        for action in (self.export.action_run, self.export.action_preview):
            with self.assertRaisesRegex(UserError, "fair use"):
                action()
        self.export.sync_ids.download_date = "2026-01-01 00:00:00"
        self.export.action_run()

    def test_full_and_update_exports_take_turns_and_write_nothing_new(self):
        prices = self.env["product.supplierinfo"]
        for kind in ("xml", "json", "csv", "tsv"):
            with self.subTest(kind=kind), self.env.cr.savepoint() as savepoint:
                uuids = [f"5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b1{n:03}" for n in range(3)]
                shared = {"format": kind, "rows": "offer", "plain": True}
                self.define(uuids[0], **shared)
                self.define(uuids[1], view="standardUpdate", **shared)
                self.define(uuids[2], view="standardUpdate", nameless=True, **shared)
                full, update, bare = (
                    self.make_export(
                        uuid, uuid, mode, content="update" if n else "full"
                    )
                    for n, (uuid, mode) in enumerate(
                        zip(uuids, ("create", "prices", "prices"), strict=True)
                    )
                )
                sync = self.run_export(export=full)
                self.assertEqual(sync.created_count, 23, sync.explanation)
                self.map_suppliers()
                live = prices.search([("itscope_offer_id", "!=", False)])
                self.assertGreater(len(live), 10)
                before = self.offers()
                for export in (update, bare):
                    sync = self.run_export(export=export)
                    self.assertEqual(sync.state, "done", sync.explanation)
                    self.assertTrue(sync.update_only)
                    self.assertEqual(sync.unchanged_count, 23)
                    self.assertEqual(self.offers(), before)
                    self.assertFalse(live.filtered("date_end"))
                sync = self.run_export(export=full)
                self.assertEqual(sync.unchanged_count, 23)
                links = self.env["itscope.product"].search([])
                self.assertTrue(all(links.mapped("digest")))
                self.assertTrue(all(links.mapped("update_digest")))
                stamps = {link: link.write_date for link in links}
                for export in (bare, full):
                    self.run_export(export=export)
                self.assertEqual({li: li.write_date for li in links}, stamps)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_every_format_fills_the_tables_alike(self):
        self.account.write({"picture_policy": "all", "datasheet_policy": "link"})
        plain = {"plain": True, "rows": "offer"}
        for options, kinds in (
            ({}, ("xml", "json", "csv")),
            (plain, ("xml", "json", "csv", "tsv")),
        ):
            found = {}
            for kind in kinds:
                with self.env.cr.savepoint() as savepoint:
                    self.define(format=kind, **options)
                    sync = self.run_export()
                    self.assertEqual(sync.created_count, 23, sync.explanation)
                    self.map_suppliers()
                    found[kind] = self.dump()
                    savepoint.rollback()
                    self.env.invalidate_all()
            for table, rows in found["xml"].items():
                self.assertTrue(rows, table)
                for kind in kinds[1:]:
                    self.assertEqual(found[kind][table], rows, (kind, table))

    def dump(self):
        """All that the tables hold, but for ids, times and digests of the files."""
        self.env.flush_all()
        found = {}
        for table, domain in (
            ("itscope_product", "TRUE"),
            ("itscope_offer", "TRUE"),
            ("itscope_media", "TRUE"),
            (
                "product_template",
                "id IN (SELECT product_tmpl_id FROM product_product p "
                "JOIN itscope_product l ON l.product_id = p.id)",
            ),
            (
                "product_product",
                "id IN (SELECT product_id FROM itscope_product)",
            ),
            ("product_supplierinfo", "itscope_offer_id IS NOT NULL"),
        ):
            self.env.cr.execute(
                SQL(
                    "SELECT to_jsonb(t) FROM %s t WHERE %s",
                    SQL.identifier(table),
                    SQL(domain),
                )
            )
            found[table] = sorted(
                str(
                    {
                        name: value
                        for name, value in sorted(row.items())
                        if not (
                            name in ("id", "digest", "combination_indices")
                            or name.endswith(("_uid", "_date"))
                            or (name.endswith("_id") and name != "offer_id")
                        )
                    }
                )
                for (row,) in self.env.cr.fetchall()
            )
        return found

    def map_suppliers(self):
        suppliers = self.env["itscope.offer"].search([]).supplier_id
        suppliers.partner_id = self.vendor
        self.env["product.supplierinfo"]._itscope_synchronise(
            self.env["itscope.offer"].search([])
        )

    def offers(self):
        return sorted(
            (offer.offer_id, offer.price, offer.condition, offer.stock, offer.active)
            for offer in self.env["itscope.offer"]
            .with_context(active_test=False)
            .search([])
        )

    def test_an_update_that_changes_a_price_makes_the_full_view_count_again(self):
        links, _counts = self.import_records(self.record(self.offer()))
        importer = self.env["itscope.product.importer"]

        def take(price, update_only, digest):
            record = self.record(
                self.offer(price=Decimal(price)), update_only=update_only
            )
            importer._import(self.account, [record], digests={record.puid: digest})
            return links.digest, links.update_digest

        self.assertEqual(take(100, False, "f1"), ("f1", False))
        self.assertEqual(take(100, True, "u1"), ("f1", "u1"))
        self.assertEqual(take(90, True, "u2"), (False, "u2"))
        self.assertEqual(take(90, False, "f2"), ("f2", "u2"))
        self.import_records(self.record(self.offer(price=Decimal(90))))
        self.assertEqual((links.digest, links.update_digest), ("f2", "u2"))
        self.import_records(self.record(self.offer(price=Decimal(80))))
        self.assertFalse(links.digest or links.update_digest)

    def test_what_is_not_linked_leaves_nothing_behind(self):
        self.define()
        suppliers = self.env["itscope.supplier"].search([])
        for mode in ("update", "prices"):
            self.export.mode = mode
            with patch.object(Entry, "record", side_effect=AssertionError("was read")):
                sync = self.run_export()
            self.assertEqual((sync.state, sync.skipped_count), ("done", 23))
        self.assertEqual(self.env["itscope.supplier"].search([]), suppliers)

    def test_an_export_by_its_address_goes_on_where_it_broke_off(self):
        token = "0123456789abcdef"
        self.control(
            "exports",
            uuid=token,
            token=token,
            count=200,
            offers=1,
            rows="offer",
            cut=50_000,
            cuts=1,
            ranges=True,
        )
        address = self.account.base_url.replace("/2.1", "") + f"/2.1/t/{token}"
        export = self.make_export("By address", address)
        sync = self.run_export(preview=True, export=export)
        self.assertEqual(sync.state, "done", sync.explanation)
        self.assertEqual(sync.read_count, 203)
        self.assertEqual(len(self.control("exports")[token]), 2)
