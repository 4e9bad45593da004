from odoo import api, fields, models
from odoo.fields import Command


class ItscopeBestOffers(models.TransientModel):
    """The best offers for what is needed, and the orders that follow."""

    _name = "itscope.best.offers"
    _description = "Best offers at ITscope"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    line_ids = fields.One2many("itscope.best.offers.line", "wizard_id")

    # ------------------------------------------------------------------ opening

    @api.model
    def _open(self, needs, company=None, **values):
        """Propose offers for what is needed.

        :param needs: dictionaries with ``product``, ``quantity`` (in the product's own
            unit), ``date`` or False, and as far as there are any ``sale_line``,
            ``purchase_line``, ``orderpoint``, ``origin`` and ``offer``, the one chosen
            so far
        :param values: more values of the wizard, such as the order it starts from
        """
        company = company or self.env.company
        wizard = self.with_company(company).create(
            {
                "company_id": company.id,
                "line_ids": [Command.create(self._need_values(n)) for n in needs],
                **values,
            }
        )
        return wizard._show()

    @api.model
    def _need_values(self, need):
        def key(name):
            record = need.get(name)
            return record.id if record else False

        return {
            "product_id": need["product"].id,
            "quantity": need["quantity"],
            "date": need["date"],
            "sale_line_id": key("sale_line"),
            "purchase_line_id": key("purchase_line"),
            "orderpoint_key": key("orderpoint"),
            "origin": need.get("origin"),
            "offer_id": key("offer"),
        }

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Best offers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
