from odoo import fields, models
from odoo.exceptions import UserError


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
        # By its numbers: the offer may have been refreshed since this page was opened.
        project = line._itscope_project_named(self.project, self.supplier_project)
        if project is None:
            raise UserError(
                self.env._(
                    "The supplier no longer names the project %s. Open the project "
                    "prices again.",
                    self.project or self.supplier_project or self.customer or "-",
                )
            )
        line._itscope_choose_project(project)
        return {"type": "ir.actions.act_window_close"}
