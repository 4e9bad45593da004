import logging
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.itscope_connector.itscope_api import (
    DealDocument,
    InvalidRequestError,
    MalformedError,
    NotFoundError,
    ServerError,
)
from odoo.addons.itscope_connector.tools import aware, commit, naive

_logger = logging.getLogger(__name__)

#: Our own ORDER is not asked for: we have it. That of an order that was placed on the
#: platform is.
FETCHED = ("ORDERRESPONSE", "DISPATCHNOTIFICATION", "INVOICE")
#: After this a document that ITscope names but does not give is left to a person.
GIVE_UP_AFTER = timedelta(days=1)
FIRST_RETRY = timedelta(minutes=10)


class ItscopeDeal(models.Model):
    """The documents that come back: fetched, stored, committed, then applied."""

    _inherit = "itscope.deal"

    document_ids = fields.One2many("itscope.document", "deal_id", string="Documents")

    def _order_documents(self):
        """The ORDERs that left, or are about to."""
        return self.document_ids.filtered(lambda document: document.direction == "out")

    # ------------------------------------------------------------------ fetching

    @api.model
    def _after_news(self, client, account, news):
        complete = super()._after_news(client, account, news)
        for deal, record in news:
            # sudo: documents are stored and applied by the connector, whoever asks for
            # news; receipts and bills are not the buyer's to write.
            deal = deal.sudo()
            if deal.purchase_order_id:
                fetched = deal._fetch_documents(client, record.documents)
                complete = fetched and complete
                deal._apply_documents()
                commit(self.env)
            elif deal._is_due(record):
                complete = deal._take_over(client, record.documents) and complete
        # sudo: see above.
        self.sudo()._fetch_missing_documents(client, account)
        self.sudo()._retry_orders(client, account)
        return complete

    @api.model
    def _fetch_missing_documents(self, client, account):
        """Ask again for documents that ITscope has named and not given so far; the
        other news do not wait for them."""
        rows = self.env["itscope.document"].search(
            [
                ("deal_id.account_id", "=", account.id),
                ("next_try", "<=", fields.Datetime.now()),
            ]
        )
        for deal, documents in rows.grouped("deal_id").items():
            entries = [
                DealDocument(
                    document.type,
                    document.transaction_id,
                    aware(document.last_update),
                    url=document.transaction_id,
                )
                for document in documents
            ]
            deal._fetch_documents(client, entries)
            if deal.purchase_order_id:
                deal._apply_documents()
            elif not (deal._is_ended() or deal._is_of_outbox()):
                deal._make_order(client)
            commit(self.env)

    def _fetch_documents(self, client, entries):
        """Fetch what is new of this order; raises what concerns the whole account.

        :param entries: :class:`itscope_api.DealDocument` of this order
        :return: False where another worker is at it
        """
        self.ensure_one()
        self = self._as_responsible()
        complete = True
        for entry in entries:
            if not self._is_wanted(entry):
                continue
            # The next lock has to see what others have stored meanwhile.
            commit(self.env)
            problem = self.env._("ITscope does not have it (yet).")
            content = None
            try:
                content = client.document(entry.transaction_id, entry.type)
            except (
                InvalidRequestError,
                MalformedError,
                NotFoundError,
                ServerError,
            ) as error:
                _logger.info("ITscope document %s: %r", entry.transaction_id, error)
                problem = self.account_id._explain(error)
            if not self._lock():
                complete = False
            elif content:
                self.env["itscope.document"]._store(
                    self, entry.type, entry.transaction_id, content, entry.last_update
                )
            else:
                self._note_not_fetched(entry, problem)
            # Kept from now on, whatever applying it does.
            commit(self.env)
        return complete

    def _is_wanted(self, entry):
        """Whether this step of the order has a document that we do not have yet."""
        # A step without an address was taken by hand: it has no document.
        if not entry.url or not (
            entry.type in FETCHED
            or (entry.type == "ORDER" and self.send_state == "external")
        ):
            return False
        known = self.document_ids.filtered(
            lambda row: (
                row.type == entry.type
                and row.transaction_id == entry.transaction_id
                and row.content_hash
            )
        )
        if not known:
            return True
        updated = naive(entry.last_update)
        dates = [date for date in known.mapped("last_update") if date]
        return bool(updated) and (not dates or updated > max(dates))

    def _note_not_fetched(self, entry, problem):
        """Remember a document that is not there: it is asked for again by itself, each
        time after twice the time, and in the end given to a person."""
        row = self.env["itscope.document"]._note_not_fetched(self, entry, problem)
        if row.state != "ignored" and not self._ask_again(row):
            row._tell(self.env._("ITscope: document missing"))

    @staticmethod
    def _ask_again(row):
        """:return: False where it was asked for long enough"""
        now = fields.Datetime.now()
        age = now - row.create_date
        again = age < GIVE_UP_AFTER
        row.next_try = now + max(age, FIRST_RETRY) if again else False
        return again

    # ------------------------------------------------------------------ applying

    def _apply_documents(self, force=False):
        """Apply the documents of this order, also to the other orders they name.

        :param force: also where nothing new has come
        :return: False where another worker is at it
        """
        self.ensure_one()
        orders = self.purchase_order_id | self.document_ids.order_ids
        return all([order._itscope_apply_documents(force=force) for order in orders])

    def _as_responsible(self):
        """Messages are for who is responsible, in this person's language."""
        if self.purchase_order_id:
            order = self.purchase_order_id._itscope_as_responsible()
            return self.with_context(**order.env.context)
        user = self.account_id.responsible_id
        return self.with_company(self.company_id).with_context(
            lang=user.lang or self.env.lang
        )
