"""The ORDER that leaves, and what keeps one from leaving."""

from lxml import etree

from odoo import Command
from odoo.tests import tagged

from .common import EXAMPLES, SCHEMA, OpentransCase, needs_examples, needs_schema


@tagged("post_install", "-at_install")
class TestOrderDocument(OpentransCase):
    def build(self, order):
        return etree.fromstring(self.env["itscope.order.builder"]._xml(order))

    def text(self, root, path):
        node = root.find("/".join(f"{{*}}{part}" for part in path.split("/")))
        return None if node is None else node.text

    def problems(self, order):
        problems = self.env["itscope.order.check"]._problems(order)
        return "\n".join(problem.text for problem in problems)

    def test_content(self):
        order = self.make_order(
            itscope_remarks="Please ship on Monday", itscope_customer_reference="S00042"
        )
        order.order_line[0].itscope_remark = "Project ABC-123"
        self.assertEqual(self.problems(order), "")
        root = self.build(order)
        info = "ORDER_HEADER/ORDER_INFO/"
        self.assertEqual(self.text(root, f"{info}ORDER_ID"), "PTEST1")
        self.assertEqual(self.text(root, f"{info}CURRENCY"), order.currency_id.name)
        self.assertEqual(self.text(root, f"{info}PARTIAL_SHIPMENT_ALLOWED"), "false")
        self.assertEqual(self.text(root, f"{info}REMARKS"), "Please ship on Monday")
        self.assertEqual(
            self.text(root, f"{info}CUSTOMER_ORDER_REFERENCE/ORDER_ID"), "S00042"
        )
        parties = {
            party.findtext("{*}PARTY_ROLE"): party for party in root.iter("{*}PARTY")
        }
        self.assertEqual(parties["supplier"].findtext("{*}PARTY_ID"), "10000735")
        self.assertEqual(parties["buyer"].findtext("{*}PARTY_ID"), "123456")
        self.assertEqual(
            parties["delivery"].findtext("{*}ADDRESS/{*}STREET"), "Musterstraße 1"
        )
        contact = parties["buyer"].find("{*}ADDRESS/{*}CONTACT_DETAILS")
        self.assertEqual(contact.findtext("{*}FIRST_NAME"), "Erika")
        self.assertEqual(contact.findtext("{*}CONTACT_NAME"), "Muster")
        items = list(root.iter("{*}ORDER_ITEM"))
        self.assertEqual(
            [item.findtext("{*}LINE_ITEM_ID") for item in items],
            ["00001", "00002", "00003"],
        )
        self.assertEqual(
            [item.findtext("{*}PRODUCT_ID/{*}SUPPLIER_PID") for item in items],
            ["123002", "123001", "123003"],
        )
        self.assertEqual(items[0].findtext("{*}REMARKS"), "Project ABC-123")
        self.assertEqual(self.text(root, "ORDER_SUMMARY/TOTAL_AMOUNT"), "1401.0")

    @needs_schema
    def test_valid(self):
        order = self.make_order(
            itscope_remarks="Text",
            itscope_customer_reference="S00042",
            itscope_delivery_date_type="optional",
            date_planned="2099-03-01 10:00:00",
        )
        schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
        schema.assertValid(self.build(order))

    @needs_examples
    def test_has_what_the_example_has(self):
        """Every element of ITscope's example, except what Odoo has no data for."""
        order = self.make_order(
            itscope_remarks="Text",
            itscope_customer_reference="S00042",
            itscope_delivery_date_type="fixed",
            date_planned="2099-03-01 10:00:00",
        )
        order.order_line.itscope_remark = "Project"
        self.company.partner_id.website = "https://www.example.com"
        order.company_id.partner_id.street2 = "5th floor"
        for product in self.products.values():
            product.barcode = f"40000000{product.id:05d}"
        example = etree.parse(str(EXAMPLES / "ORDER.xml")).getroot()
        names = {etree.QName(node).localname for node in example.iter(etree.Element)}
        ours = {
            etree.QName(node).localname
            for node in self.build(order).iter(etree.Element)
        }
        # No fax in Odoo; one supplement here, and no long texts in an order.
        self.assertLessEqual(
            names - ours, {"FAX", "NAME3", "DESCRIPTION_LONG", "CONTACT_DETAILS"}
        )

    def test_net_prices(self):
        """Discounts and taxes that are included are taken off; dozens become pieces."""
        included = self.tax.copy(
            {"name": "19 % included", "price_include_override": "tax_included"}
        )
        order = self.make_order()
        first, second, third = order.order_line
        first.write({"price_unit": 119.0, "tax_ids": [Command.set(included.ids)]})
        second.write({"price_unit": 100.0, "discount": 10.0})
        third.write(
            {
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                "product_qty": 2,
                "price_unit": 120.0,
            }
        )
        items = [
            (
                item.findtext("{*}QUANTITY"),
                item.findtext("{*}ORDER_UNIT"),
                item.findtext("{*}PRODUCT_PRICE_FIX/{*}PRICE_AMOUNT"),
            )
            for item in self.build(order).iter("{*}ORDER_ITEM")
        ]
        self.assertEqual(
            items,
            [("1.0", "C62", "100.0"), ("2.0", "C62", "90.0"), ("24.0", "C62", "10.0")],
        )

    def test_sections_are_left_out(self):
        order = self.make_order()
        order.order_line = [
            Command.create({"display_type": kind, "name": "Text", "product_qty": 0})
            for kind in ("line_section", "line_note")
        ]
        self.assertEqual(self.problems(order), "")
        self.assertEqual(len(list(self.build(order).iter("{*}ORDER_ITEM"))), 3)

    def test_terms_of_the_supplier(self):
        self.test_supplier.partial_shipment = True
        order = self.make_order()
        self.assertTrue(order.itscope_partial_shipment)
        self.assertFalse(order.itscope_own_delivery_note)
        order.itscope_own_delivery_note = True
        root = self.build(order)
        self.assertEqual(
            self.text(root, "ORDER_HEADER/ORDER_INFO/PARTIAL_SHIPMENT_ALLOWED"), "true"
        )
        udx = self.text(root, "ORDER_HEADER/ORDER_INFO/HEADER_UDX/UDX.DROPSHIPMENT")
        self.assertEqual(udx, "true")

    def test_all_problems_at_once(self):
        order = self.make_order(name="P" * 19, confirm=False)
        self.test_supplier.own_customer_number = False
        self.company.partner_id.zip = False
        first, second, third = order.order_line
        first.price_unit = 0
        second.product_qty = 0.5
        self.products["123003"].seller_ids.product_code = False
        text = self.problems(order)
        for part in (
            "19 characters",
            "not confirmed",
            "customer number",
            "ZIP",
            "price is missing",
            "0.5 pieces",
            "article number is missing",
        ):
            self.assertIn(part, text)
        page = self.env["itscope.send"].browse(order.action_itscope_send()["res_id"])
        self.assertEqual(page.error_count, len(page.line_ids))
        self.assertIn("19 characters", "".join(page.line_ids.mapped("text")))
        self.assertFalse(order.itscope_deal_id)

    def test_number_of_19_characters(self):
        order = self.make_order(name="P" * 19)
        self.assertIn("19 characters", self.problems(order))
        self.assertEqual(self.problems(self.make_order(name="P" * 18)), "")

    def test_line_without_product(self):
        order = self.make_order(confirm=False)
        order.order_line[0].product_id = False
        order.order_line[0].name = "Something"
        self.assertIn("Something: the line has no product", self.problems(order))

    def test_unmapped_vendor(self):
        order = self.make_order(
            partner_id=self.env["res.partner"].create({"name": "X"}).id
        )
        self.assertIn("not mapped", self.problems(order))

    def test_several_suppliers_of_one_vendor(self):
        self.supplier.partner_id = self.test_vendor
        order = self.make_order()
        self.assertTrue(order.itscope_ambiguous)
        self.assertIn("several ITscope suppliers", self.problems(order))
        order.itscope_supplier_id = self.test_supplier
        self.assertEqual(self.problems(order), "")

    def test_test_mode(self):
        self.account.test_mode = True
        self.assertEqual(self.problems(self.make_order()), "")
        other = self.make_order(name="PTEST2", partner_id=self.vendor.id)
        self.supplier.own_customer_number = "1"
        self.assertIn("test mode", self.problems(other))

    def test_no_order_right(self):
        self.account.write({"state": "connected", "order_access": False})
        self.assertIn("may not order", self.problems(self.make_order()))

    def test_no_account(self):
        self.account.active = False
        self.assertIn("no ITscope account", self.problems(self.make_order()))

    def test_number_used_before(self):
        self.sent_deal(self.make_order())
        again = self.make_order(name="PTEST1")
        self.assertIn("already", self.problems(again))

    def test_wished_date_in_the_past(self):
        order = self.make_order(
            itscope_delivery_date_type="fixed", date_planned="2020-01-01 10:00:00"
        )
        order.order_line.date_planned = "2020-01-01 10:00:00"
        self.assertIn("has passed", self.problems(order))
