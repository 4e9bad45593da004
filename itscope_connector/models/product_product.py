from odoo import api, fields, models
from odoo.exceptions import UserError


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "itscope.linked.mixin"]

    itscope_link_ids = fields.One2many("itscope.product", "product_id")
    itscope_link_id = fields.Many2one(
        "itscope.product",
        string="ITscope product",
        compute="_compute_itscope_link_id",
    )

    @api.depends("itscope_link_ids")
    @api.depends_context("company")
    def _compute_itscope_link_id(self):
        for product in self:
            product.itscope_link_id = product.itscope_link_ids.filtered(
                lambda link: link.company_id == self.env.company
            )[:1]

    def action_itscope_link(self):
        """Find this product at ITscope by its EAN or article number."""
        self.ensure_one()
        return self.env["itscope.product.add"]._action_for_product(self)

    def action_itscope_search(self):
        """Search at ITscope from an order's product catalogue."""
        model = self.env.context.get("product_catalog_order_model")
        if model not in ("sale.order", "purchase.order"):
            raise UserError(
                self.env._(
                    "Products from ITscope can be put into quotations and purchase "
                    "orders. Import them here first: ITscope → Products → Search at "
                    "ITscope."
                )
            )
        order = self.env[model].browse(self.env.context["product_catalog_order_id"])
        return order.action_itscope_search()
