from decimal import Decimal

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..models.itscope_price_alarm_notice import ACTIVITY
from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestPriceAlarms(ItscopeCase):
    """What rose by more than the account says, once, until somebody has seen it."""

    def setUp(self):
        super().setUp()
        self.alarms = self.env["itscope.price.alarm"]
        self.link = self.at(100)
        self.product = self.link.product_id
        self.seller = new_test_user(
            self.env, "itscope-seller", groups="sales_team.group_sale_salesman"
        )

    def at(self, price, **values):
        """The product at ITscope at this price."""
        links, _counts = self.import_records(
            self.record(self.offer(price=Decimal(str(price)), **values))
        )
        return links

    def check(self):
        self.alarms._check(self.account)
        return self.alarms.search([("state", "=", "open")])

    def quotation(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.vendor.id,
                "user_id": self.seller.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        # What it costs is kept when the quotation is saved.
        self.env.flush_all()
        return order

    def activities(self, user, **context):
        return (
            self.env["mail.activity"]
            .with_context(**context)
            .search(
                [
                    ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
                    ("user_id", "=", user.id),
                ]
            )
        )

    # ------------------------------------------------------------ watched products

    def test_a_watched_product_that_rises(self):
        self.link.with_user(self.user).action_watch()
        self.assertEqual(self.link.watch_price, 100.0)
        self.at(104)
        self.assertFalse(self.check(), "less than 5 %")
        self.at(110)
        alarm = self.check()
        self.assertEqual(
            (alarm.kind, alarm.old_price, alarm.new_price, alarm.rise, alarm.user_id),
            ("watched", 100.0, 110.0, 10.0, self.user),
        )
        since = alarm.date
        self.at(112)
        self.assertEqual(self.check(), alarm, "never the same alarm twice")
        self.assertEqual((alarm.new_price, alarm.date), (112.0, since))
        alarm.with_user(self.user).action_done()
        self.assertEqual((alarm.state, self.link.watch_price), ("done", 112.0))
        self.assertFalse(self.check())
        self.at(120)
        self.assertEqual(self.check(), alarm, "measured by what was seen")
        self.assertEqual((alarm.old_price, alarm.rise), (112.0, 7.1))

    def test_it_ends_by_itself_when_the_price_falls_back(self):
        self.link.action_watch()
        self.at(110)
        alarm = self.check()
        self.at(101)
        self.assertFalse(self.check())
        self.assertEqual(alarm.state, "over")
        self.at(111)
        self.assertEqual(self.check(), alarm, "another rise")

    def test_watching_ends(self):
        self.link.action_watch()
        self.at(110)
        alarm = self.check()
        self.link.with_user(self.user).action_unwatch()
        self.assertEqual(alarm.state, "over")
        self.assertFalse(self.check())
        self.assertFalse(self.link.watch_price)

    def test_a_price_that_was_unknown_when_watching_began(self):
        self.at(0)
        self.link.action_watch()
        self.assertFalse(self.link.watch_price)
        self.at(100)
        self.assertFalse(self.check())
        self.assertEqual(self.link.watch_price, 100.0)
        self.at(110)
        self.assertTrue(self.check())

    def test_buttons_of_the_product(self):
        template = self.product.product_tmpl_id
        self.assertFalse(template.itscope_watched)
        template.action_itscope_watch()
        self.assertTrue(self.link.watched)
        self.env.invalidate_all()
        self.assertTrue(self.product.itscope_watched)
        self.product.action_itscope_unwatch()
        self.assertFalse(self.link.watched)
        with self.assertRaises(AccessError):
            self.link.with_user(self.seller).action_watch()

    # ------------------------------------------------------------------ open quotations

    def test_a_quoted_cost_that_rises(self):
        order = self.quotation()
        line = order.order_line
        self.assertEqual(line.itscope_cost, 100.0)
        self.at(110)
        alarm = self.check()
        self.assertEqual(
            (
                alarm.kind,
                alarm.order_id,
                alarm.old_price,
                alarm.new_price,
                alarm.user_id,
            ),
            ("quotation", order, 100.0, 110.0, self.seller),
        )
        self.assertEqual(alarm.action_open_order()["res_id"], order.id)
        alarm.with_user(self.user).action_done()
        self.assertFalse(self.check(), "seen")
        self.at(114)
        self.assertFalse(self.check(), "less than 5 % more than was seen")
        self.at(120)
        self.assertEqual(self.check(), alarm)
        self.assertEqual((alarm.old_price, alarm.rise), (100.0, 20.0))
        line.itscope_cost = 120
        self.assertFalse(self.check(), "the line was refreshed")
        self.assertEqual(alarm.state, "over")

    def test_quotations_that_are_no_longer_open(self):
        confirmed, cancelled = self.quotation(), self.quotation()
        self.at(110)
        self.assertEqual(len(self.check()), 2)
        confirmed.with_user(self.seller).action_confirm()
        cancelled.with_user(self.seller)._action_cancel()
        self.assertEqual(
            self.alarms.search([]).mapped("state"), ["over", "over"], "at once"
        )
        self.assertFalse(self.check())

    def test_another_product_on_the_line(self):
        order = self.quotation()
        self.at(110)
        self.check()
        plain = self.env["product.product"].create({"name": "Plain"})
        order.order_line.product_id = plain
        self.assertFalse(self.check())

    def test_an_offer_that_ended_counts_by_the_best_one(self):
        self.quotation()
        self.import_records(
            self.record(self.offer(id="2", supplier_id="10008888", price=Decimal(130)))
        )
        alarm = self.check()
        self.assertEqual(alarm.offer_id.offer_id, "2")
        self.assertEqual(alarm.new_price, 130.0)

    def test_a_product_without_any_price_is_no_alarm(self):
        self.quotation()
        self.at(0)
        self.assertFalse(self.check())

    # ----------------------------------------------------------- settings, notices

    def test_the_account_says_from_when_on(self):
        self.link.action_watch()
        self.at(110)
        self.account.alarm_percent = 12
        self.assertFalse(self.check())
        self.account.alarm_percent = 8
        self.assertTrue(self.check())
        self.account.alarm_percent = 0
        self.assertFalse(self.check(), "no alarms")
        with self.assertRaises(ValidationError):
            self.account.alarm_percent = -1

    def test_one_activity_for_each_person_and_day(self):
        orders = self.quotation() | self.quotation()
        self.link.with_user(self.user).action_watch()
        self.at(110)
        self.check()
        activity = self.activities(self.seller)
        self.assertEqual(len(activity), 1)
        self.assertIn("2 prices", activity.summary)
        for order in orders:
            self.assertIn(order.name, activity.note)
        self.assertIn(activity.res_id, orders.ids)
        self.assertEqual(len(self.activities(self.user)), 1)
        self.check()
        self.assertEqual(len(self.activities(self.seller)), 1)
        # A further one joins the activity that waits.
        late = self.quotation()
        late.order_line.itscope_cost = 50
        self.check()
        self.assertEqual(self.activities(self.seller), activity)
        self.assertIn(late.name, activity.note)
        # Answered today: the next one is told of tomorrow.
        activity.action_feedback()
        another = self.quotation()
        another.order_line.itscope_cost = 50
        self.check()
        self.assertFalse(self.activities(self.seller))
        alarm = self.alarms.search([("order_id", "=", another.id)])
        self.assertEqual((alarm.state, alarm.told), ("open", False))
        old = self.activities(self.seller, active_test=False)
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = create_date - interval '2 days' "
            "WHERE id = ANY(%s)",
            [old.ids],
        )
        self.env.invalidate_all()
        self.check()
        self.assertIn(another.name, self.activities(self.seller).note)
        # Nothing is open any more: the reminder goes.
        (orders | late | another)._action_cancel()
        self.assertFalse(self.activities(self.seller))

    def test_a_reminder_that_went_with_its_quotation(self):
        first, second = self.quotation(), self.quotation()
        self.at(110)
        self.check()
        activity = self.activities(self.seller)
        gone = first if activity.res_id == first.id else second
        left = (first | second) - gone
        gone._action_cancel()
        gone.unlink()
        self.assertFalse(activity.exists())
        self.check()
        activity = self.activities(self.seller)
        self.assertIn(left.name, activity.note)
        # Its alarm goes with the line, without a word.
        left.order_line.unlink()
        self.check()
        self.assertFalse(self.activities(self.seller))

    def test_who_has_left_is_not_told(self):
        self.quotation()
        self.link.with_user(self.user).action_watch()
        self.seller.active = self.user.active = False
        self.at(110)
        alarms = self.check()
        self.assertEqual(len(alarms), 2)
        self.assertFalse(alarms.user_id & (self.seller | self.user))

    def test_the_scheduled_action_checks_each_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.account.copy({"company_id": company.id})
        self.link.action_watch()
        self.at(110)
        self.alarms._cron_check()
        self.assertEqual(self.alarms.search([]).company_id, self.company)

    def test_a_refresh_wakes_the_check(self):
        triggers = self.env["ir.cron.trigger"]
        cron = self.env.ref("itscope_connector.ir_cron_price_alarms")
        before = triggers.search_count([("cron_id", "=", cron.id)])
        run = self.env["itscope.sync"].create(
            {"account_id": self.account.id, "kind": "refresh"}
        )
        run._end("done", False)
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_the_check_costs_the_same_however_much_is_quoted(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.alarms._check(self.account)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        for _number in range(3):
            self.quotation()
        self.at(110)
        queries()
        few = queries()
        for _number in range(20):
            self.quotation().order_line.itscope_cost = 100
        queries()
        self.assertLessEqual(queries(), few)
