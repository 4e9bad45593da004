from odoo import models

from .. import opentrans


class SaleOrder(models.Model):
    """openTRANS files that are uploaded as quotations, or dropped on their list."""

    _inherit = "sale.order"

    def create_document_from_attachment(self, attachment_ids):
        """A QUOTATION becomes a quotation, or the next version of the one that it was
        before; other openTRANS files are kept as documents, and the rest is Odoo's.

        What waits for a person is shown as a document, and what can't be read is told
        by its name.
        """
        # Before anything is kept: documents are stored whoever brings them.
        self.browse().check_access("create")
        attachments = self.env["ir.attachment"].browse(attachment_ids)
        Document = self.env["itscope.document"]
        refused = self._itscope_refused(attachments)
        documents, problems, others = Document._take_attachments(
            attachments.filtered(lambda file: file not in refused)
        )
        problems.update(refused)
        if attachments == others:
            return super().create_document_from_attachment(attachment_ids)
        documents._make_quotations(self.env.user)
        orders = self.browse(documents.sale_order_id.ids)
        if others:
            # As Odoo's method does, whose action shows the new ones only.
            partner = self.env.user.partner_id
            creating = self.with_context(default_partner_id=partner.id)
            created = creating._create_records_from_attachments(others)
            orders |= self.browse(created.ids)
        action = (
            Document._action_of_attachments((attachments - others).ids, "sale_order_id")
            or orders._get_records_action(name=self.env._("Quotations"))
            if orders or documents
            else {"type": "ir.actions.client", "tag": "soft_reload"}
        )
        return Document._tell_problems(action, problems)

    def _itscope_refused(self, attachments):
        """Documents of purchases change orders and bills: they are for those who may
        import them as documents.

        :return: ``{attachment: why it is not taken}``
        """
        if self.env["itscope.document"].has_access("write"):
            return {}
        kinds = {file: opentrans.kind_of(file.raw or b"") for file in attachments}
        return {
            file: self.env._(
                "It is no quotation but %s. Ask somebody in purchasing to import it.",
                kind,
            )
            for file, kind in kinds.items()
            if kind not in ("", "QUOTATION")
        }
