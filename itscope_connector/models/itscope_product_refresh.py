from odoo import api, models
from odoo.exceptions import UserError

#: From here on ITscope asks for exports instead of requests.
MANY = 5000


class ItscopeProduct(models.Model):
    """Refreshing chosen links by a run."""

    _inherit = "itscope.product"

    @api.model
    def _of_orders(self, orders):
        """Links of the products in these sales or purchase orders, each in its order's
        company."""
        links = self.browse()
        for company in orders.company_id:
            own = orders.filtered(lambda order, c=company: order.company_id == c)
            links |= self.search(
                [
                    ("company_id", "=", company.id),
                    ("product_id", "in", own.order_line.product_id.ids),
                ]
            )
        return links

    def _start_refresh(self, account):
        """A run that refreshes these links; the one that does so already, if any."""
        runs = self.env["itscope.sync"]
        # sudo: whether a run is under way is no secret.
        open_run = runs.sudo().search(
            [
                ("account_id", "=", account.id),
                ("kind", "=", "refresh"),
                ("state", "=", "waiting"),
            ],
            limit=1,
        )
        if open_run:
            puids = dict.fromkeys([*(open_run.puids or []), *self.mapped("puid")])
            open_run.puids = list(puids)
            return open_run.with_env(self.env)
        return runs._start(account, "refresh", puids=self.mapped("puid"))

    def action_refresh_in_background(self):
        """Refresh these products by a run."""
        company = self.company_id
        if len(company) != 1:
            raise UserError(
                self.env._("Choose products of one company, and at least one.")
            )
        if len(self) > MANY:
            raise UserError(
                self.env._(
                    "%(count)s products are too many for single requests: ITscope asks "
                    "for an export from %(max)s products on. Set up an update export "
                    "under ITscope → Configuration → Exports.",
                    count=len(self),
                    max=MANY,
                )
            )
        account = self.env["itscope.account"]._for_job(company)
        return self._start_refresh(account)._action_show()
