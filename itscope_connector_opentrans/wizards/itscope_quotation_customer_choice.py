from odoo import api, fields, models
from odoo.exceptions import UserError


class ItscopeQuotationCustomerChoice(models.TransientModel):
    """Whose quotation a quote becomes, where that is in doubt."""

    _name = "itscope.quotation.customer.choice"
    _description = "Customer of an ITscope quote"

    document_id = fields.Many2one("itscope.document", required=True, readonly=True)
    company_id = fields.Many2one(related="document_id.company_id")
    messages = fields.Html(related="document_id.messages")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        domain="[('company_id', 'in', (False, company_id))]",
    )

    @api.model
    def _open_for(self, document):
        choice = self.create({"document_id": document.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Whose quotation is this?"),
            "res_model": self._name,
            "res_id": choice.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_take(self):
        """The quotation is for the chosen customer."""
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer."))
        return self._make(self.partner_id)

    def action_create(self):
        """The customer is a new one."""
        self.env["res.partner"].check_access("create")
        return self._make()

    def _make(self, partner=None):
        """:param partner: none: the customer is made together with the quotation"""
        self.ensure_one()
        self.document_id._check_may_quote()
        # sudo: documents are applied by the connector, whoever asks for it; whether
        # this user may create quotations was checked before.
        document = self.document_id.sudo()
        if not document._is_quotation():
            raise UserError(self.env._("%s is no quotation.", document.display_name))
        content = document._read()
        if content is None or not (
            partner or self.env["itscope.quotation.import"]._party(content)
        ):
            raise UserError(self.env._("The quote does not say who the customer is."))
        if not document.sale_order_id:
            document._make_quotation(
                None,
                document.quote_id.account_id,
                partner and partner.sudo().commercial_partner_id,
                self.env.user,
                new=not partner,
                asked=True,
            )
        if not document.sale_order_id:
            reasons = document._attention() or [self.env._("Try again in a moment.")]
            raise UserError("\n".join(reasons))
        return self.document_id.sale_order_id._get_records_action()
