"""Customer numbers and terms of a supplier, and where older versions had them."""

import importlib.util

from psycopg2.errors import UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from .common import ItscopeCase

MIGRATION = "itscope_connector/migrations/19.0.1.1.0/post-migration.py"


@tagged("post_install", "-at_install")
class TestSupplierNumbers(ItscopeCase):
    def test_the_number_to_use_is_the_default_of_several(self):
        supplier = self.supplier
        supplier.customer_number = "by ITscope"
        self.assertEqual(supplier._effective_customer_number(), "by ITscope")
        supplier.own_customer_number = "1"
        self.assertEqual(supplier._effective_customer_number(), "1")
        other = self.env["itscope.supplier.number"].create(
            {"supplier_id": supplier.id, "number": "2", "label": "Branch"}
        )
        self.assertEqual(other.display_name, "2 (Branch)")
        supplier.own_customer_number = "2"
        self.assertEqual(supplier._default_number(), other)
        self.assertEqual(len(supplier.number_ids), 2)
        supplier.own_customer_number = False
        self.assertEqual(supplier.number_ids.mapped("number"), ["1"])
        self.assertEqual(supplier._effective_customer_number(), "by ITscope")

    def test_one_default(self):
        self.supplier.own_customer_number = "1"
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.env["itscope.supplier.number"].create(
                {"supplier_id": self.supplier.id, "number": "2", "is_default": True}
            )

    def test_from_the_version_before(self):
        """Numbers and choices that were columns of the supplier are kept."""
        path = file_path(MIGRATION)
        spec = importlib.util.spec_from_file_location("migration", path)
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        cr, company = self.env.cr, self.company.id
        self.env.flush_all()
        cr.execute(
            "ALTER TABLE itscope_supplier ADD COLUMN IF NOT EXISTS "
            "own_customer_number jsonb, ADD COLUMN IF NOT EXISTS partial_shipment jsonb"
        )
        cr.execute(
            """UPDATE itscope_supplier
                  SET own_customer_number = jsonb_build_object(%s, ' 4711 ', '0', 'x'),
                      partial_shipment = jsonb_build_object(%s, true, '0', false)
                WHERE id = %s""",
            (str(company), str(company), self.supplier.id),
        )
        cr.execute(
            """UPDATE itscope_supplier
                  SET own_customer_number = jsonb_build_object(%s, ''),
                      partial_shipment = jsonb_build_object(%s, false)
                WHERE id = %s""",
            (str(company), str(company), self.unmapped.id),
        )
        for _time in range(2):
            migration.customer_numbers(self.env)
            migration.partial_shipments(self.env)
        self.env.invalidate_all()
        self.assertEqual(self.supplier.own_customer_number, "4711")
        self.assertTrue(self.supplier.partial_shipment)
        self.assertFalse(self.unmapped.own_customer_number)
        self.assertFalse(self.unmapped.partial_shipment_choice)
        self.unmapped.partial_delivery = "yes"
        self.assertTrue(self.unmapped.partial_shipment)
