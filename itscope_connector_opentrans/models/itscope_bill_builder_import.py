from odoo import models


class ItscopeBillBuilder(models.AbstractModel):
    """An invoice that came with a bill is written into that bill."""

    _inherit = "itscope.bill.builder"

    def _create(self, order, entry):
        bill = self._bill_to_fill(order, entry)
        if not bill:
            return super()._create(order, entry)
        if (bill.move_type == "in_refund") != self._is_refund(entry.document):
            bill.action_switch_move_type()
        self._rebuild(order, bill, entry)
        return bill

    def _bill_to_fill(self, order, entry):
        """See ``_fill_bill`` of documents: the bill that this very file came with."""
        document_id, bill_id = self.env.context.get("itscope_fill_bill") or (0, 0)
        bill = self._untouched(self.env["account.move"])
        if entry.record.id == document_id:
            bill = bill.browse(bill_id)
        return bill.filtered(lambda found: found.company_id == order.company_id)
