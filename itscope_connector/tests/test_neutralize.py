from odoo.tests import tagged
from odoo.tools import file_open

from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestNeutralize(ItscopeCase):
    def test_a_copied_database_can_neither_order_nor_call(self):
        self.env.flush_all()
        with file_open("itscope_connector/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.account.api_key)
        self.assertTrue(self.account.test_mode)
        crons = self.env["ir.cron"].search(
            [("model_id.model", "=like", "itscope.%"), ("active", "=", True)]
        )
        self.assertFalse(crons)
        self.account.action_test_connection()
        self.assertEqual(self.account.state, "error")
