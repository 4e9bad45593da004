"""The total of every bill is its document's, whatever taxes, discounts and charges."""

from odoo import Command
from odoo.tests import tagged

from .common import OpentransCase
from .documents import mixed_invoice

ORDERED = (("123002", 1, 562.0), ("123001", 2, 94.0), ("123003", 3, 217.0))


def goods(*values):
    """The order's lines, each with these values."""
    padded = [*values, *({} for _ in range(len(ORDERED) - len(values)))]
    return [
        {"sku": sku, "quantity": quantity, "price": price, **extra}
        for (sku, quantity, price), extra in zip(ORDERED, padded, strict=True)
    ]


@tagged("post_install", "-at_install")
class TestInvoiceTotals(OpentransCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax7 = cls.tax.copy({"name": "7 % test", "amount": 7.0})
        # The tax of 19 %, and the same amount owed by ourselves.
        cls.reverse = cls.tax.copy({"name": "19 % reverse charge test"})
        cls.reverse.write(
            {
                f"{kind}_repartition_line_ids": [
                    Command.clear(),
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax"}),
                    Command.create({"repartition_type": "tax", "factor_percent": -100}),
                ]
                for kind in ("invoice", "refund")
            }
        )

    def bill(self, lines, number="R1", state="applied", order=None, **values):
        order = order or self.make_order()
        deal = self.sent_deal(order)
        content = mixed_invoice(order.name, number, lines, **values)
        document = self.receive(deal, "INVOICE", content, number)
        self.assertEqual(document.state, state, document.messages)
        total = document._read().total_amount
        bill = document.move_ids
        self.assertAlmostEqual(bill.amount_total, float(abs(total)), 2)
        return bill, document

    def charges(self, bill):
        return bill.invoice_line_ids.filtered(lambda line: not line.purchase_line_id)

    # ------------------------------------------------------------------ rates

    def test_19_percent(self):
        bill, _document = self.bill(goods())
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.tax)

    def test_7_percent(self):
        bill, _document = self.bill(goods(*({"rate": "0.07"},) * 3))
        (used,) = bill.invoice_line_ids.tax_ids
        self.assertEqual(used.amount, 7.0)

    def test_mixed_rates(self):
        bill, _document = self.bill(goods({"rate": "0.07"}))
        self.assertEqual(
            [line.tax_ids.amount for line in bill.invoice_line_ids], [7.0, 19.0, 19.0]
        )

    def test_0_percent_where_the_order_has_no_tax(self):
        order = self.make_order(confirm=False)
        order.order_line.tax_ids = False
        order.button_confirm()
        bill, _document = self.bill(goods(*({"rate": "0"},) * 3), order=order)
        self.assertFalse(bill.invoice_line_ids.tax_ids)

    def test_0_percent_where_the_order_has_a_tax(self):
        bill, document = self.bill(goods({"rate": "0"}), state="attention")
        self.assertFalse(bill.invoice_line_ids[0].tax_ids)
        self.assertIn("reverse charge", document.messages)

    def test_reverse_charge_of_the_order(self):
        """The order's fiscal position knows it; freight is taxed like the goods."""
        order = self.make_order(confirm=False)
        order.order_line.tax_ids = self.reverse
        order.button_confirm()
        bill, _document = self.bill(
            goods(*({"rate": "0"},) * 3), order=order, charges=[("freight", 8.4)]
        )
        self.assertEqual(
            bill.invoice_line_ids.mapped("tax_ids"),
            self.reverse,
        )
        self.assertTrue(all(line.tax_ids for line in bill.invoice_line_ids))
        self.assertEqual(len(bill.line_ids.filtered("tax_line_id")), 2)

    def test_reverse_charge_of_the_fiscal_position(self):
        """The order was made without it; the product's taxes are mapped."""
        position = self.env["account.fiscal.position"].create({"name": "Test"})
        self.reverse.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        order = self.make_order(confirm=False, fiscal_position_id=position.id)
        order.order_line.tax_ids = self.tax
        order.button_confirm()
        bill, _document = self.bill(
            goods({"rate": "0"}, {"rate": "0"}, {"rate": "0"}), order=order
        )
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.reverse)

    def test_reverse_charge_of_a_domestic_supplier(self):
        """Some articles only, e.g. tablets: the account names the tax."""
        self.account.reverse_charge_tax_id = self.reverse
        bill, _document = self.bill(goods({"rate": "0"}))
        self.assertEqual(
            [line.tax_ids for line in bill.invoice_line_ids],
            [self.reverse, self.tax, self.tax],
        )

    def test_rate_of_the_fiscal_position_wins(self):
        position = self.env["account.fiscal.position"].create({"name": "Test"})
        abroad = self.tax7.copy({"name": "7 % abroad"})
        abroad.fiscal_position_ids = position
        order = self.make_order(fiscal_position_id=position.id)
        bill, _document = self.bill(goods(*({"rate": "0.07"},) * 3), order=order)
        self.assertEqual(bill.invoice_line_ids.tax_ids, abroad)

    def test_tax_of_another_country_is_none(self):
        self.env["account.tax"].search(
            [("type_tax_use", "=", "purchase"), ("amount", "=", 7.0)]
        ).active = False
        country = self.env.ref("base.ch")
        group = self.env["account.tax.group"].create(
            {"name": "CH", "country_id": country.id}
        )
        self.tax7.copy(
            {
                "name": "7 % CH",
                "country_id": country.id,
                "tax_group_id": group.id,
                "active": True,
            }
        )
        order = self.make_order()
        deal = self.sent_deal(order)
        content = mixed_invoice("PTEST1", "R1", goods(*({"rate": "0.07"},) * 3))
        document = self.receive(deal, "INVOICE", content)
        self.assertEqual(document.state, "attention")
        self.assertIn("purchase tax of 7 %", document.messages)
        self.assertFalse(document.move_ids.invoice_line_ids.tax_ids)

    def test_no_rate_stated(self):
        """The total implies it; without a total it is said."""
        lines = goods(*({"rate": None},) * 3)
        bill, _document = self.bill(lines, state="attention")
        self.assertFalse(bill.invoice_line_ids.tax_ids)
        order = self.make_order(name="PTEST2")
        content = mixed_invoice("PTEST2", "R2", lines)
        start, end = content.index("<TOTAL_AMOUNT>"), content.index("<TOTAL_TAX>")
        content = content[:start] + "</INVOICE_SUMMARY></INVOICE>"
        self.assertLess(start, end)
        deal = self.sent_deal(order, order_id="SIM2")
        document = self.receive(deal, "INVOICE", content, "R2")
        self.assertEqual(document.state, "attention")
        self.assertIn("states no tax rate", document.messages)
        self.assertEqual(document.move_ids.invoice_line_ids.tax_ids, self.tax)

    # ------------------------------------------------------------------ amounts

    def test_discount_within_a_line(self):
        bill, _document = self.bill(goods({"amount": "533.90"}, {"amount": "180.02"}))
        first, second, _third = bill.invoice_line_ids
        self.assertEqual((first.price_unit, first.discount), (562.0, 5.0))
        self.assertEqual((second.discount, second.price_subtotal), (0.0, 180.02))

    def test_allowance_for_each_unit(self):
        line = {"amount": "182.00", "charges": [("rebate", -3)]}
        bill, _document = self.bill(goods({}, line))
        (rebate,) = self.charges(bill)
        self.assertEqual((rebate.quantity, rebate.price_unit), (2.0, -3.0))
        self.assertEqual(rebate.tax_ids, self.tax)

    def test_price_for_a_hundred(self):
        bill, _document = self.bill(goods({}, {"price": "12.345", "per": 100}))
        self.assertAlmostEqual(bill.invoice_line_ids[1].price_unit, 0.12345, 8)

    def test_fractions_of_cents(self):
        order = self.make_order()
        lines = [{"sku": "123001", "quantity": 7, "price": "1.2345"} for _ in range(60)]
        self.bill(lines, order=order)

    def test_rounding_limit_and_account(self):
        account = self.env["account.account"].create(
            {"name": "Cents", "code": "998877", "account_type": "expense"}
        )
        self.account.write({"rounding_limit": 0.5, "rounding_account_id": account.id})
        bill, _document = self.bill(goods(), offset=0.4)
        (line,) = self.charges(bill)
        self.assertEqual((line.account_id, line.price_unit), (account, 0.4))
        self.assertFalse(line.tax_ids)

    # ------------------------------------------------------------------ charges

    def test_charges_with_their_own_rates(self):
        bill, _document = self.bill(
            goods({"rate": "0.07"}),
            charges=[("freight", 8.4, "0.19"), ("eco", 2.5, "0.07"), ("toll", 1.0)],
        )
        freight, eco, toll = self.charges(bill)
        self.assertEqual(freight.tax_ids, self.tax)
        self.assertEqual(eco.tax_ids.amount, 7.0)
        self.assertFalse(toll.tax_ids)

    def test_charges_of_mixed_rates_not_stated(self):
        hidden = [("freight", 8.4, "0.19", "hidden"), ("eco", 2.5, "0.07", "hidden")]
        bill, _document = self.bill(goods({"rate": "0.07"}), charges=hidden)
        freight, eco = self.charges(bill)
        self.assertEqual((freight.tax_ids.amount, eco.tax_ids.amount), (19.0, 7.0))

    def test_freight_split_like_the_goods(self):
        parts = [("freight", 40.0, "0.19", "hidden"), ("freight", 60.0, "0.07", "-")]
        content = mixed_invoice("PTEST1", "R1", goods({"rate": "0.07"}), charges=parts)
        node = '<ALLOW_OR_CHARGE type="surcharge">'
        head, _one, rest = content.split(node)
        content = head + node + rest.replace("60.0<", "100.0<")
        document = self.receive(self.sent_deal(self.make_order()), "INVOICE", content)
        self.assertEqual(document.state, "applied", document.messages)
        bill = document.move_ids
        charges = self.charges(bill).sorted("price_unit")
        self.assertEqual(charges.mapped("price_unit"), [40.0, 60.0])
        self.assertEqual([line.tax_ids.amount for line in charges], [19.0, 7.0])
        self.assertIn("part with 7 %", charges[1].name)
        total = float(document._read().total_amount)
        self.assertAlmostEqual(bill.amount_total, total)

    def test_discount_on_everything(self):
        bill, _document = self.bill(goods(), charges=[("rebate", -50, "0.19")])
        self.assertEqual(self.charges(bill).price_unit, -50.0)

    def test_charges_to_products(self):
        expense = self.env["account.account"].create(
            {"name": "Freight", "code": "998866", "account_type": "expense"}
        )
        products = {
            name: self.env["product.product"].create(
                {
                    "name": name,
                    "type": "service",
                    "standard_price": 99.0,
                    "property_account_expense_id": expense.id,
                    "supplier_taxes_id": [Command.set(self.tax7.ids)],
                }
            )
            for name in ("freight", "eco", "insurance", "charge")
        }
        self.account.write(
            {f"{name}_product_id": product.id for name, product in products.items()}
        )
        bill, _document = self.bill(
            goods(),
            charges=[
                ("freight", 8.4, "0.19"),
                ("eco", 2.5, "0.07"),
                ("insurance", 1.0),
                ("handling", 3.0, "0.19"),
                ("rebate", -2.0, "0.19"),
            ],
        )
        charges = self.charges(bill)
        self.assertEqual(
            [line.product_id.name for line in charges],
            ["freight", "eco", "insurance", "charge", False],
        )
        self.assertEqual(charges.mapped("name")[:2], ["freight", "eco"])
        self.assertEqual(charges.mapped("price_unit"), [8.4, 2.5, 1.0, 3.0, -2.0])
        self.assertEqual(charges[:4].account_id, expense)
        self.assertEqual(charges[1].tax_ids, self.tax7)
        self.assertEqual(charges[0].tax_ids, self.tax)

    # ------------------------------------------------------------------ several

    def test_credit_note_of_everything(self):
        bill, _document = self.bill(
            goods({"rate": "0.07"}, {"amount": "180.00"}),
            charges=[("freight", 8.4, "0.19")],
            credit=True,
        )
        self.assertEqual(bill.move_type, "in_refund")

    def test_negative_amounts(self):
        lines = [{**line, "quantity": -line["quantity"]} for line in goods()]
        bill, _document = self.bill(lines, charges=[("freight", -8.4)])
        self.assertEqual(bill.move_type, "in_refund")
        self.assertEqual(
            self.charges(bill).price_unit * self.charges(bill).quantity, 8.4
        )

    def test_credit_note_with_the_number_of_the_invoice(self):
        bill, first = self.bill(goods())
        content = mixed_invoice("PTEST1", "R1", goods(), credit=True)
        refund = self.receive(first.deal_id, "INVOICE", content, "T2")
        self.assertEqual(refund.move_ids.move_type, "in_refund")
        self.assertNotEqual(refund.move_ids, bill)

    def test_numbers_are_no_patterns(self):
        bill, first = self.bill(goods(), number="R_1")
        for number in ("RX1", "R%"):
            content = mixed_invoice("PTEST1", number, goods())
            other = self.receive(first.deal_id, "INVOICE", content, number)
            self.assertNotEqual(other.move_ids, bill)

    def test_one_invoice_of_two_orders_and_two_invoices_of_one(self):
        order = self.make_order()
        other = self.make_order(name="POTHER")
        deal, second = self.sent_deal(order), self.sent_deal(other, order_id="SIM9")
        lines = [{**line, "order": "POTHER"} for line in goods()]
        shared = mixed_invoice("PTEST1", "R1", [*goods()[:1], *lines])
        one = self.receive(deal, "INVOICE", shared, "A")
        two = self.receive(second, "INVOICE", shared.replace("R1<", "r1<"), "B")
        self.assertEqual((one.state, two.state), ("applied", "applied"), two.messages)
        self.assertEqual(one.move_ids, two.move_ids)
        rest = mixed_invoice("PTEST1", "R2", goods()[1:])
        three = self.receive(deal, "INVOICE", rest, "C")
        self.assertEqual(three.state, "applied", three.messages)
        self.assertEqual(order.invoice_ids, one.move_ids | three.move_ids)
        self.assertEqual(other.invoice_ids, one.move_ids)
        self.assertEqual([1, 2, 3], order.order_line.mapped("qty_invoiced"))
        self.assertEqual([1, 2, 3], other.order_line.mapped("qty_invoiced"))
