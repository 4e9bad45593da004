import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from odoo.addons.itscope_connector.itscope_api import (
    BlockedError,
    ConfigurationError,
    InvalidRequestError,
    ItscopeError,
    NetworkError,
    NotFoundError,
)
from odoo.addons.itscope_connector.models.itscope_deal import ENDED
from odoo.addons.itscope_connector.tools import commit, naive

from ..tools import html_list

_logger = logging.getLogger(__name__)

#: Wait before a certainly unprocessed order is sent again, where ITscope names no time.
RETRY_AFTER = timedelta(minutes=5)


class ItscopeDeal(models.Model):
    """The outbox: how a purchase order leaves, at most once.

    ``to_send → sending → sent``, or ``rejected``, or ``unknown``; ``withdrawn`` where a
    person stopped it.

    * An order leaves only in :meth:`_send`, and only from ``to_send``. The change to
      ``sending`` is made under the row's lock and committed *before* the request
      leaves, and the lock ends with that commit. From then on the state itself is the
      guard: whoever comes later (a second click, the scheduled action, Odoo's own
      repetition of a request after a serialisation failure) finds ``sending`` and sends
      nothing. Two that come at once: one has the lock, the other is refused it; one
      whose view of the row is older than the winner's commit gets a serialisation
      failure from PostgreSQL.
    * Nothing leads from ``sending`` or ``unknown`` back to ``to_send`` except an answer
      that says for certain that ITscope did not process the order (refused connection,
      wrong key, block), for the very attempt that got it.
    * No answer, or one that can't be understood: ``unknown``. ITscope is asked for the
      order by its number, again and again. It is never sent again by itself: a person
      may withdraw it, after ITscope has said repeatedly that it is not there.
    * Every order is looked for before it leaves. One that has left before, with an
      unknown outcome or a refusal, and is there: it is not sent again. One that never
      left, or whose earlier ITscope order is alive again: a person has to look.
    * A worker that dies leaves ``sending``; after some minutes that is ``unknown``.
    """

    _inherit = "itscope.deal"

    send_state = fields.Selection(
        selection_add=[("withdrawn", "Withdrawn")],
        ondelete={"withdrawn": "set default"},
    )
    left_date = fields.Datetime(
        string="Left Odoo", readonly=True, help="When it was sent last."
    )
    confirmed_warnings = fields.Json(
        readonly=True,
        help="Keys of the warnings that a person confirmed: other warnings keep the "
        "order from leaving.",
    )
    attempt_ids = fields.One2many(
        "itscope.send.attempt", "deal_id", string="Sending log", readonly=True
    )
    end_noted = fields.Boolean(
        readonly=True, help="The buyer knows that the supplier will not deliver."
    )
    cancelled_by_phone = fields.Boolean(
        string="Cancelled with the supplier", readonly=True, tracking=True
    )

    # ------------------------------------------------------------------ sending

    def _send_queued(self, limit):
        """Send these orders while their user waits; more than ``limit`` by the cron."""
        # What was queued is kept, whatever becomes of the first request.
        commit(self.env)
        if self[limit:]:
            cron = self.env.ref("itscope_connector_opentrans.ir_cron_send")
            # sudo: users may ask for the outbox to be emptied, not change the schedule.
            cron.sudo()._trigger()
        for account in self[:limit].account_id:
            own = self[:limit].filtered(lambda deal, a=account: deal.account_id == a)
            try:
                with account._open_client() as client:
                    for deal in own:
                        deal.with_company(account.company_id)._send(client)
            except ItscopeError as error:
                _logger.info("ITscope account %s: %r", account.id, error)
                waiting = own.filtered(lambda deal: deal.send_state == "to_send")
                waiting.write({"answer": account._explain(error)})
                commit(self.env)

    def _send(self, client):
        """Send this order once; see the class for why only once.

        Raises errors that concern the whole account, after the order was put back.
        """
        self.ensure_one()
        found, problems = self._find_before_sending(client)
        if not self._lock() or self.send_state != "to_send":
            return
        if found:
            self._note_found(found)
            commit(self.env)
            return
        order = self.purchase_order_id
        confirmed = set(self.confirmed_warnings or ())
        problems = problems or [
            problem.text
            for problem in self.env["itscope.order.check"]._content_problems(
                order, self.account_id
            )
            if problem.level == "error" or problem.key not in confirmed
        ]
        if problems:
            # It was changed since it was queued, or is at ITscope already.
            self._withdraw(problems)
            commit(self.env)
            return
        xml = self.env["itscope.order.builder"]._xml(order)
        now = fields.Datetime.now()
        attempt = self.attempts + 1
        self.write(
            {
                "send_state": "sending",
                "attempts": attempt,
                "left_date": now,
                "asked_date": now,
                "next_look": False,
                "looks": 0,
                "answer": False,
            }
        )
        order._itscope_note_sent()
        self._log_attempt(self.env["itscope.document"]._store_order(self, xml))
        # Before the request: whatever happens to this process, the order counts as
        # sent.
        commit(self.env)
        try:
            record = client.send_order(xml)
        except ItscopeError as error:
            self._log_error(error, attempt)
            self._note_send_error(error, attempt)
            commit(self.env)
            if self.send_state == "to_send":
                raise
        else:
            self._log_answer("sent", record.status_message, attempt)
            self._note_found([record])
            commit(self.env)

    def _note_send_error(self, error, attempt):
        """What an error says about this attempt; see
        :meth:`itscope_api.Client.send_order`.
        """
        if self.attempts != attempt or self.send_state not in ("sending", "unknown"):
            # Meanwhile the order was found, or a later attempt is on its way.
            return
        explanation = self.account_id._explain(error)
        not_sent = isinstance(error, NetworkError) and not error.sent
        if isinstance(error, InvalidRequestError):
            self._note_rejected(error.message)
        elif not_sent or isinstance(
            error, (BlockedError, ConfigurationError, NotFoundError)
        ):
            until = naive(getattr(error, "until", None))
            self.write(
                {
                    "send_state": "to_send",
                    "next_look": until or fields.Datetime.now() + RETRY_AFTER,
                    "answer": explanation,
                }
            )
        else:
            self._note_unknown(explanation)

    def _note_rejected(self, message):
        self.write({"send_state": "rejected", "answer": message})
        self._order_documents().state = "failed"
        self._tell(
            self.env._("ITscope refused the order"),
            self.env._(
                "ITscope or the supplier refused the order: %s Correct it and send it "
                "again; it keeps its number.",
                message,
            ),
        )

    def _withdraw(self, problems=()):
        """Take an order out of the outbox before it leaves."""
        self.ensure_one()
        if not self._lock() or self.send_state != "to_send":
            raise UserError(
                self.env._("%s is being sent right now.", self.own_order_id)
            )
        self.write(
            {
                "send_state": "withdrawn",
                "next_look": False,
                "answer": "\n".join(problems),
            }
        )
        if problems:
            self._tell(
                self.env._("The order was not sent to ITscope"),
                html_list(self.env._("Not sent to ITscope:"), problems),
            )

    # ------------------------------------------------------------------ buttons

    def action_withdraw(self):
        """Take orders that wait out of the outbox."""
        self.check_access("write")
        for deal in self:
            deal._withdraw()

    def action_cancelled_by_phone(self):
        """The supplier agreed to cancel: the order may be cancelled in Odoo too."""
        self.check_access("write")
        self.write({"cancelled_by_phone": True})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_left(self):
        """Without it, Odoo would not know any more that the order left."""
        for deal in self:
            if deal.attempts or (deal.order_id and deal.purchase_order_id):
                raise UserError(
                    self.env._(
                        "%s is an order at ITscope, or may be one. It can't be "
                        "deleted: its purchase order could be sent twice.",
                        deal.display_name,
                    )
                )

    # ------------------------------------------------------------------ helpers

    def _is_ended(self):
        """Whether nobody expects goods from it any more, as ITscope says."""
        return (self.status or "").upper() in ENDED

    def _expects_goods(self):
        """Whether goods may come of it, as far as ITscope and people say."""
        return not (self._is_ended() or self.cancelled_by_phone)

    def _never_left(self):
        """Whether it was stopped before it left for the first time."""
        return (
            self.send_state == "withdrawn" and not self.attempts and not self.order_id
        )

    def _may_be_sent(self):
        """Whether its purchase order may leave (again)."""
        self.ensure_one()
        if self.order_id:
            return self._is_ended()
        return self.send_state in ("rejected", "withdrawn")

    def _lock(self):
        """Take this row for the next step and see its newest state; False where another
        worker has it."""
        try:
            self.lock_for_update()
        except LockError:
            return False
        self.invalidate_recordset()
        return True

    def _tell(self, summary, note):
        """A message on the order, and one activity for who is responsible for it."""
        self.purchase_order_id._itscope_tell(summary, note)

    def _outcome(self):
        """What became of sending this order, for the user who waits."""
        texts = {
            "sent": self.env._("sent, ITscope order %s.", self.order_id),
            "rejected": self.env._("refused by ITscope: %s", self.answer or ""),
            "unknown": self.env._(
                "it left, but no answer came. ITscope is asked for it within minutes; "
                "it is not sent a second time."
            ),
            "to_send": self.env._(
                "it waits and is sent by itself. %s", self.answer or ""
            ),
            "withdrawn": self.env._("not sent: %s", self.answer or ""),
            "sending": self.env._("it is being sent."),
        }
        return f"{self.own_order_id}: {texts.get(self.send_state, '')}"
