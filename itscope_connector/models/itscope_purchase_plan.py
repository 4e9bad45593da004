from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import lock


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
        groups = self._by_order(company, picks)
        self._check_lines(groups)
        orders = self._open_orders(company, groups) if fill else {}
        for key, group in groups.items():
            # What is in the right order already stays in it.
            for pick in group:
                order = (pick.get("purchase_line") or self._no_line()).order_id
                if order and self._key_of(order) == key:
                    orders[key] = order
        missing = [key for key in groups if key not in orders]
        created = self.env["purchase.order"].create(
            [self._order_values(company, key) for key in missing]
        )
        orders.update(zip(missing, created, strict=True))
        to_create = []
        for key, group in groups.items():
            self._add_origins(orders[key], group)
            to_create += self._fill(orders[key], group)
        self.env["purchase.order.line"].create(to_create)
        return created.browse(orders[key].id for key in groups)

    @api.model
    def _orders_to_fill(self, company, picks):
        """The requests for quotation that these picks would go into."""
        orders = self._open_orders(company, self._by_order(company, picks))
        return self.env["purchase.order"].union(*orders.values())

    @api.model
    def _no_line(self):
        return self.env["purchase.order.line"]

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

    @api.model
    def _check_lines(self, groups):
        """Raise where a line can't change, or not leave its order; the orders stay as
        they are from here on."""
        moving = [
            (key, pick["purchase_line"])
            for key, group in groups.items()
            for pick in group
            if pick.get("purchase_line")
        ]
        lock(self._no_line().union(*(line for _key, line in moving)).order_id)
        for key, line in moving:
            line._itscope_check_open(leaves=key != self._key_of(line.order_id))

    # ------------------------------------------------------------------ orders

    @api.model
    def _by_order(self, company, picks):
        """``{key: picks}`` of what goes into one order; the key is ``(supplier,
        currency, operation type, address)``, as ids."""
        groups = defaultdict(list)
        Order = self.env["purchase.order"]
        stocked = "picking_type_id" in Order._fields
        usual = Order._get_picking_type(company.id).id if stocked else False
        for pick in picks:
            offer = pick["offer"]
            if order := (pick.get("purchase_line") or self._no_line()).order_id:
                key = self._key_beside(order, offer)
            else:
                place = self._operation_type(pick).id or usual
                key = (*self._seller(company, offer), place, False)
            groups[key].append(pick)
        return groups

    @api.model
    def _seller(self, company, offer):
        currency = offer.currency_id or company.currency_id
        return offer.supplier_id.id, currency.id

    @api.model
    def _key_beside(self, order, offer):
        """The key of the order that goods of this one would go into by this offer."""
        company = order.company_id or self.env.company
        return (*self._seller(company, offer), *self._key_of(order)[2:])

    @api.model
    def _operation_type(self, pick):
        """Where the goods are received; none where it does not matter to what asks for
        them, or without Odoo's inventory."""
        for record in (pick.get("orderpoint"), pick.get("sale_line")):
            if record and "warehouse_id" in record._fields and record.warehouse_id:
                return record.warehouse_id.in_type_id
        return self.env["purchase.order"]

    @api.model
    def _key_of(self, order):
        """An order's key, as in :meth:`_by_order`."""
        return (
            order.itscope_supplier_id.id,
            order.currency_id.id,
            order.picking_type_id.id if "picking_type_id" in order._fields else False,
            order.dest_address_id.id,
        )

    @api.model
    def _open_orders(self, company, keys):
        """``{key: order}`` of the requests for quotation that can be filled."""
        found = {}
        for order in self.env["purchase.order"].search(
            [
                ("state", "=", "draft"),
                ("company_id", "=", company.id),
                ("itscope_supplier_id", "in", list({key[0] for key in keys})),
                # What was placed at ITscope already would not be ordered again.
                ("itscope_deal_ids", "=", False),
            ]
        ):
            vendor = order.itscope_supplier_id.with_company(company).partner_id
            key = self._key_of(order)
            # Another vendor may have been mapped since.
            same = (
                order.partner_id.commercial_partner_id == vendor.commercial_partner_id
            )
            if key in keys and same:
                found.setdefault(key, order)
        return found

    @api.model
    def _order_values(self, company, key):
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
