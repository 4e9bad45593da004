from odoo import api, fields, models


class ItscopeNeed(models.Model):
    """What reordering rules ask for, where the inventory app is installed."""

    _inherit = "itscope.need"

    @api.model
    def _rule_demands(self, company, taken):
        """What reordering rules ask for beyond what sales do: their forecast holds the
        deliveries of sales, which are needs of their own.

        :param taken: what the sales need, see :meth:`_sale_demands`
        :return: ``{key: values}``
        """
        if "stock.warehouse.orderpoint" not in self.env:
            return {}
        today = fields.Date.context_today(self)
        rules = self.env["stock.warehouse.orderpoint"].search(
            [
                ("company_id", "=", company.id),
                ("product_id.purchase_ok", "=", True),
                "|",
                ("snoozed_until", "=", False),
                ("snoozed_until", "<=", today),
            ]
        )
        found = {}
        for rule in rules:
            quantity = self._rule_quantity(rule)
            if rule.product_uom.compare(quantity, 0) <= 0 or not self._is_bought(rule):
                continue
            horizon = rule.lead_horizon_date
            sold = taken.get((rule.product_id.id, rule.warehouse_id.id), ())
            quantity -= sum(amount for date, amount in sold if date <= horizon)
            if rule.product_uom.compare(quantity, 0) > 0:
                found["rule", rule.id] = {
                    "source": "rule",
                    "rule_ref": rule.id,
                    "origin": rule.name,
                    "product_id": rule.product_id.id,
                    "quantity": rule.product_uom.round(quantity),
                    "date": rule.deadline_date or today,
                }
        return found

    @api.model
    def _rule_quantity(self, rule):
        """What the rule wants to order now, as Odoo counts; its own field for that does
        not follow when goods move, and its method asks the database rule by rule."""
        if rule.qty_to_order_manual:
            return rule.qty_to_order_manual
        low, high = rule.product_min_qty, rule.product_max_qty
        if rule.product_uom.compare(rule.qty_forecast, low) >= 0:
            return 0.0
        quantity = max(low, high) - rule.qty_forecast
        # Without a multiple of its own the rule takes the vendor price's unit; here the
        # offer says what is sold.
        multiple = rule.replenishment_uom_id
        return rule._get_multiple_rounded_qty(quantity) if multiple else quantity

    @api.model
    def _is_bought(self, rule):
        """Whether the rule buys, and does not make the goods or fetch them from another
        warehouse."""
        actions = rule.rule_ids.mapped("action")
        return "buy" in actions or not actions

    def _rules(self):
        """The reordering rules behind these needs, or None."""
        ids = self.filtered(lambda need: need.source == "rule").mapped("rule_ref")
        return self.env["stock.warehouse.orderpoint"].browse(ids) if ids else None
