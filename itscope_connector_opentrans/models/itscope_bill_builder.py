from decimal import Decimal

from odoo import Command, models
from odoo.exceptions import UserError

from ..tools import day, plain
from .itscope_bill_tax import CENT, ROUNDING_LIMIT


class ItscopeBillBuilder(models.AbstractModel):
    """Makes a draft bill of an :class:`opentrans.Invoice`.

    Quantities, prices and taxes are the document's; accounts, terms and links to the
    purchase are Odoo's own, as when a bill is made from the order.
    """

    _name = "itscope.bill.builder"
    _inherit = ["itscope.document.apply", "itscope.bill.tax"]
    _description = "Builder of bills from ITscope invoices"

    def _create(self, order, entry):
        bill = self._moves(order).create(self._values(order, entry))
        self._round_off(bill, entry.document)
        self._attach(bill, entry)
        return bill

    def _rebuild(self, order, bill, entry):
        """Make an untouched draft what a newer version of its invoice says."""
        values = self._values(order, entry)
        values.pop("move_type")
        values["invoice_line_ids"] = [Command.clear(), *values["invoice_line_ids"]]
        self._untouched(bill).write(values)
        self._round_off(bill, entry.document)
        self._attach(bill, entry)

    def _moves(self, order):
        return self._untouched(self.env["account.move"]).with_company(order.company_id)

    @staticmethod
    def _untouched(moves):
        """What the connector writes is no change by hand."""
        return moves.with_context(skip_is_manually_modified=True)

    def _attach(self, bill, entry):
        record = entry.record
        record.move_ids = bill
        self.env["ir.attachment"].create(
            {
                "name": record.filename,
                "datas": record.with_context(bin_size=False).content,
                "mimetype": "application/xml",
                "res_model": bill._name,
                "res_id": bill.id,
            }
        )

    # ------------------------------------------------------------------ values

    def _values(self, order, entry):
        document = entry.document
        matched = self._matched_orders(order, entry)
        orders = self.env["purchase.order"].union(
            order,
            *(line.order_id for line, _theirs in matched if line),
        )
        kind = "in_refund" if self._is_refund(document) else "in_invoice"
        currency = self._currency(order, document)
        values = {
            **order.with_company(order.company_id)
            .with_context(default_move_type=kind)
            ._prepare_invoice(),
            "currency_id": currency.id,
            "ref": document.number,
            "invoice_date": day(document.date),
            "invoice_origin": ", ".join(orders.mapped("name")),
            "invoice_line_ids": [
                Command.create({**line, "sequence": 10 + number})
                for number, line in enumerate(
                    [
                        *self._goods(order, entry, matched, currency),
                        *self._charges(order, entry),
                    ]
                )
            ],
        }
        if document.due_date:
            values["invoice_payment_term_id"] = False
            values["invoice_date_due"] = document.due_date
        return values

    def _matched_orders(self, order, entry):
        """``[(purchase order line or None, opentrans.Line)]`` in the document's order:
        one invoice may bill several orders.
        """
        document = entry.document
        found = {}
        for other in order | entry.record.order_ids:
            lines = [
                line for line in self._lines(other, entry) if id(line) not in found
            ]
            pairs, _unknown = self._matched(other, entry, lines)
            for line, theirs in pairs:
                found[id(theirs)] = line
        return [(found.get(id(line)), line) for line in document.lines]

    def _is_refund(self, document):
        return document.credit_note or (document.total_amount or 0) < 0

    def _sign(self, document):
        """Odoo's refunds have positive amounts, some credit notes negative ones."""
        return -1 if (document.total_amount or 0) < 0 else 1

    def _currency(self, order, document):
        if not document.currency:
            return order.currency_id
        currency = self.env["res.currency"].search([("name", "=", document.currency)])
        if not currency:
            raise UserError(
                self.env._(
                    "The invoice is in %s. Activate this currency, then apply the "
                    "document again.",
                    document.currency,
                )
            )
        return currency

    # ------------------------------------------------------------------ lines

    def _goods(self, order, entry, matched, currency):
        sign = self._sign(entry.document)
        for line, theirs in matched:
            quantity = float(theirs.quantity * sign)
            price = float((theirs.price or Decimal()) / theirs.price_quantity)
            if theirs.price is None and theirs.line_amount and theirs.quantity:
                price = float(theirs.line_amount / theirs.quantity)
            if line:
                values = line._prepare_account_move_line()
                # Computed for the quantity that the order would bill.
                values.pop("balance", None)
                uom, _code = line._itscope_unit()
                quantity = line._itscope_line_quantity(quantity)
                price = uom._compute_price(price, line.product_uom_id)
            else:
                values = {"name": self._describe(theirs)}
            values.update(
                quantity=quantity,
                price_unit=price,
                discount=0.0,
                tax_ids=[Command.set(self._taxes(order, entry, line, theirs).ids)],
            )
            yield values
            yield from self._line_charges(entry, theirs, values["tax_ids"])

    def _line_charges(self, entry, line, tax_ids):
        """Surcharges of a line, where its amount contains them."""
        charges = sum((charge.amount for charge in line.charges), Decimal())
        if not charges or line.line_amount is None:
            return
        goods = line.quantity * (line.price or 0) / line.price_quantity
        if abs(goods + charges - line.line_amount) > CENT:
            return
        for charge in line.charges:
            yield {
                "name": charge.description or charge.type,
                "quantity": float(self._sign(entry.document)),
                "price_unit": float(charge.amount),
                "tax_ids": tax_ids,
            }

    def _charges(self, order, entry):
        """Freight, eco and other charges of the whole invoice."""
        document = entry.document
        if not document.charges:
            return
        rate = self._charges_rate(entry)
        for charge in document.charges:
            own_rate = charge.tax.rate if charge.tax else None
            taxes = self._taxes_of_rate(
                order, entry, rate if own_rate is None else own_rate
            )
            yield {
                "name": charge.description or charge.type,
                "quantity": float(self._sign(document)),
                "price_unit": float(charge.amount),
                "tax_ids": [Command.set(taxes.ids)],
            }

    # ------------------------------------------------------------------ total

    def _round_off(self, bill, document):
        """A line of its own for the cents that two ways of rounding differ by."""
        difference = self._difference(bill, document)
        if difference and abs(difference) <= ROUNDING_LIMIT:
            self._untouched(bill).write(
                {
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": self.env._("Rounding difference"),
                                "quantity": 1.0,
                                "price_unit": float(difference),
                                "tax_ids": [Command.clear()],
                                "sequence": 9999,
                            }
                        )
                    ]
                }
            )

    @staticmethod
    def _difference(bill, document):
        """What the bill lacks to the document's total; None where that has none."""
        if document.total_amount is None:
            return None
        return abs(document.total_amount) - Decimal(str(bill.amount_total)).quantize(
            CENT
        )

    def _check(self, order, bill, entry):
        """Say what a person has to look at in the bill of this document."""
        difference = self._difference(bill, entry.document)
        if difference is None:
            entry.attention.append(self.env._("The invoice states no total."))
        elif difference:
            entry.attention.append(
                self.env._(
                    "The invoice's total is %(total)s, the bill's %(bill)s: a "
                    "difference of %(difference)s.",
                    total=plain(abs(entry.document.total_amount)),
                    bill=plain(bill.amount_total),
                    difference=plain(difference),
                )
            )
        for line, theirs in self._matched_orders(order, entry):
            if not line:
                entry.attention.append(
                    self.env._(
                        "Billed, but not in the order: %s", self._describe(theirs)
                    )
                )
