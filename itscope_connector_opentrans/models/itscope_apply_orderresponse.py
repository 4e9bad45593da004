from decimal import Decimal
from typing import NamedTuple

from odoo import models

from odoo.addons.itscope_connector.tools import write_changed

from ..tools import day, plain


class Confirmation(NamedTuple):
    """What the newest response that names a line says about it; price net, per unit."""

    entry: object
    quantity: Decimal
    price: Decimal | None
    date: object


class ItscopeApplyOrderresponse(models.AbstractModel):
    """Order responses: vendor reference, confirmed prices and dates.

    A response may name some lines only, so each line is taken from the newest response
    that names it.
    """

    _name = "itscope.apply.orderresponse"
    _inherit = ["itscope.document.apply"]
    _description = "Application of order responses"

    def _apply(self, deal, entries):
        order = deal.purchase_order_id
        confirmed = {}
        for entry in entries:
            pairs, unknown = self._matched(deal, entry.document)
            for line in unknown:
                entry.attention.append(
                    self.env._(
                        "Confirmed, but not in the order: %s", self._describe(line)
                    )
                )
            for line in dict.fromkeys(line for line, _theirs in pairs):
                theirs = [other for one, other in pairs if one == line]
                confirmed[line] = self._confirmation(entry, theirs)
        newest = entries[-1]
        for line in order.order_line._itscope_sendable():
            if line in confirmed:
                self._apply_line(deal, line, confirmed[line])
            else:
                newest.attention.append(
                    self.env._(
                        "Not confirmed yet: %(quantity)s × %(product)s",
                        quantity=plain(line._itscope_quantity()),
                        product=line.product_id.display_name or line.name,
                    )
                )
        self._set_reference(deal, entries)

    def _confirmation(self, entry, lines):
        """One confirmation of an order line from one or, where it is split, more."""
        document = entry.document
        prices = {
            line.price / line.price_quantity for line in lines if line.price is not None
        }
        if len(prices) > 1:
            entry.attention.append(
                self.env._(
                    "%(line)s is confirmed at several prices: %(prices)s",
                    line=self._describe(lines[0]),
                    prices=", ".join(sorted(plain(price) for price in prices)),
                )
            )
        if len(lines) > 1:
            entry.attention.append(
                self.env._(
                    "%(line)s is confirmed in %(parts)s parts: %(quantities)s",
                    line=self._describe(lines[0]),
                    parts=len(lines),
                    quantities=" + ".join(plain(line.quantity) for line in lines),
                )
            )
        dates = [
            day(date.end or date.start)
            for line in lines
            if (date := line.delivery_date or document.delivery_date)
        ]
        return Confirmation(
            entry,
            sum((line.quantity for line in lines), Decimal()),
            prices.pop() if len(prices) == 1 else None,
            max(dates, default=False),
        )

    def _apply_line(self, deal, line, confirmation):
        entry, quantity, price, date = confirmation
        values = {
            "itscope_confirmed": True,
            "itscope_confirmed_quantity": float(quantity),
            "itscope_confirmed_price": float(price or 0),
            "itscope_confirmed_date": date,
        }
        if not line.itscope_sent_price:
            # Not sent from here: what the order says now is what it is measured by.
            values["itscope_sent_price"] = float(line._itscope_net_price())
        write_changed(line, values)
        ordered = line._itscope_quantity()
        product = line.product_id.display_name or line.name
        if quantity != ordered:
            entry.attention.append(
                self.env._(
                    "%(product)s: ordered %(ordered)s, confirmed %(confirmed)s",
                    product=product,
                    ordered=plain(ordered),
                    confirmed=plain(quantity),
                )
            )
        if price:
            self._apply_price(deal, line, confirmation, product)
        if date:
            line._itscope_set_date(date)

    def _apply_price(self, deal, line, confirmation, product):
        entry, price = confirmation.entry, confirmation.price
        ordered = line._itscope_decimal("itscope_sent_price")
        limit = ordered * Decimal(str(deal.account_id.price_tolerance)) / 100
        if abs(price - ordered) > limit and not entry.record.accepted:
            entry.attention.append(
                self.env._(
                    "%(product)s: ordered at %(ordered)s, confirmed at %(confirmed)s "
                    "%(currency)s",
                    product=product,
                    ordered=plain(ordered),
                    confirmed=plain(price),
                    currency=line.currency_id.name,
                )
            )
            return
        line._itscope_set_net_price(price)

    def _set_reference(self, deal, entries):
        """The distributor's own number of the order, else ITscope's."""
        order = deal.purchase_order_id
        given = [
            entry.document.supplier_order_id
            for entry in entries
            if entry.document.supplier_order_id
        ]
        reference = given[-1] if given else deal.order_id or entries[-1].document.number
        if order.partner_ref in (False, "", order.itscope_partner_ref):
            write_changed(
                order, {"partner_ref": reference, "itscope_partner_ref": reference}
            )
