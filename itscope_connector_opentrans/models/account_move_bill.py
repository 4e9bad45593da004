from odoo import fields, models


class AccountMove(models.Model):
    """Bills that the connector made: one for each invoice."""

    _inherit = "account.move"

    itscope_invoice_key = fields.Char(
        string="Key of the invoice",
        readonly=True,
        copy=False,
        help="Company, vendor, kind and number of the invoice that this bill was made "
        "from.",
    )

    # Two orders on one invoice may be worked on at the same time.
    _itscope_invoice_key_uniq = models.UniqueIndex(
        "(itscope_invoice_key) WHERE itscope_invoice_key IS NOT NULL"
        " AND state != 'cancel'",
        "There is a bill of this vendor with this number already.",
    )
