from odoo import api, models

BLOCKED = "blocked"


class ItscopeBestOffersLine(models.TransientModel):
    _inherit = "itscope.best.offers.line"

    @api.model
    def _hindrances(self, offers):
        found = super()._hindrances(offers)
        for offer, why in found.items():
            supplier = offer.supplier_id.with_company(offer.company_id)
            if not why and supplier.order_permission == "blocked":
                found[offer] = BLOCKED
        return found

    @api.model
    def _hindrance_texts(self):
        texts = super()._hindrance_texts()
        return {**texts, BLOCKED: self.env._("Not to be ordered from")}
