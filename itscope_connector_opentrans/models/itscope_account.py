from odoo import fields, models


class ItscopeAccount(models.Model):
    _inherit = "itscope.account"

    price_tolerance = fields.Float(
        string="Price tolerance (%)",
        default=10.0,
        help="A confirmed price that differs from the ordered one by no more than "
        "this is taken over by itself. A larger difference waits for the buyer.",
    )
