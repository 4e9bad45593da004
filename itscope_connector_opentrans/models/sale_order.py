from odoo import api, fields, models

from ..tools import QUOTE_ACTIVITY

#: ITscope's word and what it proposes.
PROPOSALS = {"WON": "won", "LOST": "lost"}


class SaleOrder(models.Model):
    """A quotation that a quote of ITscope's became."""

    _name = "sale.order"
    _inherit = ["sale.order", "itscope.documents.mixin"]

    itscope_document_ids = fields.One2many(
        "itscope.document", "sale_order_id", string="ITscope documents", copy=False
    )
    # As sudo: who may read the quotation need not read documents and quotes, and
    # opens it all the same; the view shows them to those who may.
    itscope_document_count = fields.Integer(
        compute="_compute_itscope_document_count", compute_sudo=True
    )
    itscope_quote_ids = fields.One2many(
        "itscope.quote", "sale_order_id", string="ITscope quotes", copy=False
    )
    itscope_quote_id = fields.Many2one(
        "itscope.quote",
        string="ITscope quote",
        compute="_compute_itscope_quote_id",
        compute_sudo=True,
    )
    itscope_applied = fields.Json(
        readonly=True,
        copy=False,
        help="What the quote said when Odoo and it agreed last: {head: {field: value}, "
        "lines: {key: {field: value}}}.",
    )
    itscope_proposal = fields.Selection(
        [("won", "Confirm"), ("lost", "Cancel")], compute="_compute_itscope_proposal"
    )
    itscope_declined = fields.Char(
        string="Proposal declined",
        readonly=True,
        copy=False,
        help="ITscope's status of which a person wanted nothing to follow.",
    )
    itscope_new_customer = fields.Boolean(compute="_compute_itscope_new_customer")

    def _compute_itscope_document_count(self):
        counts = dict(
            self.env["itscope.document"]._read_group(
                [("sale_order_id", "in", self.ids)], ["sale_order_id"], ["__count"]
            )
        )
        for order in self:
            order.itscope_document_count = counts.get(order, 0)

    @api.depends("itscope_quote_ids")
    def _compute_itscope_quote_id(self):
        for order in self:
            order.itscope_quote_id = order.itscope_quote_ids[:1]

    @api.depends("itscope_quote_ids.status", "state", "itscope_declined")
    def _compute_itscope_proposal(self):
        for order in self:
            # sudo: what was proposed is seen by whoever may see the quotation.
            status = order.sudo().itscope_quote_ids[:1].status
            waits = order.state in ("draft", "sent") and (
                status != order.itscope_declined
            )
            order.itscope_proposal = waits and PROPOSALS.get(status)

    @api.depends("partner_id.commercial_partner_id.itscope_new")
    def _compute_itscope_new_customer(self):
        for order in self:
            order.itscope_new_customer = (
                order.partner_id.commercial_partner_id.itscope_new
            )

    def _itscope_responsible(self):
        """Who is told when this quotation needs a person, or no user."""
        self.ensure_one()
        user = self.user_id or self.itscope_quote_id.account_id.responsible_id
        return user.filtered("active")

    def _itscope_apply_received(self, documents, force):
        if force or any(document._is_pending(self) for document in documents):
            self._itscope_apply_kind("QUOTATION", documents)

    @api.model
    def _cron_itscope_apply_documents(self):
        """Scheduled action: what was stored and not applied, e.g. since a worker
        died."""
        waiting = self.env["itscope.document"].search(
            [("state", "=", "new"), ("type", "=", "QUOTATION")]
        )
        for order in waiting.sale_order_id:
            order._itscope_apply_documents()

    # ------------------------------------------------------------------ proposals

    def action_confirm(self):
        result = super().action_confirm()
        self._itscope_close_proposal()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self._itscope_close_proposal()
        return result

    def _itscope_close_proposal(self):
        orders = self.filtered("itscope_document_ids")
        orders.activity_feedback([QUOTE_ACTIVITY])

    def action_itscope_decline(self):
        """Nothing is to follow from the status that the quote has at ITscope."""
        self.check_access("write")
        for order in self:
            # sudo: see _compute_itscope_proposal.
            order.itscope_declined = order.sudo().itscope_quote_ids[:1].status
            order.activity_feedback([QUOTE_ACTIVITY])

    # ------------------------------------------------------------------ buttons

    def action_itscope_customer_checked(self):
        """The customer that came with the quote is one like any other now."""
        self.ensure_one()
        self.partner_id.commercial_partner_id.itscope_new = False

    def action_itscope_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector_opentrans.itscope_document_action"
        )
        return {
            **action,
            "domain": [("sale_order_id", "=", self.id)],
            "context": {},
        }

    def action_itscope_open_quote(self):
        self.ensure_one()
        return self.itscope_quote_id._get_records_action()
