from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItscopeAccount(models.Model):
    """Refreshing linked products by themselves."""

    _inherit = "itscope.account"

    refresh_scope = fields.Selection(
        [
            ("none", "Not by itself"),
            ("orders", "In open quotations and orders"),
            ("all", "All linked products"),
        ],
        string="Refresh products",
        required=True,
        default="none",
        help="By requests of 50 products; for thousands of products use an update "
        "export instead.",
    )
    refresh_hours = fields.Integer(string="Every (hours)", default=24)
    refresh_date = fields.Datetime(string="Last refreshed", readonly=True, copy=False)

    @api.constrains("refresh_hours", "refresh_scope")
    def _check_refresh_hours(self):
        for account in self:
            if account.refresh_scope != "none" and account.refresh_hours < 1:
                raise ValidationError(
                    self.env._("Products can be refreshed every hour at most.")
                )

    def _links_to_refresh(self):
        """The links that this account refreshes by itself."""
        self.ensure_one()
        Link = self.env["itscope.product"].with_company(self.company_id)
        domain = [("company_id", "=", self.company_id.id), ("state", "=", "active")]
        if self.refresh_scope == "orders":
            domain.append(("product_id", "in", self._products_in_orders().ids))
        return Link.search(domain, order="refresh_date, id")

    def _products_in_orders(self):
        """Products of open quotations and unconfirmed purchase orders."""
        # sudo: the account's schedule looks at the company's documents, whose ever.
        env = self.sudo().env
        company = ("company_id", "=", self.company_id.id)
        products = env["product.product"]
        for model in ("sale.order.line", "purchase.order.line"):
            groups = env[model]._read_group(
                [
                    ("order_id.state", "in", ("draft", "sent", "to approve")),
                    ("product_id", "!=", False),
                    company,
                ],
                ["product_id"],
            )
            products |= products.union(*(product for (product,) in groups))
        return products

    @api.model
    def _cron_refresh(self):
        """Scheduled action: a run for each account whose products are due."""
        now = fields.Datetime.now()
        for account in self.search([("refresh_scope", "!=", "none")]):
            due = account.refresh_date and account.refresh_date + timedelta(
                hours=account.refresh_hours
            )
            if due and due > now:
                continue
            account.refresh_date = now
            links = account._links_to_refresh()
            if links:
                links._start_refresh(account)
