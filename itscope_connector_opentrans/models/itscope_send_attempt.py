from odoo import api, fields, models


class ItscopeSendAttempt(models.Model):
    """The sending log: each time that an order left Odoo, and what came back."""

    _name = "itscope.send.attempt"
    _description = "Attempt to send an order to ITscope"
    _order = "id desc"

    deal_id = fields.Many2one(
        "itscope.deal", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="deal_id.company_id", store=True, index=True)
    number = fields.Integer(string="Attempt", readonly=True)
    left_date = fields.Datetime(string="Left Odoo", readonly=True)
    answer_date = fields.Datetime(string="Answered", readonly=True)
    result = fields.Selection(
        [
            ("sending", "No answer yet"),
            ("sent", "Accepted"),
            ("rejected", "Refused"),
            ("not_sent", "Did not arrive"),
            ("unknown", "Unknown"),
            ("found", "Found at ITscope"),
            ("missing", "Not at ITscope"),
        ],
        readonly=True,
        required=True,
        default="sending",
    )
    answer = fields.Text(
        readonly=True, help="ITscope's words, and what they mean for the order."
    )
    document_id = fields.Many2one(
        "itscope.document", string="What was sent", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Sent by", readonly=True)

    @api.depends("deal_id", "number")
    def _compute_display_name(self):
        for attempt in self:
            attempt.display_name = f"{attempt.deal_id.own_order_id} #{attempt.number}"
