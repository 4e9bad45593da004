"""What the page before sending says, and how it is mended there."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.itscope_connector.itscope_api import (
    ContractParameter,
    Packaging,
    Project,
    ScaledPrice,
)

from .common import OpentransCase, OpentransSimulatorCase


class CheckMixin:
    def found(self, order):
        """``{code: level}`` of what there is to say."""
        problems = self.env["itscope.order.check"]._problems(order)
        return {problem.code: problem.level for problem in problems}

    def page(self, order):
        return self.env["itscope.send"].browse(order.action_itscope_send()["res_id"])


@tagged("post_install", "-at_install")
class TestOrderCheck(CheckMixin, OpentransCase):
    def test_nothing_to_say(self):
        for sku in self.products:
            self.link(sku)
        self.assertEqual(self.found(self.make_order()), {})

    def test_offers(self):
        """What changed at the supplier since the order was written."""
        old = datetime.now(timezone.utc) - timedelta(days=20)
        self.link("123001", price=99, price_date=old)
        self.link("123002", stock=0, end_of_life=True)
        packaging = Packaging(min_quantity=2, interval_quantity=2)
        offer = self.link("123003", packaging=packaging)
        order = self.make_order()
        self.assertEqual(
            self.found(order),
            {
                "price_changed": "warning",
                "price_age": "warning",
                "stock": "warning",
                "end_of_life": "warning",
                "interval_quantity": "warning",
            },
        )
        self.line(order, "123003").product_qty = 1
        self.assertEqual(self.found(order)["min_quantity"], "error")
        self.account.price_age_days = 0
        self.assertNotIn("price_age", self.found(order))
        offer.link_id._retire()
        self.assertEqual(self.found(order)["offer_gone"], "warning")

    def test_stock_that_fell_since(self):
        """What the supplier had when the line was entered, where it is too little."""

        def texts():
            problems = self.env["itscope.order.check"]._problems(order)
            return [problem.text for problem in problems]

        for sku in self.products:
            self.link(sku, stock=50)
        order = self.make_order()
        self.env.flush_all()
        self.link("123003", stock=40)
        self.assertEqual(texts(), [])
        self.link("123003", stock=2)
        (text,) = texts()
        self.assertIn("has 2 by now (50 when", text)
        # Entered with open eyes.
        self.line(order, "123003").product_qty = 4
        (text,) = texts()
        self.assertIn("has 2, the order has 4", text)

    def test_currency_of_the_offer(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.link("123001", currency="USD")
        self.assertEqual(self.found(self.make_order()), {"offer_currency": "error"})

    def test_volume_price(self):
        scale = ScaledPrice(10, Decimal("80"))
        self.link("123001", scaled_prices=(scale,))
        order = self.make_order()
        self.assertEqual(self.found(order), {})
        line = self.line(order, "123001")
        line.write({"product_qty": 10, "price_unit": 94})
        self.assertEqual(self.found(order), {"price_changed": "warning"})
        line.price_unit = 80
        self.assertEqual(self.found(order), {})

    def test_terms_of_the_supplier(self):
        order = self.make_order()
        self.test_supplier.order_permission = "blocked"
        self.test_supplier.order_service = "available"
        order.itscope_own_delivery_note = True
        self.assertEqual(
            self.found(order),
            {
                "permission": "error",
                "order_service": "warning",
                "delivery_note": "error",
            },
        )
        self.test_supplier.order_permission = "allowed"
        self.test_supplier.own_delivery_note_allowed = True
        self.test_supplier.order_service = "configured"
        self.assertEqual(self.found(order), {})

    def test_partial_shipment_as_itscope_says_until_chosen(self):
        supplier = self.test_supplier
        self.assertFalse(supplier.partial_shipment)
        supplier.partial_delivery = "yes"
        self.assertTrue(supplier.partial_shipment)
        self.assertTrue(self.make_order().itscope_partial_shipment)
        supplier.partial_shipment = False
        self.assertFalse(supplier.partial_shipment)
        self.assertFalse(self.make_order(name="PTEST2").itscope_partial_shipment)

    def test_customer_numbers(self):
        """One mechanism: the number to use is the default of several."""
        supplier = self.test_supplier
        default = supplier.number_ids
        self.assertEqual((default.number, default.is_default), ("123456", True))
        other = self.env["itscope.supplier.number"].create(
            {"supplier_id": supplier.id, "number": "99", "label": "Branch"}
        )
        order = self.make_order()
        self.assertEqual(order.itscope_customer_number_id, default)
        order.itscope_customer_number_id = other
        self.assertEqual(order._itscope_customer_number(), "99")
        supplier.own_customer_number = "99"
        self.assertEqual(supplier._default_number(), other)
        self.assertFalse(default.is_default)
        foreign = self.env["itscope.supplier.number"].create(
            {"supplier_id": self.supplier.id, "number": "1"}
        )
        order.itscope_customer_number_id = foreign
        self.assertEqual(self.found(order), {"customer_number": "error"})

    def test_customer_number_of_each_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        there = self.test_supplier.with_company(other)
        self.assertFalse(there.own_customer_number)
        there.own_customer_number = "4711"
        self.assertEqual(self.test_supplier.own_customer_number, "123456")
        self.assertEqual(there.own_customer_number, "4711")

    def test_drop_shipment_without_address(self):
        """Never delivered to ourselves by mistake."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        customers = self.env.ref("stock.stock_location_customers")
        kind = warehouse.in_type_id.copy({"default_location_dest_id": customers.id})
        order = self.make_order(picking_type_id=kind.id)
        self.assertEqual(self.found(order), {"drop_shipment": "error"})
        order.dest_address_id = self.company.partner_id.copy({"name": "Customer"})
        self.assertEqual(self.found(order), {})

    def test_remark_is_cut(self):
        order = self.make_order()
        line = order.order_line[0]
        line.itscope_remark = "x" * 40
        self.assertEqual((line.itscope_remark_left, self.found(order)), (0, {}))
        line.itscope_remark = "x" * 42
        self.assertEqual(line.itscope_remark_left, -2)
        self.assertEqual(self.found(order), {"remark": "warning"})

    def test_projects(self):
        def project(**values):
            return Project(
                **{
                    "manufacturer_project_id": "HP-1",
                    "price": Decimal("80"),
                    **values,
                }
            )

        long_ago = datetime(2020, 1, 1, tzinfo=timezone.utc)
        self.link("123001", projects=(project(),))
        order = self.make_order()
        line = self.line(order, "123001")
        line._itscope_choose_project(line.itscope_offer_id.projects[0])
        self.assertEqual(self.found(order), {})
        for values, expected in (
            ({"remaining_quantity": 1}, {"project_left": "warning"}),
            ({"min_quantity": 5}, {"project_quantity": "error"}),
            ({"valid_to": long_ago}, {"project": "error"}),
        ):
            self.link("123001", projects=(project(**values),))
            line._itscope_choose_project(line.itscope_offer_id.projects[0])
            self.assertEqual(self.found(order), expected)
        self.link("123001", projects=())
        self.assertEqual(self.found(order)["project_gone"], "warning")

    def test_licence(self):
        parameters = (ContractParameter("licensee", "Licensee", True),)
        self.link("123001", contract_type=3, contract_parameters=parameters)
        order = self.make_order()
        self.assertEqual(
            self.found(order), {"licensee": "error", "parameters": "error"}
        )
        line = self.line(order, "123001")
        line.itscope_parameter_ids.value = "Muster GmbH"
        line.itscope_licensee_id = self.env["res.partner"].create(
            {"name": "Muster GmbH", "is_company": True}
        )
        problems = self.env["itscope.order.check"]._problems(order)
        self.assertEqual([p.record for p in problems], [line.itscope_licensee_id])
        for missing in ("street", "contact", "e-mail address"):
            self.assertIn(missing, problems[0].text)

    def test_licensee_is_a_person(self):
        self.link("123001", contract_type=1)
        order = self.make_order()
        person = self.company.partner_id.copy(
            {"name": "Max Beispiel", "is_company": False, "email": "max@example.org"}
        )
        self.line(order, "123001").itscope_licensee_id = person
        self.assertEqual(self.found(order), {})
        built = self.env["itscope.order.builder"]._build(order)
        address = built.party("customer").address
        self.assertEqual(
            (address.name, address.contact_first_name, address.contact_name),
            ("Max Beispiel", "Max", "Beispiel"),
        )

    def test_parameters_follow_the_offer(self):
        parameters = (ContractParameter("licensee", "Licensee", True),)
        self.link("123001", contract_type=3, contract_parameters=parameters)
        order = self.make_order()
        line = self.line(order, "123001")
        line.itscope_parameter_ids.value = "Muster GmbH"
        other = self.link("123002", contract_parameters=parameters)
        line.write({"product_id": other.product_id.id, "itscope_offer_id": other.id})
        self.assertEqual(line.itscope_parameter_ids.mapped("value"), ["Muster GmbH"])
        line.itscope_offer_id = False
        self.assertFalse(line.itscope_parameter_ids)

    def test_key_is_the_same_in_every_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        order = self.make_order()
        order.order_line[0].itscope_remark = "x" * 50
        check = self.env["itscope.order.check"]
        (english,) = check._problems(order)
        (german,) = check.with_context(lang="de_DE")._problems(
            order.with_context(lang="de_DE")
        )
        self.assertEqual(english.key, german.key)

    def test_hint_on_the_form(self):
        """At each moment it says why the order can or can't be sent."""

        def hint():
            order.invalidate_recordset()
            return order.itscope_send_hint

        order = self.make_order(confirm=False)
        self.assertIn("not confirmed", hint())
        order.button_confirm()
        self.assertEqual(hint(), "Can be sent.")
        order.order_line[0].itscope_remark = "x" * 50
        self.assertIn("after you have confirmed", hint())
        deal = order._itscope_queue()
        self.assertIn("waits to be sent", hint())
        deal.write({"send_state": "sending", "left_date": fields.Datetime.now()})
        self.assertIn("not sent a second time", hint())
        deal._note_unknown("The connection broke off.")
        deal._note_not_found()
        for part in ("The connection broke off.", "1 times", "asked again at"):
            self.assertIn(part, hint())
        deal.write({"send_state": "sent", "order_id": "X-1", "status": "SENT"})
        self.assertIn("no recall", hint())
        self.assertFalse(order.itscope_may_send)
        deal.status = "REJECTED"
        self.assertIn("Can be sent after", hint())
        self.assertTrue(order.itscope_may_send)

    def test_form_opens(self):
        self.link("123001", contract_type=3)
        order = self.make_order()
        with Form(order.with_user(self.buyer)) as form:
            form.itscope_remarks = "Hello"
        self.assertEqual(order.itscope_remarks, "Hello")

    def test_form_opens_without_itscope(self):
        """A buyer who is no user of ITscope reads why an order waits."""
        self.buyer.group_ids = [
            Command.unlink(self.env.ref("itscope_connector.group_user").id)
        ]
        order = self.make_order().with_user(self.buyer)
        with Form(order):
            pass
        self.assertEqual(order.itscope_send_hint, "Can be sent.")

    def test_remarks_of_the_supplier(self):
        self.test_supplier.order_remarks = "Deliver before noon"
        order = self.make_order()
        self.assertEqual(order.itscope_remarks, "Deliver before noon")
        own = self.make_order(name="PTEST2", itscope_remarks="Mine")
        self.assertEqual(own.itscope_remarks, "Mine")


@tagged("post_install", "-at_install")
class TestPageBeforeSending(CheckMixin, OpentransSimulatorCase):
    def test_warnings_are_confirmed_by_sending(self):
        self.link("123001", price=99)
        order = self.make_order().with_user(self.buyer)
        page = self.page(order)
        self.assertEqual((page.error_count, page.warning_count), (0, 1))
        self.assertFalse(self.at_itscope(order))
        page.action_send()
        self.assertEqual(order.itscope_send_state, "sent")
        self.assertEqual(len(self.at_itscope(order)), 1)

    def test_errors_are_not(self):
        self.company.partner_id.zip = False
        order = self.make_order()
        page = self.page(order)
        self.assertEqual(page.error_count, 1)
        page.action_send()
        self.assertFalse(order.itscope_deal_id)
        self.assertEqual(page.line_ids.action_mend()["res_model"], "res.partner")

    def test_what_is_new_is_shown_first(self):
        self.link("123001", price=99)
        self.link("123002")
        order = self.make_order()
        page = self.page(order)
        self.link("123002", price=500)
        self.assertEqual(page.action_send()["res_id"], page.id)
        self.assertEqual(page.warning_count, 2)
        self.assertFalse(order.itscope_deal_id)
        page.action_send()
        self.assertEqual(order.itscope_send_state, "sent")

    def test_new_warning_after_queueing(self):
        """Confirmed warnings don't keep it from leaving, others do."""
        self.link("123001", price=99)
        order = self.make_order()
        keys = [p.key for p in self.env["itscope.order.check"]._problems(order)]
        deal = order._itscope_queue(keys)
        self.link("123001", price=101)
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "withdrawn")
        self.assertIn("101", deal.answer)
        keys = [p.key for p in self.env["itscope.order.check"]._problems(order)]
        order._itscope_queue(keys)
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "sent", deal.answer)

    def test_check_at_itscope(self):
        """Nothing is sent by it."""
        order = self.make_order()
        order.order_line[0].itscope_remark = "x" * 50
        page = self.page(order)
        page.action_check_at_itscope()
        self.assertEqual((page.check_state, page.check_answer), ("passed", False))
        self.products["123001"].seller_ids.product_code = "nowhere"
        page.action_check_at_itscope()
        self.assertEqual(page.check_state, "failed")
        self.assertIn("nowhere", page.check_answer)
        self.assertFalse(self.at_itscope(order))
        paths = [r["path"] for r in self.observe("requests") if r["method"] == "POST"]
        self.assertEqual(len(paths), 4)
        self.assertFalse([path for path in paths if path.endswith("send")])

    def test_check_of_what_is_no_document(self):
        order = self.make_order()
        order.order_line[0].price_unit = 0
        with self.assertRaises(UserError):
            self.page(order).action_check_at_itscope()

    def test_refresh_and_take_over_prices(self):
        """The price that counts is the one of this minute."""
        self.link("123001", puid="4012827000", price=94)
        order = self.make_order()
        order.order_line[0].itscope_remark = "x" * 50
        page = self.page(order)
        self.assertFalse(page.price_count)
        page.action_refresh()
        line = self.line(order, "123001")
        offers = line._itscope_offers_by_line()[line]
        self.assertEqual(offers.price, 386.0)
        line.itscope_offer_id = offers
        page.action_check_again()
        self.assertEqual(page.price_count, 1)
        page.action_take_prices()
        self.assertEqual(line.price_unit, 386.0)
        self.assertFalse(page.price_count)

    def test_several_orders(self):
        """Each says its own; none is sent with something left to confirm."""
        self.link("123001", price=99)
        plain = self.make_order(name="PPLAIN")
        self.line(plain, "123001").price_unit = 99
        warned = self.make_order(name="PWARNED")
        result = (plain | warned).action_itscope_send()
        self.assertEqual(plain.itscope_send_state, "sent")
        self.assertFalse(warned.itscope_deal_id)
        message = result["params"]["message"]
        self.assertIn("PPLAIN", message)
        self.assertIn("PWARNED", message)
        self.assertIn("99", message)

    def test_sent_on_confirmation(self):
        """Confirming never waits for ITscope: the scheduled action sends."""
        self.test_supplier.send_on_confirmation = True
        order = self.make_order()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "to_send")
        self.assertFalse(self.observe("requests"))
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "sent")

    def test_not_sent_on_confirmation(self):
        self.test_supplier.send_on_confirmation = True
        self.company.partner_id.zip = False
        order = self.make_order()
        self.assertEqual(order.state, "purchase")
        self.assertFalse(order.itscope_deal_id)
        self.assertIn("ZIP", order.message_ids[0].body)
        self.assertEqual(order.activity_ids.user_id, self.buyer)

    def test_confirmed_by_somebody_without_itscope(self):
        self.test_supplier.send_on_confirmation = True
        self.buyer.group_ids = [
            Command.unlink(self.env.ref("itscope_connector.group_user").id)
        ]
        order = self.make_order(confirm=False)
        order.with_user(self.buyer).button_confirm()
        self.assertEqual(order.itscope_deal_id.send_state, "to_send")

    def test_two_step_approval_of_odoo(self):
        """Odoo's own second signature comes first."""
        self.test_supplier.send_on_confirmation = True
        self.company.write(
            {"po_double_validation": "two_step", "po_double_validation_amount": 1}
        )
        user = self.env.ref("purchase.group_purchase_user")
        self.buyer.group_ids = [
            Command.unlink(self.env.ref("purchase.group_purchase_manager").id),
            Command.link(user.id),
        ]
        order = self.make_order(confirm=False)
        order.with_user(self.buyer).button_confirm()
        self.assertEqual(order.state, "to approve")
        self.assertFalse(order.itscope_deal_id)
        order.button_approve()
        self.assertEqual(order.itscope_deal_id.send_state, "to_send")
