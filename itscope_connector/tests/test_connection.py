import threading
import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from ..itscope_api import BlockedError, limits
from ..tools import aware
from .common import SimulatorCase


@tagged("post_install", "-at_install")
class TestConnection(SimulatorCase):
    """Each way in which ITscope can refuse has its own words, on the account."""

    def check(self, state, *words):
        answer = self.account.action_test_connection()["params"]
        self.assertEqual(self.account.state, state)
        for word in words:
            self.assertIn(word, answer["message"])
        self.assertEqual(self.account.state_message, answer["message"])
        return answer

    def test_success_shows_the_quota(self):
        answer = self.check("connected", "API access: Unlimited", "1500")
        self.assertEqual(answer["type"], "success")
        self.assertTrue(self.account.order_access)

    def test_wrong_key(self):
        self.account.api_key = "wrong"
        answer = self.check("error", "account id or API key")
        self.assertTrue(answer["sticky"])
        self.assertNotIn("wrong", answer["message"])

    def test_missing_key(self):
        self.account.api_key = False
        self.check("error", "account id or API key")

    def test_unknown_host(self):
        self.account.base_url = "https://api.itscope.invalid/2.1"
        # Odoo's tests let nothing out: the name is not even looked up.
        self.check("error", "api.itscope.invalid")

    def test_nobody_listens(self):
        self.account.base_url = "http://127.0.0.1:9/2.1"
        self.check("error", "could not be reached")

    def test_a_web_site_instead_of_the_api(self):
        self.account.base_url = self.account.base_url.replace("/2.1", "/elsewhere")
        self.check("error", "does not lead to ITscope's API")
        self.account.base_url = self.account.base_url.replace("/elsewhere", "/2.1")
        self.control("faults", rules=[{"match": "quota", "kind": "html"}])
        self.check("error", "does not lead to ITscope's API")

    def test_redirect_is_not_followed(self):
        self.control("faults", rules=[{"match": "quota", "kind": "redirect"}])
        self.check("error", "does not lead to ITscope's API")

    def test_no_contract(self):
        self.account.write({"account_code": "m1000004", "api_key": "demo-key-0004"})
        self.check("error", "contract")

    def test_contract_without_orders(self):
        self.account.write({"account_code": "m1000003", "api_key": "demo-key-0003"})
        self.check("connected", "Order-API access: false")
        self.assertFalse(self.account.order_access)

    def test_block_is_remembered_and_nothing_is_sent(self):
        self.control("block")
        self.check("error", "blocked")
        self.account.invalidate_recordset(["blocked_until"])
        self.assertTrue(self.account.blocked_until)
        sent = len(self.observe("requests"))
        self.check("error", "blocked")
        with self.assertRaisesRegex(UserError, "blocked"):
            self.account.action_sync_metadata()
        self.assertEqual(len(self.observe("requests")), sent)

    def test_truncated_metadata_changes_nothing(self):
        self.account.output_format = "xml"
        before = self.env["itscope.supplier"].search_count([])
        self.control(
            "faults", rules=[{"match": "distributor", "kind": "truncate", "count": 9}]
        )
        with self.assertRaisesRegex(UserError, "could not be read"):
            self.account.action_sync_metadata()
        self.assertEqual(self.env["itscope.supplier"].search_count([]), before)

    def test_metadata_in_both_formats(self):
        for output_format in ("json", "xml"):
            self.account.output_format = output_format
            self.account.action_sync_metadata()
            supplier = self.env["itscope.supplier"].search(
                [("itscope_id", "=", "10000735")]
            )
            self.assertEqual(supplier.name, "ITscope Partner-Test")
            self.assertEqual(supplier.customer_number, "123456")
            self.assertEqual(supplier.country_id.code, "DE")
            self.assertTrue(supplier.is_test_supplier)
        self.assertTrue(self.account.metadata_date)
        self.assertGreater(self.env["itscope.manufacturer"].search_count([]), 10)
        product_type = self.env["itscope.product.type"].search(
            [("itscope_id", "=", "410")]
        )
        self.assertEqual(product_type.group_name, "Netzwerktechnik")

    def test_scheduled_metadata_notes_a_failure_once_and_heals(self):
        self.account.api_key = "wrong"
        for _try in range(3):
            self.env["itscope.account"]._cron_sync_metadata()
        self.assertEqual(len(self.account.activity_ids), 1)
        self.assertEqual(self.account.state, "error")
        self.account.api_key = "demo-key-0001"
        self.env["itscope.account"]._cron_sync_metadata()
        self.assertFalse(self.account.activity_ids)
        self.assertEqual(self.account.state, "connected")

    def test_an_impossible_address_is_refused_when_saved(self):
        for address in ("ftp://api.itscope.com", "http://api.itscope.com/2.1", "x"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.account.base_url = address

    def test_requests_carry_the_documented_user_agent(self):
        self.account.action_test_connection()
        agent = self.observe("requests")[-1]["agent"]
        self.assertRegex(agent, r"^[\w.]+-[\w.]+-19\.0$")


@tagged("post_install", "-at_install")
class TestBudget(TransactionCase):
    """The shared limit, with real transactions of several workers."""

    HOST = "budget.test.invalid"

    def setUp(self):
        super().setUp()
        self.addCleanup(self.forget)
        self.limiter = self.env["itscope.request.budget"]._limiter(self.HOST)

    def forget(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM itscope_request_budget WHERE host = %s", [self.HOST]
            )

    def booked(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT next_turn FROM itscope_request_budget WHERE host = %s",
                [self.HOST],
            )
            return cr.fetchone()[0]

    def test_workers_at_once_book_every_request(self):
        # Fewer than the burst: nobody has to wait.
        errors, workers, each = [], 8, 5

        def work():
            try:
                for _number in range(each):
                    self.limiter.acquire()
            except Exception as error:
                errors.append(error)

        before = time.time()
        threads = [threading.Thread(target=work) for _number in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertFalse(errors)
        ahead = self.booked() - before
        self.assertGreaterEqual(ahead, workers * each * limits.INTERVAL - 0.001)

    def test_whoever_exceeds_the_burst_waits(self):
        self.limiter.acquire()
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE itscope_request_budget SET next_turn = next_turn + %s"
                " WHERE host = %s",
                [limits.BURST * limits.INTERVAL, self.HOST],
            )
        started = time.monotonic()
        self.limiter.acquire()
        self.assertGreater(time.monotonic() - started, limits.INTERVAL)

    def test_a_clock_set_back_does_not_stop_everything(self):
        self.limiter.acquire()
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE itscope_request_budget SET next_turn = next_turn + 86400"
                " WHERE host = %s",
                [self.HOST],
            )
            wait = self.limiter._take_turn(cr)
        self.assertLess(wait, 90)

    def test_a_block_holds_for_all(self):
        until = aware(fields.Datetime.now() + timedelta(minutes=30))
        self.limiter.block(until)
        self.limiter.block(until - timedelta(minutes=10))
        with self.assertRaises(BlockedError) as raised:
            self.env["itscope.request.budget"]._limiter(self.HOST).acquire()
        self.assertEqual(raised.exception.until, until)
