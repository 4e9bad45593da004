from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..itscope_api import is_price_list_line
from ..tools import aware, commit, in_batches, notification

#: What a button does while the user waits; more becomes a run.
AT_ONCE = 500
#: Products fetched, written and committed together by a refresh: ten requests.
REFRESH_BATCH = 500
#: A price that is no older than this when it is asked for came from the supplier's live
#: interface; clocks differ a little.
LIVE = timedelta(minutes=2)
#: Products that may be asked for live at once: each one takes its suppliers' time.
FEW = 10
#: From here on ITscope asks for exports instead of requests.
MANY = 5000


class ItscopeProduct(models.Model):
    """Fetching products: those that are chosen, and those that are linked, again."""

    _inherit = "itscope.product"

    # ------------------------------------------------------------------ fetching

    @api.model
    def _records(self, client, company, puids, articles=None, realtime=False):
        """The products of these ids, as ITscope tells them now.

        Price-list lines can't be asked for by their ids: they are found by the
        supplier's article, as it was given or as the link's offers have it.

        :param articles: ``{puid: [[ITscope id of the supplier, article number], …]}``
        """
        lines = {puid for puid in puids if is_price_list_line(puid)}
        yield from client.products(
            [puid for puid in puids if puid not in lines], realtime=realtime
        )
        articles = {puid: rows for puid, rows in (articles or {}).items() if rows}
        known = self.env["itscope.offer"].with_context(active_test=False)
        for offer in known.search(
            [
                ("company_id", "=", company.id),
                ("link_id.puid", "in", list(lines - articles.keys())),
                ("supplier_sku", "!=", False),
            ]
        ):
            articles.setdefault(offer.puid, []).append(
                (offer.supplier_id.itscope_id, offer.supplier_sku)
            )
        wanted = {
            tuple(article) for puid in lines for article in articles.get(puid, ())
        }
        found = list(client.articles(wanted, realtime=realtime))
        here = lines & {record.puid for record in found}
        gone = {tuple(a) for puid in lines - here for a in articles.get(puid, ())}
        for record in found:
            own = {(offer.supplier_id, offer.supplier_sku) for offer in record.offers}
            # ITscope may have matched a line to a product since: its article moved.
            moved = own & gone and not is_price_list_line(record.puid)
            if record.puid in here or moved:
                yield record

    @api.model
    def _fetch_products(
        self, account, puids, targets=None, realtime=False, articles=None
    ):
        """Fetch products from ITscope now and import them; ITscope's errors become
        messages.

        :param puids: ITscope ids
        :param targets: see ``itscope.product.importer``; without them only products
            that are linked already are brought up to date
        :param realtime: ask the suppliers' live interfaces; slow, for a few products
        :param articles: see :meth:`_records`
        :return: links of those that ITscope still knows
        """
        importer = self.env["itscope.product.importer"].with_company(account.company_id)
        links = self.browse()
        with account._client() as client:
            for batch in in_batches(dict.fromkeys(puids), REFRESH_BATCH):
                asked = fields.Datetime.now()
                records = list(
                    self._records(client, account.company_id, batch, articles, realtime)
                )
                imported, _counts = importer._import(
                    account, records, self._moved_targets(records, targets, articles)
                )
                links |= imported
                if realtime:
                    self._note_realtime(account, records, asked)
                # Each batch is whole by itself, and no row stays locked while the next
                # one is asked for.
                commit(self.env)
        if links:
            self.env["itscope.price.alarm"]._wake_up()
        return links

    @api.model
    def _moved_targets(self, records, targets, articles):
        """Targets, also under the id that ITscope has given to a price-list line
        since."""
        if not targets or not articles:
            return targets
        line_of = {tuple(a): puid for puid, rows in articles.items() for a in rows}
        moved = {}
        for record in records:
            lines = {
                line_of.get((offer.supplier_id, offer.supplier_sku))
                for offer in record.offers
            } & targets.keys()
            if record.puid not in targets and len(lines) == 1:
                moved[record.puid] = targets[lines.pop()]
        return {**targets, **moved}

    @api.model
    def _note_realtime(self, account, records, asked):
        """Suppliers whose prices or stock are as new as the request answered it live.

        :param asked: when they were asked
        """
        since = aware(asked) - LIVE
        live = {
            offer.supplier_id
            for record in records
            for offer in record.offers
            for moment in (offer.price_date, offer.stock_date)
            if moment and moment >= since
        }
        suppliers = self.env["itscope.supplier"].search([("itscope_id", "in", [*live])])
        self.env["itscope.supplier.record"]._note_many(
            account.company_id,
            {(supplier, "realtime"): [asked] for supplier in suppliers},
        )

    # ------------------------------------------------------------------ refresh

    def action_refresh(self):
        """Fetch these products from ITscope now; says what came of it."""
        if not self:
            raise UserError(
                self.env._(
                    "None of the chosen products is linked to ITscope. Link them "
                    "first: "
                    "button “Link with ITscope” on the product."
                )
            )
        if len(self) > AT_ONCE:
            return self.action_refresh_in_background()
        gone = self._refresh_each()
        message = self.env._("%s products were refreshed.", len(self - gone))
        return self._say_refreshed(message, gone)

    def action_ask_live(self):
        """Ask the suppliers' live interfaces for these products now; says which of them
        answered live.
        """
        if len(self) > FEW:
            raise UserError(
                self.env._(
                    "Suppliers are asked live for %(max)s products at most; "
                    "%(count)s were chosen. Refresh them from ITscope instead.",
                    max=FEW,
                    count=len(self),
                )
            )
        if not self:
            return self.action_refresh()
        asked = fields.Datetime.now()
        gone = self._refresh_each(realtime=True)
        live = (self - gone).offer_ids.filtered(
            lambda offer: any(
                moment and moment >= asked - LIVE
                for moment in (offer.price_date, offer.stock_date)
            )
        )
        if live:
            names = sorted(live.supplier_id.mapped("display_name"))
            message = self.env._("Answered live: %s.", ", ".join(names))
        else:
            message = self.env._(
                "No supplier answered live: the prices are those that ITscope keeps."
            )
        return self._say_refreshed(message, gone)

    def _say_refreshed(self, message, gone):
        if gone:
            message += " " + self.env._(
                "No longer at ITscope: %s.", ", ".join(gone[:10].mapped("display_name"))
            )
        return notification(message, "warning" if gone else "success")

    def _refresh_each(self, realtime=False):
        """Refresh, each in its company; returns the links that ITscope no longer
        knows.
        """
        gone = self.browse()
        for company in self.company_id:
            links = self.filtered(lambda link, c=company: link.company_id == c)
            gone |= links.with_company(company)._refresh(company, realtime)
        return gone

    def _refresh(self, company, realtime=False):
        """Fetch and import; returns the links that ITscope no longer knows."""
        account = self.env["itscope.account"]._for_job(company)
        found = self._fetch_products(account, self.mapped("puid"), realtime=realtime)
        gone = self - found
        gone._retire()
        return gone

    def _retire(self):
        """ITscope no longer has these products: their offers end, nothing is
        deleted.
        """
        # sudo: ITscope's facts are written by the connector only.
        links = self.sudo()
        links.write(
            {
                "state": "vanished",
                "refresh_date": fields.Datetime.now(),
                "digest": False,
                "update_digest": False,
                "best_price": 0,
                "best_offer_id": False,
                "total_stock": 0,
                "supplier_count": 0,
            }
        )
        offers = links.offer_ids
        offers.write({"active": False})
        offers._keep_ends(offers.filtered("followed").ids)
        links.env["product.supplierinfo"]._itscope_synchronise(offers)

    # ------------------------------------------------------------------ by a run

    @api.model
    def _of_orders(self, orders):
        """Links of the products in these sales or purchase orders, each in its order's
        company."""
        links = self.browse()
        for company in orders.company_id:
            own = orders.filtered(lambda order, c=company: order.company_id == c)
            links |= self.search(
                [
                    ("company_id", "=", company.id),
                    ("product_id", "in", own.order_line.product_id.ids),
                ]
            )
        return links

    def _start_refresh(self, account):
        """A run that refreshes these links; the one that does so already, if any."""
        runs = self.env["itscope.sync"]
        # sudo: whether a run is under way is no secret.
        open_run = runs.sudo().search(
            [
                ("account_id", "=", account.id),
                ("kind", "=", "refresh"),
                ("state", "=", "waiting"),
            ],
            limit=1,
        )
        # Who waits for the row of a run that is just being taken up or extended comes
        # too late: a run of its own does as well.
        if open_run := open_run.try_lock_for_update(allow_referencing=True):
            puids = dict.fromkeys([*(open_run.puids or []), *self.mapped("puid")])
            open_run.puids = list(puids)
            return open_run.with_env(self.env)
        return runs._start(account, "refresh", puids=self.mapped("puid"))

    def action_refresh_in_background(self):
        """Refresh these products by a run."""
        company = self.company_id
        if len(company) != 1:
            raise UserError(
                self.env._("Choose products of one company, and at least one.")
            )
        if len(self) > MANY:
            raise UserError(
                self.env._(
                    "%(count)s products are too many for single requests: ITscope asks "
                    "for an export from %(max)s products on. Set up an update export "
                    "under ITscope → Configuration → Exports.",
                    count=len(self),
                    max=MANY,
                )
            )
        account = self.env["itscope.account"]._for_job(company)
        return self._start_refresh(account)._action_show()
