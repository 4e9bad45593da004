from decimal import Decimal

from odoo import Command, models
from odoo.exceptions import UserError

from .. import opentrans
from ..opentrans.money import to_cents
from ..tools import day, plain
from .itscope_bill_tax import BillTaxes

#: Where no account says how much of a difference is rounding.
ROUNDING_LIMIT = 0.05


class ItscopeBillBuilder(models.AbstractModel):
    """Makes a draft bill of an :class:`opentrans.Invoice`.

    Quantities, prices and taxes are the document's; accounts, terms and links to the
    purchase are Odoo's own, as when a bill is made from the order.
    """

    _name = "itscope.bill.builder"
    _inherit = ["itscope.document.apply"]
    _description = "Builder of bills from ITscope invoices"

    def _create(self, order, entry):
        bill = self._moves(order).create(self._values(order, entry))
        self._round_off(order, bill, entry.document)
        self._attach(bill, entry)
        return bill

    def _rebuild(self, order, bill, entry):
        """Make an untouched draft what a newer version of its invoice says."""
        values = self._values(order, entry)
        values.pop("move_type")
        values["invoice_line_ids"] = [Command.clear(), *values["invoice_line_ids"]]
        self._untouched(bill).write(values)
        self._round_off(order, bill, entry.document)
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
        record._attach_pdf(bill)

    # ------------------------------------------------------------------ values

    def _values(self, order, entry):
        document = entry.document
        matched = self._matched_orders(order, entry)
        orders = self.env["purchase.order"].union(
            order,
            *(line.order_id for line, _theirs in matched if line),
        )
        kind = "in_refund" if self._is_refund(document) else "in_invoice"
        values = {
            **order.with_company(order.company_id)
            .with_context(default_move_type=kind)
            ._prepare_invoice(),
            "currency_id": self._currency(order, document).id,
            "ref": document.number,
            "itscope_invoice_key": self._invoice_key(order, kind, document.number),
            "invoice_date": day(document.date),
            "invoice_origin": ", ".join(orders.mapped("name")),
            "invoice_line_ids": [
                Command.create({**line, "sequence": 10 + number})
                for number, line in enumerate(self._lines_values(order, entry, matched))
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

    @staticmethod
    def _invoice_key(order, move_type, number):
        """The same for all invoices that are one: vendor, kind and number."""
        vendor = order.partner_id.commercial_partner_id
        return f"{order.company_id.id}/{vendor.id}/{move_type}/{number.casefold()}"

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

    def _lines_values(self, order, entry, matched):
        policy = order._itscope_policy()
        taxes = BillTaxes(order, policy, entry.attention)
        sign = self._sign(entry.document)
        billed = opentrans.billed(entry.document)
        pairs = zip((line for line, _theirs in matched), billed.lines, strict=True)
        for line, goods in pairs:
            yield from self._goods(line, goods, taxes, sign)
        for charge in billed.charges:
            yield self._charge(charge, taxes, sign)

    def _goods(self, line, goods, taxes, sign):
        """One line of the document and its own charges.

        :param line: purchase order line, or None
        :param goods: :class:`opentrans.BilledLine`
        """
        quantity = float(goods.quantity * sign)
        price = float(goods.price)
        name = self._describe(goods.line)
        if line:
            values = line._prepare_account_move_line()
            # Computed for the quantity that the order would bill.
            values.pop("balance", None)
            uom, _code = line._itscope_unit()
            quantity = line._itscope_line_quantity(quantity)
            price = uom._compute_price(price, line.product_uom_id)
        else:
            values = {"name": name}
        own_taxes = taxes.of_line(
            line or self.env["purchase.order.line"], goods.rate, name
        )
        values.update(
            quantity=quantity,
            price_unit=price,
            discount=float(goods.discount),
            tax_ids=[Command.set(own_taxes.ids)],
        )
        yield values
        for charge, times in goods.charges:
            yield self._charge_values(
                charge, charge.amount, own_taxes, taxes.policy, times * sign
            )

    def _charge(self, billed, taxes, sign):
        """A charge of the whole invoice: freight, eco and others, or a discount.

        :param billed: :class:`opentrans.BilledCharge`
        """
        charge = billed.charge
        product = taxes.policy._charge_product(charge)
        values = self._charge_values(
            charge,
            billed.amount,
            taxes.of_charge(billed.rate, product, charge.description or charge.type),
            taxes.policy,
            sign,
        )
        if billed.part:
            values["name"] = self.env._(
                "%(charge)s (part with %(rate)s %%)",
                charge=values["name"],
                rate=plain(billed.rate * 100),
            )
        return values

    def _charge_values(self, charge, amount, taxes, policy, quantity):
        """Name, price and taxes are the document's; the account is the product's."""
        return {
            "name": charge.description or charge.type or self.env._("Charge"),
            "product_id": policy._charge_product(charge).id,
            "quantity": float(quantity),
            "price_unit": float(amount),
            "tax_ids": [Command.set(taxes.ids)],
        }

    # ------------------------------------------------------------------ total

    def _round_off(self, order, bill, document):
        """A line of its own for the cents that two ways of rounding differ by."""
        policy = order._itscope_policy()
        limit = policy.rounding_limit if policy else ROUNDING_LIMIT
        difference = self._difference(bill, document)
        if not difference or abs(difference) > Decimal(str(limit)):
            return
        values = {
            "name": self.env._("Rounding difference"),
            "quantity": 1.0,
            "price_unit": float(difference),
            "tax_ids": [Command.clear()],
            "sequence": 9999,
        }
        if policy.rounding_account_id:
            values["account_id"] = policy.rounding_account_id.id
        self._untouched(bill).write({"invoice_line_ids": [Command.create(values)]})

    @staticmethod
    def _difference(bill, document):
        """What the bill lacks to the document's total; None where that has none."""
        if document.total_amount is None:
            return None
        return to_cents(abs(document.total_amount)) - to_cents(
            Decimal(str(bill.amount_total))
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
