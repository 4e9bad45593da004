from datetime import timedelta
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ..tools import aware, commit, naive, notification, text_or, write_changed

_lt = LazyTranslate(__name__)

#: ITscope's codes in the user's words; an unknown code is shown as it is.
STATUS_TEXTS = {
    "DRAFT": _lt("Draft"),
    "PROGRESS": _lt("In negotiation"),
    "WON": _lt("Won"),
    "LOST": _lt("Lost"),
}
#: News are looked for this far back: clocks differ.
NEWS_OVERLAP = timedelta(minutes=15)


class ItscopeQuote(models.Model):
    """A quote that somebody wrote on ITscope's platform for a customer."""

    _name = "itscope.quote"
    _description = "ITscope quote"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "last_modified desc, id desc"

    account_id = fields.Many2one(
        "itscope.account",
        required=True,
        ondelete="restrict",
        check_company=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    quote_id = fields.Char(
        string="ITscope's ID", required=True, readonly=True, copy=False
    )
    number = fields.Char(readonly=True, index="btree_not_null")
    name = fields.Char(string="Title", readonly=True)
    status = fields.Char(
        string="Status code", readonly=True, tracking=True, help="As ITscope names it."
    )
    status_text = fields.Char(string="Status", compute="_compute_status_text")
    last_modified = fields.Datetime(string="Last change", readonly=True)
    valid_until = fields.Datetime(readonly=True)
    organisation = fields.Char(
        string="Customer", readonly=True, help="As the quote names it."
    )
    person = fields.Char(string="Contact", readonly=True)
    customer_number = fields.Char(readonly=True)
    creator = fields.Char(string="Written by", readonly=True)
    item_count = fields.Integer(
        string="Lines", readonly=True, help="Optional ones too."
    )
    total = fields.Monetary(string="Total with tax", readonly=True)
    archived = fields.Boolean(readonly=True, help="Archived at ITscope.")
    deeplink = fields.Char(string="Page at ITscope", readonly=True)
    short_url = fields.Char(string="Page for the customer", readonly=True)
    transaction_id = fields.Char(readonly=True, help="ITscope's id of its document.")

    _quote_id_uniq = models.UniqueIndex(
        "(company_id, quote_id)", "This ITscope quote is known already."
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for quote in self:
            told = filter(None, (quote.number, quote.name))
            quote.display_name = " ".join(told) or quote.quote_id

    @api.depends("status")
    @api.depends_context("lang")
    def _compute_status_text(self):
        for quote in self:
            text = STATUS_TEXTS.get(quote.status)
            quote.status_text = self.env._(text) if text else quote.status

    # ------------------------------------------------------------------ from ITscope

    @api.model
    def _values_from_record(self, record):
        """Field values from a :class:`itscope_api.Quote`."""
        return {
            "number": text_or(record.number),
            "name": text_or(record.name),
            "status": text_or(record.status.upper()),
            "last_modified": naive(record.last_modified),
            "valid_until": naive(record.valid_until),
            "organisation": text_or(record.organisation),
            "person": text_or(record.person),
            "customer_number": text_or(record.customer_number),
            "creator": text_or(record.creator),
            "item_count": record.item_count or 0,
            "total": float(record.total or 0),
            "archived": record.archived,
            "deeplink": text_or(record.deeplink),
            "short_url": text_or(record.short_url),
            "transaction_id": text_or(record.transaction_id),
        }

    @api.model
    def _synchronise(self, account, records):
        """Bring what ITscope says about quotes into Odoo.

        :param records: list of :class:`itscope_api.Quote`
        :return: the quotes with news
        """
        records = {record.quote_id: record for record in records}
        known = {quote.quote_id: quote for quote in self._known(account, records)}
        news = self.browse()
        to_create = []
        for quote_id, record in records.items():
            values = self._values_from_record(record)
            quote = known.get(quote_id)
            if not quote:
                to_create.append(
                    {"account_id": account.id, "quote_id": quote_id, **values}
                )
            elif write_changed(quote, values):
                news |= quote
        return news | self.create(to_create)

    @api.model
    def _known(self, account, quote_ids):
        return self.search(
            [
                ("company_id", "=", account.company_id.id),
                ("quote_id", "in", list(quote_ids)),
            ]
        )

    # ------------------------------------------------------------------ news

    @api.model
    def _cron_fetch_news(self):
        """Scheduled action: what changed in the quotes of all accounts."""
        self.env["itscope.account"]._for_each_account(
            lambda account: self.with_company(account.company_id)._fetch_news(account)
        )

    @api.model
    def _fetch_news(self, account):
        """Fetch what changed since the last time; raises the core's errors.

        :return: the quotes with news
        """
        started = fields.Datetime.now()
        with account._open_client() as client:
            # Read to the end before anything is written: a list that breaks off is
            # read anew, and no transaction stays open while ITscope is asked.
            records = self._latest(client, account, archived=False)
            if account.quotes_date:
                # Of archived ones only what is known here; others are listed on
                # request.
                archived = self._latest(client, account, archived=True)
                ids = [record.quote_id for record in archived]
                known = set(self._known(account, ids).mapped("quote_id"))
                records += [one for one in archived if one.quote_id in known]
            news = self._synchronise(account, records)
            commit(self.env)
            self._after_news(client, account, news)
        account.quotes_date = started
        return news

    @api.model
    def _latest(self, client, account, archived):
        """Quotes page by page, the latest first, until a page has nothing new: the
        list can't be asked for by date."""
        found, seen = [], set()
        for page in count(1):
            records = list(client.quotes(archived=archived, first_page=page, pages=1))
            new = [record for record in records if record.quote_id not in seen]
            if not new:
                break
            found += new
            seen.update(record.quote_id for record in new)
            dates = [record.last_modified for record in records]
            sorted_as_asked = all(dates) and dates == sorted(dates, reverse=True)
            if sorted_as_asked and not self._has_news(account, records, archived):
                break
        return found

    @api.model
    def _has_news(self, account, records, archived):
        """Whether older pages may have more that is new."""
        since = account.quotes_date and aware(account.quotes_date - NEWS_OVERLAP)
        if archived:
            return records[-1].last_modified >= since
        ids = [record.quote_id for record in records]
        known = {
            quote.quote_id: quote.last_modified for quote in self._known(account, ids)
        }
        return any(
            known.get(record.quote_id) != naive(record.last_modified)
            for record in records
        )

    @api.model
    def _after_news(self, client, account, news):
        """Hook: fetch what belongs to the quotes with news."""

    # ------------------------------------------------------------------ buttons

    def action_fetch_news(self):
        """Ask ITscope about these quotes now; without any, for all that is new."""
        self.env["itscope.product"]._check_user()
        self.check_access("read")
        # sudo: what ITscope says is the connector's to write, whoever asks for it.
        quotes = self.sudo()
        if not quotes:
            account = self.env["itscope.account"]._for_job().sudo()
            with account._client():
                news = quotes._fetch_news(account)
            message = self.env._("%s quotes are new or have changed.", len(news))
            return notification(message, "success" if news else "info")
        for account, own in quotes.grouped("account_id").items():
            with account._client() as client:
                records = [client.quote(quote.quote_id) for quote in own]
                quotes._synchronise(account, [one for one in records if one])
                commit(self.env)
                quotes._after_news(client, account, own)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_fetch_all(self):
        """List all quotes of the account, archived ones too; a run does it."""
        self.env["itscope.product"]._check_user()
        account = self.env["itscope.account"]._for_job()
        sync = self.env["itscope.sync"]._start(
            account, "quotes", pages={"archived": [False, True], "page": 1}
        )
        return sync._action_show()

    def action_open_at_itscope(self):
        self.ensure_one()
        if not self.deeplink:
            raise UserError(self.env._("ITscope gave no link for this quote."))
        return {"type": "ir.actions.act_url", "url": self.deeplink, "target": "new"}
