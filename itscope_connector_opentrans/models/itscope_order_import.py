import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.itscope_connector.itscope_api import (
    InvalidRequestError,
    MalformedError,
    NotFoundError,
    ServerError,
)
from odoo.addons.itscope_connector.tools import naive

from ..tools import day, plain
from .purchase_order_line import UNIT_CODES

_logger = logging.getLogger(__name__)


class ItscopeOrderImport(models.AbstractModel):
    """A purchase order from the ORDER of an order that was placed on the platform."""

    _name = "itscope.order.import"
    _description = "Purchase orders from ITscope orders"

    @api.model
    def _check(self, deal):
        """Raise what keeps this order from becoming a purchase order."""
        supplier = self._supplier(deal)
        if not supplier:
            raise UserError(
                self.env._("ITscope does not say who the supplier of this order is.")
            )
        if not supplier.partner_id:
            raise UserError(
                self.env._(
                    "%(supplier)s is not mapped to a vendor. Map it under ITscope → "
                    "Configuration → Suppliers, then press “Create purchase order”.",
                    supplier=supplier.name,
                )
            )

    @api.model
    def _supplier(self, deal):
        return deal.supplier_id.with_company(deal.company_id)

    @api.model
    def _existing(self, deal, content):
        """The purchase order that this order is already, or none; raises where it
        can't be linked. There is never a second one."""
        order = deal._orders_with_its_number(content)
        if not order:
            return order
        vendor = self._supplier(deal).partner_id.commercial_partner_id
        names = ", ".join(order.mapped("name"))
        if len(order) > 1:
            raise UserError(
                self.env._("Several purchase orders have its numbers: %s.", names)
            )
        if order.partner_id.commercial_partner_id != vendor:
            raise UserError(
                self.env._(
                    "The purchase order %(order)s has its number, but is for "
                    "%(vendor)s and not for %(supplier)s.",
                    order=names,
                    vendor=order.partner_id.display_name,
                    supplier=vendor.display_name,
                )
            )
        other = order.itscope_deal_ids - deal
        if other:
            raise UserError(
                self.env._(
                    "The purchase order %(order)s has its number, but belongs to the "
                    "ITscope order %(deal)s already. Was it ordered twice? Check at "
                    "ITscope.",
                    order=names,
                    deal=other[0].display_name,
                )
            )
        if order.state == "cancel":
            raise UserError(
                self.env._(
                    "The purchase order %s has its number, but is cancelled. Set it to "
                    "draft if it was ordered after all.",
                    names,
                )
            )
        return order

    # ------------------------------------------------------------------ products

    @api.model
    def _products(self, deal, lines):
        """Our product and the offer of each line, by ITscope's product id, the
        supplier's article number, then EAN; a handful of queries for all.

        :return: ``{place: (product.product, itscope.offer)}``
        """
        company = deal.company_id
        own = ("company_id", "=", company.id)
        puids = {line.product.puid for line in lines} - {""}
        skus = {line.product.supplier_pid for line in lines} - {""}
        forms_of = self.env["itscope.product.matcher"]._ean_forms
        eans = {form for line in lines for form in forms_of(line.product.ean)}
        by_puid = {
            link.puid: link.product_id
            for link in self.env["itscope.product"].search(
                [own, ("puid", "in", list(puids))]
            )
        }
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
            offer = offers.get(ids.supplier_pid, self.env["itscope.offer"])
            for product in (
                by_puid.get(ids.puid),
                offer.product_id,
                by_code.get(ids.supplier_pid),
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
        company = deal.company_id
        proposals = self.env["itscope.product.matcher"]._proposals(company, records)
        asked = [
            (record, proposals[record.puid])
            for record in records
            if proposals[record.puid].action == "ask"
        ]
        # sudo: noted for managers.
        self.env["itscope.decision"].sudo()._note(
            deal.account_id, self.env["itscope.sync"], asked
        )
        self.env["itscope.product.importer"]._import(
            deal.account_id,
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

    # ------------------------------------------------------------------ values

    @api.model
    def _create(self, deal, content):
        """The purchase order, as it was placed; not confirmed."""
        company = deal.company_id
        found = self._products(deal, content.lines)
        values = {
            **self._order_values(deal, content),
            **self._delivery_values(deal, content),
            "order_line": [
                Command.create(self._line_values(content, line, *found.get(place, ())))
                for place, line in enumerate(content.lines)
            ],
        }
        order = self.env["purchase.order"].with_company(company).create(values)
        for line, theirs in zip(order.order_line, content.lines, strict=True):
            if not line.display_type:
                self._finish_line(line, theirs)
        return order

    @api.model
    def _order_values(self, deal, content):
        supplier = self._supplier(deal)
        kinds = {
            line.delivery_date.type for line in content.lines if line.delivery_date
        }
        if content.delivery_date:
            kinds.add(content.delivery_date.type)
        wished = "fixed" if "fixed" in kinds else "optional"
        values = {
            "partner_id": supplier.partner_id.id,
            "company_id": deal.company_id.id,
            "itscope_supplier_id": supplier.id,
            "user_id": deal.account_id.responsible_id.id,
            "date_order": naive(content.date) or fields.Datetime.now(),
            "origin": deal.order_id,
            "partner_ref": deal.order_id,
            "itscope_partner_ref": deal.order_id,
            "itscope_customer_reference": content.customer_order_id
            or deal.customer_order_id,
            "itscope_partial_shipment": content.partial_shipment,
            "itscope_own_delivery_note": content.own_delivery_note,
            "itscope_remarks": "\n".join(text for _kind, text in content.remarks)
            or False,
            "itscope_delivery_date_type": wished if kinds else "none",
        }
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", content.currency)], limit=1)
        )
        if currency:
            values["currency_id"] = currency.id
        return values

    @api.model
    def _line_values(self, content, line, product=None, offer=None):
        """:param product: without one it becomes a note: a person has to choose"""
        name = line.product.description or line.product.supplier_pid
        remarks = " ".join(text for _kind, text in line.remarks)
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
                "product_qty": 0,
                "itscope_line_id": line.line_id,
            }
        values = {
            "product_id": product.id,
            "product_qty": float(line.quantity),
            "product_uom_id": self._unit(line, product).id,
            "price_unit": float(self._price(line)),
            "discount": 0.0,
            "itscope_line_id": line.line_id,
            "itscope_remark": remarks or False,
        }
        if offer:
            values["itscope_offer_id"] = offer.id
        delivery = line.delivery_date or content.delivery_date
        if delivery:
            values["date_planned"] = self.env[
                "purchase.order.line"
            ]._convert_to_middle_of_day(day(delivery.end))
        return values

    @api.model
    def _finish_line(self, line, theirs):
        """Net prices are not those of taxes that are included; and what was ordered is
        what documents are compared with."""
        line._itscope_set_net_price(self._price(theirs))
        line._itscope_note_sent(theirs.line_id)

    @staticmethod
    def _price(line):
        """Net, for one."""
        if line.price is not None:
            return line.price / line.price_quantity
        if line.line_amount is not None and line.quantity:
            return line.line_amount / line.quantity
        return 0

    @api.model
    def _unit(self, line, product):
        """The unit that was ordered in, where the product knows it."""
        for xmlid, code in UNIT_CODES.items():
            unit = self.env.ref(xmlid, raise_if_not_found=False)
            if code == (line.unit or "C62") and unit:
                if product.uom_id._has_common_reference(unit):
                    return unit
        return product.uom_id

    # ------------------------------------------------------------------ delivery

    @api.model
    def _delivery_values(self, deal, content):
        """A customer's address is a drop shipment, where Odoo does them."""
        address = self._foreign_address(deal, content)
        kind = self._dropship_type(deal.company_id)
        if not address or not kind:
            return {}
        return {
            "picking_type_id": kind.id,
            "dest_address_id": self._partner(deal.company_id, address).id,
        }

    @api.model
    def _dropship_type(self, company):
        return self.env["stock.picking.type"].search(
            [("company_id", "=", company.id), ("code", "=", "dropship")], limit=1
        )

    @api.model
    def _foreign_address(self, deal, content):
        """Where it goes if that is none of our own addresses, or None."""
        party = content.party("delivery")
        if not party or not (party.address.street and party.address.zip):
            return None
        company = deal.company_id
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        own = company.partner_id | company.partner_id.child_ids | warehouses.partner_id
        places = {self._place(one.zip, one.street) for one in own}
        buyer = content.party("buyer")
        if buyer:
            # As ITscope knows us: Odoo may spell our address in another way.
            places.add(self._place(buyer.address.zip, buyer.address.street))
        address = party.address
        same = self._place(address.zip, address.street) in places
        return None if same else address

    @api.model
    def _place(self, code, street):
        normal = self.env["itscope.supplier"]._normal_code
        return normal(code), normal((street or "").casefold().replace("straße", "str"))

    @api.model
    def _partner(self, company, address):
        """The contact with this address, made where there is none."""
        Partner = self.env["res.partner"]
        wanted = self._place(address.zip, address.street)
        normal = self.env["itscope.supplier"]._normal_name
        for partner in Partner.search(
            [
                ("zip", "=", address.zip),
                ("company_id", "in", [company.id, False]),
            ]
        ):
            if self._place(partner.zip, partner.street) == wanted and normal(
                address.name
            ) in (normal(partner.name), normal(partner.commercial_partner_id.name)):
                return partner
        country = self.env["res.country"].search(
            [("code", "=", address.country or "DE")], limit=1
        )
        return Partner.create(
            {
                "name": address.name or address.contact_name,
                "is_company": True,
                "street": address.street,
                "street2": address.name2 or False,
                "zip": address.zip,
                "city": address.city,
                "country_id": country.id,
                "company_id": company.id,
                "comment": self.env._("From an order on ITscope's platform."),
            }
        )
