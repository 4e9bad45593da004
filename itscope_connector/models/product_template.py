from odoo import api, models
from odoo.exceptions import UserError


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "itscope.linked.mixin"]

    def _itscope_variants(self):
        return self.product_variant_ids

    @api.model
    def _itscope_link_path(self):
        return "product_variant_ids.itscope_link_ids"

    def action_itscope_link(self):
        """Find this product at ITscope by its EAN or article number."""
        self.ensure_one()
        if len(self.product_variant_ids) != 1:
            raise UserError(
                self.env._(
                    "%(product)s has several variants. Open the variant that you want "
                    "to "
                    "link and press the button there.",
                    product=self.display_name,
                )
            )
        return self.product_variant_ids.action_itscope_link()
