from odoo import fields, models


class ItscopeSearchOffer(models.TransientModel):
    """An offer of a product that a search found."""

    _name = "itscope.search.offer"
    _description = "Offer found by a search at ITscope"

    line_id = fields.Many2one(
        "itscope.search.line", required=True, ondelete="cascade", index=True
    )
    supplier_id = fields.Many2one(
        "itscope.supplier", string="ITscope supplier", readonly=True
    )
    supplier_name = fields.Char(string="Supplier", readonly=True)
    vendor_id = fields.Many2one(
        related="supplier_id.partner_id", string="Vendor", help="None: not mapped."
    )
    supplier_sku = fields.Char(string="Supplier article number", readonly=True)
    condition_name = fields.Char(string="Condition", readonly=True)
    is_new = fields.Boolean(readonly=True)
    price = fields.Float(digits="Product Price", readonly=True, help="0: unknown.")
    currency = fields.Char(readonly=True)
    stock = fields.Integer(readonly=True)
    stock_status = fields.Selection(
        lambda self: (
            self.env["itscope.offer"]
            ._fields["stock_status"]
            ._description_selection(self.env)
        ),
        string="Availability",
        readonly=True,
    )
    availability_date = fields.Date(string="Available on", readonly=True)
    match_quality = fields.Integer(readonly=True)
