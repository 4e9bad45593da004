from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..itscope_api import is_price_list_line
from ..tools import commit, in_batches, write_changed

#: What a button does while the user waits; more becomes a run.
AT_ONCE = 500
#: Products fetched, written and committed together by a refresh: ten requests.
REFRESH_BATCH = 500


class ItscopeProduct(models.Model):
    """The link between an ITscope product and ours, with what ITscope said last."""

    _name = "itscope.product"
    _description = "ITscope product"
    _check_company_auto = True
    _order = "name, id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    puid = fields.Char(
        string="ITscope ID", required=True, readonly=True, help="ITscope's product id."
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        readonly=True,
    )
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id")
    active = fields.Boolean(
        default=True, readonly=True, help="Off: the run that made it was undone."
    )
    created = fields.Boolean(
        string="Made by the connector",
        readonly=True,
        help="The product was created from ITscope, not linked.",
    )
    sync_id = fields.Many2one(
        "itscope.sync",
        string="Brought by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    export_ids = fields.Many2many(
        "itscope.export",
        "itscope_export_product_rel",
        "link_id",
        "export_id",
        string="In exports",
        readonly=True,
        copy=False,
    )
    digest = fields.Char(
        readonly=True,
        copy=False,
        help="Of what ITscope sent last: the same again is not looked at again.",
    )
    state = fields.Selection(
        [("active", "Active"), ("vanished", "No longer at ITscope")],
        required=True,
        default="active",
        readonly=True,
    )
    name = fields.Char(readonly=True)
    ean = fields.Char(string="EAN", readonly=True)
    manufacturer_id = fields.Many2one("itscope.manufacturer", readonly=True)
    manufacturer_sku = fields.Char(string="Manufacturer article number", readonly=True)
    product_type_id = fields.Many2one("itscope.product.type", readonly=True)
    contract_type = fields.Selection(
        [
            ("0", "Physical"),
            ("1", "ESD"),
            ("2", "Service"),
            ("3", "Licence"),
            ("4", "CTO"),
            ("5", "Spare part"),
        ],
        string="Kind of product",
        readonly=True,
    )
    deeplink = fields.Char(string="Page at ITscope", readonly=True)
    datasheet_url = fields.Char(string="Data sheet", readonly=True)
    refresh_date = fields.Datetime(string="Refreshed", readonly=True)
    message = fields.Text(
        string="Note", readonly=True, help="What could not be taken over, and why."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    best_price = fields.Float(
        digits="Product Price",
        readonly=True,
        help="Lowest known net purchase price of new goods.",
    )
    best_offer_id = fields.Many2one("itscope.offer", readonly=True)
    total_stock = fields.Integer(readonly=True, help="Over all suppliers.")
    supplier_count = fields.Integer(string="Suppliers", readonly=True)
    said = fields.Json(
        readonly=True,
        help="What ITscope said last for each product field it fills: equal to what "
        "stands "
        "in Odoo means that nobody changed it by hand.",
    )
    media_ids = fields.One2many("itscope.media", "link_id", readonly=True)
    picture_checksum = fields.Char(
        readonly=True, copy=False, help="Of the picture that the connector gave it."
    )
    kept = fields.Json(
        readonly=True,
        help="Own values that a person kept: {field: what ITscope said then}.",
    )
    offer_ids = fields.One2many("itscope.offer", "link_id", readonly=True)
    test_mode = fields.Boolean(compute="_compute_test_mode")

    _puid_uniq = models.Constraint(
        "unique(company_id, puid)", "This ITscope product is linked already."
    )
    # An undone link does not keep its product from another.
    _active_product_uniq = models.UniqueIndex(
        "(company_id, product_id) WHERE active",
        "This product is linked to an ITscope product already.",
    )

    @api.depends("name", "puid")
    def _compute_display_name(self):
        for link in self:
            link.display_name = link.name or link.puid

    @api.depends("company_id")
    def _compute_test_mode(self):
        testing = self.env["itscope.account"]._companies_in_test_mode(self.company_id)
        for link in self:
            link.test_mode = link.company_id in testing

    @api.model
    def _check_user(self):
        """Raise unless this user may bring in what ITscope says. Links and what hangs
        on them are the connector's to write: nobody may do so by hand."""
        if not (self.env.su or self.env.user.has_group("itscope_connector.group_user")):
            raise AccessError(
                self.env._(
                    "You need the right “ITscope: User” for this. Ask your "
                    "administrator."
                )
            )

    # ------------------------------------------------------------------ by the importer

    def _write_summaries(self, min_match_quality):
        """Bring best price and stock of these links in step with their offers."""
        summaries = self.env["itscope.offer"]._summaries(self, min_match_quality)
        for link in self:
            write_changed(link, summaries[link.id])

    def _bring_back(self, target):
        """A link that was undone is wanted again, with its own product or another.

        :return: False where its product went to another link meanwhile
        """
        self.ensure_one()
        links = self.product_id.itscope_link_ids.filtered("active") - self
        if not target and self.company_id in links.company_id:
            self.unlink()
            return False
        self.active = True
        if target and target != self.product_id:
            self.write({"product_id": target.id, "created": False, "said": {}})
        elif not self.product_id.active:
            self.product_id.action_unarchive()
        return True

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
                records = list(
                    self._records(client, account.company_id, batch, articles, realtime)
                )
                imported, _counts = importer._import(account, records, targets)
                links |= imported
                # Each batch is whole by itself, and no row stays locked while the next
                # one is asked for.
                commit(self.env)
        return links

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
        gone = self.browse()
        for company in self.company_id:
            links = self.filtered(lambda link, c=company: link.company_id == c)
            gone |= links.with_company(company)._refresh(company)
        message = self.env._("%s products were refreshed.", len(self - gone))
        if gone:
            message += " " + self.env._(
                "No longer at ITscope: %s.", ", ".join(gone[:10].mapped("display_name"))
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if gone else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _refresh(self, company):
        """Fetch and import; returns the links that ITscope no longer knows."""
        account = self.env["itscope.account"]._for_job(company)
        gone = self - self._fetch_products(account, self.mapped("puid"))
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
                "best_price": 0,
                "best_offer_id": False,
                "total_stock": 0,
                "supplier_count": 0,
            }
        )
        offers = links.offer_ids
        offers.write({"active": False})
        links.env["product.supplierinfo"]._itscope_synchronise(offers)

    # ------------------------------------------------------------------ buttons

    def action_compare(self):
        """What ITscope says beside what stands in Odoo."""
        self.ensure_one()
        return self.env["itscope.compare"]._open(self)

    def action_open_at_itscope(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.deeplink, "target": "new"}

    def action_open_product(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "view_mode": "form",
        }
