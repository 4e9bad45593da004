from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..controllers.share import address
from ..itscope_api import AddressError, check_url
from ..product_fields import Prices, ProductValues
from ..tools import clean_html

#: What else comes with a product: another choice concerns those that did not change.
MEDIA_POLICIES = ("picture_policy", "datasheet_policy", "accessory_policy")


class ItscopeAccount(models.Model):
    """How products of an account come into Odoo."""

    _inherit = "itscope.account"

    mapping_ids = fields.One2many(
        "itscope.field.mapping",
        "account_id",
        copy=True,
        default=lambda self: self._default_mappings(),
    )
    min_match_quality = fields.Integer(
        string="Lowest match quality",
        default=81,
        help="Offers that ITscope is less sure about are shown, but become no vendor "
        "price and are never chosen by themselves. ITscope calls 80 and less doubtful; "
        "from 100 on a match is safe.",
    )

    price_days = fields.Integer(
        string="Keep prices for (days)",
        default=730,
        help="Of followed offers: those that were chosen in a quotation or an order, "
        "of watched products, and those that somebody marked. 0: for ever.",
    )
    share_address = fields.Char(
        compute="_compute_share_address",
        help="Enter it at ITscope as the target of “Share” on any product page: a "
        "click there then opens the product here.",
    )

    def _compute_share_address(self):
        for account in self:
            account.share_address = address(account.get_base_url())

    def _is_itscope_url(self, url):
        """Whether a picture's address lies at ITscope."""
        try:
            return bool(check_url(url, self._settings()))
        except AddressError:
            return False

    def _picture_url(self, record):
        """The record's picture that a browser may load, or False."""
        urls = (record.thumbnail, *record.images)
        return next((u for u in urls if u and self._is_itscope_url(u)), False)

    @api.model
    def _default_mappings(self):
        return [
            Command.create(values)
            for values in self.env["itscope.field.mapping"]._defaults()
        ]

    @api.constrains("min_match_quality")
    def _check_min_match_quality(self):
        for account in self:
            if not 0 <= account.min_match_quality <= 127:
                raise ValidationError(
                    self.env._("A match quality lies between 0 and 127.")
                )

    def write(self, vals):
        changed = {
            name: self.filtered(
                lambda a, n=name: a._fields[n].convert_to_write(a[n], a) != vals[n]
            )
            for name in (*MEDIA_POLICIES, "default_categ_id")
            if name in vals
        }
        # sudo: vendor prices follow the rule whoever changes it.
        offers = self.env["itscope.offer"].sudo()
        limits = {
            company: offers._min_match_quality(company)
            for company in self.company_id
            if "min_match_quality" in vals
        }
        result = super().write(vals)
        for company, before in limits.items():
            offers._apply_match_quality(company, before)
        changed.get("datasheet_policy", self.browse())._convert_datasheets()
        # union() takes in self: of browse(), since a write of anything else (the date
        # of the latest news) must not forget them.
        self.browse().union(*changed.values())._forget_digests()
        return result

    @api.model
    def _of_company(self, company, domain=()):
        """The account whose rules hold for a company's products, whoever's job it is:
        the one that is not a single user's, else the first."""
        return self.search(
            [("company_id", "=", company.id), *domain],
            order="user_id NULLS FIRST, sequence, id",
            limit=1,
        )

    def _rules(self):
        """``[(source, product field, policy)]``; see :meth:`_of_company`."""
        self.ensure_one()
        # sudo: names of fields, which Odoo shows to administrators only.
        account = self._of_company(self.company_id).sudo()
        return [
            (mapping.source, mapping.field_id.name, mapping.policy)
            for mapping in account.mapping_ids
        ]

    def _prices(self):
        """How this account's company counts ITscope's prices."""
        self.ensure_one()
        offers = self.env["itscope.offer"]
        by_name = offers._currencies()
        factors = offers._currency_factors(self.company_id, by_name)
        return Prices(
            {name: factors[currency.id] for name, currency in by_name.items()},
            offers._min_match_quality(self.company_id),
        )

    def _clean_html(self, raw):
        """HTML of ITscope's that may be shown: pictures from its own hosts only."""
        return clean_html(raw, self._is_itscope_url)

    def _product_values(self, metadata):
        """The converter of this account's mappings; see :class:`ProductValues`.

        :param metadata: rows by ITscope id: ``manufacturers``, ``types``
        """
        self.ensure_one()
        Template = self.env["product.template"]
        kilo = self.env.ref("uom.product_uom_kgm")
        metre = self.env.ref("uom.product_uom_cubic_meter")
        factors = {
            "weight": kilo._compute_quantity(
                1.0, Template._get_weight_uom_id_from_ir_config_parameter(), round=False
            ),
            "volume": metre._compute_quantity(
                1.0, Template._get_volume_uom_id_from_ir_config_parameter(), round=False
            ),
        }
        default = self._of_company(self.company_id).default_categ_id
        references = {
            "res.partner": {
                key: row.partner_id.id for key, row in metadata["manufacturers"].items()
            },
            "product.category": {
                "": default.id,
                **{
                    key: (row.categ_id or default).id
                    for key, row in metadata["types"].items()
                },
            },
            "res.country": self._countries(),
        }
        return ProductValues(
            self.env["product.product"],
            self._rules(),
            references,
            factors,
            self._prices(),
            self._clean_html,
        )

    @api.model
    def _countries(self):
        """Countries by the codes of two and three letters that distributors use."""
        Supplier = self.env["itscope.supplier"]
        by_code = {c.code: c.id for c in self.env["res.country"].search([])}
        return {**by_code, **Supplier._alpha3_codes(by_code)}

    def _forget_digests(self):
        """What was decided by other rules is looked at again by the next run."""
        own = [("company_id", "in", self.company_id.ids)]
        self.env["itscope.product"]._forget_digests(own)
