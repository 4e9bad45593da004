from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ..controllers.share import address
from ..itscope_api import AddressError, check_url
from ..product_fields import ProductValues


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
        changed = self.filtered(
            lambda account: (
                "min_match_quality" in vals
                and vals["min_match_quality"] != account.min_match_quality
            )
        )
        result = super().write(vals)
        for account in changed:
            # sudo: vendor prices follow the rule whoever changes it.
            self.env["itscope.offer"].sudo()._apply_match_quality(account.company_id)
        return result

    @api.model
    def _of_company(self, company):
        """The account whose rules hold for a company's products: the one that is not
        a single user's, else the first."""
        return self.search(
            [("company_id", "=", company.id)],
            order="user_id NULLS FIRST, sequence, id",
            limit=1,
        )

    def _rules(self):
        """``[(source, product field, policy)]``; a user's own account without any
        shares its company's."""
        self.ensure_one()
        mappings = self.mapping_ids or self._of_company(self.company_id).mapping_ids
        return [
            (mapping.source, mapping.field_id.name, mapping.policy)
            for mapping in mappings
        ]

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
        default = (
            self.default_categ_id or self._of_company(self.company_id).default_categ_id
        )
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
            self.env["product.product"], self._rules(), references, factors
        )

    @api.model
    def _countries(self):
        """Countries by the codes of two and three letters that distributors use."""
        Supplier = self.env["itscope.supplier"]
        by_code = {c.code: c.id for c in self.env["res.country"].search([])}
        return {**by_code, **Supplier._alpha3_codes(by_code)}

    def _forget_digests(self):
        """What was decided by other rules is looked at again by the next run."""
        companies = self.company_id
        if not companies:
            return
        Link = self.env["itscope.product"]
        Link.flush_model(["digest", "update_digest", "company_id"])
        # Set-wise on our own table: hundreds of thousands of rows, no other effect.
        self.env.cr.execute(
            SQL(
                "UPDATE itscope_product SET digest = NULL, update_digest = NULL "
                "WHERE company_id IN %s "
                "AND (digest IS NOT NULL OR update_digest IS NOT NULL)",
                tuple(companies.ids),
            )
        )
        Link.invalidate_model(["digest", "update_digest"], flush=False)
