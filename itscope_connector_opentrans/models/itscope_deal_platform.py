import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itscope_connector.itscope_api import ItscopeError
from odoo.addons.itscope_connector.tools import commit, notification, roll_back

from ..tools import SEND_ACTIVITY, day, html_text

_logger = logging.getLogger(__name__)

#: On an order at ITscope that can't become a purchase order.
PROBLEM_ACTIVITY = "mail.mail_activity_data_warning"
#: So long an order is tried again with each run; later after as long as it is old, at
#: the longest after this.
EACH_RUN = timedelta(hours=1)
LONGEST_RETRY = timedelta(days=1)


class ItscopeDeal(models.Model):
    """Orders that were placed on the platform itself: they become purchase orders.

    A purchase order is linked to its order at ITscope in the moment it is made, before
    anybody can confirm it: from then on nothing sends it (see
    ``itscope.order.check``). The row's lock and the unique link keep two workers from
    making two.
    """

    _inherit = "itscope.deal"

    order_problem = fields.Text(
        string="Why there is no purchase order",
        readonly=True,
        help="And what to do. It is tried again by itself where the account says so.",
    )
    next_order_try = fields.Datetime(
        string="Tried again",
        readonly=True,
        help="When a purchase order is tried again by itself.",
    )

    def _is_due(self, record):
        """Whether the account wants a purchase order of this order by itself.

        :param record: :class:`itscope_api.Deal`
        """
        self.ensure_one()
        account = self.account_id
        if (
            account.platform_orders == "never"
            or self.send_state != "external"
            or self.archived
            or self._is_ended()
        ):
            return False
        placed = min(
            (
                entry.last_update
                for entry in record.documents
                if entry.type == "ORDER" and entry.last_update
            ),
            default=record.status_date,
        )
        since = account.platform_orders_from
        if placed and since and day(placed) < since:
            return False
        return not self._is_of_outbox()

    def _is_of_outbox(self):
        """Whether it may be one of ours that has no answer yet: then the outbox finds
        that out, and nobody else."""
        orders = self._orders_with_its_number()
        return any(
            deal.send_state in ("to_send", "sending", "unknown")
            or (deal.was_unknown and not deal.order_id)
            for deal in orders.itscope_deal_ids
        )

    def _orders_with_its_number(self, content=None):
        """Purchase orders that are called like this order.

        :param content: its :class:`opentrans.Order`, where it is at hand
        """
        numbers = {
            self.own_order_id,
            self.customer_order_id,
            content and content.number,
            content and content.customer_order_id,
        }
        return self.env["purchase.order"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("name", "in", [number for number in numbers if number]),
            ]
        )

    # ------------------------------------------------------------------ taking over

    def _take_over(self, client, entries):
        """Fetch the documents of this order and make it a purchase order, or link the
        one that is there. Repeated, it changes nothing.

        :param entries: :class:`itscope_api.DealDocument` of it
        :return: False where another worker is at it
        """
        self.ensure_one()
        complete = self._fetch_documents(client, entries)
        return self._make_order(client) and complete

    def _make_order(self, client):
        """As :meth:`_take_over`, from the documents that are here; what goes wrong with
        this order alone must not keep the news of the others from coming.
        """
        self.ensure_one()
        try:
            return self._order_from_documents(client)
        except (ItscopeError, OperationalError):
            raise
        except Exception as error:
            _logger.exception("ITscope order %s", self.order_id)
            roll_back(self.env)
            self = self._as_responsible()
            explanation = self.env._(
                "Odoo failed while it worked on this order (%s). The server's log says "
                "more.",
                type(error).__name__,
            )
            order = self.purchase_order_id
            if order:
                summary = self.env._("ITscope: check the order")
                order._itscope_tell(summary, explanation)
            else:
                self._note_order_problem(explanation)
            commit(self.env)
            return True

    def _order_from_documents(self, client):
        """See :meth:`_make_order`."""
        if self.purchase_order_id or self._waits_for_its_order():
            return True
        self = self._as_responsible()
        importer = self.env["itscope.order.import"]
        try:
            importer._check(self)
            content = self._ordered()
            if not importer._existing(self, content):
                if content is None:
                    raise UserError(
                        self.env._(
                            "ITscope has no order document of %s that can be read. "
                            "Enter the purchase order by hand, with the same number "
                            "where there is one: “Create purchase order” links the two "
                            "then.",
                            self.display_name,
                        )
                    )
                importer._fetch_missing(client, self, content.lines)
            # What was fetched is kept; the next lock has to see what others did.
            commit(self.env)
            if not self._lock():
                return False
            if self.purchase_order_id:
                return True
            with self.env.cr.savepoint():
                order = importer._existing(self, content)
                made = not order
                if made:
                    order = importer._create(self, content)
                # What was withdrawn before it left makes room for this one.
                idle = order.itscope_deal_ids.filtered(lambda deal: deal._never_left())
                idle.replaced = True
                idle.flush_recordset(["replaced"])
                self.write({"purchase_order_id": order.id, "order_problem": False})
        except UserError as error:
            self._note_order_problem(str(error))
            commit(self.env)
            return True
        self.activity_feedback([PROBLEM_ACTIVITY])
        order.message_post(
            body=self.env._(
                "Placed on ITscope's platform: ITscope order %s.", self.order_id
            )
        )
        # It is linked from now on, whatever confirming it does.
        commit(self.env)
        self.document_ids._assign()
        if made:
            self._confirm(order)
        self._apply_documents()
        commit(self.env)
        return True

    def _ordered(self):
        """The :class:`opentrans.Order` that was placed, or None."""
        documents = self.document_ids.filtered(
            lambda document: (
                document.type == "ORDER"
                and document.direction == "in"
                and document.content_hash
                and document.state != "ignored"
            )
        )
        newest = documents.sorted(lambda one: (str(one.document_date or ""), one.id))
        return newest[-1:]._read() if newest else None

    def _waits_for_its_order(self):
        """Whether its document is asked for again by itself."""
        return any(
            document.type == "ORDER" and not document.content_hash and document.next_try
            for document in self.document_ids
        )

    def _confirm(self, order):
        """Confirm what was ordered already, where the account wants it and nothing is
        missing; what keeps Odoo from it is told."""
        if (
            self.account_id.platform_orders != "confirmed"
            or order._itscope_placeholders()
            or self._is_ended()
        ):
            return
        try:
            with self.env.cr.savepoint():
                order.button_confirm()
        except UserError as error:
            order.message_post(
                body=self.env._(
                    "It was ordered at ITscope, but could not be confirmed in Odoo: %s",
                    str(error),
                )
            )
            self._schedule(
                SEND_ACTIVITY, order, self.env._("ITscope: confirm the order"), error
            )

    def _note_order_problem(self, problem):
        """Why there is no purchase order yet; one activity for the account's person."""
        now = fields.Datetime.now()
        age = now - self.create_date
        self.write(
            {
                "order_problem": problem,
                "next_order_try": now
                + (min(age, LONGEST_RETRY) if age > EACH_RUN else timedelta()),
            }
        )
        summary = self.env._("ITscope: order without purchase order")
        self._schedule(PROBLEM_ACTIVITY, self, summary, problem)

    def _schedule(self, kind, record, summary, note):
        user = self.account_id.responsible_id
        if user and not record.activity_search([kind]):
            record.activity_schedule(
                kind, summary=summary, note=html_text(str(note)), user_id=user.id
            )

    @api.model
    def _retry_orders(self, client, account):
        """Orders whose problem somebody may have mended meanwhile; the older, the
        less often."""
        if account.platform_orders == "never":
            return
        for deal in self.search(
            [
                ("account_id", "=", account.id),
                ("send_state", "=", "external"),
                ("purchase_order_id", "=", False),
                ("order_problem", "!=", False),
                ("archived", "=", False),
                "|",
                ("next_order_try", "=", False),
                ("next_order_try", "<=", fields.Datetime.now()),
            ]
        ):
            if deal._is_ended():
                # It needs no purchase order any more.
                deal.order_problem = False
                deal.activity_unlink([PROBLEM_ACTIVITY])
            elif not deal._is_of_outbox():
                deal._make_order(client)

    # ------------------------------------------------------------------ button

    def action_create_purchase_order(self):
        """Make purchase orders of these orders now."""
        self.check_access("write")
        # Who may not order in Odoo may not do it here either.
        self.env["purchase.order"].check_access("create")
        chosen = self.filtered(
            lambda deal: deal.send_state == "external" and not deal.purchase_order_id
        )
        if not chosen:
            raise UserError(
                self.env._(
                    "Only orders that were placed on the platform and have no purchase "
                    "order yet can become one."
                )
            )
        for account, deals in chosen.grouped("account_id").items():
            with account._client() as client:
                for deal in deals:
                    deal._take_over_now(client)
        if len(chosen) == 1 and chosen.purchase_order_id:
            return chosen.purchase_order_id._get_records_action()
        open_ones = chosen.filtered(lambda deal: not deal.purchase_order_id)
        message = self.env._(
            "%s orders have a purchase order now.", len(chosen - open_ones)
        )
        problems = [
            f"{deal.display_name}: "
            + (deal.order_problem or self.env._("try again in a moment."))
            for deal in open_ones
        ]
        return notification(
            "\n".join([message, *problems]),
            "warning" if open_ones else "success",
            sticky=bool(open_ones),
        )

    def _take_over_now(self, client):
        self.ensure_one()
        if self._is_of_outbox():
            raise UserError(
                self.env._(
                    "%s may be an order of yours that ITscope has not answered yet. "
                    "Look for that one first.",
                    self.display_name,
                )
            )
        record = client.deal(self.order_id)
        if not record:
            raise UserError(
                self.env._("ITscope does not know the order %s.", self.display_name)
            )
        # sudo: documents are stored and applied by the connector, whoever asks for it;
        # whether this user may create purchase orders was checked before.
        self.sudo()._take_over(client, record.documents)
