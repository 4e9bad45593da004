from datetime import datetime, timedelta, timezone

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..itscope_api import Quote
from .common import ItscopeCase, SimulatorCase

LINES = [["123001", "2", "420"]]


@tagged("post_install", "-at_install")
class TestQuotes(ItscopeCase):
    def record(self, **values):
        return Quote(
            **{
                "quote_id": "Q-1",
                "number": "A-1",
                "status": "PROGRESS",
                "last_modified": datetime(2026, 3, 1, tzinfo=timezone.utc),
                **values,
            }
        )

    def synchronise(self, *records):
        return self.env["itscope.quote"]._synchronise(self.account, list(records))

    def test_listed_once_and_news_are_told(self):
        quote = self.synchronise(self.record())
        self.assertEqual(quote.status_text, "In negotiation")
        self.assertFalse(self.synchronise(self.record()))
        self.assertEqual(self.synchronise(self.record(status="won")), quote)
        self.assertEqual(quote.status_text, "Won")
        self.synchronise(self.record(status="ON HOLD"))
        self.assertEqual(quote.status_text, "ON HOLD")

    def test_a_page_of_quotes_costs_no_more_than_one(self):
        def cost(first, count):
            records = [
                self.record(quote_id=f"N{n}") for n in range(first, first + count)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.synchronise(*records)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(0, 1)
        few = cost(100, 2)
        self.assertLessEqual(cost(200, 50), few + 3)
        self.assertLessEqual(cost(200, 50), few)

    def test_companies_and_rights(self):
        quote = self.synchronise(self.record())
        other = self.env["res.company"].create({"name": "Other"})
        seller = new_test_user(
            self.env, "quote-seller", groups="sales_team.group_sale_salesman"
        )
        self.assertEqual(quote.with_user(seller).number, "A-1")
        with self.assertRaises(AccessError):
            quote.with_user(seller).action_fetch_news()
        with self.assertRaises(AccessError):
            quote.with_user(self.user).write({"number": "B"})
        foreign = new_test_user(
            self.env,
            "quote-foreign",
            groups="itscope_connector.group_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(
            self.env["itscope.quote"].with_user(foreign).search([("id", "=", quote.id)])
        )


@tagged("post_install", "-at_install")
class TestQuotesAtItscope(SimulatorCase):
    def quote(self, **values):
        return self.control("quote", **{"lines": LINES, **values})

    def news(self):
        return self.env["itscope.quote"]._fetch_news(self.account)

    def of(self, made):
        return self.env["itscope.quote"].search([("quote_id", "=", made["quote_id"])])

    def asked(self):
        """Pages of the two lists that were asked for since the last time."""
        paths = [
            (row["query"], row["path"])
            for row in self.observe("requests")
            if row["path"].endswith("/quotes/quote.json")
        ]
        new = paths[getattr(self, "seen", 0) :]
        self.seen = len(paths)
        return [
            ("ARCHIVED" if "archiv=ARCHIVED" in query else "OPEN")
            for query, _path in new
        ]

    def test_all_at_first_then_what_is_new(self):
        made = [self.quote() for _n in range(60)]
        self.assertEqual(len(self.news()), 63)
        self.assertEqual(self.asked(), ["OPEN", "OPEN", "OPEN"])
        self.assertFalse(self.news())
        # Nothing new: one page of each list.
        self.assertEqual(self.asked(), ["OPEN", "ARCHIVED"])
        self.control("clock", seconds=60)
        self.quote(quote_id=made[3]["quote_id"], status="WON")
        self.assertEqual(self.news(), self.of(made[3]))
        self.assertEqual(self.of(made[3]).status, "WON")
        self.assertEqual(self.asked(), ["OPEN", "OPEN", "ARCHIVED"])

    def test_a_list_that_breaks_off_is_read_anew(self):
        for _number in range(60):
            self.quote()
        self.control(
            "faults",
            rules=[
                # The first page comes, the second one does not.
                {"match": "quotes/quote.json", "kind": "late"},
                {"match": "quotes/quote.json", "kind": "truncate"},
            ],
        )
        self.env["itscope.quote"]._cron_fetch_news()
        self.assertFalse(
            self.env["itscope.quote"].search([("account_id", "=", self.account.id)])
        )
        self.assertFalse(self.account.quotes_date)
        self.assertEqual(len(self.news()), 63)

    def test_archived(self):
        made = self.quote()
        self.news()
        self.account.quotes_date -= timedelta(minutes=1)
        self.quote(quote_id=made["quote_id"], archived=True)
        unknown = self.quote(archived=True)
        self.news()
        self.assertTrue(self.of(made).archived)
        self.assertFalse(self.of(unknown))

    def test_buttons(self):
        made = self.quote()
        Quote = self.env["itscope.quote"].with_user(self.user)
        action = Quote.browse().action_fetch_news()
        self.assertIn("4 quotes", action["params"]["message"])
        quote = self.of(made)
        self.quote(quote_id=made["quote_id"], status="LOST", quiet=True)
        quote.with_user(self.user).action_fetch_news()
        self.assertEqual(quote.status, "LOST")
        self.assertIn("itscope.com", quote.action_open_at_itscope()["url"])

    def test_a_run_lists_the_archived_ones_too(self):
        made = self.quote(archived=True)
        action = self.env["itscope.quote"].with_user(self.user).action_fetch_all()
        self.env["itscope.sync"]._cron_run()
        sync = self.env["itscope.sync"].browse(action["res_id"])
        self.assertEqual((sync.state, sync.read_count), ("done", 4))
        self.assertTrue(self.of(made).archived)

    def test_search(self):
        made = self.quote(name="Server/Schrank #7")
        Find = self.env["itscope.quote.find"].with_user(self.user)
        action = Find.create({"keywords": "Server/Schrank #7"}).action_find()
        self.assertEqual(action["domain"], [("id", "in", self.of(made).ids)])
        with self.assertRaises(UserError):
            Find.create({"keywords": "nowhere"}).action_find()
        with self.assertRaises(UserError):
            Find.create({}).action_find()
        action = Find.create({"status": "WON"}).action_find()
        found = self.env["itscope.quote"].search(action["domain"])
        self.assertEqual(set(found.mapped("status")), {"WON"})
