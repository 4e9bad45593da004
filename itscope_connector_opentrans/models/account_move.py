from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    itscope_document_ids = fields.Many2many(
        "itscope.document", string="ITscope documents", readonly=True, copy=False
    )
    itscope_document_count = fields.Integer(compute="_compute_itscope_document_count")

    def _compute_itscope_document_count(self):
        for move in self:
            move.itscope_document_count = len(move.itscope_document_ids)

    def action_itscope_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector_opentrans.itscope_document_action"
        )
        action["domain"] = [("id", "in", self.itscope_document_ids.ids)]
        action["context"] = {}
        return action
