from odoo import fields, models


class ItscopeBestOffersLine(models.TransientModel):
    """Something that is needed."""

    _name = "itscope.best.offers.line"
    _description = "Need of best offers at ITscope"

    wizard_id = fields.Many2one(
        "itscope.best.offers", required=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    quantity = fields.Float(digits="Product Unit", required=True)
    date = fields.Date(string="Needed on")
    sale_line_id = fields.Many2one("sale.order.line", readonly=True)
    purchase_line_id = fields.Many2one("purchase.order.line", readonly=True)
    # Its model is there with Odoo's inventory only.
    orderpoint_key = fields.Integer(readonly=True)
    origin = fields.Char(readonly=True)
    offer_id = fields.Many2one("itscope.offer", string="Offer")
