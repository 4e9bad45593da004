from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..itscope_api import is_price_list_line
from ..tools import notification

#: How far ITscope's own history is asked for.
YEAR = timedelta(days=365)
#: Products whose history is fetched at once: one request.
AT_ONCE = 50


class ItscopeProduct(models.Model):
    """What a product cost: at the suppliers that are followed, and ITscope's own
    history."""

    _inherit = "itscope.product"

    price_history_count = fields.Integer(
        string="Followed offers", compute="_compute_price_history_count"
    )
    history_ids = fields.One2many("itscope.product.history", "link_id", readonly=True)

    def _compute_price_history_count(self):
        counts = dict(
            self.env["itscope.offer"]._read_group(
                [("link_id", "in", self.ids), ("followed", "=", True)],
                ["link_id"],
                ["__count"],
            )
        )
        for link in self:
            link.price_history_count = counts.get(link, 0)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("watched"):
            offers = self.offer_ids.filtered(lambda o: o.is_new and o.has_price)
            offers._follow()
        return result

    def action_price_history(self):
        """What the followed offers of these products cost, day by day."""
        return self._prices_action("itscope_offer_price_day_action")

    def action_fetch_history(self):
        """Fetch ITscope's own history of the last year, and show it."""
        self._check_user()
        if len(self) > AT_ONCE:
            raise UserError(
                self.env._(
                    "ITscope's history is fetched for %(max)s products at most; "
                    "%(count)s were chosen.",
                    max=AT_ONCE,
                    count=len(self),
                )
            )
        # Lines of price lists have no product at ITscope, so no history either.
        links = self.filtered(lambda link: not is_price_list_line(link.puid))
        having = self.browse()
        for company, own in links.grouped("company_id").items():
            account = self.env["itscope.account"]._for_job(company)
            with account._client() as client:
                told = {
                    record.puid: record
                    for record in client.products(
                        own.mapped("puid"),
                        history_from=fields.Date.context_today(self) - YEAR,
                        aggregation="weekly",
                    )
                }
            # sudo: ITscope's facts are written by the connector only.
            having |= self.env["itscope.product.history"].sudo()._keep(own, told)
        if having:
            return self._prices_action("itscope_product_history_action")
        return notification(
            self.env._(
                "ITscope sent no price history of %(products)s. It is part of the "
                "contract “Historical data” only: ask ITscope whether your account "
                "has it.",
                products=", ".join(self[:5].mapped("display_name")),
            ),
            "warning",
            sticky=True,
        )

    def _prices_action(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"itscope_connector.{name}"
        )
        return {**action, "domain": [("link_id", "in", self.ids)]}
