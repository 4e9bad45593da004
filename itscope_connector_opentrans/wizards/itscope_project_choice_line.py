from odoo import fields, models


class ItscopeProjectChoiceLine(models.TransientModel):
    """One project price."""

    _name = "itscope.project.choice.line"
    _description = "Project price to choose"
    _order = "place"

    choice_id = fields.Many2one(
        "itscope.project.choice", required=True, ondelete="cascade"
    )
    place = fields.Integer()
    project = fields.Char(string="Project number", help="The manufacturer's.")
    supplier_project = fields.Char(string="Supplier's project number")
    customer = fields.Char(string="End customer")
    currency_id = fields.Many2one("res.currency")
    price = fields.Float(digits="Product Price")
    valid_from = fields.Date()
    valid_to = fields.Date(string="Valid until")
    min_quantity = fields.Integer(string="Minimum quantity")
    remaining = fields.Integer(string="Left")

    def action_use(self):
        """Order by this project's price."""
        self.ensure_one()
        line = self.choice_id.order_line_id
        line._itscope_choose_project(line.itscope_offer_id.projects[self.place])
        return {"type": "ir.actions.act_window_close"}
