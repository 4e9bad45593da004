from babel.core import get_global

from odoo import api, fields, models
from odoo.exceptions import UserError

from .itscope_account import TEST_SUPPLIER

#: CLDR knows alpha-3 codes as aliases of the alpha-2 ones that Odoo has.
ALPHA2_BY_ALPHA3 = get_global("territory_aliases")


class ItscopeSupplier(models.Model):
    """A distributor. What a company maps it to, and its terms there, are the company's
    own.
    """

    _name = "itscope.supplier"
    _description = "ITscope supplier"
    _inherit = ["itscope.metadata"]

    company_name = fields.Char(readonly=True)
    street = fields.Char(readonly=True)
    zip = fields.Char(string="ZIP", readonly=True)
    city = fields.Char(readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    weee_number = fields.Char(string="WEEE Reg. No.", readonly=True)
    vat = fields.Char(
        string="VAT",
        help="Helps to find the vendor. ITscope does not always give it; documents of "
        "the "
        "supplier do.",
    )
    is_test_supplier = fields.Boolean(compute="_compute_is_test_supplier")
    record_ids = fields.One2many(
        "itscope.supplier.record", "supplier_id", string="Seen", readonly=True
    )

    customer_number = fields.Char(
        company_dependent=True,
        readonly=True,
        help="Your customer number there, as ITscope knows it. Present where a "
        "partnership "
        "exists.",
    )
    order_number = fields.Char(
        string="Customer number for orders",
        company_dependent=True,
        readonly=True,
        help="As ITscope knows it.",
    )
    number_ids = fields.One2many(
        "itscope.supplier.number",
        "supplier_id",
        string="Customer numbers to choose from",
        help="Where you have several with this supplier: an order states the default "
        "one, or the one that is chosen on it.",
    )
    own_customer_number = fields.Char(
        string="Use this customer number",
        compute="_compute_own_customer_number",
        inverse="_inverse_own_customer_number",
        help="Overrides ITscope's customer number in your orders: the default of the "
        "numbers to choose from.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        company_dependent=True,
        domain="[('is_company', '=', True)]",
        help="Vendor prices are written and orders are sent for mapped suppliers only.",
    )
    partner_guess = fields.Selection(
        [
            ("vat", "By VAT number"),
            ("customer_number", "By customer number"),
            ("name", "By name"),
        ],
        string="Guessed",
        company_dependent=True,
        readonly=True,
        help="The vendor was found by the connector. Check it; any change by hand "
        "clears "
        "this mark.",
    )
    ignored = fields.Boolean(
        company_dependent=True, help="Not to be mapped: no longer shown as open."
    )
    own_delivery_note = fields.Boolean(
        company_dependent=True,
        help="The supplier ships with your delivery note. Must be agreed with the "
        "supplier.",
    )

    offer_count = fields.Integer(string="Offers", compute="_compute_price_state")
    price_state = fields.Char(
        string="Prices",
        compute="_compute_price_state",
        help="Whether this supplier delivers prices, and why not.",
    )

    _itscope_id_uniq = models.Constraint(
        "unique(itscope_id)", "This ITscope supplier exists already."
    )

    def _compute_is_test_supplier(self):
        for supplier in self:
            supplier.is_test_supplier = supplier.itscope_id == TEST_SUPPLIER

    @api.model
    def _used_by(self):
        return "itscope.offer", "supplier_id"

    @api.depends_context("company", "lang")
    def _compute_price_state(self):
        """One query for all: offers of this company, with and without a price."""
        counts = {}
        for supplier, priced, count in self.env["itscope.offer"]._read_group(
            [
                ("company_id", "=", self.env.company.id),
                ("supplier_id", "in", self.ids),
            ],
            ["supplier_id", "has_price"],
            ["__count"],
        ):
            counts[supplier.id, priced] = count
        for supplier in self:
            priced = counts.get((supplier.id, True), 0)
            bare = counts.get((supplier.id, False), 0)
            supplier.offer_count = priced + bare
            if priced:
                supplier.price_state = self.env._(
                    "Delivers prices: %(priced)s of %(all)s offers have one.",
                    priced=priced,
                    all=priced + bare,
                )
            elif not supplier.customer_number:
                supplier.price_state = self.env._(
                    "No partnership at ITscope, so no prices of your own. Apply for "
                    "one on the supplier's page there."
                )
            elif supplier.price_list_service == "none":
                supplier.price_state = self.env._(
                    "ITscope offers no price-list eService for this supplier, so no "
                    "prices of your own."
                )
            elif supplier.price_list_service == "available":
                supplier.price_state = self.env._(
                    "The price-list eService is not set up: do so at ITscope with your "
                    "access data of this supplier."
                )
            elif bare and supplier.price_list_service == "configured":
                supplier.price_state = self.env._(
                    "No offer has a price, although the price-list eService is set up: "
                    "ITscope may not have read the first price list yet, or the "
                    "supplier does not price these articles for you. Look at the "
                    "supplier's page at ITscope."
                )
            elif bare:
                supplier.price_state = self.env._(
                    "No offer has a price: set up the price-list eService of this "
                    "supplier at ITscope. The real-time eService alone gives none."
                )
            else:
                supplier.price_state = self.env._("No offers known yet.")

    @api.depends("name", "itscope_id")
    def _compute_display_name(self):
        for supplier in self:
            supplier.display_name = supplier.name or supplier.itscope_id

    def write(self, vals):
        if "partner_id" in vals and "partner_guess" not in vals:
            vals = {**vals, "partner_guess": False}
        result = super().write(vals)
        if "partner_id" in vals and not self.env.context.get("itscope_mapping_many"):
            self._after_mapping()
        return result

    def _map(self, partner, guess):
        """Note a vendor without what follows from it: :meth:`_after_mapping` does that
        for many at once."""
        later = self.with_context(itscope_mapping_many=True)
        later.write({"partner_id": partner.id, "partner_guess": guess})

    def _after_mapping(self):
        """A new vendor gets the vendor prices of the offers, and its orders their
        supplier.
        """
        offers = self.env["itscope.offer"].search(
            [("supplier_id", "in", self.ids), ("company_id", "=", self.env.company.id)]
        )
        # sudo: vendor prices are made by the connector for whoever maps, as at an
        # import.
        offers.sudo()._synchronise_prices()
        # sudo: whoever maps need not see purchase orders; they get a supplier, no more.
        orders = self.env["purchase.order"].sudo()
        orders.search(
            [
                ("partner_id", "child_of", self.partner_id.ids),
                ("itscope_supplier_id", "=", False),
                ("company_id", "=", self.env.company.id),
                ("state", "!=", "cancel"),
            ]
        )._compute_itscope_supplier_id()

    # ------------------------------------------------------------------ from ITscope

    @api.model
    def _values_from_record(self, record):
        values = super()._values_from_record(record)
        values.update(
            company_name=record.company_name,
            street=record.street,
            zip=record.zip,
            city=record.city,
            country_id=self._country(record.country).id,
            deeplink=record.deeplink,
            weee_number=record.weee_number,
            customer_number=record.customer_number,
            order_number=record.order_number or record.customer_number,
        )
        if record.vat:
            values["vat"] = record.vat
        return values

    @api.model
    def _country(self, alpha3):
        """Country of an ISO alpha-3 code (ITscope's), or none."""
        alpha2 = ALPHA2_BY_ALPHA3.get((alpha3 or "").strip().upper())
        if not alpha2:
            return self.env["res.country"]
        return self.env["res.country"].search([("code", "=", alpha2[0])], limit=1)

    @api.model
    def _alpha3_codes(self, by_alpha2):
        """``{alpha-3 code: what by_alpha2 has for its alpha-2 code}``"""
        return {
            alpha3: by_alpha2[alpha2[0]]
            for alpha3, alpha2 in ALPHA2_BY_ALPHA3.items()
            if len(alpha3) == 3 and alpha3.isalpha() and alpha2[0] in by_alpha2
        }

    # ------------------------------------------------------------------ mapping

    @api.model
    def _open_domain(self):
        """Suppliers with a partnership that are neither mapped nor ignored."""
        return [
            ("customer_number", "!=", False),
            ("partner_id", "=", False),
            ("ignored", "=", False),
        ]

    def _effective_customer_number(self):
        """The customer number that an order of the current company states."""
        self.ensure_one()
        return self.own_customer_number or self.order_number or self.customer_number

    def action_suggest_partners(self):
        """Fill empty vendors by VAT number, then customer number, then name; mark them.

        Without a choice, all suppliers with a partnership that are still open.
        """
        chosen = self or self.search(self._open_domain())
        open_rows = chosen.filtered(lambda row: not row.partner_id and not row.ignored)
        taken = self.search([("partner_id", "!=", False)]).partner_id
        for guess, key_of_row, key_of_partner in self._guesses():
            rows = open_rows.filtered(lambda row: not row.partner_id)
            index = self._partners_by(key_of_partner, taken)
            for row in rows:
                found = index.get(key_of_row(row))
                # Two partners with the same key are a question, not an answer.
                if found and len(found) == 1:
                    row._map(found, guess)
        guessed = open_rows.filtered("partner_id")
        guessed._after_mapping()
        return self._notify(
            self.env._(
                "%(found)s of %(open)s open suppliers were given a vendor. Check the "
                "marked "
                "ones.",
                found=len(guessed),
                open=len(open_rows),
            ),
            "success" if guessed else "warning",
        )

    @api.model
    def _guesses(self):
        """Ways to find a vendor, best first: name, key of the supplier, key of a
        partner.
        """
        normal = self._normal_name
        return [
            (
                "vat",
                lambda row: self._normal_code(row.vat),
                lambda p: self._normal_code(p.vat),
            ),
            (
                "customer_number",
                lambda row: self._normal_code(row.customer_number),
                lambda p: self._normal_code(p.ref),
            ),
            (
                "name",
                lambda row: normal(row.company_name or row.name),
                lambda p: normal(p.name),
            ),
            ("name", lambda row: normal(row.name), lambda p: normal(p.name)),
        ]

    @api.model
    def _partners_by(self, key_of_partner, taken):
        Partner = self.env["res.partner"]
        index = {}
        for partner in Partner.search_fetch(
            [
                ("is_company", "=", True),
                ("parent_id", "=", False),
                ("company_id", "in", [self.env.company.id, False]),
                ("id", "not in", taken.ids),
            ],
            ["name", "vat", "ref"],
        ):
            key = key_of_partner(partner)
            if key:
                index[key] = index.get(key, Partner) | partner
        return index

    @staticmethod
    def _normal_code(value):
        return "".join(c for c in value or "" if c.isalnum()).upper()

    @staticmethod
    def _normal_name(value):
        """Names are compared without legal form, case and punctuation."""
        words = "".join(
            c if c.isalnum() else " " for c in (value or "").casefold()
        ).split()
        forms = {
            "gmbh",
            "mbh",
            "ag",
            "kg",
            "co",
            "se",
            "ug",
            "ohg",
            "bv",
            "sarl",
            "ltd",
        }
        return " ".join(word for word in words if word not in forms)

    def action_create_partner(self):
        """Create the missing vendors with ITscope's address and map them."""
        rows = self.filtered(lambda row: not row.partner_id)
        if not rows:
            raise UserError(self.env._("The chosen suppliers have a vendor already."))
        partners = self.env["res.partner"].create(
            [row._prepare_partner_values() for row in rows]
        )
        for row, partner in zip(rows, partners, strict=True):
            row._map(partner, False)
        rows._after_mapping()
        return self._notify(
            self.env._("%s vendors were created and mapped.", len(partners)), "success"
        )

    def _prepare_partner_values(self):
        self.ensure_one()
        return {
            "name": self.company_name or self.name,
            "is_company": True,
            "street": self.street,
            "zip": self.zip,
            "city": self.city,
            "country_id": self.country_id.id,
            "supplier_rank": 1,
            "ref": self.customer_number,
            "vat": self.vat,
            "company_id": False,
        }
