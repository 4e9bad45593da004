import base64
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itscope_connector.itscope_api import (
    InvalidRequestError,
    ItscopeError,
    MalformedError,
    NotFoundError,
    ServerError,
)
from odoo.addons.itscope_connector.tools import commit, roll_back

from .. import opentrans
from ..tools import QUOTE_ACTIVITY

_logger = logging.getLogger(__name__)

#: What goes wrong with one quote alone.
OF_ONE = (InvalidRequestError, MalformedError, NotFoundError, ServerError)
#: A quote that could not be taken is asked for again after this time, and then each
#: time after about twice the time.
FIRST_RETRY = timedelta(minutes=30)


class ItscopeQuote(models.Model):
    """How a quote becomes a quotation, and what is proposed when it is won or lost."""

    _inherit = "itscope.quote"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        readonly=True,
        copy=False,
        check_company=True,
        ondelete="set null",
    )
    document_ids = fields.One2many("itscope.document", "quote_id", string="Documents")
    problem = fields.Text(
        string="Why there is no quotation",
        readonly=True,
        help="And what to do. It is tried again by itself.",
    )
    taken_date = fields.Datetime(
        readonly=True, help="Last change of which the document was fetched."
    )
    has_news = fields.Boolean(
        readonly=True, help="From a change until all that follows from it is done."
    )
    news_date = fields.Datetime(readonly=True)
    next_try = fields.Datetime(readonly=True)

    _sale_order_uniq = models.UniqueIndex(
        "(sale_order_id) WHERE sale_order_id IS NOT NULL",
        "This quotation belongs to an ITscope quote already.",
    )

    def _is_due(self):
        """Whether the account wants a quotation of this quote by itself."""
        self.ensure_one()
        account = self.account_id
        if account.platform_quotes != "draft" or self.archived:
            return False
        if self.status in ("DRAFT", "LOST"):
            return False
        since, changed = account.platform_quotes_from, self.last_modified
        return not (since and changed and changed.date() < since)

    @api.model
    def _synchronise(self, account, records):
        news = super()._synchronise(account, records)
        # Kept with the news: what is interrupted goes on with the next run.
        now = fields.Datetime.now()
        news.write({"has_news": True, "news_date": now, "next_try": False})
        return news

    @api.model
    def _after_news(self, client, account, news):
        result = super()._after_news(client, account, news)
        # sudo: documents are stored and applied by the connector, whoever asks.
        quotes = self.sudo()
        waiting = quotes.search(
            [
                ("account_id", "=", account.id),
                ("has_news", "=", True),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", fields.Datetime.now()),
            ],
            # What failed before does not keep the others from their turn.
            order="next_try NULLS FIRST, id",
        )
        for quote in news.sudo() | waiting:
            quote._take_news(client)
        return result

    def _take_news(self, client):
        """Do what follows from a change of this quote; what fails is tried again."""
        self.ensure_one()
        try:
            done = not (self.sale_order_id or self._is_due()) or self._take(client)
        except Exception as error:
            roll_back(self.env)
            self._try_later()
            commit(self.env)
            if isinstance(error, ItscopeError):
                # ITscope is out of reach, or does not want to be asked: the others
                # would fail, too.
                raise
            _logger.exception("ITscope quote %s", self.quote_id)
            return
        if done:
            self.write({"has_news": False, "next_try": False})
        else:
            self._try_later()
        # Each has its document fetched by a request of its own.
        commit(self.env)

    def _try_later(self):
        now = fields.Datetime.now()
        age = now - (self.news_date or now)
        self.write({"has_news": True, "next_try": now + max(age, FIRST_RETRY)})

    def _take(self, client, user=None):
        """Fetch this quote's document where it is news, and make it a quotation, or
        another version of the one that is there. Repeated, it changes nothing.

        :param user: who is responsible for a new one
        :return: whether all is done; False where it has to be tried again
        """
        self.ensure_one()
        self = self._as_responsible()
        if self.taken_date and self.taken_date == self.last_modified:
            document, fetched = self._newest_document(), True
        else:
            document = self._fetch(client)
            fetched = bool(document)
        free = True
        if document and not self.sale_order_id:
            free = document._make_quotation(client, self.account_id, user=user)
        elif self.sale_order_id:
            free = self.sale_order_id._itscope_apply_documents()
        if self.sale_order_id:
            # Before a request that may fail: the status is known already.
            self._propose()
            self._attach_pdf(client)
        return fetched and free

    def _newest_document(self):
        documents = self.document_ids.filtered(lambda one: one.state != "ignored")
        return documents.sorted(lambda one: (str(one.last_update or ""), one.id))[-1:]

    def _fetch(self, client):
        """Store this quote's document.

        :return: the document; none where there is a problem with it
        """
        changed, content = self.last_modified, None
        problem = self.env._(
            "ITscope has no document of this quote. Enter the quotation by hand."
        )
        if self.transaction_id:
            try:
                content = client.document(self.transaction_id, "QUOTATION")
            except OF_ONE as error:
                _logger.info("ITscope quote %s: %r", self.quote_id, error)
                problem = self.account_id._explain(error)
        document = self.env["itscope.document"]
        if content:
            try:
                document = document._store_quotation(self, content)
                problem = False
            except opentrans.OpentransError as error:
                problem = self.env._("Its document can't be read: %s.", error)
        if self.problem != problem:
            self.problem = problem
        if document:
            self.taken_date = changed
        # Kept from now on, whatever applying it does.
        commit(self.env)
        return document

    def _attach_pdf(self, client):
        """The quote as the customer saw it, on the quotation; each look once."""
        order = self.sale_order_id
        moment = f"{self.last_modified or self.write_date:%Y-%m-%d_%H%M%S}"
        safe = (c if c.isalnum() or c in "-_" else "_" for c in self.number or "")
        name = f"{''.join(safe)}_{moment}.pdf"
        Attachment = self.env["ir.attachment"]
        own = [("res_model", "=", order._name), ("res_id", "=", order.id)]
        if Attachment.search_count([*own, ("name", "=", name)], limit=1):
            return
        try:
            content = client.quote_pdf(self.quote_id)
        except OF_ONE as error:
            # The quotation is as good without it; with the next version it is tried
            # again.
            _logger.info("ITscope quote %s, PDF: %r", self.quote_id, error)
            return
        if content and content.startswith(b"%PDF"):
            Attachment.create(
                {
                    "name": name,
                    "datas": base64.b64encode(content),
                    "mimetype": "application/pdf",
                    "res_model": order._name,
                    "res_id": order.id,
                }
            )

    # ------------------------------------------------------------------ proposals

    def _propose(self):
        """Won or lost at ITscope: who is responsible is asked, nothing is done."""
        for quote in self.filtered("sale_order_id"):
            order = quote.sale_order_id
            if not order.itscope_proposal:
                order.activity_unlink([QUOTE_ACTIVITY])
                continue
            summaries = {
                "won": self.env._("ITscope: quote won. Confirm the quotation?"),
                "lost": self.env._("ITscope: quote lost. Cancel the quotation?"),
            }
            summary = summaries[order.itscope_proposal]
            known = order.activity_search([QUOTE_ACTIVITY])
            if known.filtered(lambda activity, s=summary: activity.summary == s):
                continue
            known.unlink()
            user = order._itscope_responsible()
            if user:
                order.activity_schedule(
                    QUOTE_ACTIVITY, summary=summary, user_id=user.id
                )

    def _as_responsible(self):
        """Messages are for who is responsible, in this person's language."""
        user = self.sale_order_id.user_id or self.account_id.responsible_id
        return self.with_company(self.company_id).with_context(
            lang=user.lang or self.env.lang
        )

    # ------------------------------------------------------------------ buttons

    def action_create_quotation(self):
        """Make a quotation of this quote now."""
        self.ensure_one()
        self.check_access("read")
        # Who may not write quotations in Odoo may not do it here either.
        self.env["sale.order"].check_access("create")
        # sudo: documents are stored and applied by the connector, whoever asks.
        quote = self.sudo()
        with quote.account_id._client() as client:
            quote._take(client, self.env.user)
        if quote.sale_order_id:
            return self.sale_order_id._get_records_action()
        if document := quote._newest_document():
            return self.env["itscope.quotation.customer.choice"]._open_for(document)
        raise UserError(quote.problem or self.env._("Try again in a moment."))

    def action_open_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector_opentrans.itscope_document_action"
        )
        return {**action, "domain": [("quote_id", "=", self.id)], "context": {}}

    def action_open_quotation(self):
        self.ensure_one()
        return self.sale_order_id._get_records_action()
