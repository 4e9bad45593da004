from datetime import datetime, time

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import formatLang

#: Activities about prices that rose.
ACTIVITY = "itscope_connector.mail_activity_type_price_alarm"
#: Alarms that an activity names; the list has them all.
NAMED = 20


class ItscopePriceAlarm(models.Model):
    """Who is told: one activity for each responsible person, one a day at most."""

    _inherit = "itscope.price.alarm"

    @api.model
    def _tell(self, company):
        """Tell of open alarms of this company that nobody was told of."""
        self._find_untold(company)
        fresh = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("told", "=", False),
                ("user_id", "!=", False),
            ]
        )
        if not fresh:
            return
        kind = self.env.ref(ACTIVITY)
        midnight = datetime.combine(fields.Date.today(), time())
        # Also those that were done: whoever answered one today has seen the list.
        activities = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("activity_type_id", "=", kind.id),
                    ("user_id", "in", fresh.user_id.ids),
                ]
            )
        )
        for user, alarms in fresh.grouped("user_id").items():
            own = activities.filtered(lambda one, u=user: one.user_id == u)
            waiting = own.filtered("active")[:1]
            if waiting:
                all_open = self.search(
                    [("user_id", "=", user.id), ("state", "=", "open")]
                )
                waiting.write(all_open._prepare_notice(user))
            elif any(one.create_date >= midnight for one in own):
                # The next day's check tells of what is still open then.
                continue
            else:
                # Where this person looks anyway: a quotation of theirs, or a product.
                first = alarms.sorted("kind")[:1]
                (first.order_id or first.product_id).activity_schedule(
                    ACTIVITY, user_id=user.id, **alarms._prepare_notice(user)
                )
            alarms.told = True

    @api.model
    def _find_untold(self, company):
        """A reminder goes with the quotation that it hangs on, an alarm with its line:
        what was told by a reminder that is no more is told again, and one without
        alarms ends."""
        reminders = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("activity_type_id", "=", self.env.ref(ACTIVITY).id)])
        )
        known = self.search([("state", "=", "open"), ("user_id", "!=", False)])
        reminders.filtered(
            lambda one: one.active and one.user_id not in known.user_id
        ).action_feedback()
        # Of what was answered, the reminder is kept.
        told = {
            user: max(own.mapped("write_date"))
            for user, own in reminders.grouped("user_id").items()
        }
        lost = known.filtered(
            lambda alarm: (
                alarm.told
                and alarm.company_id == company
                and (alarm.user_id not in told or told[alarm.user_id] < alarm.date)
            )
        )
        lost.told = False

    def _prepare_notice(self, user):
        alarms = self.with_context(lang=user.lang)
        items = Markup("").join(
            Markup("<li>%s</li>") % alarm._sentence() for alarm in alarms[:NAMED]
        )
        if self[NAMED:]:
            items += Markup("<li>…</li>")
        return {
            "summary": alarms.env._("ITscope: %s prices rose", len(alarms)),
            "note": Markup("<ul>%s</ul>") % items,
        }

    def _sentence(self):
        prices = {
            name: formatLang(
                self.env, self[name], currency_obj=self.currency_id, dp="Product Price"
            )
            for name in ("old_price", "new_price")
        }
        product = self.product_id.display_name
        if self.order_id:
            return self.env._(
                "%(order)s, %(product)s: %(old)s → %(new)s (+%(rise)s %%)",
                order=self.order_id.name,
                product=product,
                old=prices["old_price"],
                new=prices["new_price"],
                rise=self.rise,
            )
        return self.env._(
            "%(product)s: %(old)s → %(new)s (+%(rise)s %%)",
            product=product,
            old=prices["old_price"],
            new=prices["new_price"],
            rise=self.rise,
        )

    def _forget_notices(self):
        """Reminders of people without an open alarm go."""
        users = self.user_id
        if not users:
            return
        still = self.search(
            [("user_id", "in", users.ids), ("state", "=", "open")]
        ).user_id
        self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
                ("user_id", "in", (users - still).ids),
            ]
        ).action_feedback()
