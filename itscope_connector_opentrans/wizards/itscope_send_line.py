from odoo import fields, models


class ItscopeSendLine(models.TransientModel):
    """One thing to say about an order before it is sent."""

    _name = "itscope.send.line"
    _description = "Finding about an order to send"
    _order = "id"

    send_id = fields.Many2one("itscope.send", required=True, ondelete="cascade")
    level = fields.Selection(
        [("error", "Error"), ("warning", "Warning")], required=True
    )
    code = fields.Char()
    text = fields.Text(string="Finding", required=True)
    key = fields.Char()
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")

    def action_mend(self):
        """Open the record where this can be mended."""
        self.ensure_one()
        order = self.send_id.order_id
        model, record = self.res_model, self.res_id
        if model == "purchase.order.line" or (model, record) == (order._name, order.id):
            # The order is what this page was opened from.
            return {"type": "ir.actions.act_window_close"}
        action = {
            "type": "ir.actions.act_window",
            "res_model": model,
            "view_mode": "form",
            "views": [(False, "form")],
        }
        if record:
            action["res_id"] = record
        return action
