from odoo import api, fields, models

from odoo.addons.itscope_connector.tools import commit_progress

from .itscope_document import UNPROCESSED

#: In the order in which they are applied.
APPLIED = ("ORDER", "ORDERRESPONSE", "DISPATCHNOTIFICATION", "INVOICE")


class PurchaseOrder(models.Model):
    """Documents of an order, applied all together."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "itscope.documents.mixin"]

    itscope_document_ids = fields.Many2many(
        "itscope.document",
        "itscope_document_order_rel",
        "order_id",
        "document_id",
        string="ITscope documents",
        copy=False,
    )
    itscope_document_count = fields.Integer(compute="_compute_itscope_document_count")
    itscope_open_document_count = fields.Integer(
        string="Unprocessed documents", compute="_compute_itscope_document_count"
    )

    def _compute_itscope_document_count(self):
        counts = {
            (order, state): count
            for order, state, count in self.env["itscope.document"]._read_group(
                [("order_ids", "in", self.ids)], ["order_ids", "state"], ["__count"]
            )
        }
        for order in self:
            own = {state: n for (one, state), n in counts.items() if one == order}
            order.itscope_document_count = sum(own.values())
            order.itscope_open_document_count = sum(
                own.get(state, 0) for state in UNPROCESSED
            )

    @api.model
    def _cron_itscope_apply_documents(self):
        """Scheduled action: apply what was stored and not applied, e.g. since a worker
        died, and what waited for its order."""
        Document = self.env["itscope.document"]
        Document._assign_waiting()
        orders = Document.search(
            [("state", "=", "new"), ("direction", "=", "in")]
        ).order_ids
        commit_progress(self.env, remaining=len(orders))
        for order in orders:
            order._itscope_apply_documents()
            if not commit_progress(self.env, 1):
                break

    def _itscope_apply_received(self, documents, force):
        # Of an order that was rejected and sent anew, the new one counts.
        passed = self.itscope_deal_ids - self.itscope_deal_id
        late = documents.filtered(lambda document: document.deal_id in passed)
        documents -= late
        for document in late.filtered(lambda document: document._is_pending(self)):
            document._note_too_late(self)
        if force or any(document._is_pending(self) for document in documents):
            for kind in APPLIED:
                self._itscope_apply_kind(
                    kind, documents.filtered(lambda d, k=kind: d.type == k)
                )
            for document in documents.filtered(lambda d: d.type not in APPLIED):
                document._conclude(self)

    def button_approve(self, force=False):
        """Documents that came before the order was confirmed find its receipt now."""
        result = super().button_approve(force=force)
        # sudo: documents are applied by the connector, whoever confirms the order.
        for order in self.sudo().filtered("itscope_document_ids"):
            if order.state == "purchase":
                order._itscope_apply_documents(force=True)
        return result

    def _itscope_placeholders(self):
        """Notes that stand for an article of which Odoo has no product."""
        return self.order_line.filtered(
            lambda line: line.display_type and line.itscope_line_id
        )

    def _itscope_policy(self):
        """The account whose tolerances hold for this order; may be empty."""
        return (
            self.itscope_deal_id.account_id
            # sudo: what accounts tolerate is no secret of theirs.
            or self.env["itscope.account"].sudo()._of_company(self.company_id)
        )

    def _itscope_numbers(self):
        """All numbers that this order goes by, and no other."""
        deal = self.itscope_deal_id
        numbers = (self.name, deal.order_id, deal.own_order_id, self.partner_ref)
        return {number for number in numbers if number}

    def _itscope_shared_numbers(self):
        """Our customer's numbers: several orders may serve one customer's."""
        numbers = (
            self.itscope_deal_id.customer_order_id,
            self.itscope_customer_reference,
        )
        return {number for number in numbers if number}

    def action_itscope_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector_opentrans.itscope_document_action"
        )
        action["domain"] = [("order_ids", "in", self.ids)]
        action["context"] = {}
        return action
