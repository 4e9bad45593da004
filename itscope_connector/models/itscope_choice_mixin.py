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

    def _check_products(self, company):
        """Raise where a product is to be linked and none is chosen, or one that two
        rows want or that is linked already."""
        to_link = self.filtered(lambda row: row.action == "link")
        empty = to_link.filtered(lambda row: not row.product_id)
        if empty:
            raise UserError(
                self.env._(
                    "Choose the product to link for: %s.",
                    ", ".join(row.name or row.puid for row in empty),
                )
            )
        # sudo: only which product is linked to what.
        links = self.env["itscope.product"].sudo()
        taken = {
            link.product_id: link.puid
            for link in links.search(
                [
                    ("company_id", "=", company.id),
                    ("product_id", "in", to_link.product_id.ids),
                ]
            )
        }
        problems = []
        for product, rows in to_link.grouped("product_id").items():
            if len(rows) > 1:
                problems.append(
                    self.env._(
                        "%(product)s is chosen twice: for %(names)s.",
                        product=product.display_name,
                        names=", ".join(row.name or row.puid for row in rows),
                    )
                )
            puid = taken.get(product)
            # A price-list line that ITscope has matched since moves its link.
            if (
                puid
                and not is_price_list_line(puid)
                and {puid} != {*rows.mapped("puid")}
            ):
                problems.append(
                    self.env._(
                        "%(product)s is linked to ITscope product %(puid)s already: "
                        "choose another one for %(names)s.",
                        product=product.display_name,
                        puid=puid,
                        names=", ".join(row.name or row.puid for row in rows),
                    )
                )
        if problems:
            raise UserError("\n".join(problems))

    def _fetch_chosen(self, account):
        """Fetch again what was chosen, since minutes may have passed, and import it as
        chosen.

        :return: the links, and the rows that ITscope no longer has
        """
        self._check_products(account.company_id)
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
        here = self._links_by_puid(links)
        return links, self.filtered(lambda row: row.puid not in here)

    def _links_by_puid(self, links):
        """``{puid of a row: the link that it became}``: a line of a price list that
        became a product has another id by now."""
        by_puid = {link.puid: link for link in links}
        by_product = {link.product_id: link for link in links}
        by_article = {
            (offer.supplier_id.itscope_id, offer.supplier_sku): offer.link_id
            for offer in links.offer_ids
        }
        found = {}
        for row in self:
            articles = map(tuple, row.articles or ())
            link = (
                by_puid.get(row.puid)
                or by_product.get(row.product_id)
                or next(filter(None, map(by_article.get, articles)), None)
            )
            if link:
                found[row.puid] = link
        return found
