from odoo import api, fields, models
from odoo.exceptions import UserError

from ..opentrans import InvalidOrderError


class ItscopeSend(models.TransientModel):
    """The page before sending: all there is to say about an order, at once."""

    _name = "itscope.send"
    _description = "Send an order to ITscope"

    order_id = fields.Many2one(
        "purchase.order", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many("itscope.send.line", "send_id", readonly=True)
    error_count = fields.Integer(compute="_compute_counts")
    warning_count = fields.Integer(compute="_compute_counts")
    price_count = fields.Integer(compute="_compute_counts")
    check_state = fields.Selection(
        [("passed", "No objection"), ("failed", "Objections")],
        string="ITscope's check",
        readonly=True,
    )
    check_answer = fields.Text(string="ITscope says", readonly=True)

    @api.depends("line_ids.level", "line_ids.code")
    def _compute_counts(self):
        for send in self:
            levels, codes = send.line_ids.mapped("level"), send.line_ids.mapped("code")
            send.error_count = levels.count("error")
            send.warning_count = levels.count("warning")
            send.price_count = codes.count("price_changed")

    @api.model
    def _open(self, order):
        send = self.create({"order_id": order.id})
        send._fill()
        return send._show()

    def _fill(self):
        """Check anew."""
        self.ensure_one()
        problems = sorted(
            self.order_id._itscope_problems(), key=lambda problem: problem.level
        )
        self.line_ids = [fields.Command.clear()] + [
            fields.Command.create(
                {
                    "level": problem.level,
                    "code": problem.code,
                    "text": problem.text,
                    "key": problem.key,
                    "res_model": problem.record._name,
                    "res_id": problem.record[:1].id,
                }
            )
            for problem in problems
        ]

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send %s via ITscope", self.order_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------ buttons

    def action_check_again(self):
        """After something was mended."""
        self._fill()
        return self._show()

    def action_check_at_itscope(self):
        """Let ITscope check the document, without sending it."""
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        account = order._itscope_account()
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no ITscope account yet. Create one under ITscope "
                    "→ Configuration → Accounts.",
                    company=order.company_id.name,
                )
            )
        try:
            xml = self.env["itscope.order.builder"]._xml(order)
        except InvalidOrderError as error:
            raise UserError(
                self.env._(
                    "The order does not make a document yet that ITscope could check. "
                    "Mend the errors first."
                )
            ) from error
        with account._client() as client:
            answer = client.check_order(xml)
        self.write(
            {
                "check_state": "failed" if answer else "passed",
                "check_answer": answer or False,
            }
        )
        return self._show()

    def action_refresh(self):
        """Ask ITscope for the prices and stocks of these articles now."""
        self.ensure_one()
        self.order_id.check_access("write")
        products = self.order_id.order_line.product_id
        products.with_company(self.order_id.company_id).itscope_link_id.action_refresh()
        self._fill()
        return self._show()

    def action_take_prices(self):
        """Order at the prices that the supplier names."""
        self.ensure_one()
        self.order_id.check_access("write")
        changed = self.line_ids.filtered(lambda line: line.code == "price_changed")
        lines = self.order_id.order_line.browse(changed.mapped("res_id"))
        for line in lines & self.order_id.order_line:
            line._itscope_set_net_price(line._itscope_offer_price())
        self._fill()
        return self._show()

    def action_send(self):
        """Send it; the warnings on this page are confirmed by that."""
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        blocked = self.env["itscope.order.check"]._state_problem(order)
        if blocked:
            raise UserError(blocked.text)
        seen = set(self.line_ids.mapped("key"))
        self._fill()
        if self.error_count or set(self.line_ids.mapped("key")) - seen:
            # There is something to say that was not on the page.
            return self._show()
        action = order._itscope_send(seen)
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action
