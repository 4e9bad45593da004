from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.itscope_connector.tools import naive

from ..tools import day, plain
from .purchase_order_line import UNIT_CODES


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
        # What never left is not in the way.
        other = (order.itscope_deal_ids - deal).filtered(
            lambda one: not one._never_left()
        )
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
