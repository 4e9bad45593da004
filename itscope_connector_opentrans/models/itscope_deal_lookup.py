from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itscope_connector.models.itscope_deal import ENDED
from odoo.addons.itscope_connector.tools import commit

from ..tools import SEND_ACTIVITY

#: A worker that has not come back after this long is dead. It is far above what the
#: client waits for one answer.
DEAD_AFTER = timedelta(minutes=10)
#: An order that ITscope did not know so often, over at least so long, is given to a
#: person.
LOOKS_BEFORE_PERSON = 3
TIME_BEFORE_PERSON = timedelta(minutes=30)
#: Each look waits twice as long as the one before, from 2 minutes to 6 hours; after
#: some three days only a person asks.
LONGEST_WAIT = timedelta(hours=6)
MOST_LOOKS = 20


class ItscopeDeal(models.Model):
    """The outbox, second part: what became of an order without an answer."""

    _inherit = "itscope.deal"

    looks = fields.Integer(
        readonly=True, help="How often ITscope said that it does not know this order."
    )
    was_unknown = fields.Boolean(
        string="Once unknown",
        readonly=True,
        help="An attempt ended without an answer: ITscope is asked for the order "
        "before it is sent again.",
    )

    @api.model
    def _recover_dead(self):
        """Orders whose worker died in the middle: nobody knows what became of them."""
        dead = self.search(
            [
                ("send_state", "=", "sending"),
                ("left_date", "<", fields.Datetime.now() - DEAD_AFTER),
            ]
        )
        for deal in dead:
            if deal._lock() and deal.send_state == "sending":
                explanation = self.env._(
                    "Odoo was stopped while ITscope was answering."
                )
                deal._note_unknown(explanation)
                deal._log_answer("unknown", explanation)
            commit(self.env)

    def _note_unknown(self, explanation):
        self.write(
            {
                "send_state": "unknown",
                "was_unknown": True,
                "next_look": self._next_look(0),
                "answer": explanation,
            }
        )

    # ------------------------------------------------------------------ looking for it

    def _look_up(self, client):
        """Ask ITscope whether an order of unknown state is there; raises its errors."""
        self.ensure_one()
        # No lock is held while ITscope is asked.
        found = self._find_at_itscope(client)
        if self._lock() and self.send_state == "unknown":
            if found:
                self._note_found(found)
            else:
                self._note_not_found()
        commit(self.env)

    def _find_at_itscope(self, client):
        """ITscope's orders with this number that are this one."""
        records = self._with_its_number(client)
        # An earlier order of this purchase order that ended is none of this attempt.
        taken = set(self.purchase_order_id._itscope_replaced().mapped("order_id"))
        return [record for record in records if record.order_id not in taken]

    def _with_its_number(self, client):
        """ITscope's orders with this number that are not other purchase orders of
        ours."""
        supplier = self.supplier_id.itscope_id
        records = [
            record
            for record in client.find_deals(self.own_order_id)
            if record.supplier_id in (supplier, "")
        ]
        if self.order_id and not any(r.order_id == self.order_id for r in records):
            records += filter(None, [client.deal(self.order_id)])
        # ITscope may have kept our number as the customer's: that counts less.
        records.sort(key=lambda record: record.own_order_id != self.own_order_id)
        others = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("order_id", "in", [record.order_id for record in records]),
                ("purchase_order_id", "not in", (self.purchase_order_id.id, False)),
            ]
        )
        taken = set(others.mapped("order_id"))
        return [record for record in records if record.order_id not in taken]

    def _find_before_sending(self, client):
        """What ITscope has, right before this order leaves.

        :return: the records that this order is (it need not leave again), and why it
            must not leave
        """
        order = self.purchase_order_id
        check = self.env["itscope.order.check"]
        earlier = set(order._itscope_replaced().mapped("order_id"))
        left = self.attempts or self.was_unknown
        found, problems = [], []
        records = self._with_its_number(client)
        settled = set(self._cancelled_by_phone(records).mapped("order_id"))
        for record in records:
            ended = record.status.upper() in ENDED or record.order_id in settled
            if record.order_id in earlier:
                if not ended:
                    problems.append(
                        check._alive_again_text(order, record.order_id, record.status)
                    )
            # Where the outcome of each attempt is known, what ended is one of those.
            elif left and (self.was_unknown or not ended):
                found.append(record)
            elif not ended:
                problems.append(check._number_used_text(order, record.order_id))
        return found, problems

    def _cancelled_by_phone(self, records):
        """Of these orders at ITscope those that a person has cancelled there."""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("order_id", "in", [record.order_id for record in records]),
                ("cancelled_by_phone", "=", True),
            ]
        )

    def _note_found(self, records):
        """ITscope has the order: list of :class:`itscope_api.Deal`, not empty."""
        record = records[0]
        # News that came before the answer may have made a row of their own for this
        # order. sudo: the connector made it, nobody else has anything in it.
        self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("order_id", "=", record.order_id),
                ("purchase_order_id", "=", False),
                ("id", "!=", self.id),
            ]
        ).unlink()
        suppliers = self.env["itscope.supplier"]._find_or_create_many(
            {record.supplier_id: record.supplier_name}
        )
        values = self._values_from_record(record, suppliers.get(record.supplier_id))
        self._mark_sent(values)
        if len(records) > 1:
            self._tell(
                self.env._("ITscope has this order more than once"),
                self.env._(
                    "ITscope has several orders with the number %(number)s: %(deals)s. "
                    "Check them there and call the supplier.",
                    number=self.own_order_id,
                    deals=", ".join(record.order_id for record in records),
                ),
            )

    def _note_not_found(self):
        now = fields.Datetime.now()
        self._log_answer("unknown", self.env._("ITscope does not know this order yet."))
        looks = self.looks + 1
        self.write(
            {"looks": looks, "asked_date": now, "next_look": self._next_look(looks)}
        )
        if self._is_missing():
            self._tell(
                self.env._("ITscope does not know this order"),
                self.env._(
                    "%(order)s left Odoo, no answer came, and ITscope has said "
                    "%(looks)s times that it does not know it. Check at ITscope, or "
                    "call the supplier. If it is not there, press “Not at ITscope” on "
                    "the ITscope order, then send the purchase order again.",
                    order=self.own_order_id,
                    looks=looks,
                ),
            )

    def _next_look(self, looks):
        if looks >= MOST_LOOKS:
            return False
        wait = min(timedelta(minutes=2 ** (looks + 1)), LONGEST_WAIT)
        return fields.Datetime.now() + wait

    def _is_missing(self):
        """Whether ITscope has said often and long enough that it does not have it."""
        return (
            self.send_state == "unknown"
            and self.looks >= LOOKS_BEFORE_PERSON
            and self.left_date
            and fields.Datetime.now() - self.left_date >= TIME_BEFORE_PERSON
        )

    def _mark_sent(self, values):
        first = self.send_state != "sent"
        last = self.attempt_ids[:1]
        if first and last.result not in ("sent", False):
            self._log_answer("found", values.get("order_id") or self.order_id)
        result = super()._mark_sent(values)
        if first and self.purchase_order_id:
            self._order_documents().state = "sent"
            self.purchase_order_id.activity_feedback([SEND_ACTIVITY])
            self.purchase_order_id.message_post(
                body=self.env._("Sent: ITscope order %s.", self.order_id)
            )
        return result

    def _find_for(self, record):
        # Whatever we think of an order that has left: it may be there.
        return super()._find_for(record) or self._find_waiting(
            record, lambda deal: deal.attempts > 0
        )

    @api.model
    def _synchronise(self, account, records):
        news = super()._synchronise(account, records)
        for deal, _record in news:
            # Thought lost or refused, and there after all.
            if (
                deal.attempts
                and deal.send_state in ("to_send", "withdrawn", "rejected")
                and not deal._is_ended()
            ):
                deal._mark_sent({})
            deal._note_end()
            deal._note_alive()
        return news

    def _note_alive(self):
        """Tell the buyer once that an order that had ended is alive again."""
        order = self.purchase_order_id
        if not (order and self.end_noted and self._expects_goods()):
            return
        self.end_noted = False
        self._tell(
            self.env._("ITscope: %s", self.status_text),
            self.env["itscope.order.check"]._alive_again_text(
                order, self.order_id, self.status_text
            ),
        )

    def _note_end(self):
        """Tell the buyer once that nothing will come of an order that was sent."""
        order = self.purchase_order_id
        if (
            not order
            or self.end_noted
            or order.state == "cancel"
            or not self._is_ended()
            # The buyer knows since it was refused.
            or self.send_state == "rejected"
        ):
            return
        self.end_noted = True
        self._tell(
            self.env._("ITscope: %s", self.status_text),
            self.env._(
                "ITscope shows this order as “%(status)s”: %(message)s Nothing is on "
                "its way. The purchase order can be cancelled, or corrected and sent "
                "again.",
                status=self.status_text,
                message=self.status_message or "",
            ),
        )

    # ------------------------------------------------------------------ buttons

    def action_look_up(self):
        """Ask ITscope now for orders of unknown state."""
        self.check_access("write")
        for deal in self.filtered(lambda deal: deal.send_state == "unknown"):
            with deal.account_id._client() as client:
                deal._look_up(client)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_not_there(self):
        """A person decides that a lost order may be sent again; ITscope is asked once
        more.
        """
        self.ensure_one()
        self.check_access("write")
        if self.send_state != "unknown":
            raise UserError(self.env._("The state of this order is known."))
        self.action_look_up()
        if self.send_state == "unknown":
            if not self._is_missing():
                raise UserError(
                    self.env._(
                        "It is too early to say that %(order)s is lost: ITscope is "
                        "asked at least %(looks)s times within %(minutes)s minutes.",
                        order=self.own_order_id,
                        looks=LOOKS_BEFORE_PERSON,
                        minutes=int(TIME_BEFORE_PERSON.total_seconds() // 60),
                    )
                )
            self.write({"send_state": "withdrawn", "next_look": False})
            self._log_answer(
                "missing",
                self.env._(
                    "%(user)s decided that this order is not at ITscope.",
                    user=self.env.user.name,
                ),
            )
            self.purchase_order_id.activity_feedback([SEND_ACTIVITY])
            self.message_post(
                body=self.env._(
                    "%(user)s decided that this order is not at ITscope.",
                    user=self.env.user.name,
                )
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
