from odoo import api, fields, models
from odoo.tools import float_compare


class ItscopeNeed(models.Model):
    """What the basket comes to at each supplier, beside what the supplier asks for."""

    _inherit = "itscope.need"

    below_minimum = fields.Boolean(
        compute="_compute_below_minimum",
        help="All that is open with this supplier does not reach its minimum order.",
    )

    @api.depends("company_id", "supplier_id", "amount", "state")
    def _compute_below_minimum(self):
        totals = self._totals(self.company_id)
        for need in self:
            total = totals.get((need.company_id, need.supplier_id))
            need.below_minimum = bool(
                need.state == "open" and total and total["to_minimum"]
            )

    @api.model
    def _totals(self, companies):
        """``{(company, supplier): {"count", "orders", "needed", "asked", "to_minimum",
        "to_carriage_free"}}`` of what is open, in the company's currency; ``asked`` is
        in requests for quotation that an order from here would fill. Where it goes to
        several warehouses, each order has to reach the minimum."""
        found = {}
        # sudo: what a basket lacks to a minimum is no secret to those who may see it.
        plan = self.env["itscope.purchase.plan"].sudo()
        open_ones = self.search(
            [
                ("company_id", "in", companies.ids),
                ("state", "=", "open"),
                ("supplier_id", "!=", False),
            ]
        )
        for company, needs in open_ones.grouped("company_id").items():
            picks = plan._with_sources([need._prepare_pick() for need in needs])
            groups = plan.with_company(company)._by_order(company, picks)
            filled = plan.with_company(company)._open_orders(company, groups)
            for key, group in groups.items():
                needed = sum(pick["need"].amount for pick in group)
                asked = self._asked(company, filled.get(key, ()))
                supplier = group[0]["need"].supplier_id
                terms = supplier.with_company(company)
                goods = needed + asked
                amounts = {
                    "count": len(group),
                    "orders": 1,
                    "needed": needed,
                    "asked": asked,
                    "to_minimum": self._missing(company, goods, terms.minimum_order),
                    "to_carriage_free": self._missing(
                        company, goods, terms.carriage_free_amount
                    ),
                }
                total = found.setdefault((company, supplier), dict.fromkeys(amounts, 0))
                for name, amount in amounts.items():
                    total[name] += amount
        return found

    @api.model
    def _missing(self, company, total, limit):
        rounding = company.currency_id.rounding
        missing = float_compare(total, limit, precision_rounding=rounding) < 0
        return limit - total if missing else 0.0

    @api.model
    def _asked(self, company, orders):
        """What is in these requests for quotation, net."""
        today = fields.Date.context_today(self)
        return sum(
            order.currency_id._convert(
                order.amount_untaxed, company.currency_id, company, today
            )
            for order in orders
        )

    # ------------------------------------------------------------------ the cards

    @api.model
    def read_supplier_cards(self):
        """What is shown above the basket: a card for each supplier, the greatest amount
        first."""
        self.check_access("read")
        totals = self._totals(self.env.companies)
        ordered = sorted(totals.items(), key=lambda item: -item[1]["needed"])
        return [
            self._card(company, supplier.with_company(company), total)
            for (company, supplier), total in ordered
        ]

    @api.model
    def _card(self, company, supplier, total):
        money = company.currency_id.format
        name = supplier.display_name
        if len(self.env.companies) > 1:
            name = f"{name} · {company.name}"
        goal = max(supplier.minimum_order, supplier.carriage_free_amount)
        goal *= total["orders"]
        reached = total["needed"] + total["asked"]
        return {
            "key": f"{company.id}-{supplier.id}",
            "companyId": company.id,
            "supplierId": supplier.id,
            "name": name,
            "count": total["count"],
            "amount": money(total["needed"]),
            "warning": bool(total["to_minimum"] or not supplier.partner_id),
            "percent": min(round(100 * reached / goal), 100) if goal else False,
            "notes": self._card_notes(supplier, total, money),
        }

    @api.model
    def _card_notes(self, supplier, total, money):
        """Sentences on a card: ``[{"text", "level"}]``, the urgent ones first."""
        notes = []
        if not supplier.partner_id:
            notes.append((self.env._("Has no vendor yet"), "danger"))
        if total["to_minimum"]:
            text = self.env._(
                "%(missing)s missing to the minimum order of %(limit)s",
                missing=money(total["to_minimum"]),
                limit=money(supplier.minimum_order),
            )
            notes.append((text, "warning"))
        elif supplier.minimum_order:
            text = self.env._(
                "Minimum order of %s reached", money(supplier.minimum_order)
            )
            notes.append((text, "success"))
        if total["to_carriage_free"]:
            text = self.env._(
                "%(missing)s missing to free carriage from %(limit)s on",
                missing=money(total["to_carriage_free"]),
                limit=money(supplier.carriage_free_amount),
            )
            notes.append((text, "muted"))
        elif supplier.carriage_free_amount:
            notes.append((self.env._("Free of carriage"), "success"))
        if supplier.shipping_cost and (
            total["to_carriage_free"] or not supplier.carriage_free_amount
        ):
            text = self.env._("Shipping costs %s", money(supplier.shipping_cost))
            notes.append((text, "muted"))
        if total["asked"]:
            text = self.env._(
                "%s in requests for quotation counted", money(total["asked"])
            )
            notes.append((text, "muted"))
        return [{"text": text, "level": level} for text, level in notes]
