from odoo import fields, models
from odoo.exceptions import AccessError

#: What is shown of a value that is there.
HIDDEN = "********"


class WriteOnly(fields.Char):
    """Text that goes in and does not come out: clients see whether there is any."""

    exportable = False

    def convert_to_read(self, value, record, use_display_name=True):
        value = super().convert_to_read(value, record, use_display_name)
        # Code that works for itself needs it; requests of clients never are.
        return value if record.env.su or not value else HIDDEN

    def convert_to_export(self, value, record):
        return HIDDEN if value else ""


class ItscopeAccount(models.Model):
    """The key: whoever may enter it can't read it either."""

    _inherit = "itscope.account"

    api_key = WriteOnly()

    def write(self, vals):
        if vals.get("api_key") == HIDDEN:
            # A client sends back what it was shown.
            vals = {name: value for name, value in vals.items() if name != "api_key"}
        return super().write(vals)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_not_grouped(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._check_not_grouped(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _check_not_grouped(self, spec):
        """Groups are named by their values, and some aggregates are values."""
        if not self.env.su and spec.partition(":")[0] == "api_key":
            raise AccessError(self.env._("The API key can't be read."))
