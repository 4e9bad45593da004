from decimal import Decimal

from odoo import fields, models
from odoo.tools import float_round

#: What documents call Odoo's units (UN/ECE Recommendation 20). Packs and dozens are
#: ordered in pieces, since that is what distributors count in.
UNIT_CODES = {
    "uom.product_uom_unit": "C62",
    "uom.product_uom_hour": "HUR",
    "uom.product_uom_day": "DAY",
    "uom.product_uom_meter": "MTR",
    "uom.product_uom_square_meter": "MTK",
    "uom.product_uom_litre": "LTR",
    "uom.product_uom_kgm": "KGM",
}


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    itscope_remark = fields.Char(
        string="Remark for the supplier",
        copy=False,
        help="Goes with the order line; the supplier's delivery note shows the first "
        "40 characters.",
    )
    itscope_line_id = fields.Char(
        string="Line number at ITscope",
        readonly=True,
        copy=False,
        help="The number under which this line was sent; documents refer to it.",
    )
    itscope_sent_quantity = fields.Float(
        string="Ordered at ITscope", digits="Product Unit", readonly=True, copy=False
    )
    itscope_sent_price = fields.Float(
        string="Price ordered at ITscope",
        digits="Product Price",
        readonly=True,
        copy=False,
        help="Net, for one of the unit that was ordered.",
    )
    # ----------------------------------------------------------------- units and prices

    def _itscope_unit(self):
        """The unit that this line is ordered in: ``(uom, code)``, or ``(uom, "")``
        where documents have no word for it.
        """
        self.ensure_one()
        uom = self.product_uom_id
        for xmlid, code in UNIT_CODES.items():
            known = self.env.ref(xmlid, raise_if_not_found=False)
            if known and known == uom:
                return uom, code
        unit = self.env.ref("uom.product_uom_unit")
        if uom and uom._has_common_reference(unit):
            return unit, "C62"
        return uom, ""

    def _itscope_quantity(self):
        """The ordered quantity in the unit of documents."""
        uom, _code = self._itscope_unit()
        quantity = self.product_uom_id._compute_quantity(
            self.product_qty, uom, round=False
        )
        return self._itscope_rounded(quantity, "Product Unit")

    def _itscope_line_quantity(self, quantity):
        """A document's quantity in this line's unit."""
        uom, _code = self._itscope_unit()
        return uom._compute_quantity(float(quantity), self.product_uom_id, round=False)

    def _itscope_net_price(self):
        """Net price for one of the unit of documents, discount taken off."""
        uom, _code = self._itscope_unit()
        price = self.product_uom_id._compute_price(self._itscope_net(), uom)
        return self._itscope_rounded(price, "Product Price")

    def _itscope_net(self):
        """Net price for one of the line's own unit, not rounded."""
        return self._itscope_without_taxes(self.price_unit_discounted)

    def _itscope_price_values(self, net_price):
        """Values that make this line cost ``net_price`` for one of the unit of
        documents.
        """
        uom, _code = self._itscope_unit()
        price = uom._compute_price(float(net_price), self.product_uom_id)
        return {"price_unit": self._itscope_with_taxes(price), "discount": 0.0}

    def _itscope_decimal(self, name):
        return self._itscope_rounded(self[name], self._fields[name]._digits)

    def _itscope_rounded(self, value, precision):
        digits = self.env["decimal.precision"].precision_get(precision)
        return Decimal(f"{float_round(value, precision_digits=digits):.{digits}f}")

    # ------------------------------------------------------------------ approval

    def _itscope_content(self):
        """What an approval of this line stands for: plain values."""
        self.ensure_one()
        dated = self.order_id.itscope_delivery_date_type != "none"
        return [
            # The same for the line of a form that is being changed.
            self._origin.id or 0,
            self.product_id.id,
            self._itscope_supplier_sku(),
            self.product_qty,
            self.product_uom_id.id,
            self.price_unit,
            self.discount,
            sorted(self.tax_ids.ids),
            str(self._itscope_planned_day()) if dated and self.date_planned else "",
            self.itscope_project_number or "",
            self.itscope_project_supplier_number or "",
            self.itscope_project_customer or "",
            self.itscope_remark or "",
            self.itscope_licensee_id.id,
            sorted(
                [row.name or "", row.value or ""] for row in self.itscope_parameter_ids
            ),
        ]

    # ------------------------------------------------------------------ sending

    def _itscope_sendable(self):
        """The lines that stand for goods, without sections and notes."""
        return self.filtered(lambda line: not line.display_type)

    def _itscope_note_sent(self, number):
        """Remember under which number this line left, and with what."""
        self.ensure_one()
        self.write(
            {
                "itscope_line_id": number,
                "itscope_sent_quantity": float(self._itscope_quantity()),
                "itscope_sent_price": float(self._itscope_net_price()),
                "itscope_sent_date": self._itscope_planned_day(),
                "itscope_applied_price": 0.0,
                "itscope_applied_date": False,
                # What was accepted was an answer to what was sent before.
                "itscope_accepted": False,
            }
        )

    def _itscope_differs(self):
        """Whether this line is neither as it was sent nor as it was confirmed."""
        self.ensure_one()
        if not self.itscope_line_id:
            return True
        quantities = {self._itscope_decimal("itscope_sent_quantity")}
        prices = {self._itscope_decimal("itscope_sent_price")}
        days = {self.itscope_sent_date}
        if self.itscope_confirmed:
            quantities.add(self._itscope_decimal("itscope_confirmed_quantity"))
            prices.add(self._itscope_decimal("itscope_confirmed_price"))
            days.add(self.itscope_confirmed_date)
        return bool(
            self._itscope_quantity() not in quantities
            or self._itscope_net_price() not in prices
            # A date that was not sent is our own plan.
            or (
                self.order_id.itscope_delivery_date_type != "none"
                and self._itscope_planned_day() not in days
            )
        )

    # ------------------------------------------------------------------ receipts

    def _itscope_incoming_moves(self):
        """The moves that bring the goods of these lines, oldest first; returns are not
        among them, neither to the supplier nor, of a drop shipment, to our stock.
        """
        moves = self.env["stock.move"].union(
            *(line._get_po_line_moves() for line in self)
        )
        return moves.filtered(
            lambda move: (
                not move._is_purchase_return()
                and not (
                    move.origin_returned_move_id
                    and move.origin_returned_move_id._is_dropshipped()
                )
            )
        ).sorted("id")

    def _itscope_returns(self):
        """What went back to the supplier to be delivered again or refunded."""
        moves = self.env["stock.move"].union(
            *(line._get_po_line_moves() for line in self)
        )
        return moves.filtered(
            lambda move: move.state == "done" and move._is_purchase_return()
        )
