from odoo import api, models


class ItscopeLineMixin(models.AbstractModel):
    """The offer that a line stands on is followed from then on."""

    _inherit = "itscope.line.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.itscope_offer_id._follow()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "itscope_offer_id" in vals or "product_id" in vals:
            self.itscope_offer_id._follow()
        return result
