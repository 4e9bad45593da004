from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: States of a run that still has something to do.
OPEN = ("waiting", "running")
#: Days that finished runs are kept.
KEPT_DAYS = 90
#: First half of the key of advisory locks; "ITSC".
LOCK = 0x49545343
#: What an export may do.
MODES = [
    ("create", "Create and update products"),
    ("update", "Update linked products only"),
    ("prices", "Prices and stock of linked products only"),
]


class ItscopeSync(models.Model):
    """One run of anything long: what, for which account, how far, and what came of it.

    Runs are done by the scheduled action, whoever starts them. They go on where they
    were: ``position`` is committed with the batch it counts.
    """

    _name = "itscope.sync"
    _description = "ITscope run"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection(
        [
            ("export", "Export"),
            ("refresh", "Refresh"),
            ("import", "Import by ITscope ID"),
            ("deals", "Orders"),
        ],
        required=True,
        readonly=True,
    )
    account_id = fields.Many2one(
        "itscope.account", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    export_id = fields.Many2one(
        "itscope.export", ondelete="cascade", index=True, readonly=True
    )
    mode = fields.Selection(
        MODES, string="What it may do", readonly=True, help="When it began."
    )
    source_digest = fields.Char(
        readonly=True, copy=False, help="Of the export's account and address."
    )
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    preview = fields.Boolean(
        readonly=True, help="Everything is done and taken back: what would happen?"
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
            ("undone", "Undone"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
        tracking=True,
    )
    phase = fields.Selection(
        [("download", "Download"), ("products", "Products"), ("finish", "Clean up")],
        default="download",
        readonly=True,
    )
    explanation = fields.Text(
        string="What happened", readonly=True, help="And what to do next."
    )
    date_start = fields.Datetime(string="Started", readonly=True)
    date_end = fields.Datetime(string="Ended", readonly=True)
    retry_date = fields.Datetime(string="Goes on at", readonly=True)
    tries = fields.Integer(readonly=True)
    position = fields.Integer(readonly=True, help="Products that are done.")
    fraction = fields.Float(readonly=True)
    progress = fields.Integer(compute="_compute_progress", help="Percent.")
    speed = fields.Integer(
        string="Products per second", readonly=True, aggregator="avg"
    )
    file_format = fields.Char(string="Format", readonly=True)
    update_only = fields.Boolean(string="Prices and stock only", readonly=True)
    puids = fields.Json(readonly=True)
    pages = fields.Json(
        readonly=True,
        help="Where a run through lists of orders goes on: {archived: [whether "
        "archived, of each list that is left], page: of the first one}.",
    )
    read_count = fields.Integer(string="Read", readonly=True)
    created_count = fields.Integer(string="Created", readonly=True)
    linked_count = fields.Integer(string="Linked", readonly=True)
    updated_count = fields.Integer(string="Changed", readonly=True)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True)
    skipped_count = fields.Integer(string="Left out", readonly=True)
    failed_count = fields.Integer(string="Failed", readonly=True)
    lost_count = fields.Integer(
        string="Unreadable",
        readonly=True,
        help="Products of the export of which not even the id could be read; they "
        "count as failed, too.",
    )
    retired_count = fields.Integer(string="Vanished", readonly=True)
    message_line_ids = fields.One2many(
        "itscope.sync.message", "sync_id", string="Messages of the run", readonly=True
    )
    message_line_count = fields.Integer(compute="_compute_message_line_count")
    decision_ids = fields.One2many("itscope.decision", "sync_id", readonly=True)
    open_decision_count = fields.Integer(compute="_compute_open_decision_count")
    link_ids = fields.One2many("itscope.product", "sync_id", string="New products")
    seen_ids = fields.One2many("itscope.sync.seen", "sync_id")

    _one_open_run = models.UniqueIndex(
        "(export_id) WHERE kind = 'export' AND state IN ('waiting', 'running')",
        "A run of this export waits or runs already.",
    )

    # ------------------------------------------------------------------ computed

    @api.depends("kind", "export_id", "preview", "date_start")
    @api.depends_context("lang")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for sync in self:
            name = sync.export_id.name or kinds.get(sync.kind) or ""
            sync.name = self.env._("Preview: %s", name) if sync.preview else name

    @api.depends("fraction", "phase", "state")
    def _compute_progress(self):
        for sync in self:
            if sync.state in ("done", "undone"):
                sync.progress = 100
            else:
                # Whoever looks sees that something moves: the last percent is the end.
                sync.progress = min(int(100 * sync.fraction), 99)

    @api.depends("message_line_ids")
    def _compute_message_line_count(self):
        counts = dict(
            self.env["itscope.sync.message"]._read_group(
                [("sync_id", "in", self.ids)], ["sync_id"], ["__count"]
            )
        )
        for sync in self:
            sync.message_line_count = counts.get(sync, 0)

    @api.depends("decision_ids.state")
    def _compute_open_decision_count(self):
        counts = dict(
            self.env["itscope.decision"]._read_group(
                [("sync_id", "in", self.ids), ("state", "=", "open")],
                ["sync_id"],
                ["__count"],
            )
        )
        for sync in self:
            sync.open_decision_count = counts.get(sync, 0)

    # ------------------------------------------------------------------ starting

    @api.model
    def _start(self, account, kind, **values):
        """A new run; the scheduled action does it, at once if it can."""
        self.check_access("read")
        # sudo: whoever may start a run may have it noted; runs are not written by hand.
        sync = self.sudo().create(
            {
                "account_id": account.id,
                "kind": kind,
                "user_id": (account.responsible_id or self.env.user).id
                if self.env.user._is_superuser()
                else self.env.uid,
                **values,
            }
        )
        sync._wake_up()
        return sync.with_env(self.env)

    @api.model
    def _wake_up(self):
        # sudo: asks the scheduler for a run, nothing else.
        self.env.ref("itscope_connector.ir_cron_sync").sudo()._trigger()

    def _action_show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "view_mode": "form",
        }

    # ------------------------------------------------------------------ claiming

    @contextmanager
    def _claimed(self):
        """Keep a run for this worker: true where no other has it.

        A lock of the session, not of the transaction: it lasts over the commits of the
        run, and ends by itself when the worker dies.
        """
        self.ensure_one()
        with self.env.registry.cursor() as cr:
            cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK, self.id))
            mine = cr.fetchone()[0]
            # Nothing was written; an idle transaction would hold back the vacuum.
            cr.rollback()
            try:
                yield mine
            finally:
                if mine:
                    cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK, self.id))

    # ------------------------------------------------------------------ buttons

    def _check_may_steer(self):
        """Raise unless this user may start and stop these runs."""
        self.env["itscope.product"]._check_user()
        self.check_access("read")

    def action_cancel(self):
        """The worker stops at the next batch; what is done stays."""
        self._check_may_steer()
        # sudo: see _start.
        for sync in self.sudo().filtered(lambda run: run.state in OPEN):
            with sync._claimed() as idle:
                if idle:
                    sync._cancel()
                else:
                    sync._ask_to_cancel()

    def _cancel(self):
        self.write({"state": "cancelled", "date_end": fields.Datetime.now()})

    def _ask_to_cancel(self):
        """A worker writes to the run's row all the time: who waits for that row loses
        against it again and again. A row of its own is always free."""
        self.env["itscope.sync.message"].create(
            {
                "sync_id": self.id,
                "kind": "cancel",
                "text": self.env._("%s wants this run to end.", self.env.user.name),
            }
        )

    def _cancel_wishes(self):
        return self.env["itscope.sync.message"].search(
            [("sync_id", "=", self.id), ("kind", "=", "cancel")]
        )

    def action_resume(self):
        """A run that failed or was cancelled goes on where it was."""
        self._check_may_steer()
        for sync in self.sudo():  # see _start
            if sync.state not in ("failed", "cancelled"):
                raise UserError(
                    self.env._("Only runs that failed or were cancelled can go on.")
                )
            sync._cancel_wishes().unlink()
            sync.write(
                {
                    "state": "waiting",
                    "tries": 0,
                    "retry_date": False,
                    "date_end": False,
                    "explanation": False,
                }
            )
            sync._wake_up()

    def action_retry_failed(self):
        """Fetch the products again that could not be taken over."""
        self.ensure_one()
        lines = self.message_line_ids.filtered(lambda line: line.kind == "failed")
        puids = list(dict.fromkeys(filter(None, lines.mapped("puid"))))
        if not puids:
            raise UserError(self.env._("No product of this run failed."))
        sync = self._start(
            self.account_id,
            "import",
            puids=puids,
            export_id=self.export_id.id,
            mode=self.mode,
        )
        return sync._action_show()

    def action_open_messages(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_sync_message_action"
        )
        return {**action, "domain": [("sync_id", "=", self.id)]}

    def action_open_decisions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_decision_action"
        )
        return {**action, "domain": [("sync_id", "=", self.id)]}

    def action_open_new_products(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_product_action"
        )
        return {**action, "domain": [("sync_id", "=", self.id)]}

    @api.autovacuum
    def _gc_old_runs(self):
        """Finished runs go after a while; the latest of each export stays."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search(
            [("state", "not in", OPEN), ("create_date", "<", limit)], limit=1000
        )
        latest = {
            run_id
            for _export, run_id in self._read_group(
                [("export_id", "in", old.export_id.ids)], ["export_id"], ["id:max"]
            )
        }
        old.filtered(lambda run: run.id not in latest).unlink()
