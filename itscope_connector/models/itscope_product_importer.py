from collections import Counter

from odoo import api, fields, models

from ..itscope_api import PRICE_LIST_LINE, is_price_list_line
from ..product_fields import SOURCES
from ..tools import in_batches, write_changed

#: Products created, compared and written together.
BATCH = 500
#: ``contractTypeId`` of goods that are kept in stock; CTO and spare parts are goods
#: made or got on demand, the others (ESD, service, licence) are services.
STORABLE = {None, 0}
GOODS = STORABLE | {4, 5}


class ImportReport:
    """What an import did.

    :ivar counts: read, created, linked, updated, unchanged, skipped
    :ivar outcomes: ``{puid: created | linked | updated | unchanged | skipped}``
    :ivar details: ``{puid: names of the product fields that were written}``
    :ivar notes: ``[(puid, text)]`` of what could not be taken over
    :ivar asked: ``[(record, Proposal)]`` of what a person must decide
    :ivar claims: ``{puid: ids of ours that it could be}``, of those not linked before
    :ivar failures: ``[(puid, name, text)]`` of products that could not be imported
    """

    def __init__(self):
        self.counts = Counter()
        self.outcomes = {}
        self.details = {}
        self.notes = []
        self.failures = []
        self.asked = []
        self.claims = {}

    def add(self, outcome, puids):
        for puid in puids:
            self.outcomes[puid] = outcome
            self.counts[outcome] += 1


class ItscopeProductImporter(models.AbstractModel):
    """Reconciles product records from any source with Odoo, in batches.

    The one way in for products: a source yields :class:`itscope_api.Product`, this does
    the rest. A batch is whole or not there at all.
    """

    _name = "itscope.product.importer"
    _description = "ITscope product import"

    @api.model
    def _import(self, account, records, targets=None, digests=None, report=None):
        """Bring records into Odoo.

        :param account: the ``itscope.account`` whose company gets them
        :param records: iterable of :class:`itscope_api.Product`
        :param targets: ``{puid: product.product}`` for those that are not linked yet;
            an empty recordset means "create". A record that is neither linked nor here
            is skipped.
        :param digests: ``{puid: digest of the raw content}`` where the source has them
        :param report: an :class:`ImportReport` that goes on being filled
        :return: ``(links, Counter(read, created, linked, updated, unchanged,
            skipped))``
        """
        company = account.company_id
        # The importer's own right: an ITscope user may bring articles in without being
        # allowed to edit the catalogue by hand.
        self.env["itscope.product"]._check_user()
        # sudo: see above; what is written is ITscope's facts and products of this
        # company. Texts go to the source language: every language without a translation
        # of its own shows them, and one that a person translated keeps it.
        importer = (
            self.sudo()
            .with_company(company)
            .with_context(
                itscope_reader_lang=self.env.lang,
                lang="en_US",
                tracking_disable=True,
                itscope_synchronise=True,
            )
        )
        ids, report = [], report or ImportReport()
        for batch in in_batches(records, BATCH):
            # ITscope may name a product twice in one answer: the later one is newer.
            unique = list({record.puid: record for record in batch}.values())
            report.counts["read"] += len(batch)
            ids += importer._import_batch(
                account.sudo(), unique, targets or {}, digests or {}, report
            )
        return self.env["itscope.product"].browse(ids), report.counts

    @api.model
    def _import_batch(self, account, records, targets, digests, report):
        company, before = account.company_id, len(report.notes)
        known = self._known_links(company, records, targets)
        skipped = {r.puid for r in records} - known.keys() - targets.keys()
        report.add("skipped", skipped)
        # Of what is left out, nothing is left behind: no supplier, no manufacturer.
        records = [record for record in records if record.puid not in skipped]
        metadata = self._metadata(records)
        # Whoever's job it is: a company's products follow one account's rules.
        rules = account.with_env(self.env)._of_company(company)
        values = rules._product_values(metadata)
        updated = self._update_products(
            [(known[r.puid], r) for r in records if r.puid in known], values, report
        )
        new = [r for r in records if r.puid not in known and r.puid in targets]
        created = self._create_links(company, new, targets, values, report)
        known.update(created)
        pairs = [(known[r.puid], r) for r in records if r.puid in known]
        changed, left = self.env["itscope.offer"]._synchronise(pairs, metadata)
        self.env["product.supplierinfo"]._itscope_synchronise(changed)
        links = self.env["itscope.product"].union(*[link for link, _record in pairs])
        # What an offer went away from is another offer's best now, or nobody's.
        (left - links).write({"digest": False, "update_digest": False})
        (links | left)._write_summaries(rules.min_match_quality)
        updated |= self._update_prices(
            [(link, r) for link, r in pairs if r.puid not in created], values, report
        )
        messages = {}
        for puid, text in report.notes[before:]:
            messages[puid] = "\n".join(filter(None, (messages.get(puid), text)))
        updated |= changed.link_id
        updated |= self._write_facts(
            rules, pairs, metadata, digests, messages, updated, changed.link_id
        )
        self.env["itscope.media"]._synchronise(rules, pairs)
        self.env["itscope.product"]._synchronise_accessories(
            rules, pairs, links.filtered(lambda link: link.puid in created)
        )
        old = [(link, r.puid) for link, r in pairs if r.puid not in created]
        report.add("updated", [puid for link, puid in old if link in updated])
        report.add("unchanged", [puid for link, puid in old if link not in updated])
        return links.ids

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
                {
                    record.product_type_id: record.product_type_name
                    for record in records
                },
                {
                    record.product_type_id: {
                        "group_code": record.product_type_group_id,
                        "group_name": record.product_type_group_name,
                    }
                    for record in records
                },
            ),
            "currencies": self.env["itscope.offer"]._currencies(),
        }

    # ------------------------------------------------------------------ known links

    @api.model
    def _known_links(self, company, records, targets):
        """``{puid: link}``; links that were undone come back where they are asked
        for."""
        Link = self.env["itscope.product"].with_context(active_test=False)
        known = {
            link.puid: link
            for link in Link.search(
                [
                    ("company_id", "=", company.id),
                    ("puid", "in", [record.puid for record in records]),
                ]
            )
        }
        undone = Link.union(*(link for link in known.values() if not link.active))
        for link in undone:
            puid = link.puid
            if puid not in targets or not link._bring_back(targets[puid]):
                del known[puid]
        known.update(
            self._moved_links(company, [r for r in records if r.puid not in known])
        )
        return known

    @api.model
    def _moved_links(self, company, records):
        """Links of price-list-line products that ITscope has since matched to a product
        of its catalogue: the supplier's article number stays, the puid does not."""
        Link = self.env["itscope.product"]
        lines = Link.search(
            [
                ("company_id", "=", company.id),
                ("puid", "=like", f"%{PRICE_LIST_LINE}"),
            ]
        )
        candidates = [r for r in records if not is_price_list_line(r.puid)]
        if not lines or not candidates:
            return {}
        by_article = {}
        for offer in (
            self.env["itscope.offer"]
            .with_context(active_test=False)
            .search(
                [
                    ("link_id", "in", lines.ids),
                    (
                        "supplier_sku",
                        "in",
                        [o.supplier_sku for r in candidates for o in r.offers],
                    ),
                ]
            )
        ):
            key = (offer.supplier_id.itscope_id, offer.supplier_sku)
            by_article.setdefault(key, offer.link_id)
        moved = {}
        for record in candidates:
            found = Link.union(
                *(
                    by_article[key]
                    for offer in record.offers
                    if (key := (offer.supplier_id, offer.supplier_sku)) in by_article
                )
            )
            if len(found) == 1 and found not in moved.values():
                moved[record.puid] = found
        # A link that was undone and is not wanted again must not hold the id.
        Link.search(
            [
                ("company_id", "=", company.id),
                ("puid", "in", list(moved)),
                ("active", "=", False),
            ]
        ).unlink()
        for puid, link in moved.items():
            link.puid = puid
        return moved

    # ------------------------------------------------------------------ new products

    @api.model
    def _create_links(self, company, records, targets, values, report):
        """Create the missing products and all links; :return: ``{puid: link}``"""
        to_create = [record for record in records if not targets[record.puid]]
        told = {record.puid: values.values(record) for record in records}
        rows = [
            {
                # Odoo's own product needs a name, whatever is mapped.
                "name": SOURCES["name"].value(r),
                **{name: value for name, value in told[r.puid].items() if value},
                **self._kind_values(r),
            }
            for r in to_create
        ]
        self._check_barcodes(to_create, rows, report)
        products = dict(
            zip(
                [record.puid for record in to_create],
                self.env["product.product"].create(rows),
                strict=True,
            )
        )
        report.add("created", products)
        report.add("linked", [r.puid for r in records if r.puid not in products])
        once = [name for _source, name, policy in values.rules if policy == "once"]
        prices = [name for _source, name, _policy in values.price_rules]
        links = self.env["itscope.product"].create(
            [
                {
                    "company_id": company.id,
                    "puid": record.puid,
                    "product_id": (
                        products.get(record.puid) or targets[record.puid]
                    ).id,
                    "created": record.puid in products,
                    "said": told[record.puid] if record.puid in products else {},
                    "made": record.puid in products
                    and self._written(
                        products[record.puid],
                        # Odoo gives a price of its own where ITscope names none.
                        once + [n for n in prices if not told[record.puid][n]],
                    ),
                }
                for record in records
            ]
        )
        found = {link.puid: link for link in links}
        # A product that was here before gets what it lacks.
        self._update_products(
            [(found[r.puid], r) for r in records if r.puid not in products],
            values,
            report,
        )
        return found

    @api.model
    def _written(self, product, names):
        """``{field: value}`` as it stands in Odoo, ids for records."""
        return {
            name: product._fields[name].convert_to_write(product[name], product)
            for name in names
        }

    @api.model
    def _kind_values(self, record):
        """What kind of product it is in Odoo; set at creation and never again."""
        values = {
            "type": "consu" if record.contract_type in GOODS else "service",
            "purchase_ok": True,
            "sale_ok": True,
        }
        if "is_storable" in self.env["product.template"]._fields:
            values["is_storable"] = record.contract_type in STORABLE
        return values

    # ------------------------------------------------------------------ facts

    @api.model
    def _write_facts(
        self, rules, pairs, metadata, digests, messages, updated, repriced
    ):
        """What ITscope says about the products, as it stands on the link; returns the
        links to which it said something new.

        :param updated: links whose product or offers changed
        :param repriced: those whose offers changed
        """
        now, told = fields.Datetime.now(), []
        for link, record in pairs:
            renewed = link in updated
            values = {"state": "active", "refresh_date": now}
            if record.puid in messages:
                values["message"] = messages[record.puid]
            elif (
                link.message
                and not record.update_only
                and (not record.ean or link.product_id.barcode == record.ean)
            ):
                # Notes are about barcodes: this one is settled.
                values["message"] = False
            if not record.update_only:
                renewed |= write_changed(link, link._facts(rules, record, metadata))
            own, other = "digest", "update_digest"
            if record.update_only:
                own, other = other, own
            if digest := digests.get(record.puid):
                values[own] = digest
                if link in repriced:
                    # The other view told something else: it is looked at again.
                    values[other] = False
            elif renewed:
                # Not from an export: what exports said last no longer holds.
                values.update(digest=False, update_digest=False)
            if renewed:
                told.append(link)
            write_changed(link, values)
        return self.env["itscope.product"].union(*told)
