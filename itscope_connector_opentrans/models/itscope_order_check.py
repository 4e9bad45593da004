import hashlib
from typing import Any, NamedTuple

from odoo import models
from odoo.tools.misc import format_datetime

from ..opentrans import InvalidOrderError


class Problem(NamedTuple):
    """Something to say about an order before it is sent."""

    #: ``error``: it can't be sent; ``warning``: a person has to confirm it
    level: str
    code: str
    #: in the user's words
    text: str
    #: the record to mend it at
    record: models.Model
    #: what was confirmed with a warning: other facts are another warning
    facts: tuple[Any, ...] = ()

    @property
    def key(self):
        """The same in every language."""
        named = (self.code, self.record._name, self.record.ids, self.facts)
        return hashlib.sha256(repr(named).encode()).hexdigest()[:16]


class ItscopeOrderCheck(models.AbstractModel):
    """What keeps a purchase order from being sent, in the buyer's words.

    Each text names the record and says what to do, so that the buyer sees everything at
    once and not one thing per try.
    """

    _name = "itscope.order.check"
    _description = "Check of orders for ITscope"

    def _problems(self, order):
        """All there is to say about sending this order: list of :class:`Problem`."""
        order.ensure_one()
        blocked = self._state_problem(order)
        if blocked:
            return [blocked]
        return [
            *self._again_problems(order),
            *self._content_problems(order, order._itscope_account()),
        ]

    def _content_problems(self, order, account):
        """As :meth:`_problems`, whatever the state of sending is."""
        problems = self._quick_problems(order, account)
        if not any(problem.level == "error" for problem in problems):
            problems += self._document_problems(order)
        return problems

    def _quick_problems(self, order, account):
        """As :meth:`_content_problems`, without building the document."""
        order = order.with_company(order.company_id)
        problems = [
            *self._order_problems(order),
            *self._account_problems(order, account),
            *self._supplier_problems(order, account),
            *self._address_problems(order),
        ]
        for line in order.order_line._itscope_sendable():
            problems += self._line_problems(line, account)
        return problems

    def _error(self, code, text, record):
        return Problem("error", code, text, record)

    def _warning(self, code, text, record, *facts):
        return Problem("warning", code, text, record, facts)

    # ------------------------------------------------------------------ state

    def _state_problem(self, order):
        """Why this order is past sending, or None."""
        deal = order.itscope_deal_id
        if not deal or deal._may_be_sent():
            return None
        return self._error("state", self._sent_text(order, deal), deal)

    def _sent_text(self, order, deal):
        if deal.send_state == "to_send":
            text = self.env._(
                "%(order)s waits to be sent already; it leaves by itself.",
                order=order.name,
            )
            return " ".join(filter(None, (text, deal.answer)))
        if deal.send_state == "sending":
            return self.env._(
                "%(order)s left Odoo, but ITscope has not answered yet. ITscope is "
                "asked whether it arrived; it is not sent a second time.",
                order=order.name,
            )
        if deal.send_state == "unknown":
            return self._unknown_text(order, deal)
        return self.env._(
            "%(order)s was sent to ITscope already (%(deal)s). ITscope has no recall: "
            "call the supplier to change or cancel it.",
            order=order.name,
            deal=deal.display_name,
        )

    def _unknown_text(self, order, deal):
        """What was asked when, what came back, and when ITscope is asked again."""
        text = self.env._(
            "%(order)s left Odoo at %(left)s, but no answer came: %(answer)s It is not "
            "sent a second time.",
            order=order.name,
            left=self._moment(deal.left_date),
            answer=deal.answer or "–",
        )
        if deal.looks:
            text += " " + self.env._(
                "ITscope was asked for it at %(asked)s for the last time and has said "
                "%(looks)s times that it does not know it.",
                asked=self._moment(deal.asked_date),
                looks=deal.looks,
            )
        if deal.next_look:
            text += " " + self.env._(
                "ITscope is asked again at %s.", self._moment(deal.next_look)
            )
        else:
            text += " " + self.env._(
                "ITscope is not asked again by itself: open the ITscope order and "
                "decide."
            )
        return text

    def _moment(self, value):
        return format_datetime(self.env, value, dt_format="short") if value else "–"

    def _again_problems(self, order):
        """An order that ended without goods goes out as another one."""
        deal = order.itscope_deal_id
        if deal.order_id:
            yield self._warning(
                "again",
                self.env._(
                    "ITscope shows the order %(deal)s as “%(status)s”. %(order)s is "
                    "sent once more, as a new ITscope order.",
                    deal=deal.order_id,
                    status=deal.status_text or "–",
                    order=order.name,
                ),
                deal,
                deal.order_id,
            )

    def _document_problems(self, order):
        """What the writer of documents objects to; nothing should be left for it."""
        try:
            self.env["itscope.order.builder"]._xml(order)
        except InvalidOrderError as error:
            return [
                self._error(
                    "document",
                    self.env._(
                        "%(order)s does not make a valid document: %(problem)s",
                        order=order.name,
                        problem=" ".join(
                            filter(None, (problem.line, problem.field, problem.code))
                        ),
                    ),
                    order,
                )
                for problem in error.problems
            ]
        return []
