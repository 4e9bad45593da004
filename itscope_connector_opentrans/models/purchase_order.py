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
    itscope_document_ids = fields.One2many(
        "itscope.document", "purchase_order_id", string="ITscope documents", copy=False
    )
    itscope_document_count = fields.Integer(compute="_compute_itscope_document_count")

    @api.depends("partner_id", "company_id", "itscope_supplier_id")
    def _compute_itscope_ambiguous(self):
        for order in self:
            order.itscope_ambiguous = (
                not order.itscope_supplier_id and len(order._itscope_suppliers()) > 1
            )

    def _compute_itscope_document_count(self):
        counts = dict(
            self.env["itscope.document"]._read_group(
                [("purchase_order_id", "in", self.ids)],
                ["purchase_order_id"],
                ["__count"],
            )
        )
        for order in self:
            order.itscope_document_count = counts.get(order, 0)

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

    def button_cancel(self):
        for order in self:
            deal = order.itscope_deal_id
            if deal.send_state == "to_send":
                deal._withdraw()
            elif (
                deal.send_state in ("sending", "unknown", "sent")
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

    def action_itscope_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector_opentrans.itscope_document_action"
        )
        action["domain"] = [("purchase_order_id", "=", self.id)]
        action["context"] = {}
        return action
