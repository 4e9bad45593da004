import base64

from odoo import api, fields, models

from odoo.addons.itscope_connector.tools import lock

from .. import opentrans
from ..tools import DOCUMENT_ACTIVITY

#: States in which a document still needs somebody, or its turn.
UNPROCESSED = ("new", "waiting", "attention", "failed")


class ItscopeDocument(models.Model):
    """An openTRANS document, received or sent, with its bytes as they were.

    It comes from ITscope with one of its orders, or by upload or e-mail from any
    supplier. What it is about are the purchase orders in ``order_ids``; it is applied
    to each of them, together with all other documents of that order.

    A document whose content changes gets another row; of the rows of one document the
    newest by its own time counts, the others are *replaced*.
    """

    _name = "itscope.document"
    _description = "ITscope document"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "document_date desc, id desc"

    deal_id = fields.Many2one(
        "itscope.deal",
        string="ITscope order",
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        help="The order at ITscope that it came with; none where it was uploaded.",
    )
    account_id = fields.Many2one(related="deal_id.account_id")
    test_mode = fields.Boolean(related="account_id.test_mode")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    order_ids = fields.Many2many(
        "purchase.order",
        "itscope_document_order_rel",
        "document_id",
        "order_id",
        string="Purchase orders",
        readonly=True,
        copy=False,
        check_company=True,
        help="The orders that it is about.",
    )
    assigned_by_hand = fields.Boolean(
        string="Assigned by a person",
        readonly=True,
        help="Other purchase orders are not looked for.",
    )
    source = fields.Selection(
        [("itscope", "ITscope"), ("upload", "Upload"), ("mail", "E-mail")],
        required=True,
        default="itscope",
        readonly=True,
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
    transaction_id = fields.Char(readonly=True, help="ITscope's id of it.")
    number = fields.Char(readonly=True)
    supplier_name = fields.Char(
        string="Supplier", readonly=True, help="As the document names it."
    )
    document_date = fields.Datetime(
        string="Date", readonly=True, help="The document's own time."
    )
    last_update = fields.Datetime(
        string="Updated at ITscope", readonly=True, help="As ITscope says."
    )
    next_try = fields.Datetime(
        string="Asked for again",
        readonly=True,
        index="btree_not_null",
        help="When ITscope is asked again for a document that it named and did not "
        "give.",
    )
    content = fields.Binary(string="File", attachment=True, readonly=True)
    filename = fields.Char(compute="_compute_filename")
    content_hash = fields.Char(readonly=True, help="SHA-256 of the file.")
    state = fields.Selection(
        [
            ("new", "New"),
            ("waiting", "Waits for its order"),
            ("applied", "Applied"),
            ("attention", "Needs attention"),
            ("failed", "Failed"),
            ("replaced", "Replaced"),
            ("ignored", "Ignored"),
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
    results = fields.Json(
        readonly=True,
        help="What came of it: {purchase order id, or '' for the document itself: "
        "{notes, attention, failures: [text]}}.",
    )
    settled = fields.Json(
        readonly=True,
        help="What needed attention and a person has dealt with: [text].",
    )
    named_numbers = fields.Json(
        readonly=True, help="The numbers of orders that it names: [text]."
    )
    picking_ids = fields.Many2many(
        "stock.picking", string="Receipts", readonly=True, copy=False
    )
    move_ids = fields.Many2many(
        "account.move", string="Bills", readonly=True, copy=False
    )

    # Counted on the first page; most documents are applied.
    _waiting_idx = models.Index(
        "(company_id, state) WHERE state IN ('waiting', 'attention', 'failed')"
    )
    # A document that could not be fetched yet has no content and no hash.
    _version_uniq = models.UniqueIndex(
        "(deal_id, type, transaction_id, COALESCE(content_hash, ''))"
        " WHERE deal_id IS NOT NULL",
        "This document is known already.",
    )
    _upload_uniq = models.UniqueIndex(
        "(company_id, content_hash) WHERE deal_id IS NULL",
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

    def _read(self):
        """The :mod:`opentrans` document, or None: then the document says why."""
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).content or b"")
        try:
            return opentrans.read(content)
        except opentrans.OpentransError as error:
            self._note_unreadable(error)
            return None

    # ------------------------------------------------------------------ buttons

    def action_apply_again(self):
        """Apply these documents (and the others of their orders) once more."""
        self.check_access("write")
        # sudo: documents are applied by the connector, whoever asks for it; receipts
        # and bills are not the buyer's to write.
        documents = self.sudo()
        ignored = documents.filtered(lambda d: d.state == "ignored")
        ignored.state = "new"
        # What ITscope named and did not give is asked for again.
        ignored.filtered(
            lambda d: d.deal_id and not d.content_hash
        ).next_try = fields.Datetime.now()
        documents._assign()
        documents._apply_now()

    def _apply_now(self):
        """Apply these documents for a person who waits for it."""
        self.order_ids._itscope_apply_now()

    def action_accept(self):
        """The buyer accepts what this response confirms."""
        self.check_access("write")
        for document in self.filtered(lambda d: d.type == "ORDERRESPONSE"):
            lines = document.order_ids.order_line.filtered(
                lambda line, d=document: line.itscope_confirmed_by_id == d
            )
            # As the user: who may not change orders may not accept.
            document.order_ids.check_access("write")
            lines._itscope_accept()
        self.action_apply_again()

    def action_settle(self):
        """A person has dealt with what needed attention."""
        self.check_access("write")
        for document in self.sudo().filtered(lambda d: d.state == "attention"):
            document.settled = document._attention()
            document._update_state()
            document.activity_feedback([DOCUMENT_ACTIVITY])

    def action_ignore(self):
        """Leave these documents out: their orders are as if they had never come."""
        self.check_access("write")
        # sudo: see action_apply_again.
        documents = self.sudo().filtered(
            lambda d: d.direction == "in" and d.state != "ignored"
        )
        orders = documents.order_ids
        lock(orders)
        documents._note_ignored()
        orders._itscope_apply_now()

    def action_unlink_orders(self):
        """Undo the link: take back what these documents did, as far as nobody went on
        with it, and let a person assign them."""
        self.check_access("write")
        # sudo: see action_apply_again.
        documents = self.sudo().filtered(lambda d: d.direction == "in")
        orders = documents.order_ids
        lock(orders)
        documents._let_go()
        orders._itscope_apply_now()

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/itscope.document/{self.id}/content/{self.filename}"
            "?download=true",
            "target": "download",
        }
