from odoo import api, fields, models


class ItscopeLinkedMixin(models.AbstractModel):
    """What ITscope says about a product, shown on the product's own form and list."""

    _name = "itscope.linked.mixin"
    _description = "Linked to ITscope"

    itscope_shown_link_ids = fields.Many2many(
        "itscope.product",
        string="ITscope products",
        compute="_compute_itscope_facts",
        help="The links in the current company.",
    )
    itscope_offer_ids = fields.Many2many(
        "itscope.offer", string="ITscope offers", compute="_compute_itscope_facts"
    )
    itscope_linked = fields.Boolean(
        string="Linked to ITscope",
        compute="_compute_itscope_facts",
        search="_search_itscope_linked",
    )
    itscope_offer_count = fields.Integer(compute="_compute_itscope_facts")
    itscope_best_price = fields.Float(
        string="Best ITscope price",
        digits="Product Price",
        compute="_compute_itscope_facts",
        help="Of new goods, in the company's currency.",
    )
    itscope_total_stock = fields.Integer(
        string="ITscope stock", compute="_compute_itscope_facts"
    )
    itscope_test_mode = fields.Boolean(compute="_compute_itscope_facts")
    itscope_watched = fields.Boolean(string="Watched", compute="_compute_itscope_facts")
    itscope_refresh_date = fields.Datetime(
        string="Refreshed from ITscope", compute="_compute_itscope_facts"
    )

    def _itscope_variants(self):
        """The variants whose links count."""
        return self

    itscope_followed_count = fields.Integer(
        string="Followed offers", compute="_compute_itscope_facts"
    )
    itscope_accessory_count = fields.Integer(
        string="ITscope accessories", compute="_compute_itscope_facts"
    )
    itscope_deeplink = fields.Char(
        string="Page at ITscope", compute="_compute_itscope_facts"
    )

    @api.depends_context("company")
    def _compute_itscope_facts(self):
        for record in self:
            links = record._itscope_variants().itscope_link_id
            offers = links.best_offer_id.filtered("company_price")
            dates = [link.refresh_date for link in links if link.refresh_date]
            record.itscope_shown_link_ids = links
            record.itscope_offer_ids = links.offer_ids
            record.itscope_linked = bool(links)
            record.itscope_watched = any(links.mapped("watched"))
            record.itscope_test_mode = any(links.mapped("test_mode"))
            record.itscope_offer_count = len(links.offer_ids)
            record.itscope_followed_count = len(links.offer_ids.filtered("followed"))
            record.itscope_accessory_count = sum(links.mapped("accessory_count"))
            record.itscope_deeplink = links[:1].deeplink
            # Offers of several variants may be in several currencies.
            prices = offers.mapped("company_price")
            record.itscope_best_price = min(prices, default=0.0)
            record.itscope_total_stock = sum(links.mapped("total_stock"))
            record.itscope_refresh_date = min(dates, default=False)

    @api.model
    def _search_itscope_linked(self, operator, value):
        if operator != "in":
            return NotImplemented
        path = self._itscope_link_path()
        linked = [(f"{path}.company_id", "=", self.env.company.id)]
        return linked if True in value else ["!", *linked]

    @api.model
    def _itscope_link_path(self):
        """Name of the way from this model to its links."""
        return "itscope_link_ids"

    def action_itscope_refresh(self):
        """Fetch these products from ITscope now."""
        return self._itscope_variants().itscope_link_id.action_refresh()

    def action_itscope_ask_live(self):
        """Ask the suppliers' live interfaces for these products now."""
        return self._itscope_variants().itscope_link_id.action_ask_live()

    def action_itscope_watch(self):
        """A best price that rises becomes an alarm."""
        self._itscope_variants().itscope_link_id.action_watch()

    def action_itscope_unwatch(self):
        self._itscope_variants().itscope_link_id.action_unwatch()

    def action_itscope_compare(self):
        """What ITscope says beside what stands in Odoo."""
        self.ensure_one()
        return self._itscope_variants().itscope_link_id[:1].action_compare()

    def action_itscope_open(self):
        """The product's page at ITscope."""
        self.ensure_one()
        return self._itscope_variants().itscope_link_id[:1].action_open_at_itscope()

    def action_itscope_price_history(self):
        """What the followed offers cost, day by day."""
        return self._itscope_variants().itscope_link_id.action_price_history()

    def action_itscope_fetch_history(self):
        """ITscope's own history of these products, fetched now."""
        return self._itscope_variants().itscope_link_id.action_fetch_history()

    def action_itscope_accessories(self):
        """The accessories that ITscope names: those at hand, and others to import."""
        self.ensure_one()
        links = self._itscope_variants().itscope_link_id
        return links.filtered("accessory_count")[:1].action_accessories()

    def action_itscope_offers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_offer_action"
        )
        action["domain"] = [("id", "in", self.itscope_offer_ids.ids)]
        return action
