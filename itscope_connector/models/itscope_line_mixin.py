from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItscopeLineMixin(models.AbstractModel):
    """The offer that a line of a quotation or purchase order stands on, and what the
    offer said when it was chosen: later news is measured by that."""

    _name = "itscope.line.mixin"
    _description = "Line with an ITscope offer"

    itscope_offer_id = fields.Many2one(
        "itscope.offer",
        string="ITscope offer",
        compute="_compute_itscope_offer_id",
        store=True,
        readonly=False,
        ondelete="set null",
        index="btree_not_null",
        # Customers read the lines of their own orders: never what they cost us.
        groups="base.group_user",
    )
    itscope_chosen_date = fields.Datetime(
        string="Offer chosen on",
        compute="_compute_itscope_chosen_date",
        store=True,
        readonly=False,
        groups="base.group_user",
        help="When a person chose the offer; empty where it was proposed.",
    )
    itscope_cost = fields.Float(
        string="ITscope cost",
        digits="Product Price",
        compute="_compute_itscope_cost",
        store=True,
        copy=False,
        groups="base.group_user",
        help="What the offer cost when it was chosen, or when the line was refreshed "
        "last: net, for one of the product's unit, in the company's currency.",
    )
    itscope_cost_stock = fields.Integer(
        string="ITscope stock at that time",
        compute="_compute_itscope_cost",
        store=True,
        copy=False,
        groups="base.group_user",
    )
    itscope_cost_date = fields.Datetime(
        string="ITscope cost of",
        compute="_compute_itscope_cost",
        store=True,
        copy=False,
        groups="base.group_user",
        help="The day of the offer's price.",
    )

    @api.depends("product_id")
    def _compute_itscope_offer_id(self):
        """The offer that a new line stands on: the best one."""
        for company, lines in self.grouped("company_id").items():
            company = company or self.env.company
            for line in lines:
                product = line.product_id.with_company(company)
                line.itscope_offer_id = product.itscope_link_id.best_offer_id

    @api.constrains("itscope_offer_id", "product_id")
    def _check_itscope_offer_id(self):
        for line in self:
            if line.itscope_offer_id and not line._itscope_fits(line.itscope_offer_id):
                raise ValidationError(
                    self.env._(
                        "%(offer)s is no offer for the line of %(product)s. Choose one "
                        "from the line's list of offers.",
                        offer=line.itscope_offer_id.display_name,
                        product=line.product_id.display_name,
                    )
                )

    def _itscope_fits(self, offer):
        """Whether this is an offer of the line's product, for its company."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return offer.product_id == self.product_id and offer.company_id == company

    @api.depends("product_id")
    def _compute_itscope_chosen_date(self):
        self.itscope_chosen_date = False

    # Not by the offer's price: what it was when it was chosen stays, also where it was
    # old and a refresh is on its way: a customer may have been told a price by it. The
    # mark shows that it is another one by now.
    @api.depends("itscope_offer_id", "itscope_chosen_date")
    def _compute_itscope_cost(self):
        for line in self:
            line.update(line._itscope_cost_values(line.itscope_offer_id))

    @api.model
    def _itscope_cost_values(self, offer):
        """What a line keeps of its offer as it is now."""
        return {
            "itscope_cost": offer.company_price,
            "itscope_cost_stock": offer.stock,
            "itscope_cost_date": offer.price_date,
        }

    def _itscope_links(self):
        """``{line: link}`` of the lines whose products are linked, in the company of
        each line."""
        found = {}
        for company, lines in self.grouped("company_id").items():
            company = company or self.env.company
            for line in lines.with_company(company):
                if link := line.product_id.itscope_link_id:
                    found[line.with_env(self.env)] = link
        return found
