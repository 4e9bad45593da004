from odoo import api, models
from odoo.exceptions import UserError


class PurchaseOrder(models.Model):
    """openTRANS files that are dropped on the list of orders."""

    _inherit = "purchase.order"

    @api.model
    def _create_records_from_attachments(self, attachments, grouping_method=None):
        # Before records are made for them: they are about orders that exist.
        documents, problems, others = self.env["itscope.document"]._take_attachments(
            attachments
        )
        if problems:
            raise UserError(
                "\n".join(f"{file.name}: {text}" for file, text in problems.items())
            )
        orders = self.browse(documents.order_ids.ids)
        if others:
            orders |= super()._create_records_from_attachments(others, grouping_method)
        return orders

    def create_document_from_attachment(self, attachment_ids):
        """Documents that wait for their order are shown as documents."""
        action = super().create_document_from_attachment(attachment_ids)
        documents = self.env["itscope.document"]
        return documents._action_of_attachments(attachment_ids, "order_ids") or action
