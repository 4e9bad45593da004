from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..product_fields import DEFAULT_MAPPINGS, SOURCES, fits

#: What no mapping may write: it decides what the product is, or is the connector's.
KEPT_FIELDS = {"type", "is_storable", "uom_id", "active", "company_id", "tracking"}


class ItscopeFieldMapping(models.Model):
    """Which ITscope field fills which product field, and who wins."""

    _name = "itscope.field.mapping"
    _description = "ITscope field mapping"
    _order = "account_id, sequence, id"

    account_id = fields.Many2one(
        "itscope.account", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    source = fields.Selection(
        [(name, source.label) for name, source in SOURCES.items()],
        string="ITscope field",
        required=True,
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        string="Product field",
        required=True,
        ondelete="cascade",
        domain="[('model', '=', 'product.product'), ('readonly', '=', False), "
        "('ttype', 'in', ('char', 'text', 'html', 'float', 'monetary', 'date', "
        "'datetime', 'many2one'))]",
    )
    policy = fields.Selection(
        [
            ("once", "Only at creation"),
            ("always", "Always"),
            ("unless_changed", "Unless changed by hand"),
        ],
        string="Written",
        required=True,
        default="unless_changed",
        help="Unless changed by hand: written as long as the product still has what "
        "ITscope said last; a value that a person changed stays.",
    )

    _field_uniq = models.Constraint(
        "unique(account_id, field_id)",
        "A product field can be filled from one ITscope field only.",
    )

    @api.depends("source", "field_id")
    def _compute_display_name(self):
        labels = dict(self._fields["source"]._description_selection(self.env))
        for mapping in self:
            mapping.display_name = (
                f"{labels.get(mapping.source)} → {mapping.field_id.field_description}"
            )

    @api.constrains("source", "field_id")
    def _check_types(self):
        """A mapping that can't work is refused when it is saved, not when it runs."""
        product_fields = self.env["product.product"]._fields
        for mapping in self:
            field = product_fields.get(mapping.field_id.name)
            if (
                mapping.field_id.model != "product.product"
                or field is None
                or field.readonly
                or field.name in KEPT_FIELDS
                or field.name.startswith("itscope_")
            ):
                raise ValidationError(
                    self.env._(
                        "%s can't be filled from ITscope. Choose another product "
                        "field.",
                        mapping.field_id.field_description,
                    )
                )
            if not fits(mapping.source, field):
                raise ValidationError(
                    self.env._(
                        "%(mapping)s: the ITscope field does not fit a field of type "
                        "%(type)s. Choose a product field of another type.",
                        mapping=mapping.display_name,
                        type=mapping.field_id.ttype,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings.account_id._forget_digests()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        self.account_id._forget_digests()
        return result

    def unlink(self):
        accounts = self.account_id
        result = super().unlink()
        accounts._forget_digests()
        return result

    @api.model
    def _defaults(self):
        """Values of the mappings that a new account begins with."""
        product_fields = self.env["ir.model.fields"].search(
            [
                ("model", "=", "product.product"),
                ("name", "in", [target for _s, target, _p in DEFAULT_MAPPINGS]),
            ]
        )
        ids = {field.name: field.id for field in product_fields}
        types = self.env["product.product"]._fields
        return [
            {
                "sequence": place,
                "source": source,
                "field_id": ids[target],
                "policy": policy,
            }
            for place, (source, target, policy) in enumerate(DEFAULT_MAPPINGS, start=1)
            if target in ids and fits(source, types[target])
        ]
