from collections import Counter, namedtuple

from stdnum import ean as ean_number

from odoo import api, fields, models

from ..tools import in_batches, write_changed

#: Products created, compared and written together.
BATCH = 500

#: A product field that ITscope fills: how its value comes from a record, and when it
#: may be
#: written again. ``once``: at creation only; ``unless_changed``: while nobody changed
#: it.
FieldRule = namedtuple("FieldRule", "value policy")

FIELD_RULES = {
    "name": FieldRule(
        lambda record: record.name or record.short_description or record.puid,
        "unless_changed",
    ),
    "default_code": FieldRule(lambda record: record.manufacturer_sku or False, "once"),
    "description_sale": FieldRule(
        lambda record: record.short_description or False, "unless_changed"
    ),
    "weight": FieldRule(
        lambda record: float(record.gross_weight or 0), "unless_changed"
    ),
    "list_price": FieldRule(lambda record: float(record.price_calc or 0), "once"),
}
#: ``contractTypeId`` of goods that are kept in stock; CTO and spare parts are goods
#: made or
#: got on demand, the others (ESD, service, licence) are services.
STORABLE = {None, 0}
GOODS = STORABLE | {4, 5}


class ItscopeProductImporter(models.AbstractModel):
    """Reconciles product records from any source with Odoo, in batches.

    The one way in for products: a source yields :class:`itscope_api.Product`, this does
    the rest. A batch is whole or not there at all.
    """

    _name = "itscope.product.importer"
    _description = "ITscope product import"

    @api.model
    def _import(self, account, records, targets=None):
        """Bring records into Odoo.

        :param account: the ``itscope.account`` whose company gets them
        :param records: iterable of :class:`itscope_api.Product`
        :param targets: ``{puid: product.product}`` for those that are not linked yet;
        an
            empty recordset means "create". A record that is neither linked nor here is
            skipped.
        :return: ``(links, Counter(read, created, linked, updated, unchanged,
        skipped))``
        """
        company = account.company_id
        # The importer's own right: an ITscope user may bring articles in without being
        # allowed to edit the catalogue by hand.
        self.env["itscope.product"].check_access("create")
        # sudo: see above; what is written is ITscope's facts and products of this
        # company. Texts go to the source language: every language without a translation
        # of its own shows them, and one that a person translated keeps it.
        importer = (
            self.sudo()
            .with_company(company)
            .with_context(lang="en_US", tracking_disable=True, itscope_synchronise=True)
        )
        links = self.env["itscope.product"]
        counts = Counter()
        for batch in in_batches(records, BATCH):
            # ITscope may name a product twice in one answer: the later one is newer.
            unique = list({record.puid: record for record in batch}.values())
            counts["read"] += len(batch)
            done = importer._import_batch(company, unique, targets or {}, counts)
            links |= done.with_env(self.env)
        return links, counts

    @api.model
    def _import_batch(self, company, records, targets, counts):
        known = {
            link.puid: link
            for link in self.env["itscope.product"].search(
                [
                    ("company_id", "=", company.id),
                    ("puid", "in", [record.puid for record in records]),
                ]
            )
        }
        metadata = self._metadata(records)
        new = [
            record
            for record in records
            if record.puid not in known and record.puid in targets
        ]
        counts["skipped"] += sum(
            record.puid not in known and record.puid not in targets
            for record in records
        )
        self._update_products(
            [(known[r.puid], r) for r in records if r.puid in known], counts
        )
        known.update(self._create_links(company, new, targets, metadata, counts))
        pairs = [(known[r.puid], r) for r in records if r.puid in known]
        offers = self.env["itscope.offer"]._synchronise(
            pairs, metadata["suppliers"], metadata["currencies"]
        )
        self.env["product.supplierinfo"]._itscope_synchronise(offers)
        self._write_facts(pairs, metadata)
        return self.env["itscope.product"].browse(link.id for link, _record in pairs)

    @api.model
    def _metadata(self, records):
        """Suppliers, manufacturers, product types and currencies that the records
        name.
        """
        offers = [offer for record in records for offer in record.offers]
        return {
            "suppliers": self.env["itscope.supplier"]._find_or_create_many(
                {offer.supplier_id: offer.supplier_name for offer in offers}
            ),
            "manufacturers": self.env["itscope.manufacturer"]._find_or_create_many(
                {record.manufacturer_id: record.manufacturer_name for record in records}
            ),
            "types": self.env["itscope.product.type"]._find_or_create_many(
                {record.product_type_id: record.product_type_name for record in records}
            ),
            "currencies": {
                currency.name: currency
                # A currency that is not shown in lists is a currency all the same.
                for currency in self.env["res.currency"]
                .with_context(active_test=False)
                .search([])
            },
        }

    # ------------------------------------------------------------------ new products

    @api.model
    def _create_links(self, company, records, targets, metadata, counts):
        """Create the missing products and all links; :return: ``{puid: link}``"""
        to_create = [record for record in records if not targets[record.puid]]
        barcodes, notes = self._usable_barcodes(company, to_create)
        products = dict(
            zip(
                [record.puid for record in to_create],
                self.env["product.product"].create(
                    [
                        self._prepare_product_values(
                            record, metadata, barcodes.get(record.puid)
                        )
                        for record in to_create
                    ]
                ),
                strict=True,
            )
        )
        counts["created"] += len(to_create)
        counts["linked"] += len(records) - len(to_create)
        links = self.env["itscope.product"].create(
            [
                {
                    "company_id": company.id,
                    "puid": record.puid,
                    "product_id": (
                        products.get(record.puid) or targets[record.puid]
                    ).id,
                    "said": self._said(record),
                    "message": notes.get(record.puid),
                }
                for record in records
            ]
        )
        return {link.puid: link for link in links}

    @api.model
    def _prepare_product_values(self, record, metadata, barcode):
        values = {name: rule.value(record) for name, rule in FIELD_RULES.items()}
        goods = record.contract_type in GOODS
        product_type = metadata["types"].get(record.product_type_id)
        categ = product_type.categ_id if product_type else None
        values.update(
            barcode=barcode or False,
            type="consu" if goods else "service",
            purchase_ok=True,
            sale_ok=True,
            standard_price=float(self._best_price(record) or 0),
        )
        if "is_storable" in self.env["product.template"]._fields:
            values["is_storable"] = record.contract_type in STORABLE
        categ = categ or self._default_category()
        if categ:
            values["categ_id"] = categ.id
        return values

    @api.model
    def _default_category(self):
        return (
            self.env["itscope.account"]
            .search(
                [
                    ("company_id", "=", self.env.company.id),
                    ("default_categ_id", "!=", False),
                ],
                limit=1,
            )
            .default_categ_id
        )

    @staticmethod
    def _best_price(record):
        """Lowest known price of new goods in the record's offers, or None."""
        prices = [
            offer.price
            for offer in record.offers
            if offer.price is not None and offer.condition == 1
        ]
        return min(prices, default=record.price)

    @api.model
    def _usable_barcodes(self, company, records):
        """Which EANs may become barcodes, and a note for each that may not.

        :return: ``({puid: barcode}, {puid: note})``
        """
        eans = Counter(record.ean for record in records if record.ean)
        domain = [("barcode", "in", list(eans))]
        taken = {
            product.barcode: product
            for product in self.env["product.product"]
            .with_context(active_test=False)
            .search([*domain, ("company_id", "in", [company.id, False])])
        }
        packagings = self.env["product.uom"].search(domain)
        taken.update(
            (packaging.barcode, packaging.product_id) for packaging in packagings
        )
        barcodes, notes = {}, {}
        for record in records:
            if not record.ean:
                continue
            if not ean_number.is_valid(record.ean):
                notes[record.puid] = self.env._(
                    "EAN %s is not valid: kept as information, not as barcode.",
                    record.ean,
                )
            elif record.ean in taken:
                notes[record.puid] = self.env._(
                    "EAN %(ean)s is the barcode of %(product)s already: kept as "
                    "information.",
                    ean=record.ean,
                    product=taken[record.ean].display_name,
                )
            elif eans[record.ean] > 1:
                notes[record.puid] = self.env._(
                    "EAN %s belongs to several ITscope products: kept as information, "
                    "not "
                    "as barcode.",
                    record.ean,
                )
            else:
                barcodes[record.puid] = record.ean
        return barcodes, notes

    # ------------------------------------------------------------------ known products

    @api.model
    def _said(self, record):
        return {
            name: rule.value(record)
            for name, rule in FIELD_RULES.items()
            if rule.policy == "unless_changed"
        }

    @api.model
    def _update_products(self, pairs, counts):
        """Write what ITscope changed and nobody else did."""
        for link, record in pairs:
            if record.update_only:
                counts["unchanged"] += 1
                continue
            product, before, now = link.product_id, link.said or {}, self._said(record)
            changed = {
                name: value
                for name, value in now.items()
                if value != before.get(name)
                and self._same(product, name, before.get(name))
            }
            if changed:
                product.write(changed)
            if now != before:
                link.said = now
            counts["updated" if changed else "unchanged"] += 1

    @staticmethod
    def _same(product, name, value):
        """Whether the product still has the value that ITscope gave it."""
        current = product[name]
        if isinstance(current, float):
            return abs(current - (value or 0.0)) < 1e-6
        return (current or "") == (value or "")

    # ------------------------------------------------------------------ facts

    @api.model
    def _write_facts(self, pairs, metadata):
        """What ITscope says about the products, as it stands on the link."""
        now = fields.Datetime.now()
        for link, record in pairs:
            values = {
                "state": "active",
                "refresh_date": now,
                **self._offer_summary(link),
            }
            if not record.update_only:
                values.update(self._texts(record, metadata))
            write_changed(link, values)

    @api.model
    def _texts(self, record, metadata):
        manufacturer = metadata["manufacturers"].get(record.manufacturer_id)
        product_type = metadata["types"].get(record.product_type_id)
        contract_type = str(record.contract_type)
        kinds = (
            self.env["itscope.product"]._fields["contract_type"].get_values(self.env)
        )
        return {
            "name": record.name or False,
            "ean": record.ean or False,
            "manufacturer_id": manufacturer.id if manufacturer else False,
            "manufacturer_sku": record.manufacturer_sku or False,
            "product_type_id": product_type.id if product_type else False,
            "contract_type": contract_type if contract_type in kinds else False,
            "short_description": record.short_description or False,
            "long_description": record.long_description or False,
            "deeplink": record.deeplink or False,
            "datasheet_url": record.pdf_datasheet or record.html_datasheet or False,
        }

    @api.model
    def _offer_summary(self, link):
        offers = link.offer_ids.filtered("active")
        priced = offers.filtered(lambda offer: offer.is_new and offer.has_price)
        best = min(priced, key=lambda offer: (offer.price, offer.id), default=None)
        return {
            "best_price": best.price if best else 0.0,
            "best_offer_id": best.id if best else False,
            "currency_id": best.currency_id.id if best else False,
            "total_stock": sum(offers.mapped("stock")),
            "supplier_count": len(offers.supplier_id),
        }
