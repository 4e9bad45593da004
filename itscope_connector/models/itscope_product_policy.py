from collections import Counter

from stdnum import ean as ean_number

from odoo import api, models


class ItscopeProductImporter(models.AbstractModel):
    """Who wins when ITscope and a person differ, and which EAN becomes a barcode."""

    _inherit = "itscope.product.importer"

    @api.model
    def _update_products(self, pairs, values, report):
        """Write what ITscope changed and nobody else did.

        Three values are compared: what ITscope said last, what it says now, what
        stands in Odoo. What ITscope does not tell never erases anything.

        :return: the links whose product changed
        """
        told = [
            (link, record, values.values(record))
            for link, record in pairs
            if not record.update_only
        ]
        return self._write_told(told, values.rules, report)

    @api.model
    def _update_prices(self, pairs, values, report):
        """The same for update views: they tell prices, and of the offers' as they
        stand by now.
        """
        if not values.price_rules:
            return self.env["itscope.product"]
        told = [
            (link, record, values.prices(record, link.best_offer_id.company_price))
            for link, record in pairs
            if record.update_only
        ]
        return self._write_told(told, values.price_rules, report)

    @api.model
    def _write_told(self, told, rules, report):
        """:param told: ``[(link, record, {product field: what ITscope says})]``"""
        changes = {}
        for link, record, now in told:
            before = link.said or {}
            changed = self._changes(link, rules, before, now)
            if changed:
                changes[link] = (record, changed)
            said = {**before, **{k: v for k, v in now.items() if v or k not in before}}
            if said != before:
                link.said = said
        self._check_barcodes(
            [record for record, _changed in changes.values()],
            [changed for _record, changed in changes.values()],
            report,
            self.env["product.product"].union(*(link.product_id for link in changes)),
        )
        # Odoo asks for the variants of each template that is written: read at once.
        links = self.env["itscope.product"].union(*changes)
        templates = links.product_tmpl_id.with_context(active_test=False)
        templates.fetch(["product_variant_ids"])
        for link, (record, changed) in changes.items():
            if changed:
                link.product_id.write(changed)
                self._forget_made(link, changed)
                report.details[record.puid] = list(changed)
        return self.env["itscope.product"].union(
            *(link for link, (_record, changed) in changes.items() if changed)
        )

    @api.model
    def _changes(self, link, rules, before, now):
        changed, product, made = {}, link.product_id, link.made or {}
        for _source, name, policy in rules:
            value, last = now[name], before.get(name)
            if policy == "once" or not value:
                continue
            # Written at creation only, by the policy of that time, and nobody touched
            # it since: that is no change by hand.
            untouched = name in made and self._same(product, name, made[name])
            if (
                policy == "unless_changed"
                and not untouched
                and (value == last or not self._same(product, name, last))
            ):
                continue
            if not self._same(product, name, value) and self._is_its_own(product, name):
                changed[name] = value
        return changed

    @api.model
    def _is_its_own(self, product, name):
        """Whether this field is the product's to follow ITscope.

        The sales price of a template with variants is that of them all; a cost that
        Odoo reckons from what was received would be revalued.
        """
        if name == "list_price":
            return (
                len(product.product_tmpl_id.product_variant_ids.filtered("active")) < 2
            )
        if name == "standard_price" and "cost_method" in product._fields:
            return product.cost_method == "standard"
        return True

    @api.model
    def _forget_made(self, link, names):
        """From now on these fields follow what ITscope says."""
        made = link.made or {}
        if made.keys() & names:
            link.made = {k: v for k, v in made.items() if k not in names}

    @api.model
    def _same(self, product, name, value):
        """Whether the product's field holds this value, as the field would hold it."""
        field = product._fields[name]
        stored = field.convert_to_cache(product[name], product)
        if not stored and not value:
            return True
        return stored == field.convert_to_cache(value or False, product)

    # ------------------------------------------------------------------ barcodes

    @api.model
    def _check_barcodes(self, records, rows, report, products=()):
        """Take barcodes out of the values that can't be one; each gets a note, none
        breaks the batch.

        :param products: those that get the rows; none: they are new
        """
        eans = Counter(row["barcode"] for row in rows if row.get("barcode"))
        if not eans:
            return
        taken = self._taken_barcodes(list(eans), products)
        for record, row in zip(records, rows, strict=True):
            ean = row.get("barcode")
            if not ean:
                continue
            problem = self._barcode_problem(ean, taken, eans)
            if problem:
                del row["barcode"]
                report.notes.append((record.puid, problem))

    @api.model
    def _barcode_problem(self, ean, taken, eans):
        # Texts of products are in the source language, notes in the reader's.
        env = self.with_context(lang=self.env.context.get("itscope_reader_lang")).env
        if not ean_number.is_valid(ean):
            return env._(
                "EAN %s is not valid: kept as information, not as barcode.", ean
            )
        if taken.get(ean):
            return env._(
                "EAN %(ean)s is the barcode of %(product)s already: kept as "
                "information.",
                ean=ean,
                product=taken[ean],
            )
        if ean in taken:
            return env._(
                "EAN %s is the barcode of another company's product already: kept as "
                "information.",
                ean,
            )
        if eans[ean] > 1:
            return env._(
                "EAN %s belongs to several ITscope products: kept as information, not "
                "as barcode.",
                ean,
            )
        return False

    @api.model
    def _taken_barcodes(self, eans, products):
        """``{barcode: name of who has it}``, archived products included; no name where
        it is another company's. As Odoo checks it: a product without a company, as new
        ones are, shares its barcode with no company at all."""
        domain = [("barcode", "in", eans)]
        companies = {product.company_id.id for product in products} or {False}
        if False not in companies:
            domain.append(("company_id", "in", [*companies, False]))
        seen = {self.env.company.id, False}
        taken = {}
        Product = self.env["product.product"].with_context(active_test=False)
        for product in Product.search(domain):
            mine = product.company_id.id in seen
            taken[product.barcode] = mine and product.display_name
        for packaging in self.env["product.uom"].search([("barcode", "in", eans)]):
            mine = packaging.product_id.company_id.id in seen
            taken[packaging.barcode] = mine and packaging.product_id.display_name
        return taken
