import logging
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from psycopg2 import Error as DatabaseError
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

from ..itscope_api import BlockedError, ItscopeError, MalformedError, open_export
from ..tools import commit_progress, in_batches, naive, roll_back
from .itscope_product_importer import BATCH, ImportReport
from .itscope_sync import OPEN

_logger = logging.getLogger(__name__)

#: Waits between tries after a failure that may pass.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
#: Downloads that may die with their worker before a person is asked.
MAX_DEATHS = 3
#: Seconds that a worker stays with one run where the server sets no limit.
LONGEST_TURN = 600
#: Samples of each kind that a preview shows, and lines that a run keeps.
SAMPLES = 20
MAX_LINES = 5000
OUTCOMES = ("created", "linked", "updated", "unchanged", "skipped")


class _Rehearsed(Exception):
    """Takes back what a preview did."""


class _Interrupted(Exception):
    """The run was cancelled, or its time is up: it stops between two batches."""


class ItscopeSync(models.Model):
    """How a run is done: batch after batch, each committed with the position."""

    _inherit = "itscope.sync"

    @api.model
    def _cron_run(self):
        """Scheduled action: all runs that wait, and those that a worker left behind."""
        now = fields.Datetime.now()
        syncs = self.search(
            [
                ("state", "in", OPEN),
                "|",
                ("retry_date", "=", False),
                ("retry_date", "<=", now),
            ],
            order="id",
        )
        remaining = len(syncs)
        for sync in syncs:
            with sync._claimed() as mine:
                if mine:
                    sync._do()
            remaining -= 1
            if not commit_progress(self.env, 1, remaining=remaining):
                break
        later = self.search(
            [("state", "in", OPEN), ("retry_date", ">", now)],
            order="retry_date",
            limit=1,
        )
        if later:
            self.env.ref("itscope_connector.ir_cron_sync")._trigger(at=later.retry_date)

    def _do(self):
        """Do this run, or the rest of it; failures end in a state, never in a
        traceback."""
        self.ensure_one()
        self.invalidate_recordset()
        if self.state not in OPEN:
            return
        died = self.state == "running" and self.phase == "download" and self.date_start
        if died and self.export_id:
            self.tries += 1
            if self.tries > MAX_DEATHS:
                self._end(
                    "failed",
                    self.env._(
                        "The server ended the download %s times before it was whole. "
                        "Large exports need more time than it gives scheduled actions: "
                        "raise limit_time_real_cron in the server's configuration, or "
                        "split the export on the platform. Then press “Go on”.",
                        self.tries,
                    ),
                )
                return
        reader = self.user_id or self.env.user
        # Messages are for the responsible person; products of the account's company.
        sync = self.with_company(self.company_id).with_context(
            lang=reader.lang, allowed_company_ids=self.company_id.ids
        )
        sync.write(
            {
                "state": "running",
                "date_start": self.date_start or fields.Datetime.now(),
                "retry_date": False,
            }
        )
        # From now on everybody sees that it runs; a dead worker's run stays "running"
        # and is taken up by the next.
        commit_progress(self.env)
        try:
            getattr(sync, f"_run_{self.kind}")()
            sync._finish()
        except _Interrupted:
            _logger.info("ITscope run %s stops at %s", self.id, self.position)
        except ItscopeError as error:
            roll_back(self.env)
            sync._failed(error)
        except (UserError, ValidationError) as error:
            roll_back(self.env)
            sync._end("failed", str(error.args[0]))

    # ------------------------------------------------------------------ sources

    def _run_export(self):
        path = self._path()
        if not path.exists():
            self._download(path)
        export = open_export(path)
        if self.phase != "products":
            # A new file: what was done by an old one is done again, without harm.
            self._restart()
        started, before = time.monotonic(), self.position
        try:
            for entries in in_batches(export.entries(skip=self.position), BATCH):
                self.update_only = export.update_only
                self.file_format = export.format
                self._step(entries)
                self.fraction = export.fraction
                self._tell(export, started, before)
        finally:
            self._note_problems(export)
        if not self.read_count:
            raise MalformedError("the export holds no product")
        if not export.update_only and not export.incomplete:
            self._retire_vanished()
        elif export.incomplete:
            self.explanation = self.env._(
                "ITscope says that the export is not whole (%s): nothing was marked as "
                "vanished.",
                export.incomplete,
            )
        path.unlink(missing_ok=True)

    def _run_refresh(self):
        with self.account_id._open_client() as client:
            puids = self.puids or []
            for batch in in_batches(puids[self.position :], BATCH):
                records = self._fetched(client, batch)
                self._step([_Given(record) for record in records], len(batch))
                missing = set(batch) - {record.puid for record in records}
                gone = self.env["itscope.product"].search(
                    [
                        ("company_id", "=", self.company_id.id),
                        ("puid", "in", list(missing)),
                        ("state", "=", "active"),
                    ]
                )
                gone._retire()
                self.retired_count += len(gone)
                self.fraction = self.position / len(puids)
                self._tell()

    def _run_import(self):
        with self.account_id._open_client() as client:
            puids = self.puids or []
            for batch in in_batches(puids[self.position :], BATCH):
                records = self._fetched(client, batch)
                self._step([_Given(record) for record in records], len(batch))
                self.fraction = self.position / len(puids)
                self._tell()

    def _fetched(self, client, puids):
        links = self.env["itscope.product"]
        return list(links._records(client, self.company_id, puids))

    # ------------------------------------------------------------------ download

    def _path(self):
        """Where the download lies until it is worked in: beside the filestore, since
        the database of a stopped run finds it there again."""
        folder = Path(config["data_dir"]) / "itscope" / self.env.cr.dbname
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"run-{self.id}"

    def _download(self, path):
        self.write({"phase": "download", "fraction": 0.0})
        commit_progress(self.env)
        told = time.monotonic()

        def progress(have, total):
            nonlocal told
            if time.monotonic() - told < 2:
                return
            told = time.monotonic()
            # Half of the bar at most: the other half is for the products.
            self.fraction = have / total / 2 if total else 0.0
            # Half a file is of no use: only a cancelled run stops here.
            commit_progress(self.env)
            self._stop_if_cancelled()

        with self.account_id._open_client() as client:
            client.download_export(path, progress=progress, **self.export_id._source())

    def _restart(self):
        self.seen_ids.unlink()
        self.message_line_ids.unlink()
        self.write(
            {
                "phase": "products",
                "position": 0,
                "fraction": 0.0,
                "failed_count": 0,
                "read_count": 0,
                **{f"{outcome}_count": 0 for outcome in OUTCOMES},
            }
        )
        commit_progress(self.env)

    # ------------------------------------------------------------------ one batch

    def _mode(self):
        if self.kind == "refresh":
            return "update"
        return self.export_id.mode or "create"

    def _step(self, entries, advance=None):
        """Work in one batch; the position counts it once it is committed."""
        known = self._known(entries)
        fresh = [e for e in entries if not self._unchanged(known.get(e.puid), e)]
        report = ImportReport()
        report.add("unchanged", {e.puid for e in entries} - {e.puid for e in fresh})
        records, digests = self._read(fresh, report)
        if self.preview:
            try:
                with self.env.cr.savepoint():
                    self._import(records, digests, report)
                    raise _Rehearsed
            except _Rehearsed:
                self.env.invalidate_all()
        else:
            self._import(records, digests, report)
        self._ask_about(report)
        self._keep(report, {record.puid: record.name for record in records})
        self._note_seen(known, entries, report)
        self.position += len(entries) if advance is None else advance
        self.read_count += len(entries)

    def _known(self, entries):
        """``{puid: link}`` of this batch"""
        links = self.env["itscope.product"].search_fetch(
            [
                ("company_id", "=", self.company_id.id),
                ("puid", "in", [entry.puid for entry in entries]),
            ],
            ["puid", "digest", "state"],
        )
        return {link.puid: link for link in links}

    @api.model
    def _unchanged(self, link, entry):
        return bool(
            link
            and entry.digest
            and link.digest == entry.digest
            and link.state == "active"
        )

    def _read(self, entries, report):
        """Records and digests of entries; what can't be read is a message."""
        mode, records, digests = self._mode(), [], {}
        for entry in entries:
            try:
                record = entry.record()
            except MalformedError as error:
                report.failures.append((entry.puid, False, error.message))
                continue
            if mode == "prices":
                record = replace(record, update_only=True)
            records.append(record)
            digests[record.puid] = entry.digest
        return records, digests

    def _import(self, records, digests, report):
        """Import a batch. Where one product breaks it, the batch is halved until that
        one stands alone: its neighbours come in."""
        if not records:
            return
        trial = ImportReport()
        try:
            with self.env.cr.savepoint():
                targets = self._targets(records, trial)
                links, _counts = self.env["itscope.product.importer"]._import(
                    self.account_id, records, targets, digests, trial
                )
                links.filtered(
                    lambda li: trial.outcomes.get(li.puid) in ("created", "linked")
                ).sudo().sync_id = self  # sudo: noted by the connector only
        except OperationalError:
            # The database itself is in trouble, not a product.
            raise
        except (DatabaseError, UserError, ValidationError, ValueError) as error:
            if len(records) == 1:
                _logger.info("ITscope product %s: %r", records[0].puid, error)
                text = str(error.args[0] if error.args else error)
                report.failures.append((records[0].puid, records[0].name, text))
                return
            half = len(records) // 2
            self._import(records[:half], digests, report)
            self._import(records[half:], digests, report)
            return
        report.counts.update(trial.counts)
        report.outcomes.update(trial.outcomes)
        report.details.update(trial.details)
        report.notes += trial.notes
        report.asked += trial.asked

    def _targets(self, records, report):
        """What to make of products that are not linked yet."""
        if self._mode() != "create":
            return None
        matcher = self.env["itscope.product.matcher"]
        proposals = matcher._proposals(self.company_id, records)
        report.asked = [
            (record, proposals[record.puid])
            for record in records
            if proposals[record.puid].action == "ask"
        ]
        return {
            puid: proposal.product
            for puid, proposal in proposals.items()
            if proposal.action in ("create", "link")
        }

    def _ask_about(self, report):
        """Keep what a person must decide; a preview asks too."""
        decisions = self.env["itscope.decision"].sudo()  # sudo: noted for managers
        for puid, reason in decisions._note(self.account_id, self, report.asked):
            report.notes.append((puid, self.env._("To decide: %s", reason)))

    # ------------------------------------------------------------------ bookkeeping

    def _keep(self, report, names):
        """Counters and lines of a batch."""
        self.write(
            {
                "failed_count": self.failed_count + len(report.failures),
                **{
                    f"{outcome}_count": self[f"{outcome}_count"]
                    + report.counts[outcome]
                    for outcome in OUTCOMES
                    if report.counts[outcome]
                },
            }
        )
        lines = [("failed", *failure) for failure in report.failures]
        lines += [("note", p, names.get(p), text) for p, text in report.notes]
        if self.preview:
            lines += self._samples(report, names)
        room = max(MAX_LINES - self.message_line_count, 0) if lines else 0
        self.env["itscope.sync.message"].create(
            [
                {
                    "sync_id": self.id,
                    "kind": kind,
                    "puid": puid,
                    "product_name": name or False,
                    "text": text or False,
                }
                for kind, puid, name, text in lines[:room]
            ]
        )

    def _samples(self, report, names):
        """Some products of each kind of outcome, for a preview."""
        kept = Counter(self.message_line_ids.mapped("kind"))
        labels = self.env["product.product"]._fields
        lines = []
        for puid, outcome in report.outcomes.items():
            if outcome == "unchanged" or kept[outcome] >= SAMPLES:
                continue
            kept[outcome] += 1
            changed = ", ".join(
                labels[name]._description_string(self.env)
                for name in report.details.get(puid, ())
            )
            text = changed or (outcome == "updated" and self.env._("Offers"))
            lines.append((outcome, puid, names.get(puid), text))
        return lines

    def _note_problems(self, export):
        """What the export says by itself: filtered products, values that can't be
        read."""
        kinds = {"broken": "failed", "error": "failed", "filtered": "filtered"}
        self.failed_count += sum(p.kind == "broken" for p in export.problems)
        self.env["itscope.sync.message"].create(
            [
                {
                    "sync_id": self.id,
                    "kind": kinds.get(problem.kind, "note"),
                    "puid": problem.puid or False,
                    "text": problem.message,
                }
                for problem in export.problems[:MAX_LINES]
            ]
        )

    def _note_seen(self, known, entries, report):
        if self.preview or not self.export_id or self.kind != "export":
            return
        puids = {entry.puid for entry in entries}
        new = [
            _Named(puid)
            for puid in puids - known.keys()
            # Not left out: created, linked, or moved here from a price-list line.
            if report.outcomes.get(puid, "skipped") != "skipped"
        ]
        links = [link.id for link in (*known.values(), *self._known(new).values())]
        if links:
            self.env["itscope.sync.seen"].create(
                {"sync_id": self.id, "seen_links": links}
            )

    def _tell(self, export=None, started=None, before=0):
        """Commit a step, so that it is seen and never done again; stop where the run
        was cancelled or the worker's time is up."""
        if started is not None:
            seconds = max(time.monotonic() - started, 0.001)
            self.speed = int((self.position - before) / seconds)
        left = commit_progress(self.env)
        self._stop_if_cancelled()
        # Odoo asks for a turn of seconds only; each new turn would read the file up to
        # where it was. Half of what the server allows is a safe turn.
        limit = config["limit_time_real_cron"]
        limit = config["limit_time_real"] if limit < 0 else limit
        turn = limit / 2 if limit else LONGEST_TURN
        if not left and started is not None and time.monotonic() - started > turn:
            self._wake_up()
            raise _Interrupted

    def _stop_if_cancelled(self):
        self.invalidate_recordset(["state"])
        if self.state not in OPEN:
            raise _Interrupted

    # ------------------------------------------------------------------ the end

    def _finish(self):
        self._end("done", self.explanation)
        if self.open_decision_count:
            self._ask(
                self.env._(
                    "ITscope: %s products to decide on", self.open_decision_count
                )
            )

    def _failed(self, error):
        """A failure of ITscope's: wait and go on, or ask a person."""
        text = self.account_id._explain(error)
        if isinstance(error, BlockedError):
            self.write({"explanation": text, "retry_date": naive(error.until)})
        elif error.retryable and self.tries < len(WAITS):
            self.write(
                {
                    "explanation": text,
                    "retry_date": fields.Datetime.now() + WAITS[self.tries],
                    "tries": self.tries + 1,
                    "state": "waiting",
                }
            )
        else:
            self._end("failed", text)
        if isinstance(error, MalformedError):
            # A damaged file would fail again: fetch it anew.
            self._path().unlink(missing_ok=True)
            self.phase = "download"

    def _end(self, state, text):
        self.write(
            {
                "state": state,
                "explanation": text or False,
                "date_end": fields.Datetime.now(),
                "phase": "finish" if state == "done" else self.phase,
            }
        )
        if state == "done":
            self.seen_ids.unlink()
            self.activity_ids.action_feedback()
        elif state == "failed":
            self._ask(self.env._("ITscope: %s failed", self.name), text)

    def _ask(self, summary, note=False):
        """One activity for the responsible person."""
        if self.activity_ids:
            return
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=note or False,
            user_id=(self.user_id or self.env.user).id,
        )


class _Named:
    """Something with an ITscope id."""

    def __init__(self, puid):
        self.puid = puid


class _Given(_Named):
    """A record as an entry: it was fetched by its id and has no digest."""

    digest = ""

    def __init__(self, record):
        super().__init__(record.puid)
        self.record = lambda: record
