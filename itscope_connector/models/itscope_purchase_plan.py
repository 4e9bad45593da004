from collections import defaultdict
from datetime import datetime, time

from pytz import UTC

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare


class ItscopePurchasePlan(models.AbstractModel):
    """From chosen offers to purchase orders, one for each supplier and destination."""

    _name = "itscope.purchase.plan"
    _description = "Purchase orders from ITscope offers"

    @api.model
    def _buy(self, company, picks, fill=True):
        """Create or fill requests for quotation.

        :param picks: dictionaries with

            - ``offer``: the ``itscope.offer`` to order by
            - ``quantity``: in the product's own unit; rounded up to what is sold
            - ``date``: the day it is needed on, or False
            - ``sale_line``: what it is needed for, may be empty
            - ``orderpoint``: the reordering rule that asks for it, or None
            - ``origin``: name of the document that asks for it
            - ``purchase_line``: optional; this line of a request for quotation moves
              to the offer's supplier with all that hangs on it, instead of a new one

        :param fill: whether a request that is there already is filled; else each
            supplier gets a new one
        :return: the purchase orders, in the order of the picks
        """
        self = self.with_company(company)
        self._check_vendors(company, picks)
        groups = defaultdict(list)
        for pick in picks:
            groups[self._order_key(company, pick)].append(pick)
        orders = self._open_orders(company, groups) if fill else {}
        missing = [key for key in groups if key not in orders]
        created = self.env["purchase.order"].create(
            [self._order_values(company, key, groups[key]) for key in missing]
        )
        orders.update(zip(missing, created, strict=True))
        to_create = []
        for key, group in groups.items():
            self._add_origins(orders[key], group)
            to_create += self._fill(orders[key], group)
        self.env["purchase.order.line"].create(to_create)
        return created.browse(orders[key].id for key in groups)

    @api.model
    def _check_vendors(self, company, picks):
        suppliers = self.env["itscope.supplier"].union(
            *(pick["offer"].supplier_id for pick in picks)
        )
        unmapped = suppliers.with_company(company).filtered(lambda s: not s.partner_id)
        if unmapped:
            raise UserError(
                self.env._(
                    "These suppliers have no vendor yet: %s. Map them under ITscope → "
                    "Configuration → Suppliers, or choose other offers.",
                    ", ".join(unmapped.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------ orders

    @api.model
    def _order_key(self, company, pick):
        """What goes into one order: ``(supplier, currency, operation type, address)``,
        as ids."""
        offer = pick["offer"]
        currency = offer.currency_id or company.currency_id
        return (
            offer.supplier_id.id,
            currency.id,
            self._operation_type(company, pick),
            pick["purchase_line"].order_id.dest_address_id.id
            if pick.get("purchase_line")
            else False,
        )

    @api.model
    def _operation_type(self, company, pick):
        """Where the goods are received, as an id; False without Odoo's inventory."""
        Order = self.env["purchase.order"]
        if "picking_type_id" not in Order._fields:
            return False
        if pick.get("purchase_line"):
            return pick["purchase_line"].order_id.picking_type_id.id
        for record in (pick.get("orderpoint"), pick.get("sale_line")):
            if record and "warehouse_id" in record._fields and record.warehouse_id:
                return record.warehouse_id.in_type_id.id
        return Order._get_picking_type(company.id).id

    @api.model
    def _open_orders(self, company, keys):
        """``{key: order}`` of the requests for quotation that can be filled."""
        Order = self.env["purchase.order"]
        stocked = "picking_type_id" in Order._fields
        found = {}
        for order in Order.search(
            [
                ("state", "=", "draft"),
                ("company_id", "=", company.id),
                ("itscope_supplier_id", "in", list({key[0] for key in keys})),
                # What was placed at ITscope already would not be ordered again.
                ("itscope_deal_ids", "=", False),
            ]
        ):
            vendor = order.itscope_supplier_id.with_company(company).partner_id
            key = (
                order.itscope_supplier_id.id,
                order.currency_id.id,
                order.picking_type_id.id if stocked else False,
                order.dest_address_id.id,
            )
            if key in keys and order.partner_id == vendor:
                found.setdefault(key, order)
        return found

    @api.model
    def _order_values(self, company, key, picks):
        supplier_id, currency_id, operation_type_id, address_id = key
        supplier = self.env["itscope.supplier"].with_company(company)
        vendor = supplier.browse(supplier_id).partner_id
        fiscal_positions = self.env["account.fiscal.position"].with_company(company)
        values = {
            "partner_id": vendor.id,
            "company_id": company.id,
            "currency_id": currency_id,
            "itscope_supplier_id": supplier_id,
            "user_id": (vendor.buyer_id or self.env.user).id,
            "fiscal_position_id": fiscal_positions._get_fiscal_position(vendor).id,
            "payment_term_id": vendor.property_supplier_payment_term_id.id,
            "dest_address_id": address_id,
        }
        if operation_type_id:
            values["picking_type_id"] = operation_type_id
        return values

    @api.model
    def _add_origins(self, order, picks):
        names = [name for name in (order.origin or "").split(", ") if name]
        wanted = dict.fromkeys([*names, *(p["origin"] for p in picks if p["origin"])])
        if len(wanted) > len(names):
            order.origin = ", ".join(wanted)

    # ------------------------------------------------------------------ lines

    @api.model
    def _fill(self, order, picks):
        """Put these picks into the order's lines as far as they fit; :return: values of
        the lines that are missing"""
        names = self._descriptions(order, [p["offer"].product_id.id for p in picks])
        lines = {self._line_key(line): line for line in reversed(order.order_line)}
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
        digits = self.env["decimal.precision"].precision_get("Product Price")
        price = self._unit_price(line.order_id, offer, line.product_qty, line.tax_ids)
        return (
            line.product_uom_id == line.product_id.uom_id
            and not line.discount
            and not float_compare(line.price_unit, price, precision_digits=digits)
        )

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
        values = self._line_values(order, pick, names)
        usual = self._descriptions(line.order_id, line.product_id.ids)
        if line.name != usual[line.product_id.id]:
            # A person's words.
            del values["name"]
        for name in self._link_values(pick):
            del values[name]
        line.write({"order_id": order.id, **values})

    @api.model
    def _line_values(self, order, pick, names):
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
            **self._price_values(self._unit_price(order, offer, quantity, taxes)),
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
    def _unit_price(self, order, offer, quantity, taxes):
        """The offer's net price for this quantity, as a line with these taxes has it:
        some are included in the price."""
        price = offer._price_of(quantity)
        if not price:
            return 0.0
        if offer.currency_id != order.currency_id:
            price = offer.currency_id._convert(
                price, order.currency_id, order.company_id, round=False
            )
        net = taxes.with_context(round=False, round_base=False).compute_all(
            price,
            currency=order.currency_id,
            product=offer.product_id,
            partner=order.partner_id,
        )["total_excluded"]
        return price * price / net if net and net != price else price
