from odoo import models


class PurchaseOrder(models.Model):
    """openTRANS files that are dropped on the list of orders."""

    _inherit = "purchase.order"

    def create_document_from_attachment(self, attachment_ids):
        """openTRANS files are about orders that exist; the others become new ones.

        Documents that wait for their order are shown as documents, and what can't be
        read is told by its name.
        """
        # Before anything is kept: documents are stored whoever brings them.
        self.browse().check_access("write")
        attachments = self.env["ir.attachment"].browse(attachment_ids)
        Document = self.env["itscope.document"]
        documents, problems, others = Document._take_attachments(attachments)
        if attachments == others:
            return super().create_document_from_attachment(attachment_ids)
        orders = self.browse(documents.order_ids.ids)
        if others:
            # As Odoo's method does, whose action shows the new ones only.
            partner = self.env.user.partner_id
            creating = self.with_context(default_partner_id=partner.id)
            created = creating._create_records_from_attachments(others)
            orders |= self.browse(created.ids)
        action = (
            Document._action_of_attachments((attachments - others).ids, "order_ids")
            or orders._get_records_action(name=self.env._("Purchase orders"))
            if orders or documents
            else {"type": "ir.actions.client", "tag": "soft_reload"}
        )
        return Document._tell_problems(action, problems)
