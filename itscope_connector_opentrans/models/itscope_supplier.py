from odoo import fields, models


class ItscopeSupplier(models.Model):
    """What a company's orders to a supplier are like."""

    _inherit = "itscope.supplier"

    order_permission = fields.Selection(
        [("allowed", "May be ordered from"), ("blocked", "Not to be ordered from")],
        string="Orders through ITscope",
        company_dependent=True,
        help="Without a choice, orders are allowed.",
    )
    own_delivery_note_allowed = fields.Boolean(
        string="Own delivery note on request",
        company_dependent=True,
        help="You have agreed with the supplier that single orders ship with your "
        "delivery note. “Own delivery note” does so for every order.",
    )
    send_on_confirmation = fields.Boolean(
        string="Send after confirmation",
        company_dependent=True,
        help="A purchase order is sent by itself after it was confirmed, where the "
        "check finds nothing to say about it.",
    )
    order_remarks = fields.Text(
        string="Remarks for the supplier",
        company_dependent=True,
        help="New orders to this supplier begin with these remarks.",
    )

    def _allows_own_delivery_note(self):
        """Agreed for single orders, or even for all."""
        self.ensure_one()
        return self.own_delivery_note_allowed or self.own_delivery_note
