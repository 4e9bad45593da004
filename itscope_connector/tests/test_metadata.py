from odoo.tests import tagged

from ..itscope_api import Company, EService, ProductType, SupplierTerms
from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestMetadata(ItscopeCase):
    def company_record(self, **values):
        return Company(
            **{
                "id": "10007777",
                "name": "Herweck",
                "company_name": "Herweck AG",
                "street": "Mühlstr. 1",
                "zip": "66386",
                "city": "St. Ingbert",
                "country": "DEU",
                "customer_number": "K-1",
                **values,
            }
        )

    def test_synchronise_creates_then_changes_nothing(self):
        Supplier = self.env["itscope.supplier"]
        record = self.company_record()
        self.assertEqual(
            Supplier._synchronise([record]), {"read": 1, "created": 1, "updated": 0}
        )
        supplier = Supplier.search([("itscope_id", "=", "10007777")])
        self.assertEqual(supplier.country_id.code, "DE")
        self.assertEqual(supplier.order_number, "K-1")
        self.assertEqual(
            Supplier._synchronise([record]), {"read": 1, "created": 0, "updated": 0}
        )

    def test_a_card_opens_the_lists_of_its_own_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        other = self.account.copy({"company_id": company.id})
        both = other.with_context(allowed_company_ids=[self.company.id, company.id])
        for key in ("suppliers", "links"):
            action = both.action_open_waiting(key)
            companies = action["context"]["allowed_company_ids"]
            self.assertEqual(companies, [company.id, self.company.id])

    def test_a_row_that_itscope_drops_stays(self):
        Supplier = self.env["itscope.supplier"]
        Supplier._synchronise([self.company_record()])
        Supplier._synchronise([])
        self.assertTrue(Supplier.search([("itscope_id", "=", "10007777")]))

    def test_e_services_tell_why_there_are_no_prices(self):
        supplier = self.supplier
        supplier.customer_number = "K-1"
        for services, said in (
            ([EService("price_list", False)], "is not set up"),
            ([EService("realtime", True)], "offers no price-list"),
            ([EService("price_list", True)], "No offers known"),
            ([EService("price_list", True)], "although the price-list eService"),
        ):
            if "although" in said:
                self.import_records(self.record(self.offer(price=None)))
            terms = SupplierTerms(
                supplier.itscope_id, tuple(services), True, (("cutOff", "16:00"),)
            )
            self.assertEqual(supplier._synchronise_terms([terms]), 1)
            supplier.invalidate_recordset()
            self.assertIn(said, supplier.price_state)
        self.assertEqual(supplier.partial_delivery, "yes")
        self.assertEqual(supplier.order_conditions, "cutOff: 16:00")

    def suggest(self, partner_values, **values):
        partner = self.env["res.partner"].create({"is_company": True, **partner_values})
        Supplier = self.env["itscope.supplier"]
        Supplier._synchronise([self.company_record(**values)])
        supplier = Supplier.search([("itscope_id", "=", "10007777")])
        supplier.action_suggest_partners()
        return supplier, partner

    def test_suggest_by_vat(self):
        supplier, partner = self.suggest(
            {"name": "Quite different", "vat": "DE123456788"}, vat="DE 123456788"
        )
        self.assertEqual(supplier.partner_id, partner)
        self.assertEqual(supplier.partner_guess, "vat")

    def test_suggest_by_customer_number(self):
        supplier, partner = self.suggest({"name": "Quite different", "ref": "K 1"})
        self.assertEqual(supplier.partner_id, partner)
        self.assertEqual(supplier.partner_guess, "customer_number")

    def test_suggest_by_name_without_legal_form(self):
        supplier, partner = self.suggest({"name": "HERWECK gmbh"})
        self.assertEqual(supplier.partner_id, partner)
        self.assertEqual(supplier.partner_guess, "name")

    def test_suggest_without_a_choice_takes_all_open_partnerships(self):
        partner = self.env["res.partner"].create(
            {"name": "Herweck AG", "is_company": True}
        )
        Supplier = self.env["itscope.supplier"]
        Supplier._synchronise(
            [
                self.company_record(),
                self.company_record(id="1", name="Fremd", customer_number=""),
            ]
        )
        Supplier.action_suggest_partners()
        mapped = Supplier.search([("partner_guess", "!=", False)])
        self.assertEqual(mapped.itscope_id, "10007777")
        self.assertEqual(mapped.partner_id, partner)

    def test_two_possible_partners_are_a_question(self):
        self.env["res.partner"].create({"name": "Herweck", "is_company": True})
        supplier, _partner = self.suggest({"name": "HERWECK gmbh"})
        self.assertFalse(supplier.partner_id)

    def test_a_choice_by_hand_clears_the_mark(self):
        supplier, _partner = self.suggest({"name": "Herweck AG"})
        supplier.partner_id = self.vendor
        self.assertFalse(supplier.partner_guess)

    def test_create_vendor_with_address(self):
        Supplier = self.env["itscope.supplier"]
        Supplier._synchronise([self.company_record()])
        supplier = Supplier.search([("itscope_id", "=", "10007777")])
        supplier.action_create_partner()
        partner = supplier.partner_id
        self.assertEqual(partner.name, "Herweck AG")
        self.assertEqual(partner.city, "St. Ingbert")
        self.assertEqual(partner.country_id.code, "DE")

    def test_mapping_is_the_companys_own(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.assertEqual(self.supplier.partner_id, self.vendor)
        self.assertFalse(self.supplier.with_company(other).partner_id)

    def test_categories_are_suggested_by_name(self):
        ProductTypes = self.env["itscope.product.type"]
        ProductTypes._synchronise(
            [
                ProductType(
                    id="9", name="Drucker", group_id="PRN", group_name="NOTEBOOKS"
                )
            ]
        )
        row = ProductTypes.search([("itscope_id", "=", "9")])
        row.action_suggest_categories()
        self.assertEqual(row.categ_id, self.category)
        self.assertTrue(row.categ_guessed)

    def test_categories_are_created_group_above_type(self):
        ProductTypes = self.env["itscope.product.type"]
        ProductTypes._synchronise(
            [ProductType(id="9", name="Laser", group_id="PRN", group_name="Drucker")]
        )
        row = ProductTypes.search([("itscope_id", "=", "9")])
        row.action_create_categories()
        self.assertEqual(row.categ_id.complete_name, "Drucker / Laser")
