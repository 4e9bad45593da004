import base64
import hashlib

from odoo import api, fields, models

from odoo.addons.itscope_connector.tools import naive, write_changed

from .. import opentrans
from ..tools import html_list

#: Orders are our own, wherever they were placed.
FROM_SUPPLIERS = ("ORDERRESPONSE", "DISPATCHNOTIFICATION", "INVOICE")


class ItscopeDocument(models.Model):
    """How documents are kept: each content once, before anything is done with it."""

    _inherit = "itscope.document"

    @api.model
    def _store(self, deal, kind, transaction_id, content, last_update=None):
        """Keep a document that came with an order at ITscope; the same content again
        changes nothing.

        :param content: bytes as they came
        :param last_update: aware, ITscope's, or None
        """
        digest = hashlib.sha256(content).hexdigest()
        rows = self.search(
            [
                ("deal_id", "=", deal.id),
                ("type", "=", kind),
                ("transaction_id", "=", transaction_id),
            ]
        )
        seen = naive(last_update)
        same = rows.filtered(lambda row: row.content_hash == digest)
        if same:
            write_changed(same, {"last_update": seen})
            return same
        values = {
            "deal_id": deal.id,
            "company_id": deal.company_id.id,
            "type": kind,
            "direction": "in",
            "transaction_id": transaction_id,
            "last_update": seen,
            **self._content_values(content),
        }
        waiting = rows.filtered(lambda row: not row.content_hash)
        ignored = waiting.filtered(lambda row: row.state == "ignored")
        if waiting:
            waiting.write(
                {
                    **values,
                    "state": "new",
                    "messages": False,
                    "results": False,
                    "next_try": False,
                }
            )
            document = waiting
        else:
            document = self.create(values)
        document._read_head()
        document._assign()
        document._note_supplier()
        # Left out before it came: kept, and still left out.
        ignored._note_ignored()
        return document

    @api.model
    def _store_upload(self, company, content, source="upload"):
        """Keep a document that a person or an e-mail brought.

        :param content: bytes as they came
        :return: the document: the one that is there already where this very content
            came before
        :raises opentrans.OpentransError: it is none, or can't be read
        """
        digest = hashlib.sha256(content).hexdigest()
        known = self.search(
            [
                ("company_id", "=", company.id),
                ("content_hash", "=", digest),
                ("direction", "=", "in"),
            ],
            limit=1,
        )
        if known:
            return known
        read = opentrans.read(content)
        kind = type(read).__name__.upper()
        if not (read.number or read.lines):
            # Other formats have roots of these names, too.
            raise opentrans.UnknownDocumentError(kind)
        document = self.create(
            {
                "company_id": company.id,
                "type": kind,
                "direction": "in",
                "source": source,
                **self._content_values(content),
            }
        )
        document._read_head()
        document._assign()
        document._note_supplier()
        return document

    @api.model
    def _store_order(self, deal, xml):
        """Keep the ORDER that is about to leave; an attempt that certainly did not
        leave is replaced by the next one.
        """
        # sudo: documents are written by the connector only.
        rows = deal.sudo()._order_documents()
        values = {
            "number": deal.own_order_id,
            "document_date": fields.Datetime.now(),
            "state": "new",
            **self._content_values(xml),
        }
        same = rows.filtered(lambda row: row.content_hash == values["content_hash"])
        if not deal.was_unknown:
            same = same or rows.filtered(lambda row: row.state == "new")[:1]
        if same:
            same.write(values)
            return same
        return self.sudo().create(
            {
                "deal_id": deal.id,
                "company_id": deal.company_id.id,
                "order_ids": deal.purchase_order_id.ids,
                "type": "ORDER",
                "direction": "out",
                "transaction_id": deal.own_order_id,
                **values,
            }
        )

    @api.model
    def _note_not_fetched(self, deal, entry, problem):
        """Remember a document that ITscope names and does not give.

        :param entry: :class:`itscope_api.DealDocument`
        :return: the row
        """
        rows = self.search(
            [
                ("deal_id", "=", deal.id),
                ("type", "=", entry.type),
                ("transaction_id", "=", entry.transaction_id),
            ]
        )
        row = rows.filtered(lambda row: not row.content_hash)
        if not row:
            row = self.create(
                {
                    "deal_id": deal.id,
                    "company_id": deal.company_id.id,
                    "order_ids": deal.purchase_order_id.ids,
                    "type": entry.type,
                    "direction": "in",
                    "transaction_id": entry.transaction_id,
                    "last_update": naive(entry.last_update),
                    "state": "failed",
                }
            )
        title = self.env._("The document could not be fetched:")
        write_changed(row, {"messages": html_list(title, [problem])})
        return row

    def _note_supplier(self):
        """That this supplier sends such documents, once it could be read."""
        supplier = self.deal_id.supplier_id or self.order_ids.itscope_supplier_id[:1]
        record = self.env["itscope.supplier.record"]
        kind = self.type.lower()
        if self.type in FROM_SUPPLIERS and not self._is_unreadable():
            record._note(supplier, self.company_id, kind, self.document_date)

    @api.model
    def _content_values(self, content):
        return {
            "content": base64.b64encode(content),
            "content_hash": hashlib.sha256(content).hexdigest(),
        }

    def _read_head(self):
        """Fill what stands in the head of a document that has just come."""
        document = self._read()
        if document is None:
            return
        supplier = document.party("supplier") or document.party("invoice_issuer")
        self.write(
            {
                "number": document.number,
                "document_date": naive(document.date),
                "supplier_name": supplier.address.name if supplier else False,
                "state": "new",
            }
        )
