from odoo import api, fields, models
from odoo.tools import format_date

from ..tools import in_batches

#: Offers whose vendor prices are looked at together.
BATCH = 1000


class ItscopeOffer(models.Model):
    """From offers to vendor prices: which become one, and why the others don't."""

    _inherit = "itscope.offer"

    supplierinfo_ids = fields.One2many(
        "product.supplierinfo", "itscope_offer_id", string="Vendor prices"
    )
    price_rule = fields.Selection(
        [
            ("vendor_price", "Is vendor price"),
            ("own", "Vendor price changed by hand"),
            ("removed", "Vendor price missing"),
            ("ended", "No longer offered"),
            ("condition", "Not new goods"),
            ("price", "Price unknown"),
            ("supplier", "Supplier without vendor"),
            ("match_quality", "Doubtful match"),
        ],
        string="Vendor price",
        compute="_compute_price_rule",
    )
    explanation = fields.Text(
        compute="_compute_price_rule",
        help="By which rule this offer is a vendor price, or why it is none.",
    )
    scale_text = fields.Text(string="Volume prices", compute="_compute_scale_text")
    project_text = fields.Text(string="Project prices", compute="_compute_project_text")
    contract_text = fields.Text(
        string="An order states",
        compute="_compute_contract_text",
        help="What the supplier asks for with an order of this licence or service.",
    )

    def _hindrance(self, min_match_quality):
        """The rule that keeps this offer from being a vendor price, or False.

        Read in the company of the offer, since the vendor is company-dependent.
        """
        self.ensure_one()
        if not self.active:
            return "ended"
        if not self.is_new:
            return "condition"
        if not self.has_price:
            return "price"
        if 0 < self.match_quality < min_match_quality:
            return "match_quality"
        if not self.supplier_id.partner_id:
            return "supplier"
        return False

    @api.model
    def _min_match_quality(self, company):
        # sudo: everybody who sees an offer may know the rule that it is chosen by.
        accounts = self.env["itscope.account"].sudo()
        return accounts._of_company(company).min_match_quality

    @api.depends(
        "active",
        "is_new",
        "has_price",
        "match_quality",
        "condition",
        "supplier_id",
        "supplierinfo_ids.itscope_own",
    )
    @api.depends_context("lang", "company")
    def _compute_price_rule(self):
        limits = {c: self._min_match_quality(c) for c in self.company_id}
        conditions = dict(self._fields["condition"]._description_selection(self.env))
        for offer in self:
            company = offer.company_id
            own = offer.with_company(company)
            rule = own._hindrance(limits[company])
            if not rule:
                changed = offer.supplierinfo_ids.filtered("itscope_own")
                rule = "own" if changed else "vendor_price"
                if not offer.supplierinfo_ids:
                    rule = "removed"
            offer.price_rule = rule
            offer.explanation = self._explain_rule(
                rule,
                supplier=offer.supplier_id.display_name,
                vendor=own.supplier_id.partner_id.display_name,
                condition=conditions.get(offer.condition)
                or offer.condition_name
                or self.env._("not named"),
                quality=offer.match_quality,
                limit=limits[company],
                date=offer.price_date
                and format_date(self.env, offer.price_date)
                or "–",
            )

    @api.model
    def _explain_rule(self, rule, **words):
        explanations = {
            "vendor_price": self.env._(
                "New goods with a price from %(supplier)s, whose vendor is %(vendor)s: "
                "vendor price of %(date)s, kept in step with this offer."
            ),
            "own": self.env._(
                "A person changed the vendor price of %(vendor)s that came from this "
                "offer: it is left alone until the mark “Changed by hand” is removed."
            ),
            "removed": self.env._(
                "The vendor price of %(vendor)s that came from this offer was deleted. "
                "It is made again when the offer changes."
            ),
            "ended": self.env._(
                "%(supplier)s no longer offers this article: its vendor price ended."
            ),
            "condition": self.env._(
                "The condition is “%(condition)s”. Only new goods become vendor prices."
            ),
            "price": self.env._(
                "%(supplier)s names no price (missing and 0 both mean unknown). "
                "ITscope gives prices where a price-list eService is set up for the "
                "supplier."
            ),
            "supplier": self.env._(
                "%(supplier)s has no vendor in Odoo yet. Map it under ITscope → "
                "Configuration → Suppliers; its prices then follow without a new "
                "download."
            ),
            "match_quality": self.env._(
                "ITscope is not sure that this article is this product: match quality "
                "%(quality)s, the account asks for %(limit)s."
            ),
        }
        return explanations[rule] % words

    @api.depends("contract_parameters")
    @api.depends_context("lang")
    def _compute_contract_text(self):
        for offer in self:
            offer.contract_text = "\n".join(
                offer._parameter_line(parameter)
                for parameter in offer.contract_parameters or ()
            )

    def _parameter_line(self, parameter):
        """One thing that an order must or may state, in words."""
        text = parameter["label"] or parameter["name"]
        if parameter["example"]:
            text = self.env._(
                "%(parameter)s (e.g. %(example)s)",
                parameter=text,
                example=parameter["example"],
            )
        if parameter["mandatory"]:
            text = self.env._("%s, required", text)
        return text

    @api.depends("scales", "currency_id")
    @api.depends_context("lang")
    def _compute_scale_text(self):
        for offer in self:
            offer.scale_text = "\n".join(
                self.env._(
                    "%(price)s from %(quantity)s on",
                    price=offer.currency_id.format(price),
                    quantity=quantity,
                )
                for quantity, price in offer.scales or ()
            )

    @api.depends("projects")
    @api.depends_context("lang")
    def _compute_project_text(self):
        for offer in self:
            offer.project_text = "\n".join(
                offer._project_line(project) for project in offer.projects or ()
            )

    def _project_line(self, project):
        """One project price in words: only valid for the project it was granted for."""
        self.ensure_one()
        until = project["valid_to"] and fields.Datetime.to_datetime(project["valid_to"])
        begins = project["valid_from"] and fields.Datetime.to_datetime(
            project["valid_from"]
        )
        now = fields.Datetime.now()
        if until and until < now:
            state = self.env._("expired on %s", format_date(self.env, until))
        elif begins and begins > now:
            state = self.env._("valid from %s on", format_date(self.env, begins))
        elif project["remaining_quantity"] == 0:
            state = self.env._("used up")
        elif until:
            state = self.env._("valid until %s", format_date(self.env, until))
        else:
            state = self.env._("valid")
        return self.env._(
            "%(price)s for project %(project)s (%(customer)s), %(state)s",
            price=self.currency_id.format(project["price"] or 0.0)
            if self.currency_id
            else project["price"],
            project=project["manufacturer_project"],
            customer=project["end_customer"] or project["name"] or "–",
            state=state,
        )

    # ------------------------------------------------------------------ vendor prices

    def _prepare_supplierinfos(self, min_match_quality):
        """The vendor prices of this offer in its company: ``{scale: values}``; the
        scale is the quantity of a volume price, 0 for the normal one."""
        self.ensure_one()
        if self._hindrance(min_match_quality):
            return {}
        partner = self.supplier_id.partner_id
        values = {
            "partner_id": partner.id,
            "product_id": self.product_id.id,
            "product_tmpl_id": self.product_id.product_tmpl_id.id,
            "product_code": self.supplier_sku,
            "price": self.price,
            "currency_id": self.currency_id.id,
            "min_qty": self.min_quantity,
            "company_id": self.company_id.id,
            "date_end": False,
        }
        found = {0: values}
        for quantity, price in self.scales or ():
            # A volume price that is not lower is a leftover of an older price.
            if quantity > self.min_quantity and 0 < price < self.price:
                found[quantity] = {**values, "price": price, "min_qty": quantity}
        return found

    @api.model
    def _apply_match_quality(self, company, before):
        """The account asks for another match quality: best prices and vendor prices
        follow, from the offers that are known.

        :param before: what was asked for before; offers that both refuse, or both
            take, stay as they are
        """
        limit = self._min_match_quality(company)
        low, high = sorted((before, limit))
        offers = self.search(
            [
                ("company_id", "=", company.id),
                ("match_quality", ">", 0),
                ("match_quality", ">=", low),
                ("match_quality", "<", high),
            ]
        )
        for batch in in_batches(offers.link_id.ids, BATCH):
            self.env["itscope.product"].browse(batch)._write_summaries(limit)
        offers._synchronise_prices()

    def _synchronise_prices(self):
        """Vendor prices of these offers, in batches: there may be very many."""
        for batch in in_batches(self.ids, BATCH):
            prices = self.env["product.supplierinfo"]
            prices._itscope_synchronise(self.browse(batch))
