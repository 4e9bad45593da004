from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    itscope_ambiguous = fields.Boolean(
        string="Several ITscope suppliers",
        compute="_compute_itscope_ambiguous",
        help="The vendor is mapped to several: the buyer has to choose.",
    )
    itscope_partner_ref = fields.Char(
        string="Reference from documents",
        readonly=True,
        copy=False,
        help="What documents said last; another vendor reference was entered by hand.",
    )

    @api.depends("partner_id", "company_id", "itscope_supplier_id")
    def _compute_itscope_ambiguous(self):
        for order in self:
            order.itscope_ambiguous = (
                not order.itscope_supplier_id and len(order._itscope_suppliers()) > 1
            )

    def _itscope_is_given(self):
        # What was refused or withdrawn is corrected and sent again.
        return super()._itscope_is_given() and not self.itscope_deal_id._may_be_sent()

    def _itscope_account(self):
        """The account that orders this; empty where the company has none."""
        self.ensure_one()
        try:
            return self.env["itscope.account"]._for_job(self.company_id)
        except AccessError:
            raise
        except UserError:
            return self.env["itscope.account"]

    def _itscope_responsible(self):
        """Who is told when this order needs a person, or no user."""
        self.ensure_one()
        user = self.user_id or self.itscope_deal_id.account_id.responsible_id
        return user.filtered("active")

    def _itscope_replaced(self):
        """Earlier ITscope orders, which ended before the order was sent again."""
        return self.itscope_deal_ids.filtered(
            lambda deal: deal.replaced and deal.order_id
        )

    def action_merge(self):
        for order in self:
            if order.itscope_deal_id and not order.itscope_deal_id._never_left():
                raise UserError(
                    self.env._(
                        "%(order)s was ordered at ITscope already (%(deal)s): it can't "
                        "be merged with others.",
                        order=order.name,
                        deal=order.itscope_deal_id.display_name,
                    )
                )
        return super().action_merge()

    def button_cancel(self):
        for order in self:
            deal = order.itscope_deal_id
            if deal.send_state == "to_send":
                deal._withdraw()
            elif (
                deal.send_state in ("sending", "unknown", "sent", "external")
                and not deal._is_ended()
                and not deal.cancelled_by_phone
            ):
                raise UserError(
                    self.env._(
                        "%(order)s was sent to ITscope, and ITscope has no recall. "
                        "Call %(supplier)s. The order can be cancelled here as soon "
                        "as ITscope shows it as cancelled, or after you have marked "
                        "the ITscope order %(deal)s as cancelled with the supplier.",
                        order=order.name,
                        supplier=deal.supplier_id.name or order.partner_id.display_name,
                        deal=deal.display_name,
                    )
                )
        return super().button_cancel()
