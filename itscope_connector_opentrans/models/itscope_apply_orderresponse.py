from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import format_date

from odoo.addons.itscope_connector.tools import write_changed

from ..tools import day, plain


class Confirmation(NamedTuple):
    """What the newest response that names a line says about it; price net, per unit.

    ``parts``: ``[(quantity, date or False)]``, one for each delivery.
    """

    entry: object
    quantity: Decimal
    price: Decimal | None
    date: object
    parts: list


class ItscopeApplyOrderresponse(models.AbstractModel):
    """Order responses: vendor reference, confirmed quantities, prices and dates.

    A response may name some lines only, so each line is taken from the newest response
    that names it. Prices and dates within the account's tolerances are taken over; the
    rest waits for the buyer, and the order keeps what was sent.
    """

    _name = "itscope.apply.orderresponse"
    _inherit = ["itscope.document.apply"]
    _description = "Application of order responses"

    def _identity(self, record, document):
        # All responses of an order have the order's number.
        return record.transaction_id or record.content_hash

    def _apply(self, order, entries):
        lines = order.order_line._itscope_sendable()
        if not entries and not any(lines.mapped("itscope_confirmation")):
            return
        confirmed = self._confirmations(order, entries)
        policy = order._itscope_policy()
        for line in lines:
            line._itscope_note_baseline()
            if line in confirmed:
                self._apply_line(policy, line, confirmed[line])
            else:
                self._apply_nothing(line, entries)
        if entries:
            self._set_reference(order, entries)

    # ------------------------------------------------------------------ what they say

    def _confirmations(self, order, entries):
        """``{purchase order line: Confirmation}``"""
        confirmed = {}
        for entry in entries:
            self._check_currency(order, entry)
            pairs, unknown = self._matched(order, entry)
            for line in unknown:
                entry.attention.append(
                    self.env._(
                        "Confirmed, but not in the order: %s", self._describe(line)
                    )
                )
            named = defaultdict(list)
            for line, theirs in pairs:
                named[line].append(theirs)
            for line, theirs in named.items():
                confirmed[line] = self._confirmation(order, entry, theirs)
        return confirmed

    def _check_currency(self, order, entry):
        if self._is_foreign(order, entry.document):
            entry.attention.append(
                self.env._(
                    "Confirmed in %(theirs)s, ordered in %(ours)s: its prices were not "
                    "compared.",
                    theirs=entry.document.currency,
                    ours=order.currency_id.name,
                )
            )

    @staticmethod
    def _is_foreign(order, document):
        return document.currency and document.currency != order.currency_id.name

    def _confirmation(self, order, entry, lines):
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
        parts = [part for line in lines for part in self._parts(document, line)]
        dates = [date for _quantity, date in parts if date]
        price = prices.pop() if len(prices) == 1 else None
        return Confirmation(
            entry,
            sum((line.quantity for line in lines), Decimal()),
            None if self._is_foreign(order, document) else price,
            max(dates, default=False),
            sorted(parts, key=lambda part: (str(part[1] or ""), part[0])),
        )

    @staticmethod
    def _parts(document, line):
        """When a line comes: one part, or its partial deliveries."""
        known = [
            (part.quantity, _last_day(part.delivery_date))
            for part in line.partial_deliveries
            if part.quantity
        ]
        if known and sum(quantity for quantity, _date in known) == line.quantity:
            return known
        date = _last_day(line.delivery_date or document.delivery_date)
        return [(line.quantity, date)]

    # ------------------------------------------------------------------ lines

    def _apply_nothing(self, line, entries):
        """No response names this line (any more): it is as it was sent."""
        line._itscope_forget_confirmation("missing" if entries else False)
        line._itscope_follow(line._itscope_decimal("itscope_sent_price"), False)
        if entries:
            entries[-1].notes.append(
                self.env._(
                    "Not confirmed yet: %(quantity)s × %(product)s",
                    quantity=plain(line._itscope_quantity()),
                    product=line.product_id.display_name or line.name,
                )
            )

    def _apply_line(self, policy, line, confirmation):
        """:param policy: the account whose tolerances hold"""
        entry, quantity, price, date, parts = confirmation
        write_changed(
            line,
            {
                "itscope_confirmed": True,
                "itscope_confirmed_by_id": entry.record.id,
                "itscope_confirmed_quantity": float(quantity),
                "itscope_confirmed_price": float(price or 0),
                "itscope_confirmed_date": date,
                "itscope_confirmed_parts": [
                    [float(part), str(on) if on else False] for part, on in parts
                ],
            },
        )
        if len(parts) > 1:
            entry.notes.append(
                self.env._(
                    "%(product)s comes in %(count)s parts: %(parts)s",
                    product=line.product_id.display_name or line.name,
                    count=len(parts),
                    parts=line.itscope_delivery,
                )
            )
        accepted = line.itscope_accepted == line._itscope_confirmation_key()
        price_beyond = self._beyond_price(policy, line, price)
        date_beyond = self._beyond_date(policy, line, date)
        deviations = [
            *self._quantity_deviations(line, quantity),
            *price_beyond,
            *date_beyond,
        ]
        if accepted:
            state = "accepted"
        elif deviations:
            state = "deviates" if quantity else "cancelled"
            entry.attention.extend(deviations)
        else:
            same = not price or price == line._itscope_decimal("itscope_sent_price")
            state = "same" if same else "tolerated"
        write_changed(line, {"itscope_confirmation": state})
        if not line._itscope_follow(
            price
            if price and (accepted or not price_beyond)
            else line._itscope_decimal("itscope_sent_price"),
            date if accepted or not date_beyond else False,
        ):
            entry.notes.append(
                self.env._(
                    "%s: price or date were changed by hand and stay.",
                    line.product_id.display_name or line.name,
                )
            )

    def _quantity_deviations(self, line, quantity):
        ordered = line._itscope_quantity()
        product = line.product_id.display_name or line.name
        if not quantity and ordered:
            yield self.env._(
                "%(product)s: cancelled by the supplier, ordered %(ordered)s",
                product=product,
                ordered=plain(ordered),
            )
        elif quantity != ordered:
            yield self.env._(
                "%(product)s: ordered %(ordered)s, confirmed %(confirmed)s",
                product=product,
                ordered=plain(ordered),
                confirmed=plain(quantity),
            )

    def _beyond_price(self, policy, line, price):
        """``[text]`` where the price is not within the tolerance."""
        if not price:
            return []
        ordered = line._itscope_decimal("itscope_sent_price")
        tolerance = Decimal(str(policy.price_tolerance))
        if abs(price - ordered) <= ordered * tolerance / 100:
            return []
        return [
            self.env._(
                "%(product)s: ordered at %(ordered)s, confirmed at %(confirmed)s "
                "%(currency)s",
                product=line.product_id.display_name or line.name,
                ordered=plain(ordered),
                confirmed=plain(price),
                currency=line.currency_id.name,
            )
        ]

    def _beyond_date(self, policy, line, date):
        """``[text]`` where the goods come later than the tolerance allows."""
        wished = line.itscope_sent_date
        if not date or not wished:
            return []
        if (date - wished).days <= policy.date_tolerance:
            return []
        return [
            self.env._(
                "%(product)s: expected on %(wished)s, confirmed for %(confirmed)s",
                product=line.product_id.display_name or line.name,
                wished=format_date(self.env, wished),
                confirmed=format_date(self.env, date),
            )
        ]

    # ------------------------------------------------------------------ order

    def _set_reference(self, order, entries):
        """The distributor's own number of the order, else ITscope's."""
        given = [
            entry.document.supplier_order_id
            for entry in entries
            if entry.document.supplier_order_id
        ]
        reference = (
            given[-1]
            if given
            else order.itscope_deal_id.order_id or entries[-1].document.number
        )
        if order.partner_ref in (False, "", order.itscope_partner_ref):
            write_changed(
                order, {"partner_ref": reference, "itscope_partner_ref": reference}
            )


def _last_day(delivery):
    """The day by which a delivery is promised, or False."""
    return day(delivery.end or delivery.start) if delivery else False
