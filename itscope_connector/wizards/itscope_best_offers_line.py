from decimal import Decimal

from odoo import api, fields, models

from .. import buying
from ..buying.counting import arrival


def decimal(amount):
    return Decimal(str(amount))


class ItscopeBestOffersLine(models.TransientModel):
    """Something that is needed."""

    _name = "itscope.best.offers.line"
    _description = "Need of best offers at ITscope"

    wizard_id = fields.Many2one(
        "itscope.best.offers", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="wizard_id.company_id")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    quantity = fields.Float(digits="Product Unit", required=True)
    # As it was when the wizard was opened.
    needed_quantity = fields.Float(digits="Product Unit", readonly=True)
    date = fields.Date(string="Needed on")
    sale_line_id = fields.Many2one("sale.order.line", readonly=True)
    purchase_line_id = fields.Many2one("purchase.order.line", readonly=True)
    need_id = fields.Many2one("itscope.need", readonly=True)
    origin = fields.Char(readonly=True)
    former_offer_id = fields.Many2one("itscope.offer", string="So far", readonly=True)
    offer_id = fields.Many2one(
        "itscope.offer",
        domain="[('product_id', '=', product_id), ('company_id', '=', company_id), "
        "('has_price', '=', True), ('is_new', '=', True)]",
    )
    fixed = fields.Boolean(
        string="Chosen by hand", help="Stays when the best offers are proposed again."
    )
    below_minimum = fields.Boolean(readonly=True)
    reason = fields.Text(readonly=True)
    ordered_quantity = fields.Float(
        string="To order",
        digits="Product Unit",
        compute="_compute_facts",
        help="The quantity, rounded up to what the supplier sells.",
    )
    price = fields.Float(
        digits="Product Price",
        compute="_compute_facts",
        help="Net, for one, where so many are ordered; in the company's currency.",
    )
    amount = fields.Monetary(compute="_compute_facts")
    stock = fields.Integer(related="offer_id.stock")
    arrival = fields.Date(
        string="Arrives",
        compute="_compute_facts",
        help="Today where the supplier has enough; else the day that it names.",
    )
    age = fields.Char(related="offer_id.age", string="Age of price")
    alternatives = fields.Html(compute="_compute_alternatives", sanitize=False)

    @api.depends("offer_id", "quantity")
    def _compute_facts(self):
        for line in self:
            offer = line.offer_id
            known = line._buying_offer(offer) if offer else None
            line.ordered_quantity = known.quantity if known else 0.0
            line.price = known.price or 0.0 if known else 0.0
            line.amount = line.price * line.ordered_quantity
            line.arrival = (
                arrival(known, fields.Date.context_today(line)) if known else False
            )

    @api.onchange("offer_id")
    def _onchange_offer_id(self):
        self.fixed = bool(self.offer_id)
        self.below_minimum = False
        self.reason = self.env._("Chosen by you.") if self.offer_id else False

    # ------------------------------------------------------------------ for the core

    def _offers(self):
        """``{line: offers}`` of the lines' products, cheapest first."""
        found = {}
        for company, lines in self.grouped("company_id").items():
            offers = (
                self.env["itscope.offer"]
                .with_company(company)
                .search(
                    [
                        ("product_id", "in", lines.product_id.ids),
                        ("company_id", "=", company.id),
                    ],
                    order="has_price desc, company_price, id",
                )
            )
            of_product = offers.grouped("product_id")
            for line in lines:
                found[line] = of_product.get(line.product_id, offers.browse())
        return found

    def _candidates(self):
        """Those offers that can be ordered by, and what a person chose."""
        offers_of = self._offers()
        hindrances = self._hindrances(
            self.env["itscope.offer"].union(*offers_of.values())
        )
        return {
            line: offers.filtered(
                lambda offer, li=line: (
                    not hindrances[offer] or (li.fixed and li.offer_id == offer)
                )
            )
            for line, offers in offers_of.items()
        }

    @api.model
    def _hindrances(self, offers):
        """``{offer: why}`` nobody would order by it whatever it costs, or False."""
        limits = {c: offers._min_match_quality(c) for c in offers.company_id}
        found = {}
        for offer in offers:
            company = offer.company_id
            why = offer.with_company(company)._hindrance(limits[company])
            # An unknown price is a matter of the rules.
            found[offer] = False if why == "price" else why
        return found

    def _buying_need(self, fixed=True):
        """:param fixed: whether a choice by hand stays"""
        return buying.Need(
            id=self.id or 0,
            needed_on=self.date or None,
            fixed=self.offer_id.id if fixed and self.fixed else None,
        )

    def _buying_offer(self, offer):
        quantity = offer._orderable(self.quantity)
        line = self.purchase_line_id
        agreed = line._itscope_agreed_price(offer) if line else None
        price = offer._company_price_for(quantity, agreed)
        return buying.Offer(
            id=offer.id,
            need=self.id or 0,
            supplier=offer.supplier_id.id,
            price=decimal(price) if price else None,
            quantity=decimal(quantity),
            stock=Decimal(offer.stock),
            arrives_on=offer._day("availability_date"),
            price_date=offer._day("price_date"),
        )

    def _prepare_pick(self):
        """What the purchase order is made of."""
        self.ensure_one()
        return {
            "need": self.need_id,
            "offer": self.offer_id,
            "quantity": self.quantity,
            "date": self.date,
            "sale_line": self.sale_line_id,
            "purchase_line": self.purchase_line_id,
            # A reordering rule asks by a need.
            "orderpoint": None,
            "origin": self.origin or "",
        }
