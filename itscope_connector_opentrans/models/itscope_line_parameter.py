from odoo import fields, models


class ItscopeLineParameter(models.Model):
    """Something that the order of a licence or ESD article must state."""

    _name = "itscope.line.parameter"
    _description = "Contract parameter of an order line"
    _order = "id"

    line_id = fields.Many2one(
        "purchase.order.line", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    name = fields.Char(required=True, readonly=True, help="ITscope's name of it.")
    label = fields.Char(string="Asked for", readonly=True)
    value = fields.Char()
    mandatory = fields.Boolean(readonly=True)
    example = fields.Char(readonly=True)

    _name_uniq = models.Constraint(
        "unique(line_id, name)", "A line states each contract parameter once."
    )
