"""What comes from outside does no harm and shows nobody how Odoo is made."""

import base64
from contextlib import contextmanager

import requests

from odoo.tests import HttpCase, new_test_user, tagged

from .common import (
    ACCOUNT_CODE,
    API_KEY,
    EXPORT_ID,
    SIMULATOR_URL,
    ExportCase,
    SimulatorCase,
)
from .hostile import cases

PRINTER = "4012827000"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg=="
)
#: Of programs, not of people.
LEAKS = ("Traceback", "psycopg2", 'File "', "lxml", "Error(")


@tagged("post_install", "-at_install")
class TestHostileFiles(ExportCase):
    @contextmanager
    def case(self, name):
        """On its own, and without a word of an error nobody thought of."""
        with self.subTest(name), self.env.cr.savepoint() as savepoint:
            with self.assertNoLogs("odoo", "ERROR"):
                yield
                self.env.flush_all()
            savepoint.rollback()
            self.env.invalidate_all()

    def answer(self, match, content, **values):
        fault = {"match": match, "kind": "status", "status": 200, "count": 99}
        encoded = base64.b64encode(content).decode()
        self.control("faults", rules=[{**fault, "content": encoded, **values}])

    def assert_for_people(self, text):
        for leak in LEAKS:
            self.assertNotIn(leak, text or "")

    def test_broken_exports(self):
        """A run ends done, or failed with words; nobody is shown an exception."""
        states = set()
        for kind in ("xml", "json", "csv", "tsv"):
            self.control("faults", rules=[])
            self.define(format=kind, count=4, rows="offer")
            good = requests.get(
                f"{SIMULATOR_URL}/2.1/products/exports/{EXPORT_ID}",
                auth=(ACCOUNT_CODE, API_KEY),
                headers={"User-Agent": "A-B-1"},
                timeout=30,
            ).content
            for name, content in cases(f"export {kind}", [good], 5):
                with self.case(name):
                    self.answer("products/exports", content or b" ")
                    sync = self.run_export()
                    states.add(sync.state)
                    self.assertIn(sync.state, ("done", "waiting", "failed", "paused"))
                    self.assertTrue(sync.state == "done" or sync.explanation)
                    texts = [sync.explanation or ""]
                    texts += sync.message_line_ids.mapped("text")
                    texts += sync.message_ids.mapped("body")
                    self.assert_for_people("\n".join(filter(None, texts)))
        self.assertIn("done", states)
        self.assertGreater(len(states), 1)

    def test_broken_answers(self):
        """Master data, a search and orders."""
        asked = {
            "company": self.account.action_sync_metadata,
            "products/ids": lambda: self.env["itscope.product"]._fetch_products(
                self.account, [PRINTER], {PRINTER: self.env["product.product"]}
            ),
            "business/deals": self.env["itscope.deal"]._cron_fetch_news,
        }
        good = b'{"product": [{"puid": 4012827000, "price": "1.5"}], "company": [{}]}'
        good = [
            good,
            b"<html><title>503</title></html>",
            b"<products><x>1</x></products>",
        ]
        for match, ask in asked.items():
            for name, content in cases(match, good, 3):
                with self.case(name):
                    self.answer(match, content or b" ")
                    try:
                        ask()
                    except Exception as error:
                        # A UserError is what a person sees in a dialogue.
                        self.assertEqual(type(error).__name__, "UserError")
                        self.assert_for_people(str(error))
                    self.assert_for_people(self.account.state_message)

    def test_broken_pictures(self):
        link = self.env["itscope.product"]._fetch_products(
            self.account, [PRINTER], {PRINTER: self.env["product.product"]}
        )
        media = link.media_ids.filtered(lambda m: m.kind == "image")[:1]
        size = (60_000).to_bytes(4, "big") * 2
        contents = {
            "cut": PNG[:40],
            "huge": PNG[:16] + size + PNG[24:],
            "jpeg": b"\xff\xd8\xff\xe0" + bytes(500),
            "gif": b"GIF89a\xff\xff\xff\xff" + bytes(100),
            "webp": b"RIFF\xff\xff\xff\x7fWEBPVP8 " + bytes(100),
            "script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
            "pdf": b"%PDF-1.7\n1 0 obj<</JS(app.alert(1))>>",
            **{name: data for name, data in cases("picture", [PNG * 3], 5)},
        }
        for name, content in contents.items():
            # What the library says to damaged pictures is for the server's log.
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.answer("images", content or b" ", content_type="image/png")
                self.env["itscope.media"]._cron_fetch()
                self.assertIn(media.state, ("refused", "done", "own"))
                self.assertTrue(media.state == "done" or media.message)
                self.assert_for_people(media.message)
                savepoint.rollback()
                self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestHostileShare(HttpCase, SimulatorCase):
    def test_addresses(self):
        """Whatever stands in a link: a page, and nothing of the link runs in it."""
        new_test_user(
            self.env,
            "share-hostile",
            password="share-hostile",
            groups="itscope_connector.group_user,sales_team.group_sale_salesman",
        )
        self.authenticate("share-hostile", "share-hostile")
        for query in (
            "puid=%00",
            "ean=%00&name=%00",
            "name=%ff%fe",
            "name=%ed%a0%80",
            "sku=..%2f..%2fbusiness%2fdeals&manufacturer=%0d%0aSet-Cookie:x=1",
            "puid=1&puid=2",
            "name=" + "x" * 7000,
            "name=%3Cimg%20src=x%20onerror=alert(1)%3E",
            "info=javascript:alert(1)%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
            "name=%7B%7B7*7%7D%7D%24%7B7*7%7D",
            "manufacturer=%E2%80%AE%00&ean=1;DROP%20TABLE",
            "ean=" + ",".join(["1"] * 400),
            "=&&&%",
        ):
            with self.subTest(query), self.assertNoLogs("odoo", "ERROR"):
                answer = self.url_open(f"/itscope/share?{query}", timeout=60)
                self.assertIn(answer.status_code, (200, 400))
                self.assertNotIn("Set-Cookie:x", str(answer.headers))
                for leak in ("Traceback", "psycopg2", "<script>alert", "<img src=x"):
                    self.assertNotIn(leak, answer.text)
        page = self.url_open(f"/itscope/share?puid={PRINTER}").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        for values in (
            {"customer": "a\0b", "order_id": "new", "choice": "create"},
            {"customer": "\\%_'\"", "order_id": "new", "choice": "create"},
            {"customer": "x\\", "order_id": "new", "choice": "create"},
            {"supplier": "\0", "article": "\0", "puid": "1" * 30},
            {"choice": "\0", "order_id": "\0", "puid": "\ud7ff"},
            {"supplier": "10000735", "article": "x" * 5000, "puid": "999999999999"},
        ):
            with self.subTest(values), self.assertNoLogs("odoo", "ERROR"):
                answer = self.url_open(
                    "/itscope/share/do",
                    data={"csrf_token": token, "puid": PRINTER, **values},
                    timeout=60,
                )
                self.assertIn(answer.status_code, (200, 400))
                self.assertNotIn("Traceback", answer.text)
