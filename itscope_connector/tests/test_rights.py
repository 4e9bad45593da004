from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestRights(ItscopeCase):
    def test_the_key_is_for_managers_only(self):
        account = self.account.with_user(self.user)
        self.assertNotIn("api_key", account.fields_get())
        with self.assertRaises(AccessError):
            account.read(["api_key"])
        self.user.group_ids += self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            account.export_data(["api_key"])

    def test_the_key_is_not_copied_and_not_tracked(self):
        self.assertFalse(self.account.copy({"user_id": self.user.id}).api_key)
        self.account.api_key = "another-secret"
        self.env.flush_all()
        self.assertNotIn(
            "another-secret", "".join(map(str, self.account.message_ids.mapped("body")))
        )

    def test_users_do_not_map_and_internal_users_only_look(self):
        with self.assertRaises(AccessError):
            self.supplier.with_user(self.user).partner_id = self.vendor
        internal = new_test_user(self.env, "internal", groups="base.group_user")
        links, _counts = self.import_records(self.record(self.offer()))
        self.assertTrue(links.with_user(internal).offer_ids)
        with self.assertRaises(AccessError):
            self.account.with_user(internal).read(["name"])
        with self.assertRaises(AccessError):
            links.with_user(internal).write({"name": "x"})
