from odoo import fields, models


class ItscopeAccount(models.Model):
    _inherit = "itscope.account"

    price_tolerance = fields.Float(
        string="Price tolerance (%)",
        default=10.0,
        help="A confirmed price that differs from the ordered one by no more than "
        "this is taken over by itself. A larger difference waits for the buyer.",
    )
    date_tolerance = fields.Integer(
        string="Date tolerance (days)",
        default=14,
        help="A confirmed delivery date that is later than the expected one by no more "
        "days than this is taken over by itself. A later one waits for the buyer.",
    )
    receipt_validation = fields.Selection(
        [
            ("never", "Never"),
            ("dropship", "Of drop shipments"),
            ("all", "Always"),
        ],
        string="Validate receipts",
        required=True,
        default="never",
        help="Whether a dispatch notification validates the receipt that it prepares. "
        "Otherwise the warehouse does when the goods are there.",
    )
