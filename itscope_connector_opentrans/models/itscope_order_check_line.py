from datetime import timedelta

from odoo import fields, models
from odoo.tools.misc import format_date

from .. import opentrans
from ..tools import plain


class ItscopeOrderCheck(models.AbstractModel):
    """What there is to say about the lines of an order."""

    _inherit = "itscope.order.check"

    def _line_problems(self, line, account):
        name = (line.name or line.product_id.display_name or "").splitlines()[:1]
        values = {"line": name[0] if name else "-"}
        order = line.order_id
        if not line.product_id:
            yield self._error(
                "product",
                self.env._(
                    "%(line)s: the line has no product. Choose one, or make it a note.",
                    **values,
                ),
                order,
            )
            return
        if not line._itscope_supplier_sku():
            yield self._error(
                "supplier_sku",
                self.env._(
                    "%(line)s: the supplier's article number is missing. Link the "
                    "product to ITscope, or enter the vendor's product code on the "
                    "product.",
                    **values,
                ),
                line.product_id,
            )
        _uom, code = line._itscope_unit()
        if not code:
            yield self._error(
                "unit",
                self.env._(
                    "%(line)s: the unit %(unit)s can't be ordered at ITscope. Order in "
                    "pieces.",
                    unit=line.product_uom_id.display_name,
                    **values,
                ),
                order,
            )
            return
        yield from self._quantity_problems(line, code, values)
        yield from self._price_problems(line, account, values)
        yield from self._project_problems(line, values)
        yield from self._offer_problems(line, values)
        yield from self._licence_problems(line, values)
        if (
            order.itscope_delivery_date_type != "none"
            and line.date_planned
            and line.date_planned.date() < fields.Date.context_today(line)
        ):
            yield self._error(
                "date",
                self.env._(
                    "%(line)s: the wished delivery date %(date)s has passed.",
                    date=line.date_planned.date(),
                    **values,
                ),
                order,
            )
        if line.itscope_remark_left < 0:
            yield self._warning(
                "remark",
                self.env._(
                    "%(line)s: the remark is cut after %(limit)s characters: "
                    "“%(remark)s”",
                    limit=opentrans.MAX_REMARK,
                    remark=" ".join(line.itscope_remark.split())[
                        : opentrans.MAX_REMARK
                    ],
                    **values,
                ),
                line,
                line.itscope_remark,
            )

    def _quantity_problems(self, line, code, values):
        quantity, offer = line._itscope_quantity(), line.itscope_offer_id
        if quantity <= 0:
            text = self.env._("%(line)s: the quantity must be more than 0.", **values)
            yield self._error("quantity", text, line.order_id)
        elif code == "C62" and quantity != quantity.to_integral_value():
            yield self._error(
                "quantity",
                self.env._(
                    "%(line)s: %(quantity)s pieces can't be ordered. Enter a whole "
                    "number.",
                    quantity=plain(quantity),
                    **values,
                ),
                line.order_id,
            )
        elif offer.min_quantity and quantity < offer.min_quantity:
            yield self._error(
                "min_quantity",
                self.env._(
                    "%(line)s: the supplier sells at least %(least)s, the order has "
                    "%(quantity)s.",
                    least=offer.min_quantity,
                    quantity=plain(quantity),
                    **values,
                ),
                line.order_id,
            )
        elif offer.interval_quantity and quantity % offer.interval_quantity:
            yield self._warning(
                "interval_quantity",
                self.env._(
                    "%(line)s: the supplier packs by %(packed)s, the order has "
                    "%(quantity)s.",
                    packed=offer.interval_quantity,
                    quantity=plain(quantity),
                    **values,
                ),
                line,
                offer.interval_quantity,
                plain(quantity),
            )

    def _price_problems(self, line, account, values):
        price, offer = line._itscope_net_price(), line.itscope_offer_id
        if price <= 0:
            yield self._error(
                "price",
                self.env._(
                    "%(line)s: the price is missing. Refresh it from ITscope or enter "
                    "it.",
                    **values,
                ),
                line.order_id,
            )
            return
        told = line._itscope_offer_price()
        if not told or not offer.currency_id:
            return
        if offer.currency_id != line.currency_id:
            yield self._error(
                "offer_currency",
                self.env._(
                    "%(line)s: the supplier's price is in %(offered)s, the order is in "
                    "%(ordered)s. Cancel the order, set it to draft and choose "
                    "%(offered)s. For new orders, set it as purchase currency of the "
                    "vendor.",
                    offered=offer.currency_id.name,
                    ordered=line.currency_id.name,
                    **values,
                ),
                line.order_id,
            )
            return
        told = line._itscope_rounded(told, "Product Price")
        if told != price:
            yield self._warning(
                "price_changed",
                self.env._(
                    "%(line)s: the supplier's price is %(told)s, the order has "
                    "%(price)s.",
                    told=offer.currency_id.format(float(told)),
                    price=line.currency_id.format(float(price)),
                    **values,
                ),
                line,
                plain(told),
                plain(price),
            )
        days = account.price_age_days
        limit = fields.Datetime.now() - timedelta(days=days)
        if (
            days
            and not line.itscope_project_number
            and offer.price_date
            and offer.price_date < limit
        ):
            yield self._warning(
                "price_age",
                self.env._(
                    "%(line)s: the supplier's price is of %(date)s. Refresh it from "
                    "ITscope.",
                    date=format_date(self.env, offer.price_date),
                    **values,
                ),
                line,
                str(offer.price_date),
            )
