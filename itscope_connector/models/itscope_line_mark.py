from odoo import api, fields, models
from odoo.tools import float_compare, format_datetime

#: What a mark reads of links and offers; their texts and tables are not for a list.
LINK_FIELDS = (
    "company_id",
    "product_id",
    "state",
    "total_stock",
    "supplier_count",
    "best_price",
    "best_offer_id",
    "currency_id",
)
OFFER_FIELDS = ("price_date", "company_price", "has_price", "active")
#: ITscope's words for goods that are on their way, and for those that are not there.
IN_TRANSIT = "2"
NOT_THERE = {"4", "6"}


class ItscopeLineMixin(models.AbstractModel):
    """What a list of lines shows of ITscope: a mark, by the same few queries however
    long the list is."""

    _inherit = "itscope.line.mixin"

    itscope_mark = fields.Json(
        string="ITscope",
        compute="_compute_itscope_mark",
        groups="base.group_user",
        help="What the suppliers have in stock, the best price and its age.",
    )

    #: The line's fields of quantity and unit.
    _itscope_quantity_fields = ()

    def _itscope_needed(self):
        """How many this line is about, in the product's unit."""
        raise NotImplementedError

    # Not by what ITscope says: a mark is as new as the screen that shows it.
    @api.depends(
        lambda self: (
            "product_id",
            "company_id",
            "itscope_offer_id",
            "itscope_cost",
            *self._itscope_quantity_fields,
        )
    )
    @api.depends_context("lang", "tz")
    def _compute_itscope_mark(self):
        marks = self._itscope_marks()
        for line in self:
            line.itscope_mark = marks[line]

    def _itscope_marks(self):
        """``{line: values of its mark, or False}``"""
        links = self._itscope_links_of(self.product_id, self.company_id)
        chosen = self.itscope_offer_id
        (links.best_offer_id | chosen).fetch(OFFER_FIELDS)
        coming = self._itscope_incoming(links)
        link_of = {(link.company_id, link.product_id): link for link in links}
        marks = {}
        for line in self:
            company = line.company_id or self.env.company
            link = link_of.get((company, line.product_id), links.browse())
            marks[line] = line._itscope_mark_of(link, coming.get(link))
        return marks

    @api.model
    def _itscope_links_of(self, products, companies):
        """The links of these products in these companies."""
        companies = companies or self.env.company
        return self.env["itscope.product"].search_fetch(
            [("product_id", "in", products.ids), ("company_id", "in", companies.ids)],
            LINK_FIELDS,
        )

    @api.model
    def _itscope_incoming(self, links):
        """``{link: what its offers say where nothing is in stock}``"""
        found = {}
        empty = links.filtered(lambda link: link.total_stock <= 0)
        if not empty:
            return found
        for link, status, coming in self.env["itscope.offer"]._read_group(
            [("link_id", "in", empty.ids)],
            ["link_id", "stock_status"],
            ["incoming_stock:sum"],
        ):
            statuses, before = found.get(link, (set(), 0))
            found[link] = (statuses | {status}, before + coming)
        return found

    def _itscope_mark_of(self, link, coming):
        self.ensure_one()
        if not self.product_id:
            return False
        if not link:
            # A service that ITscope does not know is nothing to look at.
            goods = self.product_id.type == "consu"
            return {"state": "unlinked", "stock": 0} if goods else False
        best = link.best_offer_id
        return {
            "state": self._itscope_availability(link, coming),
            "stock": link.total_stock,
            "suppliers": link.supplier_count,
            "price": link.currency_id.format(link.best_price) if best else "",
            "date": format_datetime(self.env, best.price_date, dt_format="short")
            if best.price_date
            else "",
            "age": best.age or "",
            "short_age": self._itscope_short_age(best),
            "change": self._itscope_change(),
        }

    @api.model
    def _itscope_short_age(self, offer):
        """The price's age for a narrow column."""
        if not offer.price_date:
            return ""
        age = fields.Datetime.now() - offer.price_date
        hours = max(int(age.total_seconds() // 3600), 0)
        if hours < 1:
            return self.env._("< 1 h")
        return (
            self.env._("%s h", hours) if hours < 48 else self.env._("%s d", hours // 24)
        )

    def _itscope_availability(self, link, coming):
        if link.state == "vanished":
            return "gone"
        if link.total_stock > 0:
            enough = (
                float_compare(
                    link.total_stock, self._itscope_needed(), precision_digits=2
                )
                >= 0
            )
            return "stock" if enough else "short"
        statuses, quantity = coming or (set(), 0)
        if quantity > 0 or IN_TRANSIT in statuses:
            return "incoming"
        return "none" if statuses and statuses <= NOT_THERE else "unknown"

    def _itscope_change(self):
        """How the offer's price differs from what it was when it was chosen."""
        offer = self.itscope_offer_id
        if offer and not offer.active:
            return "ended"
        cost = self._itscope_kept_cost()
        if not (offer.has_price and cost):
            return ""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        step = float_compare(offer.company_price, cost, precision_digits=digits)
        return {-1: "down", 0: "", 1: "up"}[step]

    def _itscope_kept_cost(self):
        """What the line's offer cost when it was chosen, also where a form has not
        saved the line yet: there it is computed anew."""
        saved = self._origin
        names = ("itscope_offer_id", "itscope_chosen_date")
        same = all(saved[name] == self[name] for name in names)
        return saved.itscope_cost if saved and same else self.itscope_cost
