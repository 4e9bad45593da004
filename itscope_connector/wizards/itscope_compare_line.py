from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext


class ItscopeCompareLine(models.TransientModel):
    _name = "itscope.compare.line"
    _description = "Field compared with ITscope"

    compare_id = fields.Many2one(
        "itscope.compare", required=True, ondelete="cascade", index=True
    )
    link_id = fields.Many2one(related="compare_id.link_id")
    source = fields.Char(string="ITscope field")
    field_name = fields.Char()
    label = fields.Char(string="Product field", compute="_compute_values")
    policy = fields.Selection(
        lambda self: (
            self.env["itscope.field.mapping"]
            ._fields["policy"]
            ._description_selection(self.env)
        ),
        string="Written",
    )
    said = fields.Text(string="ITscope says", compute="_compute_values")
    own = fields.Text(string="In Odoo", compute="_compute_values")
    state = fields.Selection(
        [
            ("same", "Same"),
            ("differs", "Differs"),
            ("kept", "Own value kept"),
        ],
        compute="_compute_values",
    )

    @api.depends("field_name", "link_id.said", "link_id.kept")
    def _compute_values(self):
        importer = self.env["itscope.product.importer"]
        for line in self:
            product = line._product()
            field = product._fields[line.field_name]
            value = (line.link_id.said or {}).get(line.field_name)
            line.label = field._description_string(self.env)
            line.said = line._as_text(field, value)
            current = product[line.field_name]
            line.own = line._as_text(
                field, current.id if field.type == "many2one" else current
            )
            if importer._same(product, line.field_name, value):
                line.state = "same"
            elif (line.link_id.kept or {}).get(line.field_name) == value:
                line.state = "kept"
            else:
                line.state = "differs"

    def _as_text(self, field, value):
        if field.type == "many2one":
            return self.env[field.comodel_name].browse(value or []).display_name or ""
        if field.type == "html":
            return html2plaintext(value or "")
        if isinstance(value, float):
            return f"{value:g}"
        return str(value) if value else ""

    def _product(self):
        """The product as the import writes it: texts from ITscope stand in the source
        language, and what each company has of its own is the link's company's."""
        link = self.link_id
        return link.product_id.with_company(link.company_id).with_context(lang="en_US")

    def _checked_link(self):
        """The link, after a look at whether this user may do something about it: the
        line came from the browser, and what follows is done with all rights."""
        self.ensure_one()
        link, name = self.link_id, self.field_name
        link._check_user()
        link.check_access("read")
        account = self.env["itscope.account"]._of_company(link.company_id)
        mapped = {target for _source, target, _policy in account._rules()}
        if name not in mapped or name not in (link.said or {}):
            raise UserError(
                self.env._(
                    "This field no longer comes from ITscope. Open the comparison "
                    "again."
                )
            )
        return link

    def action_take_over(self):
        """Write what ITscope says; from now on the field follows ITscope again."""
        link, name = self._checked_link(), self.field_name
        # sudo: as an import, a user of the connector may bring in what ITscope says;
        # that it is no more than that was checked above.
        self.sudo()._product()[name] = link.said[name]
        link.sudo().kept = {k: v for k, v in (link.kept or {}).items() if k != name}
        return self.compare_id._show()

    def action_keep(self):
        """Keep the own value; it is not shown as open until ITscope says otherwise."""
        link = self._checked_link()
        # sudo: see action_take_over.
        link.sudo().kept = {
            **(link.kept or {}),
            self.field_name: link.said[self.field_name],
        }
        return self.compare_id._show()
