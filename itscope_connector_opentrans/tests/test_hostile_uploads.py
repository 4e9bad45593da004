"""Files that people and e-mails bring, broken or made to do harm."""

from odoo.tests import tagged

from odoo.addons.itscope_connector.tests.hostile import cases

from .common import ARTICLES, OpentransCase
from .documents import dispatch, invoice, response
from .uploads import attached, from_supplier

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]
GOODS = [
    from_supplier(document).encode()
    for document in (
        invoice("PTEST1", "R1", AS_ORDERED, charges=(("freight", 8.4),)),
        response("PTEST1", AS_ORDERED, None, "2026-03-01"),
        dispatch("PTEST1", "1", [("123003", 2.0, ("S1", "S2"))]),
    )
]
LEAKS = ("Traceback", "psycopg2", 'File "', "decimal.", "Error(")


@tagged("post_install", "-at_install")
class TestHostileUploads(OpentransCase):
    def test_broken_documents(self):
        """Kept as a document with words about it, or told by its name: never lost, and
        never an exception."""
        self.make_order()
        documents = self.env["itscope.document"].with_user(self.buyer)
        kept = told = 0
        for name, content in cases("upload", GOODS, 30):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                with self.assertNoLogs("odoo", "ERROR"):
                    files = attached(documents.env, {"x.xml": content})
                    action = documents.create_document_from_attachment(files.ids)
                    self.env.flush_all()
                problems = action["context"]["notifications"]
                found = documents.sudo().search(
                    [("company_id", "=", self.company.id), ("direction", "=", "in")]
                )
                self.assertEqual(len(found) + len(problems), 1)
                kept += len(found)
                told += len(problems)
                text = f"{found.messages} {found.message_ids.mapped('body')} {problems}"
                for leak in LEAKS:
                    self.assertNotIn(leak, text)
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertGreater(kept, 5)
        self.assertGreater(told, 5)
