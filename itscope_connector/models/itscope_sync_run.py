import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import config

from ..itscope_api import BlockedError, ItscopeError, MalformedError, open_export
from ..tools import commit_progress, in_batches, naive, roll_back
from .itscope_product_importer import BATCH
from .itscope_sync import OPEN
from .itscope_sync_batch import OUTCOMES

_logger = logging.getLogger(__name__)

#: Waits between tries after a failure that may pass.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
#: Downloads that may die with their worker before a person is asked.
MAX_DEATHS = 3
#: Seconds that a worker stays with one run where the server sets no limit.
LONGEST_TURN = 600


class Interrupted(Exception):
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
        traceback: the runs behind it have their turn."""
        self.ensure_one()
        self.invalidate_recordset()
        if self.state not in OPEN:
            return
        if self._cancel_wishes():
            self._cancel()
            return
        reader = self.user_id or self.env.user
        # Messages are for the responsible person; products of the account's company.
        sync = self.with_company(self.company_id).with_context(
            lang=reader.lang, allowed_company_ids=self.company_id.ids
        )
        before = self.position
        try:
            sync._work()
        except Interrupted:
            _logger.info("ITscope run %s stops at %s", self.id, self.position)
        except ItscopeError as error:
            _logger.info("ITscope run %s: %r", self.id, error)
            if sync._forget_step():
                sync._failed(error)
        except (UserError, ValidationError) as error:
            if sync._forget_step():
                sync._end("failed", str(error.args[0]))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            _logger.info("ITscope run %s met another writer", self.id)
            if sync._forget_step():
                sync._met_another_writer(before)
        except Exception:
            # Whatever it is (a full disk, a mistake of another addon): a person is
            # told, and the runs behind this one go on.
            _logger.exception("ITscope run %s", self.id)
            if sync._forget_step():
                sync._end(
                    "failed",
                    self.env._(
                        "Something unexpected ended this run; the server's log says "
                        "what. What was done before stays. Press “Go on” once the "
                        "cause is gone."
                    ),
                )

    def _work(self):
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
        self.write(
            {
                "state": "running",
                "date_start": self.date_start or fields.Datetime.now(),
                "retry_date": False,
                "explanation": False,
            }
        )
        # From now on everybody sees that it runs; a dead worker's run stays "running"
        # and is taken up by the next.
        commit_progress(self.env)
        getattr(self, f"_run_{self.kind}")()
        self._finish()

    # ------------------------------------------------------------------ sources

    def _run_export(self):
        path = self._path()
        if not path.exists():
            self._download(path)
        export = open_export(path)
        if self.phase != "products":
            # A new file: what was done by an old one is done again, without harm.
            self._restart()
        articles = None if self._mode() == "create" else self._price_list_articles()
        started, before = time.monotonic(), self.position
        claims = self._known_claims()
        for entries in in_batches(export.entries(skip=self.position), BATCH):
            self.update_only = export.update_only
            self.file_format = export.format
            self._step(entries, articles=articles, claims=claims)
            self._note_problems(*export.take_problems())
            self.fraction = export.fraction
            self._tell(started, before)
        self._note_problems(*export.take_problems())
        if not self.read_count:
            raise MalformedError("the export holds no product", reason="empty")
        if not export.update_only:
            self._note_members()
        if export.incomplete:
            self.explanation = self.env._(
                "ITscope says that the export is not whole (%s): nothing was marked as "
                "vanished.",
                export.incomplete,
            )
        elif self.lost_count and not export.update_only:
            self.explanation = self.env._(
                "%s products of the export could not be read, and nobody can say "
                "which: nothing was marked as vanished.",
                self.lost_count,
            )
        elif not export.update_only:
            self._retire_vanished()
        self._keep_claims()
        if not self.preview:
            self._drop_file()

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

    def _restart(self):
        self.seen_ids.unlink()
        (self.message_line_ids - self._cancel_wishes()).unlink()
        self.write(
            {
                "phase": "products",
                "position": 0,
                "fraction": 0.0,
                "failed_count": 0,
                "lost_count": 0,
                "read_count": 0,
                **{f"{outcome}_count": 0 for outcome in OUTCOMES},
            }
        )
        commit_progress(self.env)

    # ------------------------------------------------------------------ between batches

    def _tell(self, started=None, before=0):
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
            raise Interrupted

    def _stop_if_cancelled(self):
        self.invalidate_recordset(["state"])
        if self.state in OPEN and self._cancel_wishes():
            self._cancel()
        if self.state not in OPEN:
            raise Interrupted

    # ------------------------------------------------------------------ the end

    def _finish(self):
        self._end("done", self.explanation)
        if self.open_decision_count:
            self._ask(
                self.env._(
                    "ITscope: %s products to decide on", self.open_decision_count
                )
            )

    def _forget_step(self):
        """Take back the step that failed; :return: whether the run is still wanted"""
        roll_back(self.env)
        self.invalidate_recordset()
        return self.state in OPEN

    def _failed(self, error):
        """A failure of ITscope's: wait and go on, or ask a person."""
        text = self.account_id._explain(error)
        damaged = isinstance(error, MalformedError)
        # A damaged file is fetched anew, once: what is damaged again stays so.
        tries = 1 if damaged else len(WAITS)
        if damaged:
            self._drop_file()
            self.phase = "download"
        if isinstance(error, BlockedError):
            self._wait(text, naive(error.until))
        elif error.retryable and self.tries < tries:
            self._wait(text, fields.Datetime.now() + WAITS[self.tries])
            self.tries += 1
        else:
            self._end("failed", text)

    def _met_another_writer(self, before):
        """Somebody wrote to the same rows; the step is done again, from now on as
        others left them."""
        if self.position > before:
            self._wake_up()
        elif self.tries < len(WAITS):
            self._wait(False, fields.Datetime.now() + WAITS[self.tries])
            self.tries += 1
        else:
            self._end(
                "failed",
                self.env._(
                    "Others keep changing the same products. Press “Go on” when it is "
                    "quieter."
                ),
            )

    def _wait(self, text, until):
        self.write({"state": "waiting", "explanation": text, "retry_date": until})

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
            if self.kind != "deals" and not self.preview:
                self.env["itscope.price.alarm"]._wake_up()
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

    def _close_decided(self):
        """The reminder goes where nothing is left to decide."""
        decided = self.filtered(
            lambda run: run.state == "done" and not run.open_decision_count
        )
        decided.activity_ids.action_feedback()


class _Given:
    """A record as an entry: it was fetched by its id and has no digest."""

    digest = ""

    def __init__(self, record):
        self.puid = record.puid
        self.record = lambda: record
