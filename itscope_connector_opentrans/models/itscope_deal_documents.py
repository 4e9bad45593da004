import logging
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.itscope_connector.itscope_api import (
    InvalidRequestError,
    MalformedError,
    NotFoundError,
    ServerError,
)
from odoo.addons.itscope_connector.tools import commit, naive

_logger = logging.getLogger(__name__)

#: In the order in which they are applied. Our own ORDER is not asked for: we have it.
FETCHED = ("ORDERRESPONSE", "DISPATCHNOTIFICATION", "INVOICE")
#: After this a document that ITscope names but does not give is left to a person.
GIVE_UP_AFTER = timedelta(days=1)


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
            # What was ordered on the platform has no purchase order to apply it to.
            if deal.purchase_order_id:
                # sudo: documents are stored and applied by the connector, whoever asks
                # for news; receipts and bills are not the buyer's to write.
                deal = deal.sudo()
                complete = deal._fetch_documents(client, record) and complete
                deal._apply_documents()
                commit(self.env)
        return complete

    def _fetch_documents(self, client, record):
        """Fetch what is new of this order; raises what concerns the whole account.

        :param record: :class:`itscope_api.Deal`
        :return: False where something has to be fetched again
        """
        self.ensure_one()
        self = self._as_responsible()
        complete = True
        for entry in record.documents:
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
                complete = self._note_not_fetched(entry, problem) and complete
            # Kept from now on, whatever applying it does.
            commit(self.env)
        return complete

    def _is_wanted(self, entry):
        """Whether this step of the order has a document that we do not have yet."""
        # A step without an address was taken by hand: it has no document.
        if entry.type not in FETCHED or not entry.url:
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
        """:return: whether to stop trying by ourselves"""
        row = self.env["itscope.document"]._note_not_fetched(self, entry, problem)
        if fields.Datetime.now() - row.create_date < GIVE_UP_AFTER:
            return False
        row._tell(self.env._("ITscope: document missing"))
        return True

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
            return self.with_context(order.env.context)
        user = self.account_id.responsible_id
        return self.with_company(self.company_id).with_context(
            lang=user.lang or self.env.lang
        )
