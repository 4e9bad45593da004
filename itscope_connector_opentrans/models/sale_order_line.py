from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    itscope_quote_key = fields.Char(
        readonly=True,
        copy=False,
        help="What the line is in the ITscope quote that the quotation came from.",
    )
