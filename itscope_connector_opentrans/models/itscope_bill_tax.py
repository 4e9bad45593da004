from decimal import Decimal

from odoo import models

from ..tools import plain

#: A difference of so much between document and bill is rounding; more is a question.
ROUNDING_LIMIT = Decimal("0.05")
CENT = Decimal("0.01")


class ItscopeBillTax(models.AbstractModel):
    """Which of Odoo's taxes a line of an :class:`opentrans.Invoice` has."""

    _name = "itscope.bill.tax"
    _description = "Taxes of ITscope invoices"

    @staticmethod
    def _rate(document, line):
        """A line's tax rate as a fraction: its own, else the document's only one."""
        if line.tax and line.tax.rate is not None:
            return line.tax.rate
        rates = {tax.rate for tax in document.taxes if tax.rate is not None}
        return rates.pop() if len(rates) == 1 else None

    def _taxes(self, order, entry, line, theirs):
        """The order line's or product's taxes if they make the document's rate, else
        the company's purchase tax of that rate.
        """
        rate = self._rate(entry.document, theirs)
        if line:
            if rate is None:
                return line.tax_ids
            product_taxes = line.product_id.supplier_taxes_id._filter_taxes_by_company(
                line.company_id
            )
            mapped = line.order_id.fiscal_position_id.map_tax(product_taxes)
            for taxes in (line.tax_ids, mapped):
                if taxes and self._makes_rate(taxes, rate):
                    return taxes
        return self._taxes_of_rate(order, entry, rate)

    def _taxes_of_rate(self, order, entry, rate):
        """:param rate: fraction; 0 or None: untaxed"""
        Tax = self.env["account.tax"]
        if not rate:
            return Tax
        for tax in Tax.search(
            [
                *Tax._check_company_domain(order.company_id),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "percent"),
                ("amount", "=", float(rate * 100)),
            ]
        ):
            if self._makes_rate(tax, rate):
                return tax
        text = self.env._(
            "There is no purchase tax of %s %%: lines with it have no tax. Create it, "
            "delete the draft bill and apply the document again.",
            plain(rate * 100),
        )
        if text not in entry.attention:
            entry.attention.append(text)
        return Tax

    @staticmethod
    def _makes_rate(taxes, rate):
        """Whether these taxes add this much to a net price; those of reverse charge add
        nothing."""
        if any(taxes.flatten_taxes_hierarchy().mapped("price_include")):
            return False
        total = taxes.compute_all(1000.0)["total_included"]
        return abs(Decimal(str(total)) - 1000 * (1 + rate)) <= CENT

    def _charges_rate(self, entry):
        """The rate that charges are taxed by: what makes the document's tax total
        right.
        """
        document = entry.document
        if not document.taxes or any(tax.amount is None for tax in document.taxes):
            return None
        stated = sum((tax.amount for tax in document.taxes), Decimal())
        goods = sum(
            (self._amount(line) * (self._rate(document, line) or 0))
            for line in document.lines
        )
        charges = sum(
            (charge.amount for charge in document.charges if not charge.tax), Decimal()
        )
        if abs(stated - goods) <= ROUNDING_LIMIT:
            return None
        for tax in document.taxes:
            if tax.rate and abs(stated - goods - charges * tax.rate) <= ROUNDING_LIMIT:
                return tax.rate
        entry.notes.append(
            self.env._(
                "The document does not say how its charges are taxed; they are billed "
                "without tax."
            )
        )
        return None

    @staticmethod
    def _amount(line):
        if line.line_amount is not None:
            return line.line_amount
        return line.quantity * (line.price or 0) / line.price_quantity
