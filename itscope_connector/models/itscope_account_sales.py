from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, ValidationError
from odoo.tools import float_repr

#: Which mapping makes a policy: ``{policy: (ITscope field, product field)}``. Policies
#: are no truth of their own: whoever changes the mapping changes them.
POLICIES = {
    "calculated": ("sales_price", "list_price"),
    "cost": ("best_price", "standard_price"),
}


class ItscopeAccount(models.Model):
    """Where sales prices come from."""

    _inherit = "itscope.account"

    sales_price_policy = fields.Selection(
        [
            ("none", "Odoo's own"),
            ("calculated", "Calculated by ITscope"),
            ("cost", "Cost plus margin, by a price list"),
        ],
        string="Sales prices",
        compute="_compute_sales_price_policy",
        inverse="_inverse_sales_price_policy",
        compute_sudo=True,
        help="Odoo's own: ITscope's are taken at creation only. Calculated by ITscope: "
        "the sales price follows the price rules that you keep at ITscope. Cost plus "
        "margin: the product's cost follows the best purchase price, and a price list "
        "adds your margin. A value that a person changed stays in each case.",
    )
    sales_markup = fields.Float(
        string="Margin on cost (%)", default=15.0, digits=(16, 2)
    )
    sales_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Price list on cost",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    @api.constrains("sales_markup")
    def _check_sales_markup(self):
        for account in self:
            if account.sales_markup <= -100:
                raise ValidationError(
                    self.env._("A margin on cost is more than -100 %.")
                )

    @api.depends("mapping_ids.source", "mapping_ids.field_id", "mapping_ids.policy")
    def _compute_sales_price_policy(self):
        for account in self:
            followed = [
                policy
                for policy, (source, _target) in POLICIES.items()
                if (mapping := account._mapping_of(policy))
                and mapping.source == source
                and mapping.policy != "once"
            ]
            account.sales_price_policy = followed[0] if followed else "none"

    def _inverse_sales_price_policy(self):
        for account in self:
            chosen = account.sales_price_policy
            for policy in POLICIES:
                # ITscope's own sales price needs no cost that stands still.
                if policy == chosen:
                    account._follow(policy)
                elif not (policy == "cost" and chosen == "calculated"):
                    account._stop_following(policy)

    def _mapping_of(self, policy):
        """The line of the field mapping that fills a policy's product field, if any."""
        self.ensure_one()
        _source, target = POLICIES[policy]
        return self.mapping_ids.filtered(lambda line: line.field_id.name == target)[:1]

    def _follow(self, policy):
        source, target = POLICIES[policy]
        mapping = self._mapping_of(policy)
        if not mapping:
            # sudo: names of fields, which Odoo shows to administrators only.
            found = self.env["ir.model.fields"].sudo()
            field = found._get("product.product", target)
            self.env["itscope.field.mapping"].create(
                {
                    "account_id": self.id,
                    "source": source,
                    "field_id": field.id,
                    "policy": "unless_changed",
                }
            )
        elif mapping.source != source or mapping.policy == "once":
            mapping.write({"source": source, "policy": "unless_changed"})

    def _stop_following(self, policy):
        source, _target = POLICIES[policy]
        mapping = self._mapping_of(policy)
        if mapping.source == source and mapping.policy != "once":
            mapping.policy = "once"

    # ------------------------------------------------------------------ price list

    def action_sales_pricelist(self):
        """The price list that adds the margin to the cost, made where it is missing."""
        self.ensure_one()
        if not self.env.user.has_group("product.group_product_pricelist"):
            raise RedirectWarning(
                self.env._(
                    "Price lists are switched off in Odoo. Switch on “Pricelists” in "
                    "the settings of Sales, and press the button again."
                ),
                self.env.ref("sale.action_sale_config_settings").id,
                self.env._("Settings"),
            )
        if not self.sales_pricelist_id:
            self.sales_pricelist_id = self.env["product.pricelist"].create(
                self._prepare_pricelist()
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.pricelist",
            "res_id": self.sales_pricelist_id.id,
            "view_mode": "form",
        }

    def _prepare_pricelist(self):
        self.ensure_one()
        markup = float_repr(self.sales_markup, 2).rstrip("0").rstrip(".")
        currency = self.company_id.currency_id
        return {
            "name": self.env._("ITscope cost + %s %%", markup),
            "company_id": self.company_id.id,
            "currency_id": currency.id,
            "item_ids": [
                fields.Command.create(
                    {
                        "applied_on": "3_global",
                        "compute_price": "formula",
                        "base": "standard_price",
                        "price_markup": self.sales_markup,
                        "price_round": currency.rounding,
                    }
                )
            ],
        }
