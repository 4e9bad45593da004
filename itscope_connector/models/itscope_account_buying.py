from odoo import models


class ItscopeAccount(models.Model):
    """By which rules the best offers are chosen; a single choice may change them."""

    _name = "itscope.account"
    _inherit = ["itscope.account", "itscope.best.rules"]
