"""The key, an export's token and what is made of them: nowhere but on their way."""

import logging
import traceback
from base64 import b64encode
from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

from odoo.addons.itscope_connector.itscope_api import transport
from odoo.addons.itscope_connector.tests.common import ACCOUNT_CODE, API_KEY

from .common import OpentransSimulatorCase

TOKEN, WRONG = "t0ken-0815-4711", "wr0ng-key-0815"
SECRETS = (
    API_KEY,
    WRONG,
    TOKEN,
    *(b64encode(f"{ACCOUNT_CODE}:{key}".encode()).decode() for key in (API_KEY, WRONG)),
)


def echo(key):
    """An answer that repeats what it was sent."""
    login = b64encode(f"{ACCOUNT_CODE}:{key}".encode()).decode()
    return f"Wrong login: {key}, Basic {login}"


ECHO = echo(API_KEY)
TEXTS = ("char", "text", "html", "json", "serialized")


@tagged("post_install", "-at_install")
class TestSecrets(HttpCase, OpentransSimulatorCase):
    def setUp(self):
        super().setUp()
        self.manager = new_test_user(
            self.env,
            "secret-manager",
            password="secret-manager",
            groups="itscope_connector.group_manager,base.group_allow_export,"
            "base.group_system",
        )
        # Tries follow each other at once; how many there are stays as it is.
        self.patch(transport, "RETRY", transport.RETRY.new(backoff_factor=0))
        self.patch(transport, "JITTER", 0)
        self.export = self.env["itscope.export"].create(
            {
                "name": "By address",
                "account_id": self.account.id,
                "reference": f"{self.account.base_url}/t/{TOKEN}",
                "mode": "update",
            }
        )

    def assert_no_secret(self, text, *allowed):
        for secret in SECRETS:
            if secret not in allowed:
                self.assertNotIn(secret, text)

    @contextmanager
    def everything_logged(self):
        """All that any logger has to say, and the stack of each error."""
        names = ("", "odoo", "odoo.addons", "urllib3", "requests", "odoo.sql_db")
        loggers = [logging.getLogger(name) for name in names]
        levels = [logger.level for logger in loggers]
        with self.assertLogs(level="DEBUG") as logs:
            for logger in loggers:
                logger.setLevel(logging.DEBUG)
            # That one repeats each statement to the database, as it is there for.
            loggers[-1].setLevel(logging.INFO)
            try:
                yield logs
            finally:
                for logger, level in zip(loggers, levels, strict=True):
                    logger.setLevel(level)

    def break_down(self, **rule):
        self.control("faults", rules=[{"match": ".", "count": 99, **rule}])

    def try_everything(self):
        """Each way to ITscope once; :return: what errors say, whoever shows them"""
        link = self.link("123001", puid="4012827000")
        told = []
        for ask in (
            self.account.action_test_connection,
            self.account.action_sync_metadata,
            self.env["itscope.deal"]._cron_fetch_news,
            lambda: self.env["itscope.product"]._fetch_products(
                self.account, ["4012827000"]
            ),
            lambda: self.export._start(preview=True, fresh=True),
            self.env["itscope.sync"]._cron_run,
            self.env["itscope.media"]._cron_fetch,
            lambda: self.make_order(f"P{self.number()}").action_itscope_send(),
            self.env["itscope.deal"]._cron_send,
        ):
            try:
                told.append(repr(ask()))
            except UserError as error:
                told += [str(error), repr(error), *traceback.format_exception(error)]
        self.assertTrue(link)
        return "\n".join(told)

    def number(self):
        return self.env["ir.sequence"].search([], limit=1).number_next_actual + len(
            self.env["purchase.order"].search([])
        )

    def test_no_failure_shows_a_secret(self):
        with self.everything_logged() as logs:
            told = [self.try_everything()]
            for fault in (
                {"kind": "status", "status": 401, "body": ECHO},
                {"kind": "status", "status": 400, "body": f'{{"message": "{ECHO}"}}'},
                {"kind": "status", "status": 403, "body": f"<html>{ECHO}</html>"},
                {"kind": "status", "status": 500, "body": ECHO},
                {"kind": "status", "status": 200, "body": ECHO},
                {"kind": "redirect", "body": f"http://127.0.0.2:9/t/{TOKEN}"},
                {"kind": "status", "status": 404, "body": TOKEN, "match": "/t/"},
                {"kind": "drop_after"},
                {"kind": "cut"},
            ):
                self.break_down(**fault)
                told.append(self.try_everything())
            self.control("faults", rules=[])
            self.account.with_context(mail_notrack=True).api_key = WRONG
            told.append(self.try_everything())
            self.break_down(kind="status", status=401, body=echo(WRONG))
            told.append(self.try_everything())
        self.env.flush_all()
        self.assert_no_secret("\n".join(told))
        for part in ("itscope", "urllib3"):
            lines = [line for line in logs.output if part in line]
            self.assertTrue(lines)
            self.assert_no_secret("\n".join(lines))
        self.assert_no_secret("\n".join(logs.output))
        self.assert_nothing_kept()

    def assert_nothing_kept(self):
        """In all records of ours, in what was posted, planned and stored."""
        models = [name for name in self.env if name.startswith("itscope.")]
        models += ["mail.message", "mail.activity", "mail.tracking.value", "ir.logging"]
        for name in models:
            model = self.env[name]
            if model._abstract or not model._auto:
                continue
            names = [
                field.name
                for field in model._fields.values()
                if field.type in TEXTS and field.store
            ]
            hidden = ("api_key", "reference")
            names = [field for field in names if field not in hidden]
            with self.subTest(name):
                rows = model.with_context(active_test=False).search([]).read(names)
                self.assert_no_secret(repr(rows))
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=like", "itscope.%")]
        )
        for attachment in attachments:
            self.assert_no_secret((attachment.raw or b"").decode("utf-8", "replace"))

    # ------------------------------------------------------------------ by clients

    def ask(self, method, *args, model="itscope.account", **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def test_who_enters_the_key_cannot_read_it(self):
        self.authenticate("secret-manager", "secret-manager")
        ids = self.account.ids
        page = self.url_open(f"/odoo/itscope.account/{ids[0]}", timeout=60).text
        seen = [page]
        for method, args, kwargs in (
            ("read", (ids,), {}),
            ("read", (ids, ["api_key"]), {}),
            ("web_read", (ids, {"api_key": {}, "name": {}}), {}),
            ("search_read", ([],), {"fields": ["api_key"]}),
            ("web_search_read", ([], {"api_key": {}}), {}),
            ("export_data", (ids, ["name", "api_key"]), {}),
            ("web_save", (ids, {"name": "A"}, {"api_key": {}}), {}),
            ("web_save", (ids, {"api_key": "********"}, {"api_key": {}}), {}),
            ("onchange", (ids, {}, [], {"api_key": {}, "name": {}}), {}),
            ("copy_data", (ids,), {}),
            ("fields_get", (), {}),
            ("get_views", ([[False, "form"], [False, "list"]],), {}),
            ("name_search", (), {}),
            ("formatted_read_group", ([], ["api_key"], ["__count"]), {}),
            ("formatted_read_group", ([], [], ["api_key:array_agg"]), {}),
            ("formatted_read_group", ([], [], ["api_key:max"]), {}),
            ("action_test_connection", (ids,), {}),
        ):
            with self.subTest(method=method, args=args):
                try:
                    seen.append(repr(self.ask(method, *args, **kwargs)))
                except JsonRpcException as error:
                    seen.append(f"{error!r} {error.args}")
                self.assert_no_secret(seen[-1])
        self.assertIn("********", seen[3], "whether there is one is shown")
        self.env.invalidate_all()
        self.assertEqual(self.account.api_key, API_KEY)
        self.ask("web_save", ids, {"api_key": "n3w-key"}, {"api_key": {}})
        self.env.invalidate_all()
        self.assertEqual(self.account.api_key, "n3w-key")
        names = self.ask("fields_get", [], ["exportable"])
        self.assertFalse(names["api_key"]["exportable"])

    def test_users_do_not_see_an_exports_address(self):
        """It may hold a token, which is as good as a login."""
        user = self.user
        user.group_ids += self.env.ref("base.group_allow_export")
        export = self.export.with_user(user)
        self.assert_no_secret(repr(export.read()))
        self.assert_no_secret(repr(export.fields_get()))
        for method in ("read", "export_data"):
            with self.subTest(method), self.assertRaises(UserError):
                getattr(export, method)(["reference"])
        self.assert_no_secret(repr(self.export.copy_data()), TOKEN)
