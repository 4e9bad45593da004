import logging

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.itscope_connector.itscope_api import (
    InvalidRequestError,
    MalformedError,
    NotFoundError,
    ServerError,
)

_logger = logging.getLogger(__name__)


class ItscopeOrderImport(models.AbstractModel):
    """Which products of ours were ordered; missing ones come from ITscope."""

    _inherit = "itscope.order.import"

    @api.model
    def _products(self, deal, lines):
        """Our product and the offer of each line, by ITscope's product id, the
        supplier's article number, then EAN; a handful of queries for all.

        :return: ``{place: (product.product, itscope.offer)}``
        """
        company = deal.company_id
        own = ("company_id", "=", company.id)
        skus = {line.product.supplier_pid for line in lines} - {""}
        offers = {
            offer.supplier_sku: offer
            for offer in self.env["itscope.offer"].search(
                [
                    own,
                    ("supplier_id", "=", deal.supplier_id.id),
                    ("supplier_sku", "in", list(skus)),
                ]
            )
        }
        by_code = self._by_vendor_code(deal, skus)
        no_offer = self.env["itscope.offer"]
        return self._match(
            company,
            lines,
            lambda ids: offers.get(ids.supplier_pid, no_offer),
            lambda ids, offer: (offer.product_id, by_code.get(ids.supplier_pid)),
        )

    @api.model
    def _match(self, company, lines, offer_of, more, first=None):
        """Our product and the offer of each line of any document.

        :param offer_of: the offer that a line names, by its numbers
        :param more: products between puid and EAN, by a line's numbers and its offer
        :param first: products before all others, likewise
        :return: ``{place: (product.product, itscope.offer)}``
        """
        own = ("company_id", "=", company.id)
        puids = {line.product.puid for line in lines} - {""}
        forms_of = self.env["itscope.product.matcher"]._ean_forms
        eans = {form for line in lines for form in forms_of(line.product.ean)}
        by_puid = {
            link.puid: link.product_id
            for link in self.env["itscope.product"].search(
                [own, ("puid", "in", list(puids))]
            )
        }
        Product = self.env["product.product"]
        by_ean = {}
        for product in Product.search(
            [
                ("barcode", "in", list(eans)),
                ("company_id", "in", [company.id, False]),
            ]
        ):
            for form in forms_of(product.barcode):
                by_ean[form] = by_ean.get(form, Product) | product
        found = {}
        for place, line in enumerate(lines):
            ids = line.product
            offer = offer_of(ids)
            for product in (
                *(first(ids, offer) if first else ()),
                by_puid.get(ids.puid),
                *more(ids, offer),
                by_ean.get(ids.ean),
            ):
                # Of two that it could be, a person has to choose.
                if product and len(product) == 1 and product.active:
                    fitting = offer if offer.product_id == product else offer.browse()
                    found[place] = (product, fitting)
                    break
        return found

    @api.model
    def _by_vendor_code(self, deal, skus):
        vendor = self._supplier(deal).partner_id
        found = {}
        for info in self.env["product.supplierinfo"].search(
            [
                ("partner_id", "in", (vendor | vendor.commercial_partner_id).ids),
                ("product_code", "in", list(skus)),
                ("company_id", "in", [deal.company_id.id, False]),
            ]
        ):
            product = info.product_id or info.product_tmpl_id.product_variant_ids
            found[info.product_code] = (
                found.get(info.product_code, product.browse()) | product
            )
        return found

    @api.model
    def _fetch_missing(self, client, deal, lines):
        """Bring in the products that Odoo does not have, through the importer; raises
        UserError where ITscope could not be asked, its errors about the account."""
        found = self._products(deal, lines)
        missing = [
            line.product for place, line in enumerate(lines) if place not in found
        ]
        if not missing:
            return
        try:
            records = self._fetch(client, deal, missing)
        except (
            InvalidRequestError,
            MalformedError,
            NotFoundError,
            ServerError,
        ) as error:
            _logger.info("ITscope order %s, products: %r", deal.order_id, error)
            raise UserError(
                self.env._(
                    "Its products could not be fetched: %s",
                    deal.account_id._explain(error),
                )
            ) from error
        self._bring_in(deal.account_id, records)

    @api.model
    def _bring_in(self, account, records):
        """Create or link the products of these records; what a person must decide is
        noted.

        :param records: list of :class:`itscope_api.Product`
        """
        company = account.company_id
        proposals = self.env["itscope.product.matcher"]._proposals(company, records)
        asked = [
            (record, proposals[record.puid])
            for record in records
            if proposals[record.puid].action == "ask"
        ]
        # sudo: noted for managers.
        self.env["itscope.decision"].sudo()._note(
            account, self.env["itscope.sync"], asked
        )
        self.env["itscope.product.importer"]._import(
            account,
            records,
            {
                puid: proposal.product
                for puid, proposal in proposals.items()
                if proposal.action in ("create", "link")
            },
        )

    @api.model
    def _fetch(self, client, deal, missing):
        """Records of these articles: by ITscope's id, else by the article number."""
        records = list(client.products([ids.puid for ids in missing if ids.puid]))
        told = {record.puid for record in records}
        skus = {ids.supplier_pid for ids in missing if ids.puid not in told} - {""}
        if skus:
            supplier = deal.supplier_id.itscope_id
            records += [
                record
                for record in client.search(
                    supplier_sku=sorted(skus),
                    supplier=[supplier],
                    price_list_products=True,
                )
                # The search is lenient; the article number is not.
                if record.puid not in told
                and any(
                    offer.supplier_id == supplier and offer.supplier_sku in skus
                    for offer in record.offers
                )
            ]
        return records
