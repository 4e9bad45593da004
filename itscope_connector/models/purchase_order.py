from odoo import api, fields, models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    itscope_supplier_id = fields.Many2one(
        "itscope.supplier",
        string="ITscope supplier",
        compute="_compute_itscope_supplier_id",
        store=True,
        readonly=False,
        help="The ITscope supplier that this vendor is mapped to.",
    )
    itscope_deal_ids = fields.One2many(
        "itscope.deal", "purchase_order_id", string="ITscope orders", copy=False
    )
    itscope_deal_id = fields.Many2one(
        "itscope.deal",
        string="ITscope order",
        compute="_compute_itscope_deal_id",
        store=True,
    )
    itscope_send_state = fields.Selection(
        related="itscope_deal_id.send_state", string="ITscope sending"
    )
    itscope_status = fields.Char(
        related="itscope_deal_id.status_text", string="ITscope status"
    )
    itscope_deeplink = fields.Char(
        related="itscope_deal_id.deeplink", string="Page at ITscope"
    )
    itscope_test_mode = fields.Boolean(compute="_compute_itscope_test_mode")

    @api.depends("partner_id", "company_id")
    def _compute_itscope_supplier_id(self):
        suppliers_of = self._itscope_suppliers_by_order()
        for order in self:
            suppliers = suppliers_of[order]
            # Several suppliers of one vendor are a choice that the buyer has to make.
            order.itscope_supplier_id = suppliers if len(suppliers) == 1 else False

    @api.depends("itscope_deal_ids.replaced")
    def _compute_itscope_deal_id(self):
        for order in self:
            # Sent again after it was refused: the newest counts.
            order.itscope_deal_id = order.itscope_deal_ids.sorted(
                lambda deal: (not deal.replaced, deal.id), reverse=True
            )[:1]

    @api.depends("itscope_supplier_id", "company_id")
    def _compute_itscope_test_mode(self):
        testing = self.env["itscope.account"]._companies_in_test_mode(self.company_id)
        for order in self:
            order.itscope_test_mode = bool(
                order.itscope_supplier_id and order.company_id in testing
            )

    def _itscope_suppliers(self):
        """The suppliers that this order's vendor is mapped to in this order's
        company.
        """
        self.ensure_one()
        return self._itscope_suppliers_by_order()[self]

    def _itscope_suppliers_by_order(self):
        """``{order: suppliers}``, by one search for each company"""
        found = {}
        for company in self.company_id or self.env.company:
            orders = self.filtered(
                lambda order, c=company: (order.company_id or c) == c
            )
            partners = orders.partner_id | orders.partner_id.commercial_partner_id
            suppliers = (
                self.env["itscope.supplier"]
                .with_company(company)
                .search([("partner_id", "in", partners.ids)])
            )
            for order in orders:
                own = order.partner_id | order.partner_id.commercial_partner_id
                found[order] = suppliers.filtered(
                    lambda row, p=own: row.partner_id in p
                )
        return found

    # ------------------------------------------------------------------ other suppliers

    def _itscope_sibling_values(self, offer):
        """A new order, by this offer of another supplier's, that serves what this one
        does."""
        self.ensure_one()
        plan = self.env["itscope.purchase.plan"].with_company(self.company_id)
        key = plan._key_beside(self, offer)
        return {**plan._order_values(self.company_id, key), "origin": self.origin}

    def _itscope_siblings(self, offers):
        """``{offer: request for quotation}`` that goods of this order would go into if
        they were bought by that offer of another supplier's."""
        self.ensure_one()
        company = self.company_id or self.env.company
        plan = self.env["itscope.purchase.plan"].with_company(company)
        keys = {offer: plan._key_beside(self, offer) for offer in offers}
        orders = plan._open_orders(company, keys.values())
        return {offer: orders[key] for offer, key in keys.items() if key in orders}

    def _itscope_is_given(self):
        """Whether it is on its way by ITscope, whatever its state."""
        self.ensure_one()
        return bool(self.itscope_deal_id)

    def action_itscope_search(self):
        """Search at ITscope; what is chosen becomes lines."""
        self.ensure_one()
        return self.env["itscope.search"]._open_for(self)

    def action_itscope_refresh(self):
        """Fetch the products of these orders from ITscope now, and show what changed
        for their lines."""
        return self.env["itscope.order.refresh"]._open_for(self)

    def action_itscope_fetch_news(self):
        """Ask ITscope about these orders now."""
        return self.itscope_deal_id.action_fetch_news()

    def action_itscope_open_deal(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itscope.deal",
            "res_id": self.itscope_deal_id.id,
            "view_mode": "form",
        }
