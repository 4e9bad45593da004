from odoo.tests import TransactionCase, tagged

from odoo.addons.itscope_connector.tests.translated import german_gaps


@tagged("post_install", "-at_install")
class TestTranslation(TransactionCase):
    def test_german_is_complete(self):
        self.assertEqual(german_gaps(self.env, "itscope_connector_opentrans"), [])
