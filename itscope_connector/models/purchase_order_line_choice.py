from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round

from ..tools import lock


class PurchaseOrderLine(models.Model):
    """Choosing an offer: of the order's supplier here, of another one in its order."""

    _inherit = "purchase.order.line"

    def itscope_choose_elsewhere(self, offer_id):
        """Choose another supplier's offer: the line goes into that supplier's order.

        :return: id and name of the order
        """
        self.ensure_one()
        offer = self.env["itscope.offer"].browse(offer_id)
        order = self._itscope_choose(offer, move=True)
        return {"id": order.id, "name": order.display_name}

    def _itscope_choose(self, offer, move=False):
        """:param move: move the line where the offer is another supplier's

        :return: the order that the line stands in now
        """
        self.ensure_one()
        self.check_access("write")
        lock(self.order_id)
        if move and not self._itscope_is_of_order(offer):
            self._itscope_check_choice(offer, move=True)
            self._itscope_move_by(offer)
        super()._itscope_choose(offer)
        return self.order_id

    # ------------------------------------------------------------------ whether

    def _itscope_choice_hindrance(self):
        if self._itscope_is_open():
            return False
        return self.env._(
            "%s was sent or confirmed already: its lines can't be changed or moved to "
            "another supplier here.",
            self.order_id.display_name,
        )

    def _itscope_check_open(self, leaves):
        """Raise where this line can't change.

        :param leaves: whether it goes to another order
        """
        self.ensure_one()
        if hindrance := self._itscope_choice_hindrance():
            raise UserError(hindrance)
        if leaves and self.order_id.state == "sent":
            # Its vendor would wait for an order of what is bought elsewhere.
            raise UserError(
                self.env._(
                    "%s was mailed to its vendor: its lines don't move to another "
                    "supplier. Cancel it and set it to draft first.",
                    self.order_id.display_name,
                )
            )

    def _itscope_check_choice(self, offer, move=False):
        """:param move: whether the line may go to another supplier's order"""
        result = super()._itscope_check_choice(offer)
        if move:
            self._itscope_check_open(leaves=True)
        own = offer.with_company(self.company_id or self.env.company)
        if not own.supplier_id.partner_id:
            raise UserError(
                self.env._(
                    "%s has no vendor in Odoo yet. Map it first, under ITscope → "
                    "Configuration → Suppliers, or ask your ITscope administrator.",
                    offer.supplier_id.display_name,
                )
            )
        if not move and not self._itscope_is_of_order(offer):
            raise UserError(
                self.env._(
                    "This order goes to %(vendor)s. To buy from %(supplier)s, save the "
                    "order, then choose the offer again: the line moves to an order of "
                    "that supplier.",
                    vendor=self.order_id.partner_id.display_name,
                    supplier=offer.supplier_id.display_name,
                )
            )
        return result

    def _itscope_is_of_order(self, offer):
        """Whether this offer is one of the order's supplier; an order without a vendor
        takes any."""
        order, supplier = self.order_id, offer.supplier_id
        if order.itscope_supplier_id:
            return supplier == order.itscope_supplier_id
        vendor = supplier.with_company(order.company_id or self.env.company).partner_id
        partner = order.partner_id.commercial_partner_id
        return not partner or partner == vendor.commercial_partner_id

    # ------------------------------------------------------------------ what it makes

    def itscope_choice(self, draft, offer_id):
        values = super().itscope_choice(draft, offer_id)
        if not draft.get("partner_id"):
            offer = self.env["itscope.offer"].browse(offer_id)
            vendor = offer.with_company(offer.company_id).supplier_id.partner_id
            values["vendor"] = {"id": vendor.id, "display_name": vendor.display_name}
        return values

    def _itscope_choice_values(self, offer):
        values = super()._itscope_choice_values(offer)
        if offer.has_price:
            price = self._itscope_price_of(offer)
            values.update(price_unit=price, discount=0.0)
            if self.selected_seller_id.itscope_offer_id == offer:
                # Odoo goes on computing the price, by quantity; any other would stay as
                # if it had been entered by hand.
                values["technical_price_unit"] = price
        if offer.availability_date and offer.stock < self._itscope_needed():
            day = fields.Datetime.context_timestamp(self, offer.availability_date)
            if day.date() > fields.Date.context_today(self):
                values["date_planned"] = self._convert_to_middle_of_day(day.date())
        return values

    def _itscope_price_of(self, offer, price=None):
        """The unit price of this line by this offer: in its unit and currency, with the
        taxes that its price includes.

        :param price: another one than is agreed on or than the offer's for this
            quantity
        """
        net = self._itscope_net_price_by(offer, price)
        return self._itscope_rounded_price(self._itscope_with_taxes(net))

    def _itscope_net_price_by(self, offer, price=None):
        """What one of the line's unit costs by this offer, in the line's currency,
        without taxes, not rounded.

        :param price: see :meth:`_itscope_price_of`
        """
        if price is None:
            price = self._itscope_agreed_price(offer)
        if price is None:
            price = offer._price_for(self._itscope_needed())
        company = self.company_id or self.env.company
        currency = self.currency_id or self.order_id.currency_id or company.currency_id
        return offer.currency_id._convert(
            self.product_id.uom_id._compute_price(price, self.product_uom_id),
            currency,
            company,
            self.order_id.date_order or fields.Date.context_today(self),
            round=False,
        )

    def _itscope_rounded_price(self, price):
        """As Odoo rounds the prices of purchase lines."""
        company = self.company_id or self.env.company
        currency = self.currency_id or self.order_id.currency_id or company.currency_id
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return float_round(price, precision_digits=max(currency.decimal_places, digits))

    # ------------------------------------------------------------------ moving

    def _itscope_move_by(self, offer):
        """Move this line into the order that it would be bought by this offer in, or
        into a new one."""
        self.ensure_one()
        old = self.order_id
        order = old._itscope_siblings(offer).get(offer) or old.create(
            old._itscope_sibling_values(offer)
        )
        self._itscope_move_to(order, {"itscope_offer_id": offer.id})
        # Odoo does so only in forms.
        self._compute_tax_id()
        for place in (old, order):
            place.message_post(
                body=self.env._(
                    "%(product)s was moved from %(old)s to %(new)s: %(supplier)s's "
                    "offer was chosen.",
                    product=self.product_id.display_name,
                    old=old.name,
                    new=order.name,
                    supplier=offer.supplier_id.display_name,
                )
            )

    def _itscope_move_to(self, order, values):
        """All that hangs on the line (sale, receipts it is for, analytics) stays on it.

        :param values: what else becomes another one with the order
        """
        self.ensure_one()
        old = self.order_id
        names = (old.origin or "").split(", ")
        self.env["itscope.purchase.plan"]._add_origins(
            order, [{"origin": name} for name in names]
        )
        if order != old and "reference_ids" in old._fields:
            # purchase_stock: what the receipts of both are for.
            links = [fields.Command.link(row.id) for row in old.reference_ids]
            order.reference_ids = links
        self.write({"order_id": order.id, **values})

    # ------------------------------------------------------------------ the list

    def _itscope_offer_rows(self, offers):
        """Which suppliers have no vendor, and which are another order's."""
        rows = super()._itscope_offer_rows(offers)
        own = offers.with_company(self.company_id or self.env.company)
        others = own.filtered(
            lambda offer: (
                offer.supplier_id.partner_id and not self._itscope_is_of_order(offer)
            )
        )
        orders = self.order_id._itscope_siblings(others)
        for row, offer in zip(rows, own, strict=True):
            if offer in others:
                order = orders.get(offer)
                row["elsewhere"] = {
                    "vendor": offer.supplier_id.partner_id.display_name,
                    "order": order.display_name if order else False,
                }
        return rows
