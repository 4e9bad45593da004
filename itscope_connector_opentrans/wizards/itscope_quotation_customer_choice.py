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
        return self._make(lambda document, content: self.partner_id)

    def action_create(self):
        """The customer is a new one."""
        importer = self.env["itscope.quotation.import"].sudo()
        self.env["res.partner"].check_access("create")
        return self._make(
            lambda document, content: importer._new_customer(
                document, content, self.env.user
            )
        )

    def _make(self, partner_of):
        self.ensure_one()
        self.document_id._check_may_quote()
        # sudo: documents are applied by the connector, whoever asks for it; whether
        # this user may create quotations was checked before.
        document = self.document_id.sudo()
        content = document._read()
        if content is None or not self.env["itscope.quotation.import"]._party(content):
            if content is None or not self.partner_id:
                raise UserError(
                    self.env._("The quote does not say who the customer is.")
                )
        if not document.sale_order_id:
            partner = partner_of(document, content).sudo()
            document._make_quotation(
                None,
                document.quote_id.account_id,
                partner.commercial_partner_id,
                self.env.user,
            )
        if not document.sale_order_id:
            raise UserError("\n".join(document._attention()))
        return self.document_id.sale_order_id._get_records_action()
