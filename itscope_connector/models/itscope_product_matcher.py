from odoo import api, models
from odoo.fields import Domain


class ItscopeProductMatcher(models.AbstractModel):
    """Which products of ours an ITscope product could be; never guesses between two."""

    _name = "itscope.product.matcher"
    _description = "Matching of ITscope products"

    @api.model
    def _known_links(self, company, records):
        """:return: ``{puid: itscope.product}`` of those linked already"""
        return {
            link.puid: link
            for link in self.env["itscope.product"].search(
                [
                    ("company_id", "=", company.id),
                    ("puid", "in", [record.puid for record in records]),
                ]
            )
        }

    @api.model
    def _matching_products(self, company, records):
        """Products of ours that each record could be: by EAN, article number, or the
        article number of a mapped supplier; three queries for all.

        :return: ``{puid: product.product}``
        """
        Product = self.env["product.product"]
        free = Domain("company_id", "in", [company.id, False]) & Domain(
            "itscope_link_ids", "not any", [("company_id", "=", company.id)]
        )
        by_barcode, by_code, by_vendor_code = {}, {}, {}
        eans = {form for record in records for form in self._ean_forms(record.ean)}
        for product in Product.search(free & Domain("barcode", "in", list(eans))):
            for form in self._ean_forms(product.barcode):
                by_barcode[form] = by_barcode.get(form, Product) | product
        codes = {record.manufacturer_sku for record in records} - {""}
        for product in Product.search(free & Domain("default_code", "in", list(codes))):
            code = product.default_code
            by_code[code] = by_code.get(code, Product) | product
        skus = {offer.supplier_sku for r in records for offer in r.offers} - {""}
        suppliers = self.env["itscope.supplier"].with_company(company)
        partner_of = {
            supplier.itscope_id: supplier.partner_id.id
            for supplier in suppliers.search([("partner_id", "!=", False)])
        }
        for info in self.env["product.supplierinfo"].search(
            [
                ("product_code", "in", list(skus)),
                ("partner_id", "in", list(partner_of.values())),
            ]
        ):
            product = info.product_id or info.product_tmpl_id.product_variant_ids
            if len(product) == 1 and product.filtered_domain(free):
                key = (info.partner_id.id, info.product_code)
                by_vendor_code[key] = by_vendor_code.get(key, Product) | product
        matches = {}
        for record in records:
            found = by_barcode.get(record.ean, Product)
            found |= by_code.get(record.manufacturer_sku, Product)
            for offer in record.offers:
                key = (partner_of.get(offer.supplier_id), offer.supplier_sku)
                found |= by_vendor_code.get(key, Product)
            matches[record.puid] = found
        return matches

    @staticmethod
    def _ean_forms(ean):
        """An EAN with and without the leading zero that a UPC gets."""
        if not ean:
            return set()
        return {ean, ean.lstrip("0").zfill(13), ean.lstrip("0").zfill(12)}
