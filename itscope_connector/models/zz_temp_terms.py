from odoo import fields, models


class ItscopeSupplier(models.Model):
    _inherit = "itscope.supplier"

    minimum_order = fields.Float(company_dependent=True)
    carriage_free = fields.Float(company_dependent=True)
    shipping_cost = fields.Float(company_dependent=True)
