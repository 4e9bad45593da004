from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..itscope_api import BlockedError
from ..models.itscope_request_budget import DAY_ZONE
from .common import SimulatorCase


@tagged("post_install", "-at_install")
class TestDashboard(SimulatorCase):
    """The app's first page: each number is counted once and opens what it counts."""

    def data(self, account=None):
        account = account or self.account
        account.invalidate_recordset(["dashboard", "blocked_until", "calls_today"])
        return account.dashboard

    def run_of(self, kind="import", account=None, **values):
        return self.env["itscope.sync"].create(
            {"account_id": (account or self.account).id, "kind": kind, **values}
        )

    def test_nothing_waits(self):
        data = self.data()
        self.assertEqual((data["waiting"], data["flow"]), ([], []))
        self.assertEqual((data["running"], data["ended"]), ([], []))
        self.assertFalse(data["blocked_until"])
        self.assertFalse(self.account.live)
        (links,) = (fact for fact in data["facts"] if fact["key"] == "links")
        self.assertEqual(links["count"], 0, "a fact is shown, whatever it is")

    def test_each_number_opens_what_it_counts(self):
        run = self.run_of()
        run._end("failed", "Broken.")
        self.run_of(state="waiting", retry_date="2099-01-01")
        self.env["itscope.decision"].create(
            {"account_id": self.account.id, "puid": "1", "name": "Doubtful"}
        )
        self.import_records(self.record(self.offer(supplier_id="10008888")))
        waiting = self.waiting()
        self.assertLessEqual(
            {"failed_runs", "waiting_runs", "decisions", "suppliers", "links"},
            set(waiting),
        )
        for key, number in waiting.items():
            action = self.account.action_open_waiting(key)
            found = self.env[action["res_model"]].search_count(action["domain"])
            self.assertEqual(found, number, key)
        self.assertEqual(self.data()["waiting"][0]["key"], "failed_runs", "first")
        run.activity_ids.action_feedback()
        self.assertNotIn("failed_runs", self.waiting(), "somebody has dealt with it")

    def test_who_may_not_read_is_not_asked(self):
        user = self.account.with_user(self.user)
        keys = {waiting.key for waiting in user._readable_lists()}
        self.assertNotIn("suppliers", keys, "mapping is for administrators")
        self.assertIn("decisions", keys)
        with self.assertRaisesRegex(UserError, "not for you"):
            user.action_open_waiting("suppliers")
        self.assertTrue(user.dashboard["connection"])

    def test_runs_that_go_on_and_that_ended(self):
        going = self.run_of(state="running", fraction=0.5)
        blocked = self.run_of(state="waiting", retry_date="2099-01-01")
        done = self.run_of(state="done", date_end="2026-01-02", failed_count=3)
        data = self.data()
        self.assertEqual(
            [
                (row["id"], row["progress"], bool(row["retry"]))
                for row in data["running"]
            ],
            [(going.id, 50, False), (blocked.id, 0, True)],
        )
        self.assertEqual(
            [(row["id"], row["failed"]) for row in data["ended"]], [(done.id, 3)]
        )
        self.assertTrue(self.account.live)
        going.state = "cancelled"
        self.account.invalidate_recordset(["live"])
        self.assertFalse(self.account.live, "what waits for its time does not move")

    def test_a_block_and_what_waits_for_its_end(self):
        self.assertEqual(self.data()["blocked"], [])
        self.run_of(state="waiting", retry_date="2099-01-01")
        self.control("block")
        self.account.action_test_connection()
        data = self.data()
        until = fields.Datetime.to_datetime(data["blocked_until"])
        self.assertGreater(until, fields.Datetime.now())
        self.assertIn(
            ("waiting_runs", 1), [(e["key"], e["count"]) for e in data["blocked"]]
        )

    def test_requests_of_today_and_the_quota(self):
        before = self.data()["connection"]["calls_today"]
        sent = len(self.observe("requests"))
        self.account.action_test_connection()
        self.account.action_sync_metadata()
        sent = len(self.observe("requests")) - sent
        self.assertGreater(sent, 3)
        connection = self.data()["connection"]
        self.assertEqual(connection["calls_today"] - before, sent)
        self.assertEqual(
            (connection["calls_used"], connection["calls_quota"]), (500, 1500)
        )
        self.assertTrue(connection["quota_date"])
        budget = self.env["itscope.request.budget"].search(
            [("host", "=", self.account._host())]
        )
        budget.calls_date = fields.Date.today() - timedelta(days=2)
        self.env.flush_all()
        self.assertEqual(self.data()["connection"]["calls_today"], 0, "another day")
        self.account.action_test_connection()
        self.assertEqual(self.data()["connection"]["calls_today"], 1)

    def test_a_user_with_an_account_of_their_own_sees_numbers_once(self):
        own = self.account.copy({"user_id": self.user.id})
        run = self.run_of(account=own, state="running")
        both = self.account | own
        self.assertEqual(both._leading(), self.account)
        data = self.data(own)
        self.assertFalse(data["leading"] or data["waiting"] or data["facts"])
        self.assertEqual([row["id"] for row in data["running"]], [run.id])

    def test_each_company_has_its_own_numbers(self):
        company = self.env["res.company"].create({"name": "Second"})
        other = self.account.copy({"company_id": company.id, "name": "Second"})
        self.import_records(self.record(self.offer(supplier_id="10008888")))
        self.env["itscope.decision"].create(
            {"account_id": other.id, "puid": "1", "name": "Doubtful"}
        )
        accounts = (self.account | other).with_context(
            allowed_company_ids=[self.company.id, company.id]
        )
        first, second = accounts
        self.assertNotIn("decisions", self.waiting(first))
        self.assertEqual(self.waiting(second), {"decisions": 1})
        self.assertEqual(self.waiting(first)["suppliers"], 1)

    def test_the_page_costs_the_same_however_much_waits(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(self.account.dashboard)
            return self.env.cr.sql_log_count - before

        def more(start, count):
            for _number in range(start, start + count):
                self.run_of()._end("failed", "Broken.")
                self.run_of(state="running")
            self.env["itscope.decision"].create(
                [
                    {"account_id": self.account.id, "puid": str(n), "name": "Doubt"}
                    for n in range(start, start + count)
                ]
            )
            self.import_records(
                *(
                    self.record(self.offer(id=str(n)), puid=f"77{n}", ean="")
                    for n in range(start, start + count)
                )
            )

        more(0, 5)
        queries()
        few = queries()
        more(100, 30)
        # The first look fills the caches of rights and the like.
        queries()
        self.assertEqual(queries(), few)
        self.assertLess(few, 60)


@tagged("post_install", "-at_install")
class TestCallsOfToday(SimulatorCase):
    """Counted in the statement that takes a turn."""

    def test_a_refused_turn_is_no_request(self):
        budget = self.env["itscope.request.budget"]
        limiter = budget._limiter("today.test")
        limiter.acquire()
        limiter.acquire()
        self.assertEqual(budget._of_hosts(["today.test"])["today.test"], (False, 2))
        limiter.block(datetime.now(timezone.utc) + timedelta(hours=1))
        with self.assertRaises(BlockedError):
            limiter.acquire()
        until, today = budget._of_hosts(["today.test"])["today.test"]
        self.assertTrue(until)
        self.assertEqual(today, 2)
        self.assertEqual(DAY_ZONE, "Europe/Berlin")
