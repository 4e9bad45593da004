from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItscopeAccount(models.Model):
    """When a price that rose is an alarm."""

    _inherit = "itscope.account"

    alarm_percent = fields.Float(
        string="Price alarm from (%)",
        default=5.0,
        help="A watched product, or a line of an open quotation, whose cost rose by "
        "more than this is a price alarm. 0: no alarms.",
    )

    @api.constrains("alarm_percent")
    def _check_alarm_percent(self):
        if any(account.alarm_percent < 0 for account in self):
            raise ValidationError(
                self.env._("A price alarm needs a rise of 0 % or more.")
            )
