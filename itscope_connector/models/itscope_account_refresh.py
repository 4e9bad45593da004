from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .itscope_product_refresh import MANY
from .itscope_sync import OPEN

#: What ITscope was asked about within this time is not asked again by itself, and what
#: failed within it is not tried again.
LATELY = timedelta(hours=1)


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

    price_max_age = fields.Integer(
        string="Prices on new lines: at most (hours)",
        default=24,
        help="When a product is put on a quotation or purchase order, a price that is "
        "older than this is refreshed in the background. 0: never by itself.",
    )

    @api.constrains("price_max_age")
    def _check_price_max_age(self):
        if any(account.price_max_age < 0 for account in self):
            raise ValidationError(
                self.env._("The highest age of prices can't be negative.")
            )

    @api.constrains("refresh_hours", "refresh_scope")
    def _check_refresh_hours(self):
        for account in self:
            if account.refresh_scope != "none" and account.refresh_hours < 1:
                raise ValidationError(
                    self.env._("Products can be refreshed every hour at most.")
                )

    def _links_to_refresh(self, scope):
        """The links of a scope, those first that were not refreshed for longest."""
        self.ensure_one()
        Link = self.env["itscope.product"].with_company(self.company_id)
        domain = [("company_id", "=", self.company_id.id), ("state", "=", "active")]
        if scope == "orders":
            domain.append(("product_id", "in", self._products_in_orders().ids))
        return Link.search(domain, order="refresh_date, id")

    def action_refresh_all(self):
        """Refresh all linked products by a run, now."""
        return self._refresh_now("all")

    def action_refresh_orders(self):
        """Refresh what stands in open quotations and orders by a run, now."""
        return self._refresh_now("orders")

    def _refresh_now(self, scope):
        self.ensure_one()
        links = self._links_to_refresh(scope)
        if not links:
            raise UserError(self.env._("There is no linked product to refresh."))
        return links.action_refresh_in_background()

    def _products_in_orders(self):
        """Products of open quotations, of unconfirmed purchase orders, and of sales
        that are confirmed and not delivered yet: they are still to be bought."""
        # sudo: the account's schedule looks at the company's documents, whose ever.
        env = self.sudo().env
        company = ("company_id", "=", self.company_id.id)
        open_states = Domain("order_id.state", "in", ("draft", "sent", "to approve"))
        # No domain compares two columns.
        env["sale.order.line"].flush_model(["qty_delivered", "product_uom_qty"])
        owed = Domain("order_id.state", "=", "sale") & Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s < %s",
                model._field_to_sql(alias, "qty_delivered", query),
                model._field_to_sql(alias, "product_uom_qty", query),
            )
        )
        products = env["product.product"]
        for model, still_open in (
            ("sale.order.line", open_states | owed),
            ("purchase.order.line", open_states),
        ):
            groups = env[model]._read_group(
                still_open & Domain("product_id", "!=", False) & Domain(*company),
                ["product_id"],
            )
            products |= products.union(*(product for (product,) in groups))
        return products

    def _refresh_old(self, links):
        """Refresh those of these links in the background whose prices are older than
        this account wants them on a line.

        :return: the run, or nothing where none is needed, or where the account has just
            failed: a person was told, and many lines are no reason to tell it again
        """
        self.ensure_one()
        runs = self.env["itscope.sync"]
        if not self.price_max_age or self.state == "error":
            return runs
        now = fields.Datetime.now()
        limit = now - timedelta(hours=self.price_max_age)

        def is_old(link):
            asked, price = link.refresh_date, link.best_offer_id.price_date
            if not asked or asked < limit:
                return True
            # ITscope itself knows nothing newer where it has just been asked.
            return bool(price and price < limit and asked < now - LATELY)

        old = links.filtered(lambda link: link.state == "active" and is_old(link))
        if not old:
            return runs
        latest = runs.search(
            [
                ("account_id", "=", self.id),
                ("kind", "=", "refresh"),
                "|",
                ("state", "in", OPEN),
                "&",
                ("state", "=", "failed"),
                ("date_end", ">", now - LATELY),
            ]
        )
        if "failed" in latest.mapped("state"):
            return runs
        under_way = {puid for run in latest for puid in run.puids or ()}
        old = old.filtered(lambda link: link.puid not in under_way)[:MANY]
        return old._start_refresh(self) if old else runs

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
            # What was refreshed longest ago comes first; the rest has its turn next.
            links = account._links_to_refresh(account.refresh_scope)[:MANY]
            if links:
                links._start_refresh(account)
