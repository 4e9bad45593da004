import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itscope_connector.tools import naive, write_changed

from .. import opentrans
from ..tools import DOCUMENT_ACTIVITY, html_list


class ItscopeDocument(models.Model):
    """An openTRANS document, received or sent, with its bytes as they were.

    A transaction whose content changes gets another row; of the rows of one transaction
    the newest by the document's own time counts, the others are *replaced*.
    """

    _name = "itscope.document"
    _description = "ITscope document"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "document_date desc, id desc"

    deal_id = fields.Many2one(
        "itscope.deal",
        string="ITscope order",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    account_id = fields.Many2one(related="deal_id.account_id")
    test_mode = fields.Boolean(related="account_id.test_mode")
    company_id = fields.Many2one(related="deal_id.company_id", store=True, index=True)
    purchase_order_id = fields.Many2one(
        related="deal_id.purchase_order_id", store=True, index=True
    )
    type = fields.Selection(
        [
            ("ORDER", "Order"),
            ("ORDERRESPONSE", "Order response"),
            ("DISPATCHNOTIFICATION", "Dispatch notification"),
            ("INVOICE", "Invoice"),
            ("QUOTATION", "Quotation"),
        ],
        required=True,
        readonly=True,
    )
    direction = fields.Selection(
        [("in", "Received"), ("out", "Sent")], required=True, readonly=True
    )
    transaction_id = fields.Char(
        required=True, readonly=True, help="ITscope's id of it."
    )
    number = fields.Char(readonly=True)
    document_date = fields.Datetime(
        string="Date", readonly=True, help="The document's own time."
    )
    last_update = fields.Datetime(
        string="Updated at ITscope", readonly=True, help="As ITscope says."
    )
    content = fields.Binary(string="File", attachment=True, readonly=True)
    filename = fields.Char(compute="_compute_filename")
    content_hash = fields.Char(readonly=True, help="SHA-256 of the file.")
    state = fields.Selection(
        [
            ("new", "New"),
            ("applied", "Applied"),
            ("attention", "Needs attention"),
            ("failed", "Failed"),
            ("replaced", "Replaced"),
            ("sent", "Sent"),
        ],
        required=True,
        default="new",
        readonly=True,
        tracking=True,
    )
    messages = fields.Html(
        string="Findings", readonly=True, help="What a person should know about it."
    )
    accepted = fields.Boolean(
        string="Values accepted",
        readonly=True,
        help="The buyer accepted what the supplier confirmed, whatever it is.",
    )
    settled = fields.Boolean(
        readonly=True, help="A person has dealt with what needed attention."
    )
    picking_ids = fields.Many2many(
        "stock.picking", string="Receipts", readonly=True, copy=False
    )
    move_ids = fields.Many2many(
        "account.move", string="Bills", readonly=True, copy=False
    )

    # A document that could not be fetched yet has no content and no hash.
    _version_uniq = models.UniqueIndex(
        "(deal_id, type, transaction_id, COALESCE(content_hash, ''))",
        "This document is known already.",
    )

    @api.depends("type", "number", "transaction_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["type"]._description_selection(self.env))
        for document in self:
            document.display_name = " ".join(
                filter(
                    None,
                    (
                        labels.get(document.type),
                        document.number or document.transaction_id,
                    ),
                )
            )

    @api.depends("type", "number", "transaction_id")
    def _compute_filename(self):
        for document in self:
            name = document.number or document.transaction_id or ""
            safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in name)
            document.filename = f"{document.type}_{safe}.xml"

    # ------------------------------------------------------------------ storing

    @api.model
    def _store(self, deal, kind, transaction_id, content, last_update=None):
        """Keep a received document; the same content again changes nothing.

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
            "type": kind,
            "direction": "in",
            "transaction_id": transaction_id,
            "last_update": seen,
            **self._content_values(content),
        }
        waiting = rows.filtered(lambda row: not row.content_hash)
        if waiting:
            waiting.write({**values, "messages": False})
            document = waiting
        else:
            document = self.create(values)
        document._read_head()
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
                    "type": entry.type,
                    "direction": "in",
                    "transaction_id": entry.transaction_id,
                    "state": "failed",
                }
            )
        title = self.env._("The document could not be fetched:")
        write_changed(row, {"messages": html_list(title, [problem])})
        return row

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
        self.write(
            {
                "number": document.number,
                "document_date": naive(document.date),
                "state": "new",
            }
        )

    def _read(self):
        """The :mod:`opentrans` document, or None: then the document says why."""
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).content or b"")
        try:
            return opentrans.read(content)
        except opentrans.OpentransError as error:
            self._note_failed(
                self.env._(
                    "The document can't be read: %s. It is kept as it came; ask the "
                    "supplier or ITscope for a correct one.",
                    error,
                )
            )
            return None

    # ------------------------------------------------------------------ buttons

    def action_apply_again(self):
        """Apply these documents (and the others of their orders) once more."""
        self.check_access("write")
        # sudo: documents are applied by the connector, whoever asks for it; receipts
        # and bills are not the buyer's to write.
        for deal in self.sudo().deal_id:
            if not deal._apply_documents(force=True):
                raise UserError(
                    self.env._(
                        "%s is being worked on. Try again in a moment.",
                        deal.display_name,
                    )
                )

    def action_accept(self):
        """The buyer accepts the confirmed quantities, prices and dates."""
        self.check_access("write")
        for document in self.filtered(lambda d: d.type == "ORDERRESPONSE"):
            lines = document.purchase_order_id.order_line.filtered("itscope_confirmed")
            # As the user: who may not change orders may not accept.
            lines._itscope_accept()
            document.sudo().accepted = True
        self.action_apply_again()

    def action_settle(self):
        """A person has dealt with what needed attention."""
        self.check_access("write")
        for document in self.sudo().filtered(lambda d: d.state == "attention"):
            document.write({"settled": True, "state": "applied"})
            document.activity_feedback([DOCUMENT_ACTIVITY])

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/itscope.document/{self.id}/content/{self.filename}"
            "?download=true",
            "target": "download",
        }
