from collections import defaultdict, namedtuple

from odoo import api, models
from odoo.fields import Domain

#: What to do with a product of ITscope's: ``action`` is ``refresh`` (``product`` is
#: linked to it), ``link`` (``product`` is the only one that it can be), ``create``, or
#: ``ask`` (a person must decide, ``reason`` says why, ``candidates`` are what it could
#: be).
Proposal = namedtuple("Proposal", "action product candidates reason")


class ItscopeProductMatcher(models.AbstractModel):
    """Which products of ours an ITscope product could be; never guesses between two."""

    _name = "itscope.product.matcher"
    _description = "Matching of ITscope products"

    @api.model
    def _proposals(self, company, records, known_claims=None):
        """What should happen with each record; a handful of queries for all.

        :param records: list of :class:`itscope_api.Product`
        :param known_claims: ``{id of a product of ours: ITscope ids}`` that others than
            these records are known to be
        :return: ``{puid: Proposal}``
        """
        nothing = self.env["product.product"]
        links = self._known_links(company, records)
        unknown = [record for record in records if record.puid not in links]
        candidates, sure = self._candidates(company, unknown)
        claims = defaultdict(set)
        for product in nothing.union(*candidates.values()):
            claims[product].update((known_claims or {}).get(product.id, ()))
        for puid, products in candidates.items():
            for product in products:
                claims[product].add(puid)
        proposals = {}
        for record in records:
            if record.puid in links:
                product = links[record.puid].product_id
                proposals[record.puid] = Proposal("refresh", product, product, False)
                continue
            products = candidates[record.puid]
            reason = self._doubt(company, record, products, claims, sure[record.puid])
            if reason:
                proposals[record.puid] = Proposal("ask", nothing, products, reason)
            elif products:
                proposals[record.puid] = Proposal("link", products, products, False)
            else:
                proposals[record.puid] = Proposal("create", nothing, products, False)
        return proposals

    @api.model
    def _doubt(self, company, record, products, claims, sure):
        """Why a person must decide what a record is, or False.

        :param sure: those of ``products`` that more than an article number of the
            manufacturer's was found by
        """
        if len(products) > 1:
            return self.env._(
                "Several products of yours could be it: %s.",
                ", ".join(products[:5].mapped("display_name")),
            )
        if not products:
            return False
        if len(claims[products]) > 1:
            return self.env._(
                "%(count)s products of ITscope could be your product %(product)s.",
                count=len(claims[products]),
                product=products.display_name,
            )
        link = products.itscope_link_ids.filtered(lambda li: li.company_id == company)
        if link:
            return self.env._(
                "Your product %(product)s is linked to another product of ITscope "
                "already (%(puid)s).",
                product=products.display_name,
                puid=link.puid,
            )
        if not products.active:
            return self.env._(
                "Your product %s could be it, but it is archived.",
                products.display_name,
            )
        if self._contradicts(record, products):
            return self.env._(
                "Your product %(product)s has the article number, but another EAN "
                "(%(ean)s).",
                product=products.display_name,
                ean=products.barcode,
            )
        if products not in sure and not self._confirmed(record, products):
            return self.env._(
                "Your product %(product)s has the article number, but neither EAN nor "
                "manufacturer nor name confirms it: other manufacturers may use the "
                "same number.",
                product=products.display_name,
            )
        return False

    @api.model
    def _confirmed(self, record, product):
        """Whether manufacturer or name say, too, that it is this product."""
        normal = self.env["itscope.supplier"]._normal_name
        maker = set(normal(record.manufacturer_name).split())
        if "manufacturer_id" in product._fields and product.manufacturer_id:  # OCA
            return bool(maker & set(normal(product.manufacturer_id.name).split()))
        words = set(normal(product.name).split())
        if maker and maker <= words:
            return True
        told = set(normal(record.name).split())
        number = set(normal(record.manufacturer_sku).split())
        # One word in common may be a colour; two say the same thing.
        return len((words & told) - number) > 1

    @api.model
    def _contradicts(self, record, product):
        """The same article number, but both name an EAN and it is not the same."""
        if not record.ean or not product.barcode:
            return False
        return not self._ean_forms(record.ean) & self._ean_forms(product.barcode)

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
    def _candidates(self, company, records):
        """Products of ours that each record could be: by EAN, article number, or the
        article number of a mapped supplier; archived and linked ones too, except that
        what the connector made for another product of ITscope's is not taken for this
        one.

        :return: ``{puid: product.product}``, and the same of those that more than an
            article number of the manufacturer's was found by
        """
        Product = self.env["product.product"].with_context(active_test=False)
        own = Domain("company_id", "in", [company.id, False])
        by_barcode, by_code, by_vendor_code = {}, {}, {}
        eans = {form for record in records for form in self._ean_forms(record.ean)}
        if eans:
            for product in Product.search(own & Domain("barcode", "in", list(eans))):
                for form in self._ean_forms(product.barcode):
                    by_barcode[form] = by_barcode.get(form, Product) | product
        codes = {record.manufacturer_sku for record in records} - {""}
        if codes:
            found = Product.search(own & Domain("default_code", "in", list(codes)))
            for product in found:
                code = product.default_code
                by_code[code] = by_code.get(code, Product) | product
        partner_of = self._partners_of_suppliers(company)
        for info in self._vendor_codes(company, records, partner_of):
            product = info.product_id or info.product_tmpl_id.product_variant_ids
            if len(product) == 1:
                key = (info.partner_id.id, info.product_code)
                by_vendor_code[key] = by_vendor_code.get(key, Product) | product
        matches, sure = {}, {}
        # Read for all at once what is looked at product by product.
        everyone = Product.union(
            *by_barcode.values(), *by_code.values(), *by_vendor_code.values()
        )
        everyone.mapped("name")
        everyone.itscope_link_ids.mapped("created")
        for record in records:
            found = by_barcode.get(record.ean, Product)
            for offer in record.offers:
                key = (partner_of.get(offer.supplier_id), offer.supplier_sku)
                found |= by_vendor_code.get(key, Product)
            sure[record.puid] = found
            found |= by_code.get(record.manufacturer_sku, Product)
            matches[record.puid] = found.filtered(
                lambda product: not self._made_for_another(product, company)
            )
        return matches, sure

    @api.model
    def _made_for_another(self, product, company):
        return any(
            link.created and link.company_id == company
            for link in product.itscope_link_ids
        )

    @api.model
    def _partners_of_suppliers(self, company):
        """:return: ``{itscope_id: id of the vendor}`` of the mapped suppliers"""
        suppliers = self.env["itscope.supplier"].with_company(company)
        return {
            supplier.itscope_id: supplier.partner_id.id
            for supplier in suppliers.search([("partner_id", "!=", False)])
        }

    @api.model
    def _vendor_codes(self, company, records, partner_of):
        skus = {offer.supplier_sku for r in records for offer in r.offers} - {""}
        if not skus or not partner_of:
            return self.env["product.supplierinfo"]
        return self.env["product.supplierinfo"].search(
            [
                ("product_code", "in", list(skus)),
                ("partner_id", "in", list(partner_of.values())),
                ("company_id", "in", [company.id, False]),
                # What the connector wrote belongs to a link already.
                ("itscope_offer_id", "=", False),
            ]
        )

    @staticmethod
    def _ean_forms(ean):
        """An EAN with and without the leading zero that a UPC gets."""
        if not ean:
            return set()
        return {ean, ean.lstrip("0").zfill(13), ean.lstrip("0").zfill(12)}
