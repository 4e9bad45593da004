from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestFieldMapping(ItscopeCase):
    def mapping(self, name):
        return self.account.mapping_ids.filtered(lambda m: m.field_id.name == name)

    def test_a_new_account_has_what_suits_most(self):
        found = {
            m.field_id.name: (m.source, m.policy) for m in self.account.mapping_ids
        }
        self.assertEqual(found["name"], ("name", "unless_changed"))
        self.assertEqual(found["default_code"], ("manufacturer_sku", "once"))
        self.assertEqual(found["barcode"], ("ean", "once"))

    def test_every_policy_in_all_three_states(self):
        """Rows: what a person did, what ITscope says next → what stands in Odoo."""
        cases = [
            ("once", "old", "new", "old"),
            ("once", "own", "new", "own"),
            ("once", "old", "old", "old"),
            ("always", "old", "new", "new"),
            ("always", "own", "new", "new"),
            ("always", "own", "old", "old"),
            ("unless_changed", "old", "new", "new"),
            ("unless_changed", "own", "new", "own"),
            ("unless_changed", "own", "old", "own"),
        ]
        for place, (policy, stands, said, result) in enumerate(cases):
            with self.subTest(policy=policy, stands=stands, said=said):
                self.mapping("name").policy = policy
                puid = f"90{place}000"
                values = {"puid": puid, "ean": "", "manufacturer_sku": puid}
                links, _counts = self.import_records(self.record(name="old", **values))
                links.product_id.name = stands
                self.import_records(self.record(name=said, **values))
                self.assertEqual(links.product_id.name, result)

    def test_nothing_told_erases_nothing(self):
        self.mapping("description_sale").policy = "always"
        links, _counts = self.import_records(self.record(short_description="Text"))
        self.import_records(self.record(short_description=""))
        self.assertEqual(links.product_id.description_sale, "Text")

    def test_a_linked_product_gets_what_it_lacks(self):
        mine = self.env["product.product"].create({"name": "Mine"})
        self.import_records(
            self.record(gross_weight=Decimal("2.5")), targets={"777000": mine}
        )
        self.assertEqual(mine.name, "Mine")
        self.assertEqual(mine.weight, 2.5)

    def test_weights_come_in_odoos_unit(self):
        self.env["ir.config_parameter"].set_param("product.weight_in_lbs", "1")
        links, _counts = self.import_records(self.record(gross_weight=Decimal(1)))
        self.assertAlmostEqual(links.product_id.weight, 2.2, places=1)

    def test_a_custom_field(self):
        field = self.env["ir.model.fields"].create(
            {
                "model_id": self.env["ir.model"]._get("product.template").id,
                "name": "x_warranty",
                "field_description": "Warranty",
                "ttype": "char",
            }
        )
        field = self.env["ir.model.fields"]._get("product.product", field.name)
        self.env["itscope.field.mapping"].create(
            {
                "account_id": self.account.id,
                "source": "warranty_text",
                "field_id": field.id,
                "policy": "always",
            }
        )
        links, _counts = self.import_records(self.record(warranty_text="24 Monate"))
        self.assertEqual(links.product_id.x_warranty, "24 Monate")

    def test_types_are_checked_when_it_is_saved(self):
        Fields = self.env["ir.model.fields"]
        for source, name in (
            ("name", "weight"),
            ("best_price", "categ_id"),
            ("category", "name"),
            ("name", "type"),
            ("name", "itscope_best_price"),
        ):
            with (
                self.subTest(source=source, name=name),
                self.assertRaises(ValidationError),
            ):
                self.mapping(name).unlink()
                self.env["itscope.field.mapping"].create(
                    {
                        "account_id": self.account.id,
                        "source": source,
                        "field_id": Fields._get("product.product", name).id,
                    }
                )

    def test_html_is_cleaned(self):
        links, _counts = self.import_records(
            self.record(
                html_specs="<p onclick='x()'>good</p><script>alert(1)</script>",
                marketing_text="<iframe src='//evil'></iframe>text",
            )
        )
        self.assertIn("good", links.html_specs)
        for text in (links.html_specs, links.marketing_text):
            for bad in ("script", "onclick", "iframe"):
                self.assertNotIn(bad, text)

    def test_html_is_cleaned_on_its_way_into_the_product(self):
        self.env["itscope.field.mapping"].create(
            {
                "account_id": self.account.id,
                "source": "marketing_text",
                "field_id": self.env["ir.model.fields"]
                ._get("product.product", "description")
                .id,
            }
        )
        links, _counts = self.import_records(
            self.record(
                marketing_text="<p onclick='x()'>good</p><script>alert(1)</script>"
                "<img src='https://evil.example/x'>"
            )
        )
        # What is handed to Odoo is harmless already: a field that lets administrators
        # write what they like would not clean it.
        for text in (links.said["description"], links.product_id.description):
            self.assertIn("good", text)
            for bad in ("script", "onclick", "evil"):
                self.assertNotIn(bad, text)

    def test_volumes_come_in_odoos_unit(self):
        sides = {f"gross_{side}": Decimal(1) for side in ("length", "height", "width")}
        links, _counts = self.import_records(self.record(**sides))
        self.assertAlmostEqual(links.product_id.volume, 1.0)
        self.env["ir.config_parameter"].set_param("product.volume_in_cubic_feet", "1")
        links, _counts = self.import_records(self.record(puid="2000", ean="", **sides))
        self.assertAlmostEqual(links.product_id.volume, 35.31, places=1)

    def test_a_contact_mapped_later_reaches_products_that_are_here(self):
        field = self.env["ir.model.fields"].create(
            {
                "model_id": self.env["ir.model"]._get("product.template").id,
                "name": "x_manufacturer_id",
                "field_description": "Manufacturer",
                "ttype": "many2one",
                "relation": "res.partner",
            }
        )
        field = self.env["ir.model.fields"]._get("product.product", field.name)
        self.env["itscope.field.mapping"].create(
            {
                "account_id": self.account.id,
                "source": "manufacturer",
                "field_id": field.id,
            }
        )
        record = self.record(manufacturer_id="70", manufacturer_name="Musterwerke")
        links, _counts = self.import_records(record)
        links.digest = "seen"
        self.assertFalse(links.product_id.x_manufacturer_id)
        maker = self.env["res.partner"].create(
            {"name": "Musterwerke GmbH", "is_company": True}
        )
        links.manufacturer_id.action_suggest_partners()
        self.assertFalse(links.digest, "the next run looks at it again")
        self.import_records(record)
        self.assertEqual(links.product_id.x_manufacturer_id, maker)

    def test_compare_take_over_and_keep(self):
        links, _counts = self.import_records(self.record())
        links.product_id.name = "Own"
        action = links.action_compare()
        compare = self.env["itscope.compare"].browse(action["res_id"])
        line = compare.line_ids.filtered(lambda li: li.field_name == "name")
        self.assertEqual(
            (line.said, line.own, line.state),
            ("Musterwerke Notebook AB100", "Own", "differs"),
        )
        line.action_keep()
        line.invalidate_recordset()
        self.assertEqual(line.state, "kept")
        line.action_take_over()
        self.assertEqual(links.product_id.name, "Musterwerke Notebook AB100")
        self.import_records(self.record(name="Follows again"))
        self.assertEqual(links.product_id.name, "Follows again")

    def test_the_form_of_an_account(self):
        form = Form(self.env["itscope.account"])
        form.name, form.account_code = "Second", "m1000002"
        form.user_id = self.user
        self.assertGreater(len(form.save().mapping_ids), 5)

    def test_without_any_mapping_a_product_still_has_a_name(self):
        self.account.mapping_ids.unlink()
        links, _counts = self.import_records(self.record(self.offer()))
        self.assertEqual(links.product_id.name, "Musterwerke Notebook AB100")
        self.assertFalse(links.product_id.default_code)
