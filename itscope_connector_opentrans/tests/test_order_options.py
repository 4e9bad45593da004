"""An order with every option: valid, and the same when it is read again."""

from datetime import date, datetime, timezone
from decimal import Decimal

from lxml import etree

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.itscope_connector.itscope_api import ContractParameter, Project

from .. import opentrans
from .common import SCHEMA, OpentransCase, needs_schema


@tagged("post_install", "-at_install")
class TestOrderOptions(OpentransCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        germany = cls.env.ref("base.de")
        address = {
            "street": "Am Markt 3",
            "zip": "10115",
            "city": "Berlin",
            "country_id": germany.id,
        }
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Stadtwerke Beispiel GmbH",
                "is_company": True,
                "ref": "K-77",
                "phone": "+49 30 1234567",
                "email": "post@example.org",
                **address,
                "child_ids": [
                    Command.create({"name": "Max Beispiel", "email": "max@example.org"})
                ],
            }
        )
        location = cls.env.ref("stock.stock_location_customers")
        cls.dropship = cls.env["stock.picking.type"].create(
            {
                "name": "Dropship",
                "code": "incoming",
                "sequence_code": "DS",
                "company_id": cls.company.id,
                "warehouse_id": False,
                "default_location_src_id": cls.env.ref(
                    "stock.stock_location_suppliers"
                ).id,
                "default_location_dest_id": location.id,
            }
        )
        cls.branch = cls.env["itscope.supplier.number"].create(
            {
                "supplier_id": cls.test_supplier.id,
                "number": "654321",
                "label": "Branch",
            }
        )

    def full_order(self):
        """Everything that an order can say."""
        self.link(
            "123001",
            projects=(
                Project(
                    manufacturer_project_id="HP-2026-1",
                    supplier_project_id="AN-4711",
                    end_customer="Stadtwerke Beispiel",
                    price=Decimal("88.50"),
                    valid_from=datetime(2025, 12, 31, 23, tzinfo=timezone.utc),
                    valid_to=datetime(2099, 12, 30, 23, tzinfo=timezone.utc),
                    min_quantity=1,
                    remaining_quantity=50,
                ),
            ),
        )
        self.link(
            "123003",
            contract_type=3,
            contract_parameters=(
                ContractParameter("licensee", "Licensee", True, "Muster GmbH"),
                ContractParameter("domain", "Domain", False),
            ),
        )
        self.test_supplier.own_delivery_note_allowed = True
        order = self.make_order(
            picking_type_id=self.dropship.id,
            dest_address_id=self.customer.id,
            origin="S00042",
            itscope_customer_number_id=self.branch.id,
            itscope_partial_shipment=True,
            itscope_own_delivery_note=True,
            itscope_customer_reference="BESTELLUNG 4711",
            itscope_remarks="Please ring\nat the gate",
            itscope_delivery_date_type="fixed",
            date_planned="2099-03-01 10:00:00",
        )
        hardware, project, licence = order.order_line
        hardware.write({"itscope_remark": "Rack 7", "product_qty": 4, "discount": 5})
        project._itscope_choose_project(project.itscope_offer_id.projects[0])
        self.assertEqual(licence.itscope_licensee_id, self.customer)
        parameters = licence.itscope_parameter_ids
        self.assertEqual(parameters.mapped("name"), ["licensee", "domain"])
        parameters[0].value = "Stadtwerke"
        parameters[1].value = "stadtwerke.example"
        return order

    @needs_schema
    def test_valid(self):
        order = self.full_order()
        self.assertEqual(self.env["itscope.order.check"]._problems(order), [])
        xml = self.env["itscope.order.builder"]._xml(order)
        schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
        schema.assertValid(etree.fromstring(xml))

    def test_same_when_read(self):
        order = self.full_order()
        builder = self.env["itscope.order.builder"]
        sent = builder._build(order)
        read = opentrans.read(builder._xml(order))
        self.assertEqual(read.findings, ())
        for name in (
            "number",
            "language",
            "currency",
            "remarks",
            "customer_order_id",
            "partial_shipment",
            "own_delivery_note",
        ):
            self.assertEqual(getattr(read, name), getattr(sent, name), name)
        self.assertEqual(read.date, sent.date.replace(microsecond=0))
        self.assertEqual(
            [(p.id, p.roles, p.id_type) for p in read.parties],
            [(p.id, p.roles, p.id_type) for p in sent.parties],
        )
        for ours, theirs in zip(sent.parties, read.parties, strict=True):
            for name in ("name", "name2", "street", "zip", "city", "country"):
                self.assertEqual(
                    getattr(theirs.address, name), getattr(ours.address, name)
                )
            self.assertEqual(theirs.address.contact_email, ours.address.contact_email)
        for ours, theirs in zip(sent.lines, read.lines, strict=True):
            for name in (
                "line_id",
                "product",
                "quantity",
                "unit",
                "price",
                "delivery_date",
                "remarks",
                "agreement",
                "customer_ref",
                "parameters",
            ):
                self.assertEqual(getattr(theirs, name), getattr(ours, name), name)

    def test_content(self):
        """What stands in the document is what stands in Odoo."""
        order = self.full_order()
        read = opentrans.read(self.env["itscope.order.builder"]._xml(order))
        buyer, delivery = read.party("buyer"), read.party("delivery")
        self.assertEqual(buyer.id, "654321")
        self.assertEqual(delivery.address.name, "Stadtwerke Beispiel GmbH")
        self.assertEqual((delivery.id, delivery.id_type), ("K-77", "buyer_specific"))
        licensee = read.party("customer")
        self.assertEqual(licensee.address.contact_email, "max@example.org")
        self.assertEqual(licensee.address.contact_name, "Beispiel")
        self.assertTrue(read.own_delivery_note and read.partial_shipment)
        hardware, project, licence = read.lines
        self.assertEqual(hardware.remarks, (("general", "Rack 7"),))
        self.assertEqual(hardware.delivery_date.type, "fixed")
        self.assertEqual(hardware.price, Decimal("533.9"))
        self.assertEqual(project.price, Decimal("88.5"))
        self.assertEqual(
            project.agreement,
            opentrans.Agreement(
                "HP-2026-1",
                "AN-4711",
                date(2026, 1, 1),
                date(2099, 12, 31),
                "Stadtwerke Beispiel",
            ),
        )
        self.assertEqual(licence.customer_ref, licensee.id)
        self.assertEqual(
            licence.parameters,
            (("licensee", "Stadtwerke"), ("domain", "stadtwerke.example")),
        )
        self.assertFalse(hardware.customer_ref or hardware.agreement)

    def test_no_project_price_unless_chosen(self):
        order = self.full_order()
        line = self.line(order, "123001")
        line._itscope_choose_project(None)
        self.assertEqual(line.price_unit, 94.0)
        read = opentrans.read(self.env["itscope.order.builder"]._xml(order))
        self.assertIsNone(read.lines[1].agreement)

    def test_choosing_a_project_price(self):
        order = self.full_order()
        line = self.line(order, "123001")
        line._itscope_choose_project(None)
        choice = self.env["itscope.project.choice"].browse(
            line.action_itscope_projects()["res_id"]
        )
        choice.line_ids.action_use()
        self.assertEqual(line.price_unit, 88.5)
        self.assertEqual(line.itscope_project_number, "HP-2026-1")
        choice.action_none()
        self.assertFalse(line.itscope_project_number)

    def test_chosen_project_by_its_number(self):
        """The offer was refreshed while the buyer looked at its projects."""
        line = self.line(self.full_order(), "123001")
        line._itscope_choose_project(None)
        choice = self.env["itscope.project.choice"].browse(
            line.action_itscope_projects()["res_id"]
        )
        offer = line.itscope_offer_id
        (project,) = offer.projects
        other = {**project, "manufacturer_project": "HP-OTHER", "price": 1.0}
        offer.projects = [other, project]
        choice.line_ids.action_use()
        self.assertEqual(line.itscope_project_number, "HP-2026-1")
        offer.projects = [other]
        with self.assertRaisesRegex(UserError, "no longer names"):
            choice.line_ids.action_use()

    def test_customers_number_is_none_of_ours(self):
        """Where an order came from is not what the customer calls it."""
        order = self.make_order(origin="PTEST0")
        self.assertFalse(order.itscope_customer_reference)

    def test_one_party_for_several_lines_of_a_licensee(self):
        order = self.full_order()
        parameters = (ContractParameter("licensee", "Licensee", False),)
        self.link("123002", contract_type=1, contract_parameters=parameters)
        order.order_line[0].itscope_offer_id = self.env["itscope.offer"].search(
            [("offer_id", "=", "9123002")]
        )
        order.order_line[0].itscope_licensee_id = self.customer
        read = opentrans.read(self.env["itscope.order.builder"]._xml(order))
        licensees = [p for p in read.parties if "customer" in p.roles]
        self.assertEqual(len(licensees), 1)
        self.assertEqual(read.lines[0].customer_ref, licensees[0].id)
