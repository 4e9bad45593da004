from odoo import fields, models


class ItscopeAccount(models.Model):
    """What may be sent: the contract's quota, the block, requests of today."""

    _inherit = "itscope.account"

    blocked_until = fields.Datetime(compute="_compute_budget")
    calls_today = fields.Integer(
        string="Requests today",
        compute="_compute_budget",
        help="By this server, of all accounts: ITscope limits an address. A day begins "
        "at midnight in Germany.",
    )
    calls_quota = fields.Integer(
        string="Requests allowed",
        readonly=True,
        copy=False,
        help="In 30 days, as the quota answer says; 0 where it names no number.",
    )
    calls_used = fields.Integer(
        string="Requests in 30 days",
        readonly=True,
        copy=False,
        help="As ITscope counts them.",
    )
    quota_date = fields.Datetime(string="Quota of", readonly=True, copy=False)

    def _compute_budget(self):
        budgets = self.env["itscope.request.budget"]._of_hosts(
            {account._host() for account in self}
        )
        for account in self:
            until, today = budgets[account._host()]
            account.blocked_until = until
            account.calls_today = today

    def _note_quota(self, quota):
        """Keep what an :class:`itscope_api.Quota` says."""
        self.write(
            {
                "order_access": quota.order_access is not False,
                "calls_quota": quota.calls_quota or 0,
                "calls_used": quota.calls_used or 0,
                "quota_date": fields.Datetime.now(),
            }
        )
