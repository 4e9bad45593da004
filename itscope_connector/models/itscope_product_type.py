from odoo import api, fields, models


class ItscopeProductType(models.Model):
    """A product type: ITscope's second category level, in its group, the first."""

    _name = "itscope.product.type"
    _description = "ITscope product type"
    _inherit = ["itscope.metadata"]
    _order = "group_name, name, id"

    group_code = fields.Char(readonly=True, help="ITscope's id of the group.")
    group_name = fields.Char(string="Group", readonly=True)
    categ_id = fields.Many2one(
        "product.category",
        string="Product category",
        company_dependent=True,
        help="New products of this type are put into this category.",
    )
    categ_guessed = fields.Boolean(
        string="Guessed",
        company_dependent=True,
        readonly=True,
        help="The category was found by its name. Check it; any change by hand clears "
        "this "
        "mark.",
    )

    _itscope_id_uniq = models.Constraint(
        "unique(itscope_id)", "This ITscope product type exists already."
    )

    @api.depends("name", "group_name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " / ".join(filter(None, (row.group_name, row.name)))

    def write(self, vals):
        if "categ_id" in vals and "categ_guessed" not in vals:
            vals = {**vals, "categ_guessed": False}
        result = super().write(vals)
        if "categ_id" in vals:
            self._forget_digests()
        return result

    @api.model
    def _values_from_record(self, record):
        return {
            **super()._values_from_record(record),
            "group_code": record.group_id,
            "group_name": record.group_name,
        }

    def action_suggest_categories(self):
        """Fill empty categories by the name of type, else of group; mark what was
        guessed. Without a choice, for all product types that are still open.
        """
        chosen = self or self.search([("categ_id", "=", False)])
        open_rows = chosen.filtered(lambda row: not row.categ_id)
        by_name = {}
        for category in self.env["product.category"].search_fetch([], ["name"]):
            by_name.setdefault(category.name.strip().casefold(), category)
        for row in open_rows:
            category = next(
                (
                    by_name[name.strip().casefold()]
                    for name in (row.name, row.group_name)
                    if name and name.strip().casefold() in by_name
                ),
                None,
            )
            if category:
                row.write({"categ_id": category.id, "categ_guessed": True})
        guessed = open_rows.filtered("categ_id")
        return self._notify(
            self.env._(
                "%(found)s of %(open)s open product types were given a category. "
                "Check the "
                "marked ones.",
                found=len(guessed),
                open=len(open_rows),
            ),
            "success" if guessed else "warning",
        )

    def action_create_categories(self):
        """Create the missing categories, group above type, and map them; without a
        choice, for all product types in use. Two reads and two writes in all."""
        chosen = self or self.search([("in_use", "=", True)])
        rows = chosen.filtered(lambda row: not row.categ_id)
        groups = self._categories(
            {(row.group_name, False) for row in rows if row.group_name}
        )
        paths = {
            row: (row.name, groups.get((row.group_name, False), False)) for row in rows
        }
        types = self._categories(set(paths.values()))
        for row, path in paths.items():
            row.categ_id = types[path]
        return self._notify(self.env._("The categories are mapped."), "success")

    @api.model
    def _categories(self, paths):
        """``{(name, id of the parent): id}``, made where they are missing"""
        Category = self.env["product.category"]
        names = [name for name, _parent in paths]
        found = {
            (category.name, category.parent_id.id): category.id
            for category in Category.search([("name", "in", names)])
        }
        missing = sorted(paths - found.keys(), key=str)
        made = Category.create(
            [{"name": name, "parent_id": parent} for name, parent in missing]
        )
        found.update(zip(missing, made.ids, strict=True))
        return found
