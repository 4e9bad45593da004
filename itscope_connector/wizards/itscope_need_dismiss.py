from odoo import fields, models


class ItscopeNeedDismiss(models.TransientModel):
    """Why needs are not to be bought."""

    _name = "itscope.need.dismiss"
    _description = "Dismiss needs"

    need_ids = fields.Many2many("itscope.need", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_dismiss(self):
        self.ensure_one()
        self.need_ids._check_buyer()
        self.need_ids._open_ones().write({"state": "dismissed", "reason": self.reason})
        return {"type": "ir.actions.act_window_close"}
