from odoo import models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def create_document_from_attachment(self, attachment_ids):
        """What was uploaded as a bill and became none is shown as a document."""
        # Before anything is kept: documents are stored whoever brings them.
        self.env["account.move"].check_access("create")
        action = super().create_document_from_attachment(attachment_ids)
        documents = self.env["itscope.document"]
        return documents._action_of_attachments(attachment_ids, "move_ids") or action
