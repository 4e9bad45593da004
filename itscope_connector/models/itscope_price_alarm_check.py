from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_compare

from ..tools import commit_progress, write_changed

#: Quotations that may still change.
OPEN_QUOTATIONS = ("draft", "sent")


@dataclass(frozen=True)
class _Subject:
    """Something whose price is measured: by what, and what it is now."""

    link: object
    line: object
    offer: object
    old_price: float
    new_price: float
    user: object


class ItscopePriceAlarm(models.Model):
    """Prices measured set-wise: a few reads for a company, a write where something
    changed."""

    _inherit = "itscope.price.alarm"

    @api.model
    def _wake_up(self):
        """Prices may have changed: they are measured soon."""
        # sudo: asks the scheduler for a check, nothing else.
        self.env.ref("itscope_connector.ir_cron_price_alarms").sudo()._trigger()

    @api.model
    def _cron_check(self):
        """Scheduled action: the prices of all companies."""
        accounts = self.env["itscope.account"]
        companies = accounts._read_group([], ["company_id"])
        remaining = len(companies)
        for (company,) in companies:
            self.with_company(company)._check(accounts._of_company(company))
            remaining -= 1
            # Each company is whole by itself.
            if not commit_progress(self.env, 1, remaining=remaining):
                break

    @api.model
    def _check(self, account):
        """Bring the alarms of the account's company in step with its prices."""
        company = account.company_id
        known = self.search([("company_id", "=", company.id)])
        if not account.alarm_percent:
            known._end()
            return
        by_subject = {(alarm.link_id, alarm.sale_line_id): alarm for alarm in known}
        # A line of another product now is another subject, in the same row.
        by_line = {alarm.sale_line_id: alarm for alarm in known if alarm.sale_line_id}
        raised, values = self.browse(), []
        subjects = self._watched(account) + self._quoted(account)
        for subject in subjects:
            alarm = (
                by_line.get(subject.line)
                if subject.line
                else by_subject.get((subject.link, subject.line))
            ) or self.browse()
            accepted = alarm._accepted(subject)
            floor = max(accepted, subject.old_price)
            limit = floor * (1 + account.alarm_percent / 100)
            if self._compared(subject.new_price, limit) <= 0:
                continue
            new = self._prepare_alarm(subject, accepted)
            if alarm.state == "open":
                write_changed(alarm, new)
            elif alarm:
                alarm.write({**new, **self._prepare_raised()})
            else:
                values.append({**new, **self._prepare_raised()})
            raised |= alarm
        raised |= self.create(values)
        (known - raised)._end()
        self._tell(company)

    def _accepted(self, subject):
        """The price that a person has seen, as long as what it was measured by
        stays."""
        if self and self._compared(self.old_price, subject.old_price) == 0:
            return self.accepted_price
        return 0.0

    @api.model
    def _compared(self, one, other):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return float_compare(one, other, precision_digits=digits)

    @api.model
    def _prepare_alarm(self, subject, accepted):
        rise = subject.new_price / subject.old_price - 1
        return {
            "kind": "quotation" if subject.line else "watched",
            "link_id": subject.link.id,
            "sale_line_id": subject.line.id,
            "offer_id": subject.offer.id,
            "old_price": subject.old_price,
            "new_price": subject.new_price,
            "rise": round(100 * rise, 1),
            "accepted_price": accepted,
            "user_id": subject.user.id,
        }

    @api.model
    def _prepare_raised(self):
        return {"state": "open", "date": fields.Datetime.now(), "told": False}

    # --------------------------------------------------------------- what is measured

    @api.model
    def _watched(self, account):
        """Watched products with a price."""
        links = self.env["itscope.product"].search_fetch(
            [("company_id", "=", account.company_id.id), ("watched", "=", True)],
            ["watch_price", "watch_user_id", "best_offer_id"],
        )
        subjects = []
        for link in links:
            price = link._watched_now()
            if not price:
                continue
            if not link.watch_price:
                # Nothing was known when watching began.
                link.watch_price = price
            # Who has left the company is told nothing.
            user = link.watch_user_id.filtered("active") or account.responsible_id
            subjects.append(
                _Subject(
                    link,
                    self.env["sale.order.line"],
                    link.best_offer_id,
                    link.watch_price,
                    price,
                    user,
                )
            )
        return subjects

    @api.model
    def _quoted(self, account):
        """Lines of open quotations that stand on an offer: what it costs now, or the
        best one where it has ended."""
        company = account.company_id
        # sudo: the company's quotations, whose ever they are.
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .search_fetch(
                Domain("company_id", "=", company.id)
                & Domain("order_id.state", "in", OPEN_QUOTATIONS)
                & Domain("itscope_cost", ">", 0),
                ["order_id", "product_id", "itscope_offer_id", "itscope_cost"],
            )
        )
        links = lines._itscope_links()
        subjects = []
        for line, link in links.items():
            offer = line.itscope_offer_id
            if offer.link_id != link or not (offer.active and offer.has_price):
                offer = link.best_offer_id
            if not offer.company_price:
                continue
            seller = line.order_id.user_id.filtered("active")
            user = seller or account.responsible_id
            subjects.append(
                _Subject(
                    link, line, offer, line.itscope_cost, offer.company_price, user
                )
            )
        return subjects
