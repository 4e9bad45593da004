from odoo import api, models
from odoo.fields import Domain


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _get_moves_to_assign_domain(self, company_id):
        # Odoo's daily run would fill receipts up to what was ordered; what a dispatch
        # notification prepared is what comes.
        domain = super()._get_moves_to_assign_domain(company_id)
        return Domain(domain) & Domain("itscope_prepared", "=", False)

    def _make_po_get_domain(self, company_id, values, partner):
        # What is added to an order that was placed already would never be ordered.
        domain = super()._make_po_get_domain(company_id, values, partner)
        return (*domain, ("itscope_deal_id", "=", False))
