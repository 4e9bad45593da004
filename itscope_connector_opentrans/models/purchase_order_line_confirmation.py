from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, format_date

from odoo.addons.itscope_connector.tools import write_changed

from ..tools import plain


class PurchaseOrderLine(models.Model):
    """What the supplier confirmed of a line, beside what was ordered."""

    _inherit = "purchase.order.line"

    itscope_sent_date = fields.Date(
        string="Date ordered at ITscope",
        readonly=True,
        copy=False,
        help="The expected arrival when it was ordered.",
    )
    itscope_confirmation = fields.Selection(
        [
            ("missing", "Not confirmed yet"),
            ("same", "As ordered"),
            ("tolerated", "Within tolerance"),
            ("deviates", "Differs"),
            ("cancelled", "Cancelled by the supplier"),
            ("accepted", "Accepted"),
        ],
        string="Confirmation",
        readonly=True,
        copy=False,
    )
    itscope_confirmed = fields.Boolean(
        string="Confirmed by the supplier", readonly=True, copy=False
    )
    itscope_confirmed_by_id = fields.Many2one(
        "itscope.document",
        string="Confirmed by",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    itscope_confirmed_quantity = fields.Float(
        string="Confirmed quantity", digits="Product Unit", readonly=True, copy=False
    )
    itscope_confirmed_price = fields.Float(
        string="Confirmed price", digits="Product Price", readonly=True, copy=False
    )
    itscope_confirmed_date = fields.Date(
        string="Confirmed delivery date",
        readonly=True,
        copy=False,
        help="Of the last part.",
    )
    itscope_confirmed_parts = fields.Json(
        readonly=True, copy=False, help="Deliveries: [[quantity, date]]."
    )
    itscope_delivery = fields.Char(
        string="Confirmed delivery", compute="_compute_itscope_delivery"
    )
    itscope_deviates = fields.Boolean(
        string="Confirmed differently",
        compute="_compute_itscope_deviates",
        help="The supplier confirmed something else, and the buyer has not accepted "
        "it.",
    )
    itscope_accepted = fields.Char(
        readonly=True,
        copy=False,
        help="The confirmed values that the buyer accepted; other ones ask again.",
    )
    itscope_applied_price = fields.Float(
        digits="Product Price",
        readonly=True,
        copy=False,
        help="The net price that the connector wrote last: another one in the order "
        "was entered by hand and stays.",
    )
    itscope_applied_date = fields.Date(
        readonly=True, copy=False, help="As the price that was written last."
    )

    @api.depends("itscope_confirmation")
    def _compute_itscope_deviates(self):
        for line in self:
            line.itscope_deviates = line.itscope_confirmation in (
                "deviates",
                "cancelled",
            )

    @api.depends("itscope_confirmed_parts")
    @api.depends_context("lang")
    def _compute_itscope_delivery(self):
        for line in self:
            line.itscope_delivery = ", ".join(
                self.env._(
                    "%(quantity)s on %(date)s",
                    quantity=plain(quantity),
                    date=format_date(self.env, on),
                )
                if on
                else plain(quantity)
                for quantity, on in line.itscope_confirmed_parts or ()
            )

    # ------------------------------------------------------------------ by responses

    def _itscope_note_baseline(self):
        """What responses are measured by: what was sent; for an order that was not sent
        from here, what it says when the first response comes."""
        self.ensure_one()
        if not self.itscope_sent_price:
            self.itscope_sent_price = float(self._itscope_net_price())
        if not self.itscope_sent_date:
            self.itscope_sent_date = self._itscope_planned_day()

    def _itscope_forget_confirmation(self, state=False):
        """Nothing is confirmed of these lines (any more).

        :param state: what stands in ``itscope_confirmation``
        """
        for line in self:
            write_changed(
                line,
                {
                    "itscope_confirmation": state,
                    "itscope_confirmed": False,
                    "itscope_confirmed_by_id": False,
                    "itscope_confirmed_quantity": 0.0,
                    "itscope_confirmed_price": 0.0,
                    "itscope_confirmed_date": False,
                    "itscope_confirmed_parts": False,
                },
            )

    def _itscope_planned_day(self):
        if not self.date_planned:
            return False
        zone = self.order_id.get_order_timezone()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=str(zone)), self.date_planned
        ).date()

    def _itscope_follow(self, price, date):
        """Make price and date of this line what its responses come to, where no person
        chose others.

        :param price: Decimal, net, for one of the unit of documents; 0: unknown
        :param date: a day, or False: as it was ordered
        :return: False where a person's value stays
        """
        self.ensure_one()
        follows = True
        if price:
            last = self._itscope_decimal(
                "itscope_applied_price"
                if self.itscope_applied_price
                else "itscope_sent_price"
            )
            price = self._itscope_rounded(float(price), "Product Price")
            current = self._itscope_net_price()
            if current == last != price:
                self._itscope_set_net_price(price)
            follows = current in (last, price)
            if self._itscope_decimal("itscope_applied_price") != price:
                self.itscope_applied_price = float(price)
        date = date or self.itscope_sent_date
        if date:
            last = self.itscope_applied_date or self.itscope_sent_date
            current = self._itscope_planned_day()
            if current == last != date:
                self._itscope_set_date(date)
            follows = follows and current in (last, date)
            if self.itscope_applied_date != date:
                self.itscope_applied_date = date
        return follows

    def _itscope_confirmation_key(self):
        """What was ordered and confirmed in one text; see ``itscope_accepted``."""
        self.ensure_one()
        return "|".join(
            (
                plain(self._itscope_decimal("itscope_sent_quantity")),
                plain(self._itscope_decimal("itscope_confirmed_quantity")),
                plain(self._itscope_decimal("itscope_confirmed_price")),
                str(self.itscope_confirmed_date or ""),
            )
        )

    def _itscope_set_net_price(self, price):
        """:param price: Decimal, net, for one of the unit of documents"""
        self.ensure_one()
        if self._itscope_net_price() != self._itscope_rounded(
            float(price), "Product Price"
        ):
            self.write(self._itscope_price_values(price))

    def _itscope_set_date(self, date):
        """Expect the goods on this day; Odoo passes it on to the receipt."""
        self.ensure_one()
        planned = self._convert_to_middle_of_day(date)
        if self.date_planned != planned:
            self.date_planned = planned

    # ------------------------------------------------------------------ by the buyer

    def _itscope_accept(self):
        """Make the order what the supplier confirmed."""
        for line in self.filtered("itscope_confirmed"):
            quantity = line._itscope_decimal("itscope_confirmed_quantity")
            if line._itscope_quantity() != quantity:
                line.product_qty = line._itscope_line_quantity(quantity)
            # The price by its confirmation, whatever stood there.
            if line.itscope_confirmed_price:
                price = line._itscope_decimal("itscope_confirmed_price")
                line._itscope_set_net_price(price)
                line.itscope_applied_price = line.itscope_confirmed_price
            if line.itscope_confirmed_date:
                line._itscope_set_date(line.itscope_confirmed_date)
                line.itscope_applied_date = line.itscope_confirmed_date
            line.itscope_accepted = line._itscope_confirmation_key()

    def action_itscope_accept(self):
        """The buyer accepts what is confirmed of these lines."""
        self.check_access("write")
        self._itscope_accept()
        # sudo: documents are applied by the connector, whoever asks for it.
        for order in self.sudo().order_id:
            order._itscope_apply_documents(force=True)

    def action_itscope_ask(self):
        """Write to the supplier about what was confirmed differently."""
        return self.order_id._itscope_ask(self)

    def action_itscope_elsewhere(self):
        """Accept what is confirmed, and order the rest from the next best supplier."""
        self.ensure_one()
        self.check_access("write")
        rest = self.product_qty - self._itscope_line_quantity(
            self._itscope_decimal("itscope_confirmed_quantity")
        )
        if not self.itscope_confirmed or (
            float_compare(rest, 0.0, precision_rounding=self.product_uom_id.rounding)
            <= 0
        ):
            raise UserError(
                self.env._(
                    "%s: everything that was ordered is confirmed; there is no rest to "
                    "order elsewhere.",
                    self.product_id.display_name or self.name,
                )
            )
        offer = self._itscope_offer_elsewhere(rest)
        if not offer:
            raise UserError(
                self.env._(
                    "%s: no other mapped supplier has an offer with a price. Refresh "
                    "the product from ITscope, or map more suppliers to vendors.",
                    self.product_id.display_name,
                )
            )
        order = self.env["purchase.order"].create(
            {
                **self.order_id._itscope_sibling_values(offer),
                "origin": self.order_id.origin or self.order_id.name,
                "order_line": [(0, 0, self._itscope_elsewhere_values(offer, rest))],
            }
        )
        line = order.order_line
        if not line.price_unit:
            # No vendor price (yet): the offer's, at the rate of the day.
            price = offer.currency_id._convert(
                offer.price, order.currency_id, order.company_id, fields.Date.today()
            )
            line._itscope_set_net_price(price)
        order.message_post(
            body=self.env._(
                "The rest of %(order)s, which %(supplier)s does not deliver.",
                order=self.order_id.name,
                supplier=self.order_id.partner_id.display_name,
            )
        )
        self.action_itscope_accept()
        return order._get_records_action()

    def _itscope_elsewhere_values(self, offer, quantity):
        values = {
            "product_id": self.product_id.id,
            "product_qty": quantity,
            "product_uom_id": self.product_uom_id.id,
            "date_planned": self.date_planned,
            "itscope_offer_id": offer.id,
        }
        # With sale_purchase installed, the line that it was bought for.
        if "sale_line_id" in self._fields:
            values["sale_line_id"] = self.sale_line_id.id
        return values

    def _itscope_offer_elsewhere(self, quantity):
        """The next best offer of another vendor: who has enough comes first, then the
        cheapest; none where nobody is left."""
        self.ensure_one()
        company = self.company_id
        offers = self.env["itscope.offer"].with_company(company)
        found = offers.search(
            [
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", company.id),
                ("supplier_id", "!=", self.order_id.itscope_supplier_id.id),
            ]
        )
        limit = offers._min_match_quality(company)
        vendor = self.order_id.partner_id.commercial_partner_id
        fitting = found.filtered(
            lambda offer: (
                not offer._hindrance(limit)
                and offer.supplier_id.partner_id.commercial_partner_id != vendor
            )
        )
        return fitting.sorted(
            lambda offer: (offer.stock < quantity, offer.company_price, offer.id)
        )[:1]
