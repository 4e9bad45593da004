import io
import os
import time
import zipfile
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import itscope_sync_run
from ..models.itscope_sync import LOCK
from .common import EXPORT_ID, ExportCase

RUN_LOG = "odoo.addons.itscope_connector.models.itscope_sync_run"
#: Stands for bytes that are no UTF-8 in what the simulator writes.
BAD_BYTES = "\ue000"


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

    def test_a_run_that_a_worker_is_busy_with_is_cancelled_by_a_wish(self):
        self.define()
        sync = self.export._start(preview=True)
        with db_connect(self.env.cr.dbname).cursor() as worker:
            worker.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK, sync.id))
            sync.action_cancel()
            self.assertEqual(sync.state, "waiting")
            self.assertEqual(sync.message_line_ids.mapped("kind"), ["cancel"])
            worker.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK, sync.id))
        self.assertEqual(self.work(sync).state, "cancelled")
        sync.action_resume()
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

    def test_nothing_vanishes_where_products_could_not_be_read(self):
        self.define()
        first = self.run_export()
        victim = first.link_ids[:1]
        opener = itscope_sync_run.open_export

        def damaged(path):
            export = opener(path)
            entries = export._entries

            def without():
                for entry in entries():
                    if entry.puid == victim.puid:
                        export.note("too_large")
                    else:
                        yield entry

            export._entries = without
            return export

        with patch.object(itscope_sync_run, "open_export", damaged):
            again = self.run_export()
        self.assertEqual((again.state, again.lost_count), ("done", 1))
        self.assertEqual((again.retired_count, victim.state), (0, "active"))
        self.assertIn("nobody can say which", again.explanation)
        self.assertEqual(self.run_export().lost_count, 0)
