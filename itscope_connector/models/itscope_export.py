import hashlib
import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ..itscope_api import AddressError, check_url
from .itscope_sync import MODES, OPEN

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: ITscope's fair use: full exports once a day, update exports several times an hour.
SHORTEST = {"full": timedelta(days=1), "update": timedelta(minutes=15)}
#: Of that, what a schedule may fall short: downloads begin after they are due, and what
#: was late once would be later each time.
SLACK = 0.1


class ItscopeExport(models.Model):
    """An export that is defined on the platform, by its id or its address."""

    _name = "itscope.export"
    _description = "ITscope export"
    _inherit = ["mail.thread"]
    _order = "account_id, sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    account_id = fields.Many2one(
        "itscope.account",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["itscope.account"]._of_company(self.env.company),
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    reference = fields.Char(
        string="Export ID or address",
        required=True,
        groups="itscope_connector.group_manager",
        help="The id (UUID) or the address of the export, as the platform shows it "
        "under Exports. An address with a token needs no login: treat it like a "
        "password.",
    )
    content = fields.Selection(
        [("full", "Full"), ("update", "Prices and stock (update)")],
        required=True,
        default="full",
        help="As it is defined on the platform (data format standard or "
        "standardUpdate).",
    )
    mode = fields.Selection(
        MODES,
        string="What it may do",
        required=True,
        default="update",
    )
    scheduled = fields.Boolean(tracking=True)
    interval_number = fields.Integer(string="Every", default=1)
    interval_type = fields.Selection(
        [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Days")],
        default="days",
        required=True,
    )
    next_run = fields.Datetime(default=fields.Datetime.now)
    rehearsed = fields.Boolean(
        string="Preview was made",
        compute="_compute_runs",
        help="Of this export, for what it may do now.",
    )
    sync_ids = fields.One2many("itscope.sync", "export_id", string="Runs")
    last_state = fields.Selection(
        "_selection_state", string="Last run", compute="_compute_runs"
    )
    last_date = fields.Datetime(string="Last started", compute="_compute_runs")
    product_count = fields.Integer(string="Products", compute="_compute_product_count")
    link_ids = fields.Many2many(
        "itscope.product",
        "itscope_export_product_rel",
        "export_id",
        "link_id",
        readonly=True,
        copy=False,
        help="The linked products that the last whole run found in this export.",
    )

    _reference_uniq = models.Constraint(
        "unique(account_id, reference)", "This export is there already."
    )

    @api.model
    def _selection_state(self):
        state = self.env["itscope.sync"]._fields["state"]
        return state._description_selection(self.env)

    @api.depends("sync_ids.state", "mode", "reference", "account_id")
    def _compute_runs(self):
        runs = self.env["itscope.sync"].search(
            [("export_id", "in", self.ids)], order="id desc"
        )
        for export in self:
            own = runs.filtered(lambda run, e=export: run.export_id == e)
            last = own.filtered(lambda run: not run.preview)[:1]
            export.last_state = last.state
            export.last_date = last.date_start
            # sudo: the address itself is not told.
            digest = export.sudo()._source_digest()
            export.rehearsed = any(
                (run.state, run.mode, run.source_digest)
                == ("done", export.mode, digest)
                for run in own
            )

    def _compute_product_count(self):
        counts = dict(
            self.env["itscope.product"]._read_group(
                [("export_ids", "in", self.ids)], ["export_ids"], ["__count"]
            )
        )
        for export in self:
            export.product_count = counts.get(export, 0)

    @api.constrains("reference", "account_id")
    def _check_reference(self):
        for export in self:
            if export._export_id():
                continue
            try:
                check_url(export.reference.strip(), export.account_id._settings())
                good = "://" in export.reference
            except AddressError:
                good = False
            if not good:
                raise ValidationError(
                    self.env._(
                        "%s is neither the id of an export (letters and digits in five "
                        "groups) nor an address at ITscope. Copy it from the platform: "
                        "menu Exports.",
                        export.name,
                    )
                )

    @api.constrains("scheduled", "interval_number", "interval_type", "content")
    def _check_schedule(self):
        for export in self.filtered("scheduled"):
            shortest = SHORTEST[export.content]
            if export._interval() < shortest:
                raise ValidationError(
                    self.env._(
                        "%(name)s is scheduled too tightly. ITscope's fair use allows "
                        "full exports once a day and update exports every 15 minutes; "
                        "whoever asks more often is blocked. For fresher prices, make "
                        "an update export (data format standardUpdate) on the "
                        "platform.",
                        name=export.name,
                    )
                )

    @api.onchange("content")
    def _onchange_content(self):
        if self.content == "update":
            self.mode = "prices"
            self.interval_number, self.interval_type = 1, "hours"
        else:
            self.interval_number, self.interval_type = 1, "days"

    def write(self, vals):
        result = super().write(vals)
        if "mode" in vals:
            self.account_id._forget_digests()
        return result

    def _interval(self):
        self.ensure_one()
        return timedelta(**{self.interval_type: max(self.interval_number, 0)})

    def _export_id(self):
        """The UUID where the export is named by it, else ""."""
        self.ensure_one()
        reference = (self.reference or "").strip()
        return reference if UUID.fullmatch(reference) else ""

    def _source(self):
        """How the client names this export."""
        export_id = self._export_id()
        return (
            {"export_id": export_id} if export_id else {"url": self.reference.strip()}
        )

    def _source_digest(self):
        """Which export of whom this is, without telling the address."""
        self.ensure_one()
        source = f"{self.account_id.id} {(self.reference or '').strip()}"
        return hashlib.sha256(source.encode()).hexdigest()

    # ------------------------------------------------------------------ runs

    def _open_run(self, preview=None):
        """The run that waits or runs already.

        :param preview: whether it has to be one, or must not be
        """
        run = self.env["itscope.sync"].search(
            [
                ("export_id", "=", self.id),
                ("kind", "=", "export"),
                ("state", "in", OPEN),
            ],
            limit=1,
        )
        if run and preview not in (None, run.preview):
            raise UserError(
                self.env._(
                    "A preview or a run of this export is under way: wait for its end, "
                    "or cancel it under Runs."
                )
            )
        return run

    def _start(self, preview=False, fresh=False):
        """A run of this export; the one that waits or runs already, if there is one.

        :param fresh: fetch it, even where the file of a preview could be used
        """
        self.ensure_one()
        if run := self._open_run(preview):
            return run
        run = self.env["itscope.sync"]._start(
            self.account_id,
            "export",
            export_id=self.id,
            preview=preview,
            mode=self.mode,
            # sudo: the address itself is not told.
            source_digest=self.sudo()._source_digest(),
        )
        if not fresh and (older := self._previewed()):
            # sudo: the name of the file is nobody's business.
            run.sudo().write(
                {
                    "file_token": older.file_token,
                    "download_date": older.download_date,
                }
            )
            # The download is that of the run which works in it.
            older.write({"file_token": False, "download_date": False})
        return run

    def _previewed(self):
        """The preview whose file is fresh enough to be worked in, in sudo mode."""
        # sudo: the name of the file is nobody's business.
        runs = self.sudo().env["itscope.sync"]
        run = runs.search(
            [
                ("export_id", "=", self.id),
                ("preview", "=", True),
                ("state", "=", "done"),
                ("source_digest", "=", self.sudo()._source_digest()),
                ("file_token", "!=", False),
                ("download_date", ">", fields.Datetime.now() - SHORTEST[self.content]),
            ],
            order="id desc",
            limit=1,
        )
        return run if run and run._has_file() else runs

    def _check_fair_use(self, preview):
        """Fair use holds for buttons too: previews and runs that failed fetched the
        export as well."""
        if self._open_run(preview) or self._previewed():
            return
        if fetched := self._fetched_since(SHORTEST[self.content]):
            raise UserError(
                self.env._(
                    "This export was fetched at %(date)s. ITscope's fair use allows "
                    "full exports once a day and update exports every 15 minutes; its "
                    "data would hardly be newer. A run that failed or was cancelled "
                    "can go on: press “Go on” there.",
                    date=format_datetime(self.env, fetched),
                )
            )

    def _fetched_since(self, period):
        """When this source was fetched last, if that is no longer ago; else False."""
        runs = self.env["itscope.sync"].search(
            [
                # sudo: the address itself is not told.
                ("source_digest", "=", self.sudo()._source_digest()),
                ("company_id", "=", self.company_id.id),
                ("download_date", ">", fields.Datetime.now() - period),
            ],
            order="download_date desc",
            limit=1,
        )
        return runs.download_date

    def action_preview(self):
        """Do everything that a run would do, and take it back: what would happen?"""
        self.ensure_one()
        self._check_fair_use(preview=True)
        return self._start(preview=True)._action_show()

    def action_run(self):
        """Start now."""
        self.ensure_one()
        self._check_fair_use(preview=False)
        if self.mode == "create" and not self.rehearsed:
            raise UserError(
                self.env._(
                    "This export may create products. Make a preview first: it shows "
                    "what would be created, linked and changed, and changes nothing."
                )
            )
        return self._start()._action_show()

    def action_open_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_sync_action"
        )
        return {**action, "domain": [("export_id", "=", self.id)], "context": {}}

    def action_open_products(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_product_action"
        )
        return {**action, "domain": [("export_ids", "in", self.ids)]}

    @api.model
    def _cron_schedule(self):
        """Scheduled action: queue a run for each export that is due."""
        now = fields.Datetime.now()
        due = self.search([("scheduled", "=", True), ("next_run", "<=", now)])
        for export in due:
            if export._open_run().preview:
                # It stays due until the preview has ended.
                continue
            # From now on, not from when it was due: after a standstill it runs once.
            export.next_run = now + export._interval()
            if export.mode == "create" and not export.rehearsed:
                export.scheduled = False
                export.message_post(
                    body=self.env._(
                        "Not started: an export that may create products needs a "
                        "preview first. Make it, then switch the schedule on again."
                    )
                )
                continue
            shortest = SHORTEST[export.content]
            if fetched := export._fetched_since(shortest * (1 - SLACK)):
                # By a preview or a button.
                export.next_run = fetched + shortest
                continue
            export._start(fresh=True)
