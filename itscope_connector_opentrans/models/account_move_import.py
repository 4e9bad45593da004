from odoo import api, models
from odoo.tools.mimetypes import guess_mimetype

from .. import opentrans
from .account_document_import_mixin import FILE_TYPE


class AccountMove(models.Model):
    """openTRANS files that come as bills: by upload, by the journal's alias, with an
    order, or in a bill's chatter."""

    _inherit = "account.move"

    @api.model
    def _create_records_from_attachments(self, attachments, grouping_method=None):
        # Before records are made for them: an order response is no bill.
        documents, problems, others = self.env["itscope.document"]._take_attachments(
            attachments
        )
        # Odoo keeps a file that can't be read with an empty bill, which says why.
        others = others.union(*problems)
        bills = self.browse(documents.move_ids.ids)
        if others:
            bills |= super()._create_records_from_attachments(others, grouping_method)
        return bills

    # Private: it imports for whichever company it is told; the mail gateway calls it.
    @api.private
    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """An e-mail to a journal that brings other documents than bills, and nothing
        else but pictures, makes no bill: it is kept with the first of them."""
        documents = self.env["itscope.document"]
        files = [
            (name, content)
            for name, content in documents._files_of_mail(msg_dict)
            if not guess_mimetype(content).startswith("image/")
        ]
        kinds = {opentrans.kind_of(content) for _name, content in files}
        if kinds and not kinds & {"", "INVOICE"}:
            company_id = (custom_values or {}).get("company_id")
            company = self.env["res.company"].browse(company_id) or self.env.company
            for _name, document, _why in documents._import_mailed(company, files):
                if document:
                    return document
        return super().message_new(msg_dict, custom_values)

    def _extend_with_attachments(self, files_data, new=False):
        # Kept before anything is made of them: what a decoder does is rolled back when
        # it fails.
        documents = self._itscope_store_files(files_data)
        result = super()._extend_with_attachments(files_data, new)
        # Only one file of a message is decoded.
        documents.filtered(lambda document: document.state == "new")._apply_imported()
        return result

    def _itscope_store_files(self, files_data):
        # sudo: documents are written by the connector, whoever brings them.
        documents = self.env["itscope.document"].sudo()
        source = "mail" if self.env.context.get("from_alias") else "upload"
        for file_data in files_data:
            if self._itscope_kind(file_data):
                document, problem = documents._store_file(
                    self.company_id or self.env.company, file_data["raw"], source
                )
                file_data["itscope_document"] = document
                file_data["itscope_problem"] = problem
                documents |= document
        return documents

    @staticmethod
    def _itscope_kind(file_data):
        file_type = file_data["import_file_type"] or ""
        return file_type.startswith(FILE_TYPE) and file_type.removeprefix(FILE_TYPE)

    def _get_edi_decoder(self, file_data, new=False):
        kind = self._itscope_kind(file_data)
        if kind:
            # Other documents only say that they are no bill.
            return {
                "priority": 30 if kind == "INVOICE" else 1,
                "decoder": type(self)._itscope_decode,
            }
        return super()._get_edi_decoder(file_data, new)

    def _itscope_decode(self, file_data, new):
        """Odoo's decoder: make this bill what the file says.

        :return: why it was not done, or None
        """
        document = file_data["itscope_document"]
        if not document:
            return file_data["itscope_problem"]
        untouched = (
            self.state == "draft"
            and self.is_purchase_document()
            and not self.itscope_document_ids
            # A bill for an order has the order's lines already.
            and (new or not self.invoice_line_ids)
        )
        return document._fill_bill(self, untouched)

    def _find_and_set_purchase_orders(self, *args, **kwargs):
        # Its lines are matched with the order already; Odoo's matching would put the
        # order's lines in their place and lose freight and prices.
        if self.itscope_document_ids:
            return None
        return super()._find_and_set_purchase_orders(*args, **kwargs)

    def _autopost_bill(self):
        # sudo: who may post bills may not see what their documents say.
        documents = self.sudo().itscope_document_ids
        if any(document.state not in ("applied", "replaced") for document in documents):
            return None
        return super()._autopost_bill()
