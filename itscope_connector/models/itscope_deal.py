from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ..tools import aware, commit, naive, notification, text_or, write_changed

_lt = LazyTranslate(__name__)

#: ITscope's codes in the user's words. SENT and ADVISED are seen, the others follow
#: from the names of the seller's actions (assumed); an unknown code is shown as it is.
STATUS_TEXTS = {
    "SENT": _lt("Sent"),
    "ACCEPTED": _lt("Accepted"),
    "CONFIRMED": _lt("Confirmed"),
    "PARTIALLYADVISED": _lt("Partly dispatched"),
    "ADVISED": _lt("Dispatched"),
    "PARTIALLYINVOICED": _lt("Partly invoiced"),
    "INVOICED": _lt("Invoiced"),
    "CANCELLED": _lt("Cancelled"),
    "CANCELED": _lt("Cancelled"),
    "REJECTED": _lt("Rejected"),
    "ORDEREDELSEWHERE": _lt("Ordered elsewhere"),
}
#: Statuses of orders that brought no goods and never will.
ENDED = {"CANCELLED", "CANCELED", "REJECTED"}
#: News are asked for again this far back: clocks differ, and an order may change while
#: the
#: list is being read. What is known already is not touched.
NEWS_OVERLAP = timedelta(minutes=15)
#: How far back the first request for news goes.
FIRST_NEWS = timedelta(days=30)


class ItscopeDeal(models.Model):
    """An order as ITscope knows it, and how far ours is on its way there."""

    _name = "itscope.deal"
    _description = "ITscope order"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "status_date desc, id desc"

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
    supplier_id = fields.Many2one("itscope.supplier", readonly=True)
    purchase_order_id = fields.Many2one(
        "purchase.order",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    order_id = fields.Char(
        string="ITscope order",
        readonly=True,
        copy=False,
        help="ITscope's order number.",
    )
    own_order_id = fields.Char(
        string="Own order number", readonly=True, index="btree_not_null"
    )
    customer_order_id = fields.Char(string="Customer order number", readonly=True)
    send_state = fields.Selection(
        [
            ("external", "Placed at ITscope"),
            ("to_send", "To send"),
            ("sending", "Being sent"),
            ("unknown", "Unknown"),
            ("sent", "Sent"),
            ("rejected", "Rejected"),
        ],
        string="Sending",
        required=True,
        default="external",
        readonly=True,
        tracking=True,
        help="Unknown: the order left, but no answer came back. ITscope is asked for "
        "it by "
        "its number before anything else happens; it is never sent again blindly.",
    )
    status = fields.Char(
        string="Status code", readonly=True, help="As ITscope names it."
    )
    status_text = fields.Char(string="Status", compute="_compute_status_text")
    status_message = fields.Text(readonly=True)
    status_date = fields.Datetime(readonly=True)
    archived = fields.Boolean(readonly=True, help="Archived at ITscope.")
    deeplink = fields.Char(string="Page at ITscope", readonly=True)
    test_order = fields.Boolean(readonly=True)
    test_mode = fields.Boolean(related="account_id.test_mode")
    attempts = fields.Integer(readonly=True, help="How often this order left Odoo.")
    asked_date = fields.Datetime(
        string="Last asked", readonly=True, help="When it last left, or was looked for."
    )
    next_look = fields.Datetime(
        readonly=True, help="When ITscope is asked again for an order of unknown state."
    )
    answer = fields.Text(
        string="Last answer",
        readonly=True,
        help="ITscope's or the distributor's words.",
    )

    _order_id_uniq = models.UniqueIndex(
        "(company_id, order_id) WHERE order_id IS NOT NULL",
        "This ITscope order is known already.",
    )
    replaced = fields.Boolean(
        readonly=True,
        help="It ended without goods, and the purchase order was sent again.",
    )
    # The last line of defence against ordering twice: a purchase order has one way out.
    _purchase_order_uniq = models.UniqueIndex(
        "(purchase_order_id) WHERE purchase_order_id IS NOT NULL "
        "AND replaced IS NOT TRUE",
        "This purchase order is on its way to ITscope already.",
    )

    @api.depends("order_id", "own_order_id")
    def _compute_display_name(self):
        for deal in self:
            deal.display_name = deal.order_id or deal.own_order_id or "-"

    @api.depends("status")
    @api.depends_context("lang")
    def _compute_status_text(self):
        for deal in self:
            text = STATUS_TEXTS.get((deal.status or "").upper())
            deal.status_text = self.env._(text) if text else deal.status

    # ------------------------------------------------------------------ from ITscope

    @api.model
    def _values_from_record(self, record, supplier):
        """Field values from a :class:`itscope_api.Deal`."""
        return {
            "order_id": text_or(record.order_id),
            "customer_order_id": text_or(record.customer_order_id),
            "status": text_or(record.status),
            "status_message": text_or(record.status_message),
            "status_date": naive(record.status_date),
            "archived": record.archived,
            "deeplink": text_or(record.deeplink),
            "test_order": record.test_order,
            **({"supplier_id": supplier.id} if supplier else {}),
        }

    @api.model
    def _synchronise(self, account, records):
        """Bring what ITscope says about orders into Odoo.

        :param records: list of :class:`itscope_api.Deal`
        :return: list of ``(deal, record)``, those with news only
        """
        records = {record.order_id: record for record in records}.values()
        suppliers = self.env["itscope.supplier"]._find_or_create_many(
            {record.supplier_id: record.supplier_name for record in records}
        )
        candidates = self._candidates(account, records)
        found, to_create = {}, {}
        for record in records:
            deal = candidates._find_for(record)
            values = self._values_from_record(record, suppliers.get(record.supplier_id))
            if not deal:
                to_create[record.order_id] = {
                    "account_id": account.id,
                    "own_order_id": text_or(record.own_order_id),
                    **values,
                }
            elif deal.send_state in ("sending", "unknown"):
                deal._mark_sent(values)
            else:
                write_changed(deal, values)
            found[record.order_id] = deal
        created = self.create(list(to_create.values()))
        found.update(zip(to_create, created, strict=True))
        created._note_ordered()
        return [(found[record.order_id], record) for record in records]

    @api.model
    def _candidates(self, account, records):
        """All rows that any of these orders could be: one search, however many."""
        numbers = {
            number
            for record in records
            for number in (record.own_order_id, record.customer_order_id)
            if number
        }
        return self.search(
            [
                ("company_id", "=", account.company_id.id),
                "|",
                ("order_id", "in", [record.order_id for record in records]),
                "&",
                ("order_id", "=", False),
                ("own_order_id", "in", list(numbers)),
            ]
        )

    def _find_for(self, record):
        """Of these candidates ours for ITscope's: by its number, else one of ours that
        waits for its answer.
        """
        deals = self.filtered(lambda deal: deal.order_id == record.order_id)
        ended = (record.status or "").upper() in ENDED
        return deals[:1] or self._find_waiting(
            record,
            lambda deal: (
                deal.send_state in ("sending", "unknown")
                # It may be the attempt before that ended.
                and not (ended and deal.attempts > 1)
            ),
        )

    def _find_waiting(self, record, fits):
        """Of these candidates one without a number of ITscope's that this record can
        be.

        :param fits: which ones, a function of the deal
        """
        waiting = self.filtered(lambda deal: not deal.order_id and fits(deal))
        for number in filter(None, (record.own_order_id, record.customer_order_id)):
            deal = waiting.filtered(lambda one, n=number: one.own_order_id == n)[:1]
            # ITscope may keep our number as the customer's; a customer's own number
            # can be the same by chance, but hardly with the same supplier.
            if deal and (
                number == record.own_order_id
                or deal.supplier_id.itscope_id == record.supplier_id
            ):
                return deal
        return self.browse()

    def _mark_sent(self, values):
        """ITscope has the order: whatever we thought, it is there."""
        self.write(
            {
                **values,
                "send_state": "sent",
                "next_look": False,
                "answer": values.get("status_message"),
            }
        )
        self._note_ordered()

    def _note_ordered(self):
        """Orders that have reached their suppliers, for the table of what was seen."""
        for company, deals in self.grouped("company_id").items():
            seen = defaultdict(list)
            for deal in deals:
                seen[deal.supplier_id, "order"].append(
                    deal.status_date or fields.Datetime.now()
                )
            self.env["itscope.supplier.record"]._note_many(company, seen)

    # ------------------------------------------------------------------ news

    @api.model
    def _cron_fetch_news(self):
        """Scheduled action: what changed in the orders of all accounts."""
        self.env["itscope.account"]._for_each_account(
            lambda account: self.with_company(account.company_id)._fetch_news(account)
        )

    @api.model
    def _fetch_news(self, account):
        """Fetch what changed since the last time, in pages; raises the core's errors.

        :return: the deals with news
        """
        started = fields.Datetime.now()
        since = (
            account.deals_date - NEWS_OVERLAP
            if account.deals_date
            else started - FIRST_NEWS
        )
        deals = self.browse()
        with account._open_client() as client:
            # The list is short (what changed within minutes) and is read to its end
            # before anything is written: no transaction stays open while ITscope is
            # asked.
            records = list(client.purchase_deals(updated_since=aware(since)))
            archived = list(
                client.purchase_deals(updated_since=aware(since), archived=True)
            )
            # Invoices come for archived orders too; other archived ones are listed on
            # request only.
            known = self._candidates(account, archived)
            records += [record for record in archived if known._find_for(record)]
            news = self._synchronise(account, records)
            commit(self.env)
            complete = self._after_news(client, account, news)
        for deal, _record in news:
            deals |= deal
        if complete:
            account.deals_date = started
        return deals

    @api.model
    def _after_news(self, client, account, news):
        """Hook: fetch what belongs to the deals with news.

        :param news: list of ``(deal, itscope_api.Deal)``
        :return: False where something has to be fetched again: the same news come again
        then
        """
        return True

    def action_fetch_all(self):
        """List all orders of the account that are not archived; a run does it."""
        return self._start_reading([False])

    def action_fetch_archived(self):
        """List the archived orders of the account too; a run does it."""
        return self._start_reading([True])

    @api.model
    def _start_reading(self, lists):
        """:param lists: whether archived, of each list that is read"""
        self.check_access("create")
        account = self.env["itscope.account"]._for_job()
        sync = self.env["itscope.sync"]._start(
            account, "deals", pages={"archived": lists, "page": 1}
        )
        return sync._action_show()

    def action_fetch_news(self):
        """Ask ITscope about these orders now."""
        for account in self.account_id:
            deals = self.filtered(lambda deal, a=account: deal.account_id == a)
            with account._client() as client:
                records = [
                    client.deal(deal.order_id) for deal in deals if deal.order_id
                ]
                news = self._synchronise(
                    account, [record for record in records if record]
                )
                commit(self.env)
                self._after_news(client, account, news)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_archive_at_itscope(self):
        """Archive these orders at ITscope, and with it here."""
        self.check_access("write")
        orders = self.filtered(lambda deal: deal.order_id and not deal.archived)
        if not orders:
            raise UserError(
                self.env._(
                    "None of the chosen orders can be archived: they are archived "
                    "already, or ITscope does not have them."
                )
            )
        unknown = self.browse()
        for account, deals in orders.grouped("account_id").items():
            with account._client() as client:
                for deal in deals:
                    if client.archive_deal(deal.order_id):
                        deal.archived = True
                        # ITscope has done it, whatever becomes of the next one.
                        commit(self.env)
                    else:
                        unknown |= deal
        message = self.env._(
            "%s orders were archived at ITscope.", len(orders - unknown)
        )
        if unknown:
            message += " " + self.env._(
                "ITscope does not know: %s.", ", ".join(unknown.mapped("order_id"))
            )
        return notification(message, "warning" if unknown else "success")

    def action_open_at_itscope(self):
        self.ensure_one()
        if not self.deeplink:
            raise UserError(self.env._("ITscope gave no link for this order."))
        return {"type": "ir.actions.act_url", "url": self.deeplink, "target": "new"}
