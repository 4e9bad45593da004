from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    itscope_quote_key = fields.Char(
        readonly=True,
        copy=False,
        help="What the line is in the ITscope quote that the quotation came from.",
    )

    def _compute_discount(self):
        # With a price that is the quote's, as one that was entered by hand, goes the
        # quote's discount; Odoo would put the price list's in its place.
        quoted = self.filtered(
            lambda line: (
                line.itscope_quote_key
                and line.product_id
                and line.currency_id
                and line.currency_id.compare_amounts(
                    line.technical_price_unit, line.price_unit
                )
            )
        )
        return super(SaleOrderLine, self - quoted)._compute_discount()
