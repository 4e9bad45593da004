from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..itscope_api import MAX_VALUES, NEW_GOODS
from ..itscope_api.search import SORTS

PAGE = 50


class ItscopeSearch(models.TransientModel):
    """Search at ITscope, page by page; import what was chosen, or put it into an
    order."""

    _name = "itscope.search"
    _description = "Search at ITscope"

    account_id = fields.Many2one(
        "itscope.account",
        required=True,
        default=lambda self: self.env["itscope.account"]._for_job(),
    )
    company_id = fields.Many2one(related="account_id.company_id")
    sale_order_id = fields.Many2one("sale.order", readonly=True)
    purchase_order_id = fields.Many2one("purchase.order", readonly=True)
    keywords = fields.Char()
    ean = fields.Char(string="EAN")
    manufacturer_sku = fields.Char(string="Manufacturer article number")
    supplier_sku = fields.Char(string="Supplier article number")
    manufacturer_id = fields.Many2one("itscope.manufacturer")
    product_type_id = fields.Many2one("itscope.product.type")
    supplier_id = fields.Many2one("itscope.supplier")
    price_list_products = fields.Boolean(
        string="Also price-list-line products",
        help="Articles of a price list that ITscope has not matched to a product.",
    )
    sort = fields.Selection(
        [
            ("DEFAULT", "Relevance"),
            ("PRICE_ASC", "Price, lowest first"),
            ("PRICE_DESC", "Price, highest first"),
            ("STOCK", "Stock"),
            ("SOURCES_COUNT", "Number of suppliers"),
            ("TOPSELLER", "Top sellers"),
            ("NAME_ASC", "Name"),
            ("MANUFACTURER_SKU", "Manufacturer article number"),
        ],
        required=True,
        default="DEFAULT",
    )
    searched = fields.Boolean()
    page = fields.Integer(default=1)
    has_next = fields.Boolean()
    line_ids = fields.One2many("itscope.search.line", "search_id")
    chosen_count = fields.Integer(compute="_compute_chosen_count")

    @api.depends("line_ids.chosen")
    def _compute_chosen_count(self):
        for search in self:
            search.chosen_count = len(search.line_ids.filtered("chosen"))

    # ------------------------------------------------------------------ opening

    @api.model
    def _open(self, **values):
        """A new search; ``sale_order_id`` or ``purchase_order_id`` gets what is
        chosen."""
        return self.create(values)._show()

    @api.model
    def _open_for(self, order):
        """A search whose products go into an order, by the account of its company."""
        company = order.company_id or self.env.company
        field = "sale_order_id" if order._name == "sale.order" else "purchase_order_id"
        account = self.env["itscope.account"]._for_job(company)
        return self.with_company(company)._open(
            account_id=account.id, **{field: order.id}
        )

    @api.model
    def action_open(self):
        """Menu: search without an order."""
        return self._open()

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Search at ITscope"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------ searching

    def _filters(self):
        self.ensure_one()

        def several(text):
            return [part.strip() for part in (text or "").split(",") if part.strip()]

        for name in ("ean", "manufacturer_sku", "supplier_sku"):
            count = len(several(self[name]))
            if count > MAX_VALUES:
                raise UserError(
                    self.env._(
                        "%(field)s: %(count)s numbers are too many for a search; up to "
                        "%(max)s are possible. Paste longer lists under ITscope → "
                        "Products → Add Products.",
                        field=self._fields[name]._description_string(self.env),
                        count=count,
                        max=MAX_VALUES,
                    )
                )
        filters = {
            "keywords": (self.keywords or "").strip(),
            "ean": several(self.ean),
            "manufacturer_sku": several(self.manufacturer_sku),
            "supplier_sku": several(self.supplier_sku),
            "manufacturer": [i for i in [self.manufacturer_id.itscope_id] if i],
            "product_type": [i for i in [self.product_type_id.itscope_id] if i],
            "supplier": [i for i in [self.supplier_id.itscope_id] if i],
        }
        if not any(filters.values()):
            raise UserError(
                self.env._("Enter what you are looking for: a keyword or a number.")
            )
        return filters

    def action_search(self):
        """The first page."""
        return self._fetch(1)

    def action_next(self):
        return self._fetch(self.page + 1)

    def action_previous(self):
        return self._fetch(max(self.page - 1, 1))

    def _fetch(self, page):
        """Show a page; chosen rows of other pages stay."""
        self.ensure_one()
        filters = self._filters()
        with self.account_id._client() as client:
            records = list(
                islice(
                    client.search(
                        **filters,
                        sort=self.sort if self.sort in SORTS else "DEFAULT",
                        price_list_products=self.price_list_products,
                        first_page=page,
                        pages=1,
                    ),
                    PAGE,
                )
            )
        chosen = self.line_ids.filtered("chosen")
        (self.line_ids - chosen).unlink()
        kept = set(chosen.mapped("puid"))
        matcher = self.env["itscope.product.matcher"]
        proposals = matcher._proposals(self.company_id, records)
        prices = self.account_id._prices()
        names = {offer.supplier_id for record in records for offer in record.offers}
        suppliers = {
            supplier.itscope_id: supplier.id
            for supplier in self.env["itscope.supplier"].search(
                [("itscope_id", "in", list(names))]
            )
        }
        self.write(
            {
                "searched": True,
                "page": page,
                "has_next": len(records) == PAGE,
                "line_ids": [
                    Command.create(
                        self._prepare_line(
                            record, proposals[record.puid], suppliers, prices
                        )
                    )
                    for record in records
                    if record.puid not in kept
                ],
            }
        )
        return self._show()

    def _prepare_line(self, record, proposal, suppliers, prices):
        return {
            **self.line_ids._prepare_choice(record),
            "picture_url": self.account_id._picture_url(record),
            "price": prices.best(record) or 0.0,
            "stock": record.aggregated_stock
            if record.aggregated_stock is not None
            else sum(offer.stock or 0 for offer in record.offers),
            "supplier_count": len({offer.supplier_id for offer in record.offers}),
            "action": proposal.action,
            "product_id": proposal.product.id
            or (proposal.candidates.id if len(proposal.candidates) == 1 else False),
            "reason": proposal.reason,
            "offer_ids": [
                Command.create(
                    {
                        "supplier_id": suppliers.get(offer.supplier_id),
                        "supplier_name": offer.supplier_name,
                        "supplier_sku": offer.supplier_sku,
                        "condition_name": offer.condition_name,
                        "is_new": offer.condition == NEW_GOODS,
                        "price": prices.per_unit(offer) or 0.0,
                        "currency": offer.currency,
                        "stock": max(offer.stock or 0, 0),
                        "stock_status": str(offer.stock_status),
                        "availability_date": offer.availability_date
                        and offer.availability_date.date(),
                        "match_quality": offer.match_quality or 0,
                    }
                )
                for offer in sorted(
                    record.offers,
                    key=lambda o: (
                        o.condition != NEW_GOODS,
                        prices.of(o) is None,
                        prices.of(o) or 0,
                    ),
                )
            ],
        }

    # ------------------------------------------------------------------ importing

    def action_import(self):
        """Import or link what was chosen; open it."""
        links = self._import_chosen()
        if len(links) == 1:
            return links.action_open_product()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_product_action"
        )
        return {**action, "domain": [("id", "in", links.ids)]}

    def action_add_to_order(self):
        """Import what was chosen and put it into the order."""
        self.ensure_one()
        order = self.sale_order_id or self.purchase_order_id
        order.check_access("write")
        links = self._import_chosen()
        links_by_puid = self.line_ids.filtered("chosen")._links_by_puid(links)
        product_of = {puid: link.product_id for puid, link in links_by_puid.items()}
        # Those that were here already, under whichever id by now.
        product_of.update(
            (line.puid, line.product_id)
            for line in self.line_ids.filtered(lambda li: li.action == "refresh")
        )
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": product_of[line.puid].id,
                            "product_uom_qty"
                            if self.sale_order_id
                            else "product_qty": line.quantity,
                        }
                    )
                    for line in self.line_ids.filtered("chosen")
                    if line.puid in product_of
                ]
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def _import_chosen(self):
        self.ensure_one()
        lines = self.line_ids.filtered("chosen")
        if not lines:
            raise UserError(self.env._("Choose at least one product first."))
        undecided = lines.filtered(lambda line: line.action == "ask")
        if undecided:
            raise UserError(
                self.env._(
                    "Decide first what these are – link one of your products or "
                    "create a new one: %s.",
                    ", ".join(undecided.mapped("name")),
                )
            )
        links, gone = lines._fetch_chosen(self.account_id)
        if gone:
            raise UserError(
                self.env._(
                    "ITscope no longer has %s. Take it out and try again.",
                    ", ".join(gone.mapped("name")),
                )
            )
        return links
