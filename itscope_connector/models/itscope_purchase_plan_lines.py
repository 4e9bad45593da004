from datetime import datetime, time

from pytz import UTC

from odoo import api, models
from odoo.fields import Command
from odoo.tools import float_compare


class ItscopePurchasePlan(models.AbstractModel):
    """The lines of purchase orders from chosen offers: new, added to, or moved."""

    _inherit = "itscope.purchase.plan"

    @api.model
    def _fill(self, order, picks):
        """Put these picks into the order's lines as far as they fit; :return: values of
        the lines that are missing"""
        names = self._descriptions(order, [p["offer"].product_id.id for p in picks])
        lines = self._lines_by_key(order.order_line)
        new = {}
        for pick in picks:
            if pick.get("purchase_line"):
                self._move(order, pick, names)
                continue
            key = self._pick_key(pick)
            line = lines.get(key)
            if line and self._takes_more(line):
                self._add_to_line(line, pick)
            elif key in new:
                dates = filter(None, (new[key]["date"], pick["date"]))
                new[key]["quantity"] += pick["quantity"]
                new[key]["date"] = min(dates, default=False)
            else:
                new[key] = dict(pick)
        return [
            {"order_id": order.id, **self._line_values(order, pick, names)}
            for pick in new.values()
        ]

    @api.model
    def _descriptions(self, order, product_ids):
        """``{product id: description}`` as a new line for this vendor has it."""
        vendor, Line = order.partner_id, self.env["purchase.order.line"]
        products = self.env["product.product"].with_context(
            lang=vendor.lang, partner_id=vendor.id, company_id=order.company_id.id
        )
        line = Line.new({})
        return {
            product.id: line._get_product_purchase_description(product)
            for product in products.browse(product_ids)
        }

    @api.model
    def _line_key(self, line):
        """Quantities of lines with the same key can be added up: no link is lost."""
        key = [line.product_id.id, line.itscope_offer_id.id]
        for name in ("sale_line_id", "orderpoint_id"):
            if name in line._fields:
                key.append(line[name].id)
        return tuple(key)

    @api.model
    def _lines_by_key(self, lines):
        """``{key: line}``: the one that takes more where there is any, else the newest.

        One that a person changed would make a new line of each further pick.
        """
        ordered = lines.sorted(lambda line: (self._takes_more(line), line.id))
        return {self._line_key(line): line for line in ordered}

    @api.model
    def _pick_key(self, pick):
        return (
            pick["offer"].product_id.id,
            pick["offer"].id,
            *(link or False for link in self._link_values(pick).values()),
        )

    @api.model
    def _link_values(self, pick):
        """What the line is needed for, in Odoo's own links as far as there are any."""
        values = {}
        for name in ("sale_line_id", "orderpoint_id"):
            if name in self.env["purchase.order.line"]._fields:
                record = pick.get(name.removesuffix("_id"))
                values[name] = record.id if record else False
        return values

    @api.model
    def _takes_more(self, line):
        """Whether a line is still as it was made here: then its price follows."""
        offer = line.itscope_offer_id
        if not offer or line.discount or line.product_uom_id != line.product_id.uom_id:
            return False
        digits = self.env["decimal.precision"].precision_get("Product Price")
        price = line._itscope_price_of(offer)
        return not float_compare(line.price_unit, price, precision_digits=digits)

    @api.model
    def _add_to_line(self, line, pick):
        offer = line.itscope_offer_id
        quantity = offer._orderable(line.product_qty + pick["quantity"])
        price = self._unit_price(line.order_id, offer, quantity, line.tax_ids)
        values = {"product_qty": quantity, **self._price_values(price)}
        if pick["date"]:
            planned = line._convert_to_middle_of_day(pick["date"])
            values["date_planned"] = min(line.date_planned or planned, planned)
        line.write(values)

    @api.model
    def _move(self, order, pick, names):
        """A line of another request for quotation comes here; its links stay."""
        line = pick["purchase_line"]
        agreed = line._itscope_agreed_price(pick["offer"])
        values = self._line_values(order, pick, names, agreed)
        if agreed is not None:
            # Of no vendor price: Odoo does not compute it when the quantity changes.
            del values["technical_price_unit"]
        usual = self._descriptions(line.order_id, line.product_id.ids)
        if line.name != usual[line.product_id.id]:
            # A person's words.
            del values["name"]
        for name in self._link_values(pick):
            del values[name]
        line._itscope_move_to(order, values)

    @api.model
    def _line_values(self, order, pick, names, agreed=None):
        """:param agreed: a price in the offer's currency, instead of the offer's own"""
        offer, product = pick["offer"], pick["offer"].product_id
        taxes = order.fiscal_position_id.map_tax(
            product.supplier_taxes_id._filter_taxes_by_company(order.company_id)
        )
        quantity = offer._orderable(pick["quantity"])
        return {
            "product_id": product.id,
            "itscope_offer_id": offer.id,
            "name": names[product.id],
            "product_qty": quantity,
            "product_uom_id": product.uom_id.id,
            "tax_ids": [Command.set(taxes.ids)],
            "date_planned": self._planned(order, pick, quantity),
            **self._price_values(
                self._unit_price(order, offer, quantity, taxes, agreed)
            ),
            **self._link_values(pick),
        }

    @api.model
    def _price_values(self, price):
        # Equal to the technical price: no person changed it.
        return {"price_unit": price, "technical_price_unit": price, "discount": 0.0}

    @api.model
    def _planned(self, order, pick, quantity):
        """Noon of the day it is needed on, else of the day it can be here."""
        day = pick["date"] or pick["offer"]._arrival(quantity)
        zone = order.get_order_timezone()
        noon = zone.localize(datetime.combine(day, time(12)))
        return noon.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _unit_price(self, order, offer, quantity, taxes, agreed=None):
        """What a line of this order with this quantity and these taxes costs."""
        line = self.env["purchase.order.line"].new(
            {
                "order_id": order.id,
                "product_id": offer.product_id.id,
                "product_qty": quantity,
                "product_uom_id": offer.product_id.uom_id.id,
                "tax_ids": [Command.set(taxes.ids)],
            }
        )
        price = offer._price_for(quantity) if agreed is None else agreed
        return line._itscope_price_of(offer, price)
