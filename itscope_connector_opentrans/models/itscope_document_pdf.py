import base64
import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from odoo.addons.itscope_connector.itscope_api import (
    InvalidRequestError,
    MalformedError,
    NotFoundError,
    ServerError,
)
from odoo.addons.itscope_connector.tools import commit

_logger = logging.getLogger(__name__)

#: How long to wait before a PDF is asked for once more; then it is left alone.
WAITS = (timedelta(hours=1), timedelta(days=1))
#: Invoices older than this are not asked about any more.
ASKED_FOR = timedelta(days=30)
#: So many PDFs are asked for at once.
ASKED_AT_ONCE = 20


class ItscopeDocument(models.Model):
    """The ZUGFeRD PDF of an invoice, which only some suppliers give.

    Where there is an openTRANS invoice the PDF is attached to its bill and not read.
    Where ITscope names an invoice and has no openTRANS document, Odoo's own import
    makes the bill from the XML within the PDF.
    """

    _inherit = "itscope.document"

    pdf = fields.Binary(string="PDF", attachment=True, readonly=True)
    pdf_filename = fields.Char(
        string="Name of the PDF", compute="_compute_pdf_filename"
    )
    pdf_tries = fields.Integer(
        string="Tries for the PDF",
        readonly=True,
        help="How often the PDF was asked for.",
    )
    pdf_next_try = fields.Datetime(string="Next try for the PDF", readonly=True)
    billed_from_pdf = fields.Boolean(
        string="Billed from the PDF",
        readonly=True,
        help="The bill was made from the PDF, for want of openTRANS.",
    )

    @api.depends("filename")
    def _compute_pdf_filename(self):
        for document in self:
            document.pdf_filename = document.filename.removesuffix(".xml") + ".pdf"

    # ------------------------------------------------------------------ fetching

    @api.model
    def _fetch_pdfs(self, client, account):
        """Ask ITscope for the PDFs of invoices that have a bill or no openTRANS
        document, a few times at most."""
        now = fields.Datetime.now()
        wanted = self.search(
            [
                ("deal_id.account_id", "=", account.id),
                ("type", "=", "INVOICE"),
                ("direction", "=", "in"),
                ("state", "not in", ("replaced", "ignored")),
                ("pdf", "=", False),
                ("pdf_tries", "<=", len(WAITS)),
                ("create_date", ">=", now - ASKED_FOR),
                "|",
                ("pdf_next_try", "=", False),
                ("pdf_next_try", "<=", now),
                "|",
                ("move_ids", "!=", False),
                ("content_hash", "=", False),
            ],
            limit=ASKED_AT_ONCE,
            order="id",
        )
        for document in wanted:
            document._fetch_pdf(client)

    def _fetch_pdf(self, client):
        self.ensure_one()
        # No transaction stays open while ITscope is asked.
        commit(self.env)
        pdf = None
        try:
            pdf = client.document(self.transaction_id, self.type, "pdf")
        except (
            InvalidRequestError,
            MalformedError,
            NotFoundError,
            ServerError,
        ) as error:
            _logger.info("ITscope PDF %s: %r", self.transaction_id, error)
        orders = self.order_ids
        try:
            orders.lock_for_update()
        except LockError:
            # Another worker is at these orders; the next run asks again.
            return
        self.invalidate_recordset()
        if pdf and pdf.lstrip().startswith(b"%PDF"):
            self._store_pdf(pdf)
        else:
            wait = WAITS[min(self.pdf_tries, len(WAITS) - 1)]
            self.write(
                {
                    "pdf_tries": self.pdf_tries + 1,
                    "pdf_next_try": fields.Datetime.now() + wait,
                }
            )
        commit(self.env)

    def _store_pdf(self, content):
        self.pdf = base64.b64encode(content)
        self.env["itscope.supplier.record"]._note(
            self.deal_id.supplier_id, self.company_id, "zugferd"
        )
        if self.content_hash:
            for bill in self.move_ids:
                self._attach_pdf(bill)
        else:
            self._bill_from_pdf()

    def _attach_pdf(self, bill):
        """Show the PDF beside the bill; it is not read.

        :return: its attachment; empty where there is no PDF
        """
        self.ensure_one()
        # To have another main attachment is no change of the bill by hand.
        attachments = self.env["ir.attachment"].with_context(
            skip_is_manually_modified=True
        )
        if not self.pdf:
            return attachments
        content = base64.b64decode(self.with_context(bin_size=False).pdf)
        attachment = attachments.search(
            [
                ("res_model", "=", bill._name),
                ("res_id", "=", bill.id),
                ("checksum", "=", attachments._compute_checksum(content)),
            ],
            limit=1,
        ) or attachments.create(
            {
                "name": self.pdf_filename,
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": bill._name,
                "res_id": bill.id,
            }
        )
        attachment.register_as_main_attachment()
        return attachment

    # ------------------------------------------------------------------ billing

    def action_apply_again(self):
        self.check_access("write")
        for document in self.sudo().filtered(
            # sudo: as in the method that this extends.
            lambda d: d.pdf and not d.content_hash and not d.move_ids
        ):
            document._bill_from_pdf()
        return super().action_apply_again()

    def _bill_from_pdf(self):
        """Make a draft bill of the order's vendor by Odoo's own import."""
        order = self.order_ids[:1]
        if not order:
            return
        order = order._itscope_as_responsible()
        self = self.with_env(order.env)
        try:
            # What the import leaves behind when it fails is undone.
            with self.env.cr.savepoint():
                self._import_pdf(order)
        except OperationalError:
            # A conflict with another transaction: everything is repeated later.
            raise
        except Exception as error:
            # Decoders may fail in any way; the PDF is kept and shown.
            if isinstance(error, UserError):
                _logger.info("ITscope PDF of %s: %s", order.display_name, error)
            else:
                _logger.exception("ITscope PDF of %s", order.display_name)
            self._conclude(order, failures=[str(error)])

    def _import_pdf(self, order):
        builder = self.env["itscope.bill.builder"]
        vendor = order.partner_id.browse(
            order.partner_id.address_get(["invoice"])["invoice"]
        )
        bill = (
            builder._moves(order)
            .with_context(disable_attachment_import=True)
            .create({"move_type": "in_invoice", "partner_id": vendor.id})
        )
        self._decode_pdf(bill)
        notes, attention = [], []
        notes.append(
            self.env._("ITscope has no openTRANS document: billed from the PDF.")
        )
        kind, number = bill.move_type, bill.ref or ""
        if bill.commercial_partner_id != vendor.commercial_partner_id:
            attention.append(
                self.env._(
                    "The PDF is from %(theirs)s; it was billed as one of %(ours)s.",
                    theirs=bill.partner_id.display_name or "-",
                    ours=vendor.display_name,
                )
            )
            bill.partner_id = vendor
        applier = self.env["itscope.apply.invoice"]
        known = applier._find_bill(order, kind, number) - bill if number else bill[:0]
        if known:
            bill.unlink()
            bill = known
            self._attach_pdf(bill)
            attention.append(
                self.env._(
                    "There was a bill with the number %(number)s already: %(bill)s.",
                    number=number,
                    bill=bill.display_name,
                )
            )
        else:
            attention += self._link_order(order, bill)
            if number:
                with applier._only_one():
                    bill.itscope_invoice_key = builder._invoice_key(order, kind, number)
                    bill.flush_recordset(["itscope_invoice_key"])
            self.billed_from_pdf = True
        self.write(
            {
                "move_ids": [(6, 0, bill.ids)],
                "number": number,
                "document_date": bill.invoice_date,
            }
        )
        self._conclude(order, notes, attention)

    def _decode_pdf(self, bill):
        """Fill a new bill from the XML within the PDF.

        :raises UserError: there is none that Odoo reads
        """
        # Not _extend_with_attachments: it commits, and posts by itself.
        files = bill._to_files_data(self._attach_pdf(bill))
        files.extend(bill._unwrap_attachments(files))
        for file in files:
            info = bill._get_edi_decoder(file, new=True)
            if file["xml_tree"] is None or not info or not info.get("priority"):
                continue
            if reason := info["decoder"](bill, file, True):
                raise UserError(reason)
            return
        raise UserError(
            self.env._(
                "ITscope has only a PDF of this invoice, without data that Odoo "
                "reads. Enter the bill by hand; the PDF is here."
            )
        )

    def _link_order(self, order, bill):
        """Link the bill's lines with the order as Odoo does after an import.

        :return: texts that need a person
        """
        total = bill.amount_total
        bill._find_and_set_purchase_orders(
            [order.name], order.partner_id.id, total, timeout=4
        )
        if bill.currency_id.compare_amounts(total, bill.amount_total):
            return [
                self.env._(
                    "The bill's total was %(before)s, with the order's lines it is "
                    "%(after)s.",
                    before=total,
                    after=bill.amount_total,
                )
            ]
        if not bill.invoice_line_ids.purchase_line_id:
            return [
                self.env._(
                    "The lines were not found in %s; match them by hand.", order.name
                )
            ]
        return []
