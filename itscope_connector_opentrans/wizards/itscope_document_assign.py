from odoo import fields, models
from odoo.exceptions import UserError


class ItscopeDocumentAssign(models.TransientModel):
    _name = "itscope.document.assign"
    _description = "Assign documents to purchase orders"
    _check_company_auto = True

    document_ids = fields.Many2many(
        "itscope.document",
        string="Documents",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    company_id = fields.Many2one(related="document_ids.company_id")
    order_ids = fields.Many2many(
        "purchase.order",
        string="Purchase orders",
        check_company=True,
        domain="[('company_id', '=', company_id), ('state', '=', 'purchase')]",
    )

    def action_assign(self):
        """The documents belong to these orders, whatever numbers they name."""
        self.ensure_one()
        if not self.order_ids:
            raise UserError(self.env._("Choose at least one purchase order."))
        self.document_ids._assign_by_hand(self.order_ids)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
