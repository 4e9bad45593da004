from odoo import api, fields, models
from odoo.exceptions import UserError

from ..itscope_api import is_price_list_line


class ItscopeChoiceMixin(models.AbstractModel):
    """A product of ITscope that a person links to one of ours, or has created.

    Models that use it have an ``action``: ``link``, ``create``, or another that makes
    nothing new.
    """

    _name = "itscope.choice.mixin"
    _description = "Choice for an ITscope product"

    puid = fields.Char(string="ITscope ID", readonly=True)
    name = fields.Char(readonly=True)
    manufacturer = fields.Char(readonly=True)
    manufacturer_sku = fields.Char(string="Manufacturer article number", readonly=True)
    ean = fields.Char(string="EAN", readonly=True)
    product_id = fields.Many2one("product.product", string="Product in Odoo")
    articles = fields.Json(
        readonly=True,
        help="What a price-list line is found by again: [[ITscope id of the supplier, "
        "article number]].",
    )

    @api.model
    def _prepare_choice(self, record):
        """Values that name an :class:`itscope_api.Product`."""
        return {
            "puid": record.puid,
            "name": record.name or record.short_description or record.puid,
            "manufacturer": record.manufacturer_name,
            "manufacturer_sku": record.manufacturer_sku,
            "ean": record.ean,
            "articles": self._articles(record),
        }

    @api.model
    def _articles(self, record):
        """The articles that a price-list line is found by; False for other products."""
        return is_price_list_line(record.puid) and [
            [offer.supplier_id, offer.supplier_sku]
            for offer in record.offers
            if offer.supplier_sku
        ]

    def _check_products(self):
        """Raise where a product is to be linked and none is chosen."""
        empty = self.filtered(lambda row: row.action == "link" and not row.product_id)
        if empty:
            raise UserError(
                self.env._(
                    "Choose the product to link for: %s.",
                    ", ".join(row.name or row.puid for row in empty),
                )
            )

    def _fetch_chosen(self, account):
        """Fetch again what was chosen, since minutes may have passed, and import it as
        chosen.

        :return: the links, and the rows that ITscope no longer has
        """
        self._check_products()
        targets = {
            row.puid: row.product_id
            if row.action == "link"
            else self.env["product.product"]
            for row in self
            if row.action in ("create", "link")
        }
        links = self.env["itscope.product"]._fetch_products(
            account,
            self.mapped("puid"),
            targets,
            articles={row.puid: row.articles for row in self if row.articles},
        )
        puids, products = set(links.mapped("puid")), links.product_id
        # A line of a price list that became a product has another id by now.
        gone = self.filtered(
            lambda row: row.puid not in puids and row.product_id not in products
        )
        return links, gone
