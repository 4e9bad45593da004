from decimal import Decimal

from ..opentrans.money import CENT
from ..tools import plain


class BillTaxes:
    """Which of Odoo's taxes the lines of one invoice have.

    The order's or product's own if they make the rate that the document states, else
    the company's purchase tax of that rate, as the order's fiscal position wants it.

    :ivar attention: texts for the person who looks at the bill
    """

    def __init__(self, order, policy, attention):
        """:param policy: the ``itscope.account``, may be empty"""
        self.order = order
        self.env = order.env
        # The bill's own, as the order prepares it.
        self.position = order.fiscal_position_id or self.env[
            "account.fiscal.position"
        ].with_company(order.company_id)._get_fiscal_position(order.partner_id)
        self.policy = policy
        self.attention = attention
        self._of_goods = {}
        self._of_rate = {}
        self._making = {}

    def of_line(self, line, rate, name):
        """:param line: purchase order line, may be empty
        :param rate: fraction; None where the document states none
        """
        if rate is None:
            return self._unstated(line, name)
        if line:
            for taxes in (line.tax_ids, self._of_product(line.product_id)):
                if (taxes or not rate) and self._makes(taxes, rate):
                    self._of_goods.setdefault(rate, taxes)
                    return taxes
        ordered = line.tax_ids if line else self.order.order_line.tax_ids
        taxes = self._of_goods.get(rate)
        if taxes is None:
            taxes = self._find(rate, taxed=bool(ordered))
            if line:
                self._of_goods[rate] = taxes
        return taxes

    def of_charge(self, rate, product, name):
        """:param rate: fraction, 0 outside the tax; None where nobody knows"""
        own = self._of_product(product)
        if rate is None:
            self._tell(
                self.env._(
                    "The document does not say how its charges are taxed; look at: %s",
                    name,
                )
            )
            return own
        if own and self._makes(own, rate):
            return own
        if not rate:
            # Reverse charge of all goods is that of their freight as well.
            goods = self._of_goods
            return goods[rate] if set(goods) == {rate} else self.env["account.tax"]
        return self._of_goods.get(rate) or self._find(rate)

    def _unstated(self, line, name):
        taxes = line.tax_ids if line else self.env["account.tax"]
        self._tell(
            self.env._("The document states no tax rate; as in the order: %s", name)
            if taxes
            else self.env._("The document states no tax rate; without tax: %s", name)
        )
        return taxes

    def _of_product(self, product):
        taxes = product.supplier_taxes_id._filter_taxes_by_company(
            self.order.company_id
        )
        return self.position.map_tax(taxes) if taxes else taxes

    def _find(self, rate, taxed=False):
        """:param taxed: whether the order has taxes where the document has none"""
        if rate not in self._of_rate:
            self._of_rate[rate] = (
                self._search(rate) if rate else self._reverse_charge(taxed)
            )
        return self._of_rate[rate]

    def _reverse_charge(self, taxed):
        tax = self.policy.reverse_charge_tax_id
        if not taxed or (tax and self._makes(tax, Decimal())):
            return tax if taxed else tax[:0]
        self._tell(
            self.env._(
                "The document states 0 % tax where the order has a tax: such lines "
                "have none. If you owe it yourself, choose the tax for reverse charge "
                "on the ITscope account or the order's fiscal position, delete the "
                "draft bill and apply the document again."
            )
        )
        return tax[:0]

    def _search(self, rate):
        Tax = self.env["account.tax"]
        company, position = self.order.company_id, self.position
        country = (
            position.country_id
            if position.foreign_vat
            else company.account_fiscal_country_id
        )
        found = Tax.search(
            [
                *Tax._check_company_domain(company),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "percent"),
                ("amount", "=", float(rate * 100)),
                ("country_id", "=", country.id),
            ]
        )

        def distance(tax):
            positions = tax.fiscal_position_ids
            if position:
                own = position in positions
            else:
                own = tax.is_domestic
            return not own, bool(positions), tax.sequence, tax.id

        for tax in found.sorted(distance):
            if self._makes(tax, rate):
                return tax
        self._tell(
            self.env._(
                "There is no purchase tax of %s %%: lines with it have no tax. Create "
                "it, delete the draft bill and apply the document again.",
                plain(rate * 100),
            )
        )
        return Tax

    def _makes(self, taxes, rate):
        """Whether these taxes add this much to a net price; those of reverse charge add
        nothing."""
        if taxes not in self._making:
            included = any(taxes.flatten_taxes_hierarchy().mapped("price_include"))
            self._making[taxes] = (
                None
                if included
                else Decimal(str(taxes.compute_all(1000.0)["total_included"]))
            )
        total = self._making[taxes]
        return total is not None and abs(total - 1000 * (1 + rate)) <= CENT

    def _tell(self, text):
        if text not in self.attention:
            self.attention.append(text)
