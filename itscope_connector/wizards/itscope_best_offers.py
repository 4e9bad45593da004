from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Command


class ItscopeBestOffers(models.TransientModel):
    """The best offers for what is needed, and the orders that follow."""

    _name = "itscope.best.offers"
    _description = "Best offers at ITscope"
    _inherit = ["itscope.best.rules"]

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sale_order_id = fields.Many2one("sale.order", readonly=True)
    sale_state = fields.Selection(related="sale_order_id.state", string="State of sale")
    purchase_order_id = fields.Many2one("purchase.order", readonly=True)
    fill = fields.Boolean(
        string="Fill open requests for quotation",
        default=True,
        help="What is bought goes into the requests for quotation that are there "
        "already; else each supplier gets a new one.",
    )
    line_ids = fields.One2many("itscope.best.offers.line", "wizard_id")
    left_out = fields.Integer(
        readonly=True, help="Lines whose products are not linked with ITscope."
    )
    proven = fields.Boolean(readonly=True, help="Nothing better exists by these rules.")
    proposed_total = fields.Monetary(readonly=True)
    greedy_total = fields.Monetary(
        readonly=True, help="With the cheapest offer for each line by itself."
    )

    # ------------------------------------------------------------------ opening

    @api.model
    def _open(self, needs, company=None, **values):
        """Propose offers for what is needed.

        :param needs: dictionaries with ``product``, ``quantity`` (in the product's own
            unit), ``date`` or False, and as far as there are any ``sale_line``,
            ``purchase_line``, ``need``, ``origin`` and ``offer``, the one chosen so far
        :param values: more values of the wizard, such as the order it starts from
        """
        self.env["itscope.product"]._check_user()
        company = company or self.env.company
        account = self.env["itscope.account"]._of_company(company)
        wizard = self.with_company(company).create(
            {
                **{name: account[name] for name in self._rule_names() if account},
                "company_id": company.id,
                "line_ids": [Command.create(self._need_values(n)) for n in needs],
                **values,
            }
        )
        wizard._propose()
        return wizard._show()

    @api.model
    def _need_values(self, need):
        def key(name):
            record = need.get(name)
            return record.id if record else False

        return {
            "product_id": need["product"].id,
            "quantity": need["quantity"],
            "needed_quantity": need["quantity"],
            "date": need["date"],
            "sale_line_id": key("sale_line"),
            "purchase_line_id": key("purchase_line"),
            "need_id": key("need"),
            "origin": need.get("origin"),
            "former_offer_id": key("offer"),
        }

    @api.model
    def _open_for(self, order, field):
        """The best offers for what an order needs.

        :param field: this wizard's field of the order
        """
        company = order.company_id or self.env.company
        needs, left_out = order._itscope_needs()
        if not needs:
            raise UserError(
                self.env._(
                    "%(order)s has nothing left to buy whose product is linked with "
                    "ITscope. Link the products, or refresh them.",
                    order=order.display_name,
                )
            )
        return self._open(
            needs, company=company, left_out=left_out, **{field: order.id}
        )

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Best offers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------ buttons

    def action_recompute(self):
        """Propose again, by the rules as they are now; what is kept stays."""
        self.ensure_one()
        self._propose()
        return self._show()

    def action_release(self):
        """Propose again for all lines, also those that were chosen by hand."""
        self.ensure_one()
        self.line_ids.fixed = False
        return self.action_recompute()

    def action_apply(self):
        """Put the chosen offers on the lines of the quotation."""
        self.ensure_one()
        order = self.sale_order_id
        if order.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%s is no quotation any more: its lines stay as they are.",
                    order.display_name,
                )
            )
        for line in self._chosen_lines():
            line.sale_line_id._itscope_choose(line.offer_id)
        return {"type": "ir.actions.act_window_close"}

    def action_order(self):
        """Create or fill requests for quotation; open them."""
        self.ensure_one()
        self.env["purchase.order"].check_access("create")
        lines = self._chosen_lines().filtered(
            lambda line: line.offer_id != line.purchase_line_id.itscope_offer_id
        )
        if not lines:
            raise UserError(
                self.env._("All lines are where they should be: nothing is to be done.")
            )
        source = self.purchase_order_id
        if source and source.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%s is ordered already: its lines stay as they are.",
                    source.display_name,
                )
            )
        lines = self._still_needed(lines)
        orders = self.env["itscope.purchase.plan"]._buy(
            self.company_id, [line._prepare_pick() for line in lines], fill=self.fill
        )
        if source:
            self._tell(source, orders - source)
        action = {
            **self.env["ir.actions.act_window"]._for_xml_id("purchase.purchase_rfq"),
            "domain": [("id", "in", orders.ids)],
            "context": {},
        }
        if len(orders) == 1:
            action.update(res_id=orders.id, views=[(False, "form")], view_mode="form")
        return action

    def _still_needed(self, lines):
        """These lines as they are needed by now: others may have ordered, dismissed or
        cancelled them since this was opened."""
        sale, source = self.sale_order_id, self.purchase_order_id
        try:
            # Two people, or one who presses twice, order once.
            (sale or source).lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._(
                    "Somebody is ordering for %s at this moment. Look again soon.",
                    (sale or source).display_name,
                )
            ) from None
        if source:
            found = lines.filtered(lambda li: li.purchase_line_id.order_id == source)
        else:
            found = self._still_open(lines)
        if not found:
            raise UserError(
                self.env._(
                    "Nothing of this is to be bought any more: it was ordered, "
                    "dismissed or cancelled meanwhile."
                )
            )
        return found

    def _still_open(self, lines):
        if sale := self.sale_order_id:
            rows = {row["sale_line"]: row for row in sale._itscope_needs()[0]}
            lines = lines.filtered(lambda line: line.sale_line_id in rows)
            for line in lines:
                line.need_id = rows[line.sale_line_id]["need"]
            lines.need_id._locked()
            needed = {line: rows[line.sale_line_id]["quantity"] for line in lines}
        else:
            open_ones = lines.need_id._still_open()
            lines = lines.filtered(lambda line: line.need_id in open_ones)
            needed = {line: line.need_id.quantity for line in lines}
        for line, quantity in needed.items():
            # Who wants more than is needed gets it, unless the need itself is less now.
            if line.product_id.uom_id.compare(quantity, line.needed_quantity) < 0:
                line.quantity = min(line.quantity, quantity)
        return lines

    def _chosen_lines(self):
        lines = self.line_ids.filtered("offer_id")
        if not lines:
            raise UserError(self.env._("No line has an offer."))
        return lines

    @api.model
    def _tell(self, source, orders):
        """Lines have left this order; where none is left, it is cancelled."""
        if not orders:
            return
        names = ", ".join(orders.mapped("name"))
        source.message_post(
            body=self.env._("Lines have moved to better offers: %s.", names)
        )
        for order in orders:
            order.message_post(body=self.env._("Lines have come from %s.", source.name))
        if not source.order_line.filtered("product_id"):
            source.button_cancel()
