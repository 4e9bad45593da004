from odoo import fields, models
from odoo.tools import groupby

from .itscope_sync import OPEN

#: Runs shown that go on, and that have ended.
SHOWN = 5


class ItscopeAccount(models.Model):
    """The app's first page: all that its cards show, read in batches."""

    _inherit = "itscope.account"

    dashboard = fields.Json(compute="_compute_dashboard")

    def _compute_dashboard(self):
        counted = self._count_waiting()
        leading = self._leading()
        running = self._running()
        for account in self:
            entries = [
                {
                    "key": waiting.key,
                    "label": waiting.label,
                    "level": waiting.level,
                    "blocked": waiting.blocked,
                    "count": counts.get(account.company_id, 0),
                }
                for waiting, counts in counted
                # What is a company's is shown once, where it has several accounts.
                if account in leading
            ]
            shown = [e for e in entries if e["count"] or e["level"] == "fact"]
            levels = {name: [] for name in ("danger", "warning", "info", "fact")}
            for entry in shown:
                levels[entry["level"]].append(entry)
            until = account.blocked_until
            account.dashboard = {
                "leading": account in leading,
                "waiting": levels["danger"] + levels["warning"],
                "flow": levels["info"],
                "facts": levels["fact"],
                "blocked_until": _told(until),
                "blocked": [e for e in shown if e["blocked"]] if until else [],
                "connection": account._told_connection(),
                "running": running.get(account, []),
                "ended": account._ended(),
                "fetched": [
                    {"label": label, "date": _told(date)}
                    for label, date in (
                        (self.env._("Order news"), account.deals_date),
                        (self.env._("Master data"), account.metadata_date),
                    )
                ],
            }

    def _leading(self):
        """Of each company the account that shows what is the company's."""
        accounts = self.search(
            [("company_id", "in", self.company_id.ids)],
            order="company_id, user_id NULLS FIRST, sequence, id",
        )
        grouped = groupby(accounts, lambda account: account.company_id)
        return self.browse(rows[0].id for _company, rows in grouped)

    def _told_connection(self):
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "state": self.state,
            "label": states[self.state],
            "message": self.state_message if self.state == "error" else False,
            "tested": _told(self.state_date),
            "test_mode": self.test_mode,
            "may_order": self.state != "connected" or self.order_access,
            "calls_today": self.calls_today,
            "calls_used": self.calls_used,
            "calls_quota": self.calls_quota,
            "quota_date": _told(self.quota_date),
        }

    def _running(self):
        """``{account: runs that go on or wait}``, the first ones of each."""
        runs = self.env["itscope.sync"].search(
            [("account_id", "in", self.ids), ("state", "in", OPEN)], order="id"
        )
        now = fields.Datetime.now()
        found = {}
        for account, own in runs.grouped("account_id").items():
            found[account] = [
                {
                    "id": run.id,
                    "name": run.name,
                    "state": run.state,
                    "progress": run.progress,
                    "position": run.position,
                    "retry": _told(run.retry_date)
                    if run.retry_date and run.retry_date > now
                    else False,
                }
                for run in own[:SHOWN]
            ]
        return found

    def _ended(self):
        """The runs that ended last."""
        self.ensure_one()
        runs = self.env["itscope.sync"].search(
            [("account_id", "=", self.id), ("state", "not in", OPEN)], limit=SHOWN
        )
        labels = dict(runs._fields["state"]._description_selection(self.env))
        return [
            {
                "id": run.id,
                "name": run.name,
                "state": run.state,
                "label": labels[run.state],
                "failed": run.failed_count,
                "date": _told(run.date_end or run.create_date),
            }
            for run in runs
        ]


def _told(moment):
    """A time as the web client reads it, or False."""
    return fields.Datetime.to_string(moment) if moment else False
