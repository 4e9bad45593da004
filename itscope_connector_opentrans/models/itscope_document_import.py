import hashlib

from markupsafe import Markup

from odoo import api, models

from odoo.addons.itscope_connector.tools import commit

from .. import opentrans


class ItscopeDocument(models.Model):
    """Documents that people and e-mails bring: kept first, then applied at once."""

    _inherit = "itscope.document"

    # ------------------------------------------------------------------ files

    @api.model
    def _store_file(self, company, content, source="upload"):
        """Keep a file if it is a document that can be read.

        :param content: bytes as they came
        :return: the document, and where there is none, the reason
        """
        try:
            return self._store_upload(company, content, source), False
        except opentrans.WrongVersionError as error:
            return self.browse(), self.env._(
                "It is an openTRANS document of version %s; version 2.1 can be read.",
                error.version,
            )
        except opentrans.UnknownDocumentError:
            return self.browse(), self.env._("It is no openTRANS document.")
        except opentrans.OpentransError as error:
            return self.browse(), self.env._("It can't be read: %s.", error)

    def _apply_imported(self):
        """Apply these documents to their orders, with all others of the order."""
        for order in self.order_ids:
            # Its draft bill may have been deleted since: who brings the invoice again
            # wants it back.
            unbilled = any(
                document.type == "INVOICE"
                and document.state != "ignored"
                and not document.move_ids
                for document in self
                if order in document.order_ids
            )
            order._itscope_apply_documents(force=unbilled)

    # ------------------------------------------------------------------ e-mails

    @api.model
    def _files_of_mail(self, msg_dict):
        """The attachments of a parsed e-mail: ``[(name, bytes)]``"""
        return [
            (file[0], file[1].encode() if isinstance(file[1], str) else file[1])
            for file in msg_dict.get("attachments") or ()
        ]

    @api.model
    def _import_mailed(self, company, files):
        """Make documents of an e-mail's attachments, and apply them.

        :param files: as :meth:`_files_of_mail` gives them
        :return: list of ``(name, document or none, why there is none)``
        """
        # sudo: see _import_attachments; the mail gateway is nobody.
        Document = self.sudo()
        told = [
            (name, *Document._store_file(company, content, "mail"))
            for name, content in files
        ]
        Document.union(*(document for _name, document, _why in told))._apply_imported()
        return told

    # ------------------------------------------------------------------ uploads

    @api.model
    def _import_attachments(self, attachments):
        """Make documents of uploaded files, and apply them.

        :return: the documents, and the reasons: ``{attachment: why it is none}``
        """
        # sudo: documents are written and applied by the connector, whoever brings
        # them; receipts and bills are not everybody's to write.
        Document = self.sudo()
        documents, problems = Document.browse(), {}
        for attachment in attachments:
            document, problem = Document._store_file(
                self.env.company, attachment.raw or b""
            )
            if not document:
                problems[attachment] = problem
                continue
            documents |= document
            if not attachment.res_model:
                # sudo: just uploaded by this user, who may not write on documents.
                attachment.sudo().write(
                    {"res_model": document._name, "res_id": document.id}
                )
        # Kept from now on, whatever applying them does.
        commit(self.env)
        documents._apply_imported()
        return documents, problems

    @api.model
    def _take_attachments(self, attachments):
        """Take what is meant as openTRANS out of uploaded files, and import it.

        :return: the documents, the reasons as in :meth:`_import_attachments`, and the
            files that are something else
        """
        ours = attachments.filtered(lambda file: opentrans.kind_of(file.raw or b""))
        documents, problems = self._import_attachments(ours)
        return documents, problems, attachments - ours

    def create_document_from_attachment(self, attachment_ids):
        """*Import documents* and files dropped on the list.

        :return: action that shows the documents; what is none is told by its name
        """
        self.browse().check_access("write")
        attachments = self.env["ir.attachment"].browse(attachment_ids)
        documents, problems = self._import_attachments(attachments)
        action = (
            documents.sudo(False)._action_show()
            if documents
            else {"type": "ir.actions.client", "tag": "soft_reload"}
        )
        return self._tell_problems(action, problems)

    @api.model
    def _tell_problems(self, action, problems):
        """:param problems: as :meth:`_import_attachments` gives them
        :return: the action, which also tells them
        """
        notifications = {file.name: problem for file, problem in problems.items()}
        # Nobody would find them again.
        files = self.env["ir.attachment"].union(*problems)
        files.filtered(lambda file: not file.res_model).unlink()
        return {**action, "context": {"notifications": notifications}}

    def _action_show(self):
        return self._get_records_action(name=self.env._("Documents"), context={})

    @api.model
    def _action_of_attachments(self, attachment_ids, result):
        """Where uploaded documents led to nothing else that could be shown.

        :param result: name of the field with what they should have led to
        :return: action, or False
        """
        hashes = [
            hashlib.sha256(attachment.raw).hexdigest()
            for attachment in self.env["ir.attachment"].browse(attachment_ids).exists()
            if opentrans.kind_of(attachment.raw or b"")
        ]
        documents = self.search(
            [
                ("content_hash", "in", hashes),
                ("company_id", "=", self.env.company.id),
                ("direction", "=", "in"),
            ]
        )
        if documents and not all(document[result] for document in documents):
            return documents._action_show()
        return False

    # ------------------------------------------------------------------ bills

    def _fill_bill(self, bill, may_change):
        """A document came with this bill: make the bill what its invoice says.

        :param may_change: whether the bill has nothing yet that a person entered
        :return: why the bill was left as it is, or None
        """
        self.ensure_one()
        document = self
        if may_change and self.type == "INVOICE":
            self._take_orders_of(bill)
            document = self.with_context(itscope_fill_bill=(self.id, bill.id))
        document._apply_imported()
        if bill in self.move_ids:
            return None
        link = self._get_html_link()
        if self.move_ids:
            return self.env._(
                "%(document)s is in %(bill)s.",
                document=link,
                bill=Markup(", ").join(b._get_html_link() for b in self.move_ids),
            )
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "It was kept as the document %(document)s: %(state)s.",
            document=link,
            state=states[self.state],
        )

    def _take_orders_of(self, bill):
        """Who uploads an invoice for an order says which order it is about; a foreign
        supplier's stays without one."""
        content = None if self.order_ids else self._read()
        if content is None:
            return
        orders = bill.line_ids.purchase_line_id.order_id.filtered(
            lambda order: self._is_from(content, order)
        )
        if orders:
            self.assigned_by_hand = True
            self._set_orders(orders)
