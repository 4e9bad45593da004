from odoo import api, models
from odoo.exceptions import LockError, UserError

from ..tools import notification


class ItscopeNeed(models.Model):
    """What a buyer does with needs: order, choose, put aside."""

    _inherit = "itscope.need"

    @api.model
    def _check_buyer(self):
        """Raise unless this user may buy what ITscope offers."""
        self.env["itscope.product"]._check_user()
        self.check_access("write")

    def _open_ones(self):
        """Those that are still open, by the day; raises where there are none."""
        self.check_access("read")
        found = self.filtered(lambda need: need.state == "open")
        if not found:
            raise UserError(self.env._("Choose needs that are still open."))
        return found

    # ------------------------------------------------------------------ the basket

    @api.model
    def action_open_basket(self):
        """The basket as it is now."""
        if self.env["itscope.need"].has_access("write"):
            for company in self.env.companies:
                self._gather(company)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_need_action"
        )

    def action_gather(self):
        """Look for new needs now."""
        self._check_buyer()
        for company in self.env.companies:
            if not self._gather(company):
                return notification(
                    self.env._("Needs are being gathered already; look again soon."),
                    "warning",
                )
        # The list looks again by itself after a button.
        return None

    def action_add(self):
        """A need that no sale and no rule knows of."""
        self._check_buyer()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a need"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
        }

    # ------------------------------------------------------------------ ordering

    @api.model
    def action_order_supplier(self, company_id, supplier_id):
        """Order all that is open with a supplier."""
        return self.search(
            [
                ("company_id", "=", company_id),
                ("supplier_id", "=", supplier_id),
                ("state", "=", "open"),
            ]
        ).action_order()

    def action_order(self):
        """Turn these needs into requests for quotation, one for each supplier, and show
        them. Requests that are there already are filled."""
        self._check_buyer()
        needs = self._still_open()._open_ones()
        unknown = needs.filtered(lambda need: not need.offer_id)
        if unknown == needs:
            raise UserError(
                self.env._(
                    "No supplier is known for %s. Link the product with ITscope, or "
                    "order it as usual and dismiss the need.",
                    ", ".join(unknown[:10].product_id.mapped("display_name")),
                )
            )
        refused = (needs - unknown)._refused()
        ordered = (needs - unknown).filtered(lambda need: need not in refused)
        if not ordered:
            raise UserError(self._refusal_text(refused))
        orders = self.env["purchase.order"]
        for company, group in ordered.grouped("company_id").items():
            orders |= group._put_into_orders(company)
        action = {
            **self.env["ir.actions.act_window"]._for_xml_id("purchase.purchase_rfq"),
            "domain": [("id", "in", orders.ids)],
            "context": {},
        }
        if len(orders) == 1:
            action.update(res_id=orders.id, views=[(False, "form")], view_mode="form")
        messages = []
        if unknown:
            text = self.env._(
                "Not ordered, since no supplier is known: %s.",
                ", ".join(unknown[:10].product_id.mapped("display_name")),
            )
            messages.append(text)
        if refused:
            messages.append(self._refusal_text(refused))
        if not messages:
            return action
        found = notification(" ".join(messages), "warning", sticky=True)
        found["params"]["next"] = action
        return found

    def _still_open(self):
        """Those that are open, as they are needed by now; nobody else orders them until
        this transaction ends."""
        for company in self.company_id:
            # What was ordered or cancelled elsewhere since is not ordered again.
            self._gather(company)
        return self.exists()._locked()

    def _locked(self):
        """The open ones of these, kept from all others until this transaction ends."""
        needs = self.filtered(lambda need: need.state == "open")
        try:
            # Two buyers, or one who presses twice, order once.
            needs.lock_for_update()
        except LockError:
            raise UserError(
                self.env._(
                    "Somebody is ordering these needs at this moment. Look again soon."
                )
            ) from None
        return needs

    def _refused(self):
        """``{need: why}`` of those whose offers nobody should order by."""
        Line = self.env["itscope.best.offers.line"]
        hindrances, texts = Line._hindrances(self.offer_id), Line._hindrance_texts()
        found = {}
        for need in self:
            why = hindrances[need.offer_id]
            if not need.offer_id.has_price:
                why = "price"
            # A person may choose by another condition or a doubtful match; that the
            # vendor is missing is said with what to do.
            if why and why not in ("condition", "match_quality", "supplier"):
                found[need] = texts[why]
        return found

    @api.model
    def _refusal_text(self, refused):
        """:param refused: as :meth:`_refused` has it"""
        return self.env._(
            "Not ordered, choose other offers: %s.",
            "; ".join(
                f"{need.product_id.display_name}, "
                f"{need.supplier_id.display_name}: {why}"
                for need, why in list(refused.items())[:10]
            ),
        )

    def _put_into_orders(self, company):
        """Put these needs of one company into purchase orders; :return: the orders"""
        plan = self.env["itscope.purchase.plan"]
        return plan._buy(company, [need._prepare_pick() for need in self])

    def _ordered(self, purchase_line):
        """These needs became this line of a purchase order."""
        self.write({"state": "ordered", "purchase_line_id": purchase_line.id})
        # What a rule was told to order once is ordered; Odoo's own button forgets it
        # too. sudo: buyers need not be allowed to change reordering rules.
        if rules := self._rules():
            rules.sudo().action_remove_manual_qty_to_order()

    def _prepare_pick(self):
        """What the purchase order is made of; :meth:`_sources` are added to it."""
        self.ensure_one()
        return {
            "need": self,
            "offer": self.offer_id,
            "quantity": self.quantity,
            "date": self.date,
            "origin": self.origin,
        }

    def _sources(self):
        """What asks for it, as purchase lines are linked to it."""
        self.ensure_one()
        # sudo: a buyer need not be allowed to see sales orders and reordering rules.
        need = self.sudo()
        return {"sale_line": need.sale_line_id, "orderpoint": need._rules()}

    # ------------------------------------------------------------------ other buttons

    def action_best_offers(self):
        """Find the best offers for these needs together."""
        self._check_buyer()
        company = self.company_id
        if len(company) != 1:
            raise UserError(self.env._("Choose needs of one company."))
        self._gather(company)
        needs = self.exists()._open_ones()
        linked = needs.filtered(
            lambda need: need.product_id.with_company(company).itscope_link_id
        )
        if not linked:
            raise UserError(
                self.env._(
                    "None of these products is linked to ITscope. Link them first."
                )
            )
        return self.env["itscope.best.offers"]._open(
            [{**need._prepare_pick(), "product": need.product_id} for need in linked],
            company=company,
            left_out=len(needs - linked),
        )

    def action_refresh(self):
        """Fetch what is to be bought from ITscope now."""
        needs = self._open_ones()
        links = self.env["itscope.product"]
        for company, group in needs.grouped("company_id").items():
            links |= group.product_id.with_company(company).itscope_link_id
        answer = links.action_refresh()
        needs.exists()._look_again()
        return answer

    def action_dismiss(self):
        """Ask why these needs are not to be bought."""
        self._check_buyer()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss needs"),
            "res_model": "itscope.need.dismiss",
            "view_mode": "form",
            "target": "new",
            "context": {"default_need_ids": self._open_ones().ids},
        }

    def action_restore(self):
        """What was dismissed is to be bought after all."""
        self._check_buyer()
        dismissed = self.filtered(lambda need: need.state == "dismissed")
        if not dismissed:
            raise UserError(self.env._("Choose needs that were dismissed."))
        dismissed.write({"state": "open", "reason": False})

    def action_open_source(self):
        """The sales order or reordering rule that asks for it."""
        self.ensure_one()
        record = self.sale_line_id.order_id or self._rules()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
