from odoo import api, fields, models


class ItscopeProjectChoice(models.TransientModel):
    """The project prices of an offer, for one line of an order to choose from."""

    _name = "itscope.project.choice"
    _description = "Choose a project price"

    order_line_id = fields.Many2one(
        "purchase.order.line", required=True, readonly=True, ondelete="cascade"
    )
    chosen = fields.Char(related="order_line_id.itscope_project_number")
    line_ids = fields.One2many("itscope.project.choice.line", "choice_id")

    @api.model
    def _open(self, line):
        offer = line.itscope_offer_id
        choice = self.create(
            {
                "order_line_id": line.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "place": place,
                            "project": project["manufacturer_project"],
                            "supplier_project": project["supplier_project"],
                            "customer": project["end_customer"] or project["name"],
                            "price": project["price"],
                            "currency_id": offer.currency_id.id,
                            "valid_from": values["itscope_project_start"],
                            "valid_to": values["itscope_project_end"],
                            "min_quantity": project["min_quantity"],
                            "remaining": project["remaining_quantity"],
                        }
                    )
                    for place, project in enumerate(offer.projects or ())
                    for values in [line._itscope_project_values(project)]
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Project prices of %s", offer.display_name),
            "res_model": self._name,
            "res_id": choice.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_none(self):
        """Order at the normal price again."""
        self.order_line_id._itscope_choose_project(None)
        return {"type": "ir.actions.act_window_close"}
