from odoo import fields, models

#: Shares that the supplier's form shows.
SHARES = (
    "confirmed",
    "quantity_kept",
    "price_kept",
    "date_kept",
    "on_time",
    "billed_as_ordered",
)


class ItscopeSupplier(models.Model):
    """How well the supplier keeps what this company orders there."""

    _inherit = "itscope.supplier"

    def _share(label):
        return fields.Char(string=label, compute="_compute_reliability")

    reliability_count = fields.Integer(
        string="Ordered lines", compute="_compute_reliability"
    )
    reliability_confirmed = _share("Confirmed (%)")
    reliability_quantity_kept = _share("Quantity confirmed (%)")
    reliability_price_kept = _share("Price confirmed (%)")
    reliability_date_kept = _share("Date confirmed (%)")
    reliability_on_time = _share("Delivered on time (%)")
    reliability_billed_as_ordered = _share("Billed as ordered (%)")

    def _compute_reliability(self):
        # sudo: shares over all orders of the company; the view shows no order that the
        # user may not see.
        groups = {
            supplier.id: shares
            for supplier, *shares in self.env["itscope.supplier.reliability"]
            .sudo()
            ._read_group(
                [
                    ("supplier_id", "in", self.ids),
                    ("company_id", "=", self.env.company.id),
                ],
                ["supplier_id"],
                ["__count", *(f"{name}:avg" for name in SHARES)],
            )
        }
        for supplier in self:
            count, *shares = groups.get(supplier.id, (0, *(False for _name in SHARES)))
            supplier.reliability_count = count
            for name, share in zip(SHARES, shares, strict=True):
                # Nothing known yet (the average of nothing) is not never kept.
                supplier[f"reliability_{name}"] = (
                    self.env._("not known yet") if share is False else f"{share:.1f}"
                )

    def action_open_reliability(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector_opentrans.itscope_supplier_reliability_action"
        )
        return {
            **action,
            "domain": [("supplier_id", "=", self.id)],
            "context": {},
            "views": [(False, "list"), (False, "pivot")],
        }
