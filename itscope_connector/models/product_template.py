from odoo import api, fields, models
from odoo.exceptions import UserError


class ProductTemplate(models.Model):
    _inherit = "product.template"

    itscope_link_ids = fields.Many2many(
        "itscope.product",
        string="ITscope products",
        compute="_compute_itscope_links",
        help="The links of this product's variants in the current company.",
    )
    itscope_offer_ids = fields.Many2many(
        "itscope.offer", string="ITscope offers", compute="_compute_itscope_links"
    )
    itscope_linked = fields.Boolean(
        string="Linked to ITscope",
        compute="_compute_itscope_links",
        search="_search_itscope_linked",
    )
    itscope_offer_count = fields.Integer(compute="_compute_itscope_links")
    itscope_best_price = fields.Float(
        string="Best ITscope price",
        digits="Product Price",
        compute="_compute_itscope_links",
    )
    itscope_total_stock = fields.Integer(
        string="ITscope stock", compute="_compute_itscope_links"
    )
    itscope_refresh_date = fields.Datetime(
        string="Refreshed from ITscope", compute="_compute_itscope_links"
    )

    @api.depends("product_variant_ids.itscope_link_ids.offer_ids")
    @api.depends_context("company")
    def _compute_itscope_links(self):
        for template in self:
            links = template.product_variant_ids.itscope_link_id
            prices = [link.best_price for link in links if link.best_price]
            template.itscope_link_ids = links
            template.itscope_offer_ids = links.offer_ids
            template.itscope_linked = bool(links)
            template.itscope_offer_count = len(links.offer_ids)
            template.itscope_best_price = min(prices, default=0.0)
            template.itscope_total_stock = sum(links.mapped("total_stock"))
            template.itscope_refresh_date = min(
                filter(None, links.mapped("refresh_date")), default=False
            )

    @api.model
    def _search_itscope_linked(self, operator, value):
        if operator != "in":
            return NotImplemented
        linked = [
            (
                "product_variant_ids.itscope_link_ids.company_id",
                "=",
                self.env.company.id,
            )
        ]
        return linked if True in value else ["!", *linked]

    def action_itscope_refresh(self):
        """Fetch these products from ITscope now."""
        return self.product_variant_ids.itscope_link_id.action_refresh()

    def action_itscope_link(self):
        """Find this product at ITscope by its EAN or article number."""
        self.ensure_one()
        if len(self.product_variant_ids) != 1:
            raise UserError(
                self.env._(
                    "%(product)s has several variants. Open the variant that you want to "
                    "link and press the button there.",
                    product=self.display_name,
                )
            )
        return self.product_variant_ids.action_itscope_link()

    def action_itscope_offers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_offer_action"
        )
        action["domain"] = [("id", "in", self.itscope_offer_ids.ids)]
        return action
