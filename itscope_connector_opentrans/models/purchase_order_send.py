from odoo import fields, models
from odoo.exceptions import LockError, UserError

from odoo.addons.itscope_connector.tools import notification

from ..tools import SEND_ACTIVITY, html_list, html_text

#: So many orders are sent while the user waits; more are left to the scheduled action.
SENT_AT_ONCE = 10


class PurchaseOrder(models.Model):
    """The way of an order into the outbox, and what the buyer sees of it."""

    _inherit = "purchase.order"

    itscope_may_send = fields.Boolean(compute="_compute_itscope_send_hint")
    itscope_send_hint = fields.Text(
        string="Sending now",
        compute="_compute_itscope_send_hint",
        help="Whether this order can be sent at this moment, and why not.",
    )

    def _compute_itscope_send_hint(self):
        # Shown on the form of one order only, so what it asks for is asked for once.
        check = self.env["itscope.order.check"]
        for order in self:
            order.itscope_may_send = False
            order.itscope_send_hint = False
            if not order.itscope_supplier_id and not order.itscope_ambiguous:
                continue
            if blocked := check._state_problem(order):
                order.itscope_send_hint = blocked.text
                continue
            order.itscope_may_send = True
            # sudo: who may read the order may know why it can't be sent, also without
            # rights on ITscope's accounts.
            seen = order.sudo()
            problems = check.sudo()._quick_problems(seen, seen._itscope_account())
            errors = [problem for problem in problems if problem.level == "error"]
            if errors:
                order.itscope_send_hint = self.env._(
                    "Can't be sent yet: %s", order._itscope_first_of(errors)
                )
            elif problems:
                order.itscope_send_hint = self.env._(
                    "Can be sent after you have confirmed: %s",
                    order._itscope_first_of(problems),
                )
            else:
                order.itscope_send_hint = self.env._("Can be sent.")

    def _itscope_first_of(self, problems):
        """The first problem, and how many more there are."""
        more = len(problems) - 1
        if not more:
            return problems[0].text
        return self.env._(
            "%(problem)s (and %(more)s more)", problem=problems[0].text, more=more
        )

    # ------------------------------------------------------------------ sending

    def action_itscope_send(self):
        """Send these orders; says what came of each. For one order about which there is
        anything to say: the page that says it.
        """
        self.check_access("write")
        if len(self) == 1:
            blocked = self.env["itscope.order.check"]._state_problem(self)
            if blocked:
                raise UserError(blocked.text)
            if self._itscope_problems():
                return self.env["itscope.send"]._open(self)
        return self._itscope_send()

    def _itscope_problems(self):
        """All there is to say about sending this order; one above the account's limits
        begins to wait for its approval.
        """
        self.ensure_one()
        problems = self.env["itscope.order.check"]._problems(self)
        reasons = [p.text for p in problems if p.code == "approval"]
        if reasons:
            self._itscope_ask_for_approval(reasons)
        elif (
            self.itscope_approval_asked
            and not self._itscope_is_approved()
            # With these nobody has looked at the limits.
            and not any(p.code in ("state", "account") for p in problems)
        ):
            self._itscope_end_approval()
        return problems

    def _itscope_send(self, confirmed=()):
        """Send what can be sent.

        :param confirmed: keys of warnings that a person has confirmed
        :return: a notification with the outcome of each order
        """
        deals, outcomes, failed = self.env["itscope.deal"], [], False
        for order in self:
            problems = [
                problem
                for problem in order._itscope_problems()
                if problem.level == "error" or problem.key not in confirmed
            ]
            if problems:
                failed = True
                title = self.env._("Not sent to ITscope:")
                texts = [problem.text for problem in problems]
                order.message_post(body=html_list(title, texts))
                outcomes.append(f"{order.name}: {order._itscope_first_of(problems)}")
                continue
            try:
                deals |= order._itscope_queue(confirmed)
            except LockError:
                failed = True
                outcomes.append(
                    self.env._("%s is being sent by somebody else.", order.name)
                )
        deals._send_queued(limit=SENT_AT_ONCE)
        outcomes += [deal._outcome() for deal in deals]
        failed = failed or any(deal.send_state != "sent" for deal in deals)
        return notification(
            "\n".join(outcomes),
            "warning" if failed else "success",
            title=self.env._("ITscope"),
            sticky=failed,
        )

    def _itscope_queue(self, confirmed=()):
        """Put this order into the outbox; :return: its deal. Nothing leaves here.

        :param confirmed: keys of warnings that a person has confirmed
        """
        self.ensure_one()
        # Two users, two tabs or two clicks: the first one wins, the deal's unique index
        # holds even where this lock could not.
        self.lock_for_update()
        values = {
            "send_state": "to_send",
            "own_order_id": self.name,
            "supplier_id": self.itscope_supplier_id.id,
            "account_id": self._itscope_account().id,
            "next_look": False,
            "answer": False,
            "confirmed_warnings": sorted(confirmed),
        }
        deal = self.itscope_deal_id
        if deal and not deal.order_id:
            deal.write(values)
            return deal
        if deal:
            # It ended without goods: ITscope's order stays what it is.
            deal.write({"replaced": True, "end_noted": True})
            deal.flush_recordset()
            self.order_line._itscope_forget_confirmation()
        return deal.create({**values, "purchase_order_id": self.id})

    # ------------------------------------------------------------------ by itself

    def button_approve(self, force=False):
        result = super().button_approve(force=force)
        for order in self.filtered(lambda order: order.state == "purchase"):
            # sudo: that confirmed orders are sent was decided with the supplier's
            # terms; who confirms them need not be a user of ITscope.
            order.sudo()._itscope_send_confirmed()
        return result

    def _itscope_send_confirmed(self):
        """Leave this order to the scheduled action, or tell why it can't be sent.

        :return: whether it is to be sent by itself at all
        """
        self.ensure_one()
        supplier = self.itscope_supplier_id.with_company(self.company_id)
        deal = self.itscope_deal_id
        # One that was withdrawn before it left goes out when it is confirmed again.
        if (deal and not deal._never_left()) or not supplier.send_on_confirmation:
            return False
        problems = self._itscope_problems()
        if problems:
            self._itscope_tell(
                self.env._("The order was not sent to ITscope"),
                html_list(
                    self.env._("Confirmed, but not sent to ITscope by itself:"),
                    [problem.text for problem in problems],
                ),
            )
            return True
        self._itscope_queue()
        self.env.ref("itscope_connector_opentrans.ir_cron_send")._trigger()
        return True

    def _itscope_tell(self, summary, note):
        """A message, and one activity for who is responsible for this order."""
        self.ensure_one()
        self.message_post(body=note)
        self._itscope_remind(summary, note)

    def _itscope_remind(self, summary, note):
        """One activity for who is responsible for this order."""
        user = self._itscope_responsible()
        if user and not self.activity_search([SEND_ACTIVITY]):
            self.activity_schedule(
                SEND_ACTIVITY, summary=summary, note=html_text(note), user_id=user.id
            )
