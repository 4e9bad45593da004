from odoo import api, models


class ItscopePurchasePlan(models.AbstractModel):
    _inherit = "itscope.purchase.plan"

    @api.model
    def _takes_more(self, line):
        # A project's price holds for what it was granted for.
        return not line.itscope_project_number and super()._takes_more(line)
