from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import buying


class ItscopeBestOffers(models.TransientModel):
    """What is needed and offered, as :mod:`buying` takes it, and what it found."""

    _inherit = "itscope.best.offers"

    goods_total = fields.Monetary(compute="_compute_totals")
    shipping_total = fields.Monetary(compute="_compute_totals")
    total = fields.Monetary(
        compute="_compute_totals", help="Goods and shipping, without taxes."
    )
    totals = fields.Html(string="Orders", compute="_compute_totals", sanitize=False)
    message = fields.Char(compute="_compute_message")

    # ------------------------------------------------------------------ proposing

    def _propose(self):
        """Choose the best offers by the rules; a choice by hand stays."""
        self.ensure_one()
        wizard = self.with_company(self.company_id)
        lines = wizard.line_ids
        rules = wizard._buying_rules(wizard.company_id)
        offers_of = lines._candidates()
        candidates = [(line, offer) for line in lines for offer in offers_of[line]]
        terms = wizard._buying_terms(candidates)
        needs = [line._buying_need() for line in lines]
        offers = [line._buying_offer(offer) for line, offer in candidates]
        try:
            plan = buying.best(needs, offers, terms, rules)
        except buying.SolverMissingError as error:
            raise UserError(
                self.env._(
                    "The best offers can't be found on this server: the Python package "
                    "“highspy” is missing or does not run (%s). Install it, e.g. by "
                    "“pip install highspy”, and restart Odoo.",
                    error,
                )
            ) from error
        for line, choice in zip(lines, plan.choices, strict=True):
            line._take(choice)
        self.write(
            {
                "proven": plan.proven,
                "proposed_total": float(plan.total),
                "greedy_total": float(plan.greedy_total),
            }
        )

    def _buying_terms(self, candidates):
        """The terms of the suppliers of these offers; what is in an order that would be
        filled counts for its minimum and free carriage.

        :param candidates: ``[(line, offer)]``
        """
        suppliers = self.env["itscope.supplier"].union(
            *(offer.supplier_id for _line, offer in candidates)
        )
        goods = self._open_goods(candidates) if self.fill else {}
        return [
            supplier._buying_terms(goods.get(supplier.id))
            for supplier in suppliers.with_company(self.company_id)
        ]

    def _open_goods(self, candidates):
        """``{supplier: goods}``, as id and in the company's currency, of the requests
        for quotation that would be filled; what may move is not in it. One for each
        supplier counts: the newest that a line would go into."""
        moving = self.line_ids.purchase_line_id
        # sudo: what an order lacks to a minimum is no secret to those who choose.
        plan = self.env["itscope.purchase.plan"].sudo()
        picks = [{**line._prepare_pick(), "offer": o} for line, o in candidates]
        found = {}
        for order in plan._orders_to_fill(self.company_id, picks):
            staying = order.order_line.filtered(
                lambda line: line.product_id and line not in moving
            )
            if staying:
                goods = sum(staying.mapped("price_subtotal"))
                rate = order.currency_rate or 1.0
                found.setdefault(order.itscope_supplier_id.id, goods / rate)
        return found

    @api.depends("proven", "proposed_total", "greedy_total")
    @api.depends_context("lang")
    def _compute_message(self):
        for wizard in self:
            money = wizard.currency_id.format
            values = {
                "total": money(wizard.proposed_total),
                "greedy": money(wizard.greedy_total),
            }
            texts = [
                self.env._(
                    "Proposed with shipping and the cost of orders: %(total)s. By "
                    "these rules nothing better exists.",
                    **values,
                )
                if wizard.proven
                else self.env._(
                    "Proposed with shipping and the cost of orders: %(total)s. Time "
                    "was up before it was proven that nothing better exists.",
                    **values,
                )
            ]
            compared = wizard.currency_id.compare_amounts(
                wizard.greedy_total, wizard.proposed_total
            )
            if compared > 0:
                texts.append(
                    self.env._(
                        "The cheapest offer for each line by itself would come to "
                        "%(greedy)s.",
                        **values,
                    )
                )
            elif compared < 0:
                texts.append(
                    self.env._(
                        "The cheapest offer for each line by itself would come to "
                        "%(greedy)s, but leave more orders below their minimum.",
                        **values,
                    )
                )
            wizard.message = " ".join(texts)

    # ------------------------------------------------------------------ totals

    @api.depends("line_ids.offer_id", "line_ids.quantity", "fill")
    @api.depends_context("lang")
    def _compute_totals(self):
        for wizard in self:
            orders = wizard._orders()
            wizard.goods_total = float(sum((o.goods for o in orders), Decimal(0)))
            wizard.shipping_total = float(
                sum((o.shipping for o in orders if o.needs), Decimal(0))
            )
            wizard.total = wizard.goods_total + wizard.shipping_total
            wizard.totals = wizard._render_totals(orders)

    def _orders(self):
        """The orders as they would be, by what is chosen now."""
        wizard = self.with_company(self.company_id)
        chosen = [(li, li.offer_id) for li in wizard.line_ids if li.offer_id]
        return buying.orders(
            [line._buying_offer(offer) for line, offer in chosen],
            wizard._buying_terms(chosen),
            wizard._buying_rules(wizard.company_id),
        )

    def _render_totals(self, orders):
        suppliers = self.env["itscope.supplier"].with_company(self.company_id)
        rows = [(suppliers.browse(order.supplier), order) for order in orders]
        return self.env["ir.qweb"]._render(
            "itscope_connector.best_offers_totals",
            {
                "rows": sorted(rows, key=lambda row: row[0].display_name),
                "money": lambda amount: self.currency_id.format(float(amount)),
            },
        )
