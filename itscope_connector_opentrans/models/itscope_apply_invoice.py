import re
from contextlib import contextmanager
from decimal import Decimal

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import models
from odoo.exceptions import UserError

from ..tools import plain


class ItscopeApplyInvoice(models.AbstractModel):
    """Invoices: one draft bill for each invoice number of a vendor, never posted."""

    _name = "itscope.apply.invoice"
    _inherit = ["itscope.document.apply"]
    _description = "Application of invoices"

    def _apply(self, order, entries):
        for entry in entries:
            try:
                # One that can't be billed does not keep the others from it.
                with self.env.cr.savepoint():
                    self._apply_invoice(order, entry)
            except UserError as error:
                entry.failures.append(str(error))

    def _apply_invoice(self, order, entry):
        document = entry.document
        if not document.number:
            raise UserError(self.env._("The invoice has no number."))
        builder = self.env["itscope.bill.builder"]
        kind = "in_refund" if builder._is_refund(document) else "in_invoice"
        bill = self._find_bill(order, kind, document.number)
        if entry.record.move_ids:
            # Made from this very document; what people changed since then is theirs.
            bill = entry.record.move_ids[0]
            if entry.record.billed_from_pdf:
                entry.record.billed_from_pdf = False
                self._replace(order, bill, entry)
        elif not bill:
            with self._only_one():
                bill = builder._create(order, entry)
        elif any(
            other._is_older_version_of(entry.record)
            for other in bill.itscope_document_ids
        ):
            self._replace(order, bill, entry)
        else:
            self._link(bill, entry)
        if bill.state == "cancel":
            entry.notes.append(self.env._("%s is cancelled.", bill.display_name))
            return
        builder._check(order, bill, entry)

    def _find_bill(self, order, kind, number):
        """The vendor's bill, or credit note, with this number, whoever made it."""
        partner = order.partner_id.commercial_partner_id
        builder = self.env["itscope.bill.builder"]
        # Case does not matter; these would be wildcards.
        pattern = re.sub(r"([\\%_])", r"\\\1", number)
        return self.env["account.move"].search(
            [
                ("company_id", "=", order.company_id.id),
                ("state", "!=", "cancel"),
                "|",
                (
                    "itscope_invoice_key",
                    "=",
                    builder._invoice_key(order, kind, number),
                ),
                "&",
                "&",
                ("commercial_partner_id", "=", partner.id),
                ("move_type", "=", kind),
                ("ref", "=ilike", pattern),
            ],
            limit=1,
        )

    @contextmanager
    def _only_one(self):
        """Another worker may be making the same bill for another order that is on the
        same invoice: this one's turn is repeated when that is done."""
        try:
            yield
        except UniqueViolation as error:
            if "itscope_invoice_key" not in (error.diag.constraint_name or ""):
                raise
            raise SerializationFailure(str(error)) from error

    def _replace(self, order, bill, entry):
        """A newer version of the invoice that this bill was made from."""
        if bill.state == "draft" and not bill.is_manually_modified:
            self.env["itscope.bill.builder"]._rebuild(order, bill, entry)
            return
        entry.record.move_ids = bill
        entry.attention.append(
            self.env._(
                "The supplier corrected invoice %(number)s, but %(bill)s was posted or "
                "changed already: compare them.",
                number=entry.document.number,
                bill=bill.display_name,
            )
        )

    def _link(self, bill, entry):
        """The bill is there already: a repetition, or somebody entered it."""
        entry.record.move_ids = bill
        known = bill.itscope_document_ids - entry.record
        total = entry.document.total_amount
        same_total = total is not None and abs(
            abs(total) - Decimal(str(bill.amount_total))
        ) < Decimal("0.01")
        if not known or not same_total:
            entry.attention.append(
                self.env._(
                    "There was a bill with the number %(number)s already: %(bill)s "
                    "over %(amount)s; the document says %(total)s. No second one was "
                    "made.",
                    number=entry.document.number,
                    bill=bill.display_name,
                    amount=plain(bill.amount_total),
                    total="-" if total is None else plain(total),
                )
            )
