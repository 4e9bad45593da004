import io
import os
import time
import zipfile
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..itscope_api import Accessory
from ..itscope_api.exports import json_export
from .common import ItscopeCase, SimulatorCase

EXPORT_ID = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0001"
RUN_LOG = "odoo.addons.itscope_connector.models.itscope_sync_run"
#: Stands for bytes that are no UTF-8 in what the simulator writes.
BAD_BYTES = "\ue000"


class ExportCase(SimulatorCase):
    def setUp(self):
        super().setUp()
        self.export = self.make_export("All", EXPORT_ID)

    def make_export(self, name, reference, mode="create", **values):
        return self.env["itscope.export"].create(
            {
                "name": name,
                "account_id": self.account.id,
                "reference": reference,
                "mode": mode,
                **values,
            }
        )

    def define(self, uuid=EXPORT_ID, **values):
        self.control("exports", uuid=uuid, **{"count": 20, "offers": 2, **values})

    def work(self, sync):
        self.env["itscope.sync"]._cron_run()
        return sync

    def run_export(self, preview=False, export=None):
        return self.work((export or self.export)._start(preview=preview, fresh=True))


@tagged("post_install", "-at_install")
class TestRunSafety(ExportCase):
    """Nothing that comes, and nothing that fails, holds up a run or its neighbours."""

    def test_a_log_of_odd_bytes_is_a_message(self):
        for kind, cause in (
            ("csv", f"Kein {BAD_BYTES} Preis"),
            ("json", "Kein\\ud800"),
        ):
            self.define(format=kind, log=[["12345", cause]])
            sync = self.run_export(preview=True)
            self.assertEqual(sync.state, "done", sync.explanation)
            (message,) = sync.message_line_ids.filtered(lambda m: m.kind == "filtered")
            self.assertEqual(message.puid, "12345")
            self.assertIn("Kein", message.text)

    def test_bombs_are_refused_with_words_and_not_fetched_again(self):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("product.csv", b"puid\n" + b"0" * 50_000_000)
        xml = '<!DOCTYPE x [<!ENTITY a "a">]><products><product><puid>1</puid>&a;'
        for content, words in (
            (target.getvalue(), "larger than"),
            (f"{xml}</product></products>".encode(), "harm this server"),
            (b" ", "holds no product"),
        ):
            sync = self.export._start(preview=True)
            sync._path().write_bytes(content)
            self.work(sync)
            self.assertEqual(sync.state, "failed")
            self.assertIn(words, sync.explanation)
            self.assertFalse(sync._path().exists())

    def test_what_nobody_expected_fails_one_run_and_no_other(self):
        other = self.make_export("Other", EXPORT_ID.replace("0001", "0009"))
        self.define()
        self.define(other.reference)
        first, second = self.export._start(preview=True), other._start(preview=True)
        known = type(first)._known

        def broken(sync, puids):
            if sync.export_id == self.export:
                raise KeyError("lost")
            return known(sync, puids)

        self.patch(type(first), "_known", broken)
        with self.assertLogs(RUN_LOG, "ERROR") as logs:
            self.env["itscope.sync"]._cron_run()
        self.assertIn("KeyError", logs.output[0])
        self.assertEqual((first.state, second.state), ("failed", "done"))
        self.assertIn("unexpected", first.explanation)
        self.assertEqual(len(first.activity_ids), 1)

    def test_another_writer_makes_a_run_wait_and_a_cancelled_one_end(self):
        self.define()
        for cancelled in (False, True):
            sync = self.export._start(preview=True)

            def conflict(run, entries, cancelled=cancelled, **_options):
                if cancelled:
                    # What the other one committed meanwhile.
                    run.action_cancel()
                raise SerializationFailure

            with patch.object(type(sync), "_step", conflict):
                self.work(sync)
            self.assertEqual(sync.state, "cancelled" if cancelled else "waiting")
            if not cancelled:
                self.assertTrue(sync.retry_date)
                sync.retry_date = False
                self.assertEqual(self.work(sync).state, "done")

    def test_a_run_that_goes_on_says_nothing_twice(self):
        self.define(
            format="csv", count=600, offers=1, hostile=True, log=[["12345", "Weg"]]
        )
        whole = self.run_export(preview=True)
        told = sorted(
            (line.kind, line.puid or "", line.text or "")
            for line in whole.message_line_ids
        )
        sync = self.export._start(preview=True, fresh=True)
        step, turns = type(sync)._step, []

        def interrupted(run, entries, **options):
            turns.append(len(entries))
            if len(turns) == 2:
                raise SerializationFailure
            return step(run, entries, **options)

        with patch.object(type(sync), "_step", interrupted):
            self.work(sync)
            self.assertEqual((sync.state, sync.position), ("running", 500))
            self.work(sync)
        self.assertEqual(sync.state, "done", sync.explanation)
        self.assertEqual(
            sorted(
                (line.kind, line.puid or "", line.text or "")
                for line in sync.message_line_ids
            ),
            told,
        )
        self.assertEqual(sync.failed_count, whole.failed_count)

    def test_files_belong_to_their_run_and_go_with_it(self):
        self.define()
        sync = self.export._start(preview=True)
        stale = sync._folder() / f"run-{sync.id}"
        stale.write_bytes(b"another database's file")
        self.addCleanup(stale.unlink, missing_ok=True)
        self.assertEqual(self.work(sync).state, "done", sync.explanation)
        path = sync._path()
        self.assertTrue(path.exists(), "kept for the run")
        for file in (path, stale):
            os.utime(file, (time.time() - 90_000,) * 2)
        self.env["itscope.sync"]._gc_files()
        self.assertFalse(path.exists() or stale.exists())
        waiting = self.export._start(preview=True)
        path = waiting._path()
        path.write_bytes(b"")
        os.utime(path, (time.time() - 90_000,) * 2)
        self.env["itscope.sync"]._gc_files()
        self.assertTrue(path.exists(), "an open run needs it")
        waiting.unlink()
        self.assertFalse(path.exists())

    def test_old_runs_go_and_the_latest_of_each_export_stays(self):
        self.define()
        old = [self.run_export(preview=True) for _each in range(2)]
        waiting = self.export._start()
        runs = old[0] + old[1] + waiting
        runs.flush_recordset()
        self.env.cr.execute(
            "UPDATE itscope_sync SET create_date = '2020-01-01' WHERE id IN %s",
            [tuple(runs.ids)],
        )
        runs.invalidate_recordset()
        waiting.action_cancel()
        self.env["itscope.sync"]._gc_old_runs()
        self.assertEqual(runs.exists(), waiting)

    def test_two_clicks_make_one_run(self):
        sync = self.export._start()
        self.assertEqual(self.export._start(), sync)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["itscope.sync"]._start(
                self.account, "export", export_id=self.export.id
            ).flush_recordset()


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
            with patch.object(
                json_export.Entry, "record", side_effect=AssertionError("was read")
            ):
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


@tagged("post_install", "-at_install")
class TestQueries(ItscopeCase):
    def test_no_query_per_product_with_accessories_pictures_and_changed_fields(self):
        self.account.write({"accessory_policy": "optional", "picture_policy": "all"})

        def records(count, step):
            # The accessory of all comes first; each round changes every product.
            first = self.record(puid="5000000", ean="", manufacturer_sku="ACC")
            return [first] + [
                self.record(
                    self.offer(id=f"5{n}", supplier_sku=f"S{n}"),
                    puid=f"4{n:03}000",
                    ean="",
                    name=f"N {step} {n}",
                    manufacturer_sku=f"M{n}",
                    images=(f"https://media.itscope.com/{step}/{n}.png",),
                    accessories=(Accessory(first.puid),) if step else (),
                )
                for n in range(count)
            ]

        def queries(count, step):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.import_records(*records(count, step))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(60, 0)
        queries(60, 1)
        few, many = queries(5, 2), queries(60, 3)
        self.assertLessEqual(many, few + 10)
