import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from odoo.addons.itscope_connector.itscope_api import (
    InvalidRequestError,
    MalformedError,
    NotFoundError,
    ServerError,
)

from ..tools import day, plain

_logger = logging.getLogger(__name__)

#: Lines to choose from stand below all others.
OPTIONAL_FROM = 10_000


class ItscopeQuotationImport(models.AbstractModel):
    """What a QUOTATION says in Odoo's terms: customer, products, values of lines."""

    _name = "itscope.quotation.import"
    _description = "Quotations from ITscope quotes"

    @api.model
    def _create(self, document, content, account, partner=None, user=None, new=False):
        """An empty quotation for the customer; applying the document fills it."""
        company = document.company_id
        user = user or account.responsible_id
        if not partner and not new:
            partner = self._customer(document, content)
            new = not partner
        if new:
            partner = self._new_customer(document, content, user)
        values = {
            "partner_id": self._contact(partner, content).id,
            "company_id": company.id,
            "origin": document.number,
            "user_id": user.id,
        }
        Order = self.env["sale.order"].with_company(company)
        currency = self._currency(content)
        order = Order.create(values)
        if currency and order.currency_id != currency:
            pricelist = self.env["product.pricelist"].search(
                [
                    ("currency_id", "=", currency.id),
                    ("company_id", "in", [company.id, False]),
                ],
                limit=1,
            )
            if not pricelist:
                raise UserError(
                    self.env._(
                        "The quote is in %s, and there is no price list in this "
                        "currency. Create one, then press “Create quotation”.",
                        currency.name,
                    )
                )
            order.pricelist_id = pricelist
        return order

    @api.model
    def _currency(self, content):
        return (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", content.currency)], limit=1)
        )

    # ------------------------------------------------------------------ values

    @api.model
    def _head_values(self, content):
        """Values of the quotation, as they can be kept in JSON."""
        values = {}
        if content.valid_to:
            values["validity_date"] = str(day(content.valid_to))
        if term := self._payment_term(content):
            values["payment_term_id"] = term.id
        return values

    @api.model
    def _payment_term(self, content):
        text = (content.payment_terms or "").strip()
        terms = self.env["account.payment.term"]
        if not text:
            return terms
        for term in terms.search([("company_id", "in", [False, self.env.company.id])]):
            if text.casefold() in (
                (term.name or "").casefold(),
                html2plaintext(term.note or "").strip().casefold(),
            ):
                return term
        return terms

    @api.model
    def _lines_values(self, order, content):
        """Values of all lines, as they can be kept in JSON, under keys that stay the
        same from version to version."""
        found = self._products(order.company_id, content.lines)
        keys, values = {}, {}
        for place, line in enumerate(content.lines):
            key = self._key(line)
            keys[key] = keys.get(key, 0) + 1
            values[f"{key}#{keys[key]}"] = {
                **self._line_values(order, line, *found.get(place, ())),
                "sequence": 10 * (place + 1) + (OPTIONAL_FROM if line.optional else 0),
            }
        if any(line.optional for line in content.lines):
            section = {
                "display_type": "line_section",
                "name": self.env._("Optional items"),
                "sequence": OPTIONAL_FROM,
            }
            if "is_optional" in order.order_line._fields:
                section["is_optional"] = True
            values["optional"] = section
        for number, text in enumerate(self._texts(content), 1):
            values[f"text#{number}"] = {
                "display_type": "line_note",
                "name": text,
                "sequence": number - 100,
            }
        return values

    @api.model
    def _texts(self, content):
        """What the head says in words, and Odoo has no field for."""
        texts = [html2plaintext(text).strip() for _kind, text in content.remarks]
        if content.payment_terms and not self._payment_term(content):
            texts.append(self.env._("Payment: %s", content.payment_terms))
        if content.terms:
            texts.append(html2plaintext(content.terms).strip())
        return [text for text in texts if text]

    @api.model
    def _key(self, line):
        """What a line is recognised by: its article, whichever offer it comes from and
        wherever it stands."""
        ids = line.product
        name = ids.puid or ids.ean or ids.supplier_pid or ids.description[:80]
        return f"{'optional' if line.optional else 'line'}:{name}"

    @api.model
    def _line_values(self, order, line, product=None, offer=None):
        """:param product: without one it becomes a note: a person has to choose"""
        name = html2plaintext(line.product.description).strip()
        if not product:
            return {
                "display_type": "line_note",
                "name": self.env._(
                    "%(quantity)s × %(sku)s %(name)s at %(price)s: no product",
                    quantity=plain(line.quantity),
                    sku=line.product.supplier_pid or line.product.ean,
                    name=name,
                    price=plain(self._price(line)),
                ),
            }
        remarks = [html2plaintext(text).strip() for _kind, text in line.remarks]
        quantity = float(line.quantity)
        if line.optional:
            # As Odoo has them: the customer says how many.
            if quantity not in (0.0, 1.0):
                remarks.append(self.env._("Optional: %s pieces", plain(line.quantity)))
            quantity = 0.0
        orders = self.env["itscope.order.import"]
        shown = product.with_context(lang=order.partner_id.lang)
        if name.casefold() == shown.name.casefold():
            name = ""
        return {
            "product_id": product.id,
            "name": "\n".join(filter(None, [shown.display_name, name, *remarks])),
            "product_uom_qty": quantity,
            "product_uom_id": orders._unit(line, product).id,
            "price_unit": self._line_price(order, product, self._price(line)),
            "discount": self._discount(line),
            "itscope_offer_id": offer.id if offer else False,
        }

    @staticmethod
    def _price(line):
        """Net, for one, before a discount."""
        if line.price is not None:
            return line.price / line.price_quantity
        if line.line_amount is not None and line.quantity:
            return line.line_amount / line.quantity
        return 0

    @classmethod
    def _discount(cls, line):
        """Percent by which the line's amount is less than price times quantity."""
        full = cls._price(line) * line.quantity
        if line.line_amount is None or not full or not line.line_amount < full:
            return 0.0
        return float(round(100 - 100 * line.line_amount / full, 2))

    @api.model
    def _line_price(self, order, product, net):
        """A net price as the line has it: with those taxes that prices include."""
        company = order.company_id
        taxes = product.taxes_id._filter_taxes_by_company(company)
        taxes = order.fiscal_position_id.map_tax(taxes)
        net = float(net)
        # Unrounded: a screw costs less than a cent.
        without = taxes.with_context(round=False, round_base=False).compute_all(
            net, order.currency_id, product=product
        )["total_excluded"]
        # Only where taxes are included in the price they differ.
        return net * net / without if without and without != net else net

    # ------------------------------------------------------------------ products

    @api.model
    def _products(self, company, lines):
        """Our product and the offer of each line: by the offer, ITscope's product id,
        the supplier's article number, then EAN.

        :return: ``{place: (product.product, itscope.offer)}``
        """
        own = ("company_id", "=", company.id)
        Offer = self.env["itscope.offer"].with_context(active_test=False)
        ids = {self._offer_id(line.product) for line in lines} - {""}
        skus = {line.product.supplier_pid for line in lines} - {""}
        offers = {
            offer.offer_id: offer
            for offer in Offer.search([own, ("offer_id", "in", list(ids))])
        }
        by_sku = self._by_sku(company, skus)
        return self.env["itscope.order.import"]._match(
            company,
            lines,
            lambda ids: offers.get(self._offer_id(ids), Offer.browse()),
            lambda ids, _offer: (by_sku.get(ids.supplier_pid),),
            first=lambda _ids, offer: (offer.product_id,),
        )

    @api.model
    def _by_sku(self, company, skus):
        """Products by a supplier's article number; which supplier's, a quotation does
        not say: of two products with one number a person has to choose."""
        in_skus = ("in", list(skus))
        found = {}
        Offer = self.env["itscope.offer"].with_context(active_test=False)
        for offer in Offer.search(
            [("company_id", "=", company.id), ("supplier_sku", *in_skus)]
        ):
            known = found.get(offer.supplier_sku, offer.product_id.browse())
            found[offer.supplier_sku] = known | offer.product_id
        for info in self.env["product.supplierinfo"].search(
            [
                ("product_code", *in_skus),
                ("company_id", "in", [company.id, False]),
            ]
        ):
            product = info.product_id or info.product_tmpl_id.product_variant_ids
            known = found.get(info.product_code, product.browse())
            found[info.product_code] = known | product
        return found

    @staticmethod
    def _offer_id(ids):
        return ids.buyer_pid if ids.buyer_pid_type.lower() == "itscope" else ""

    @api.model
    def _fetch_missing(self, client, account, lines):
        """Bring in the products that Odoo does not have, through the importer; those
        that ITscope does not give stay notes in the quotation."""
        found = self._products(account.company_id, lines)
        missing = [
            line.product for place, line in enumerate(lines) if place not in found
        ]
        if not missing:
            return
        try:
            records = self._fetch(client, missing)
        except (
            InvalidRequestError,
            MalformedError,
            NotFoundError,
            ServerError,
        ) as error:
            _logger.info("ITscope quotation, products: %r", error)
            return
        self.env["itscope.order.import"]._bring_in(account, records)

    @api.model
    def _fetch(self, client, missing):
        """Records of these articles: by ITscope's id, else by the offer."""
        records = list(client.products([ids.puid for ids in missing if ids.puid]))
        told = {record.puid for record in records}
        skus = {ids.supplier_pid for ids in missing if ids.puid not in told} - {""}
        offers = {self._offer_id(ids) for ids in missing} - {""}
        if skus and offers:
            records += [
                record
                for record in client.search(
                    supplier_sku=sorted(skus), price_list_products=True
                )
                if record.puid not in told
                and any(offer.id in offers for offer in record.offers)
            ]
        return records
