from odoo import api, fields, models


class ItscopePriceAlarm(models.Model):
    """What rose in price: a product that somebody watches, or the cost of a line of an
    open quotation. One row for each, however often its price changes."""

    _name = "itscope.price.alarm"
    _description = "ITscope price alarm"
    _order = "state, date desc, id desc"
    _rec_name = "product_id"

    kind = fields.Selection(
        [("watched", "Watched product"), ("quotation", "Open quotation")],
        required=True,
        readonly=True,
    )
    link_id = fields.Many2one(
        "itscope.product", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="link_id.company_id", store=True, index=True)
    product_id = fields.Many2one(related="link_id.product_id", store=True)
    sale_line_id = fields.Many2one("sale.order.line", ondelete="cascade", readonly=True)
    order_id = fields.Many2one(
        related="sale_line_id.order_id",
        string="Quotation",
        store=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    offer_id = fields.Many2one(
        "itscope.offer",
        string="Costs now at",
        ondelete="set null",
        readonly=True,
        help="The offer with the new price.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    old_price = fields.Float(
        digits="Product Price",
        readonly=True,
        help="In the company's currency: when watching began, or when the quoted offer "
        "was chosen or refreshed.",
    )
    new_price = fields.Float(digits="Product Price", readonly=True)
    rise = fields.Float(string="Rise (%)", readonly=True, aggregator="max")
    accepted_price = fields.Float(
        digits="Product Price",
        readonly=True,
        help="Marked as done at this price: only a further rise is an alarm again.",
    )
    date = fields.Datetime(string="Since", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    told = fields.Boolean(
        readonly=True, help="The responsible person has an activity about it."
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("over", "Over")],
        required=True,
        default="open",
        readonly=True,
        help="Done: a person has seen it. Over: the price fell back, or the quotation "
        "is no longer open.",
    )

    _line_uniq = models.UniqueIndex(
        "(sale_line_id) WHERE sale_line_id IS NOT NULL",
        "There is an alarm of this line already.",
    )
    _link_uniq = models.UniqueIndex(
        "(link_id) WHERE sale_line_id IS NULL",
        "There is an alarm of this product already.",
    )

    def action_done(self):
        """A person has seen these: only a further rise is an alarm again."""
        self.env["itscope.product"]._check_user()
        self.check_access("read")
        # sudo: alarms are the connector's to write; who may see them may answer.
        alarms = self.sudo().filtered(lambda alarm: alarm.state == "open")
        for alarm in alarms:
            alarm.write({"state": "done", "accepted_price": alarm.new_price})
            if alarm.kind == "watched":
                alarm.link_id.watch_price = alarm.new_price
        alarms._forget_notices()

    def action_open_order(self):
        self.ensure_one()
        return self.order_id._get_records_action()

    def action_open_product(self):
        self.ensure_one()
        return self.product_id._get_records_action()

    def _end(self):
        """Nothing is to be seen any more."""
        ended = self.filtered(lambda alarm: alarm.state == "open")
        ended.write({"state": "over", "accepted_price": 0, "told": False})
        ended._forget_notices()

    @api.model
    def _end_of_orders(self, orders):
        """These quotations are no longer open."""
        # sudo: whoever confirms or cancels one ends its alarms with it.
        self.sudo().search(
            [("order_id", "in", orders.ids), ("state", "=", "open")]
        )._end()
