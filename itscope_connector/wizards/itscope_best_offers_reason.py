from odoo import api, models
from odoo.tools import format_date

from .. import buying
from ..buying import Reason, Why


class ItscopeBestOffersLine(models.TransientModel):
    """What was chosen for a line, what else there is, and the rule that decided."""

    _inherit = "itscope.best.offers.line"

    def _take(self, choice):
        """Take over what was chosen for this line."""
        self.ensure_one()
        self.write(
            {
                "offer_id": choice.offer or False,
                "fixed": choice.reason is Reason.FIXED,
                "below_minimum": choice.below_minimum,
                "reason": self._explain(choice),
            }
        )

    def _explain(self, choice):
        """The rule that decided, in words."""
        offers = self.env["itscope.offer"]
        chosen = offers.browse(choice.offer or ())
        values = {
            "supplier": chosen.supplier_id.display_name,
            "rival": offers.browse(choice.rival or ()).supplier_id.display_name,
            "dearer": self.currency_id.format(float(choice.dearer)),
            "saved": self.currency_id.format(float(choice.saved)),
            "days": self.wizard_id.best_price_days,
        }
        text = self._reasons(bool(choice.rival))[choice.reason] % values
        if choice.below_minimum:
            text += " " + self.env._(
                "The order to %(supplier)s stays below its minimum.", **values
            )
        return text

    @api.model
    def _reasons(self, compared):
        """:param compared: whether there is a cheaper one to compare with"""
        return {
            Reason.FIXED: self.env._("Chosen by you, %(dearer)s dearer than %(rival)s.")
            if compared
            else self.env._("Chosen by you."),
            Reason.ONLY: self.env._("The only offer that counts."),
            Reason.ONLY_IN_TIME: self.env._(
                "The only one that comes in time; %(rival)s is %(dearer)s cheaper."
            )
            if compared
            else self.env._("The only one that comes in time."),
            Reason.IN_TIME: self.env._(
                "Comes in time; %(rival)s is %(dearer)s cheaper, but too late."
            ),
            Reason.PREFERRED: self.env._(
                "Preferred, although %(dearer)s dearer than %(rival)s."
            ),
            Reason.CHEAPEST: self.env._("The cheapest."),
            Reason.TOGETHER: self.env._(
                "Goes with the order to %(supplier)s: %(dearer)s dearer than "
                "%(rival)s, saves %(saved)s in all."
            ),
            Reason.MINIMUM: self.env._(
                "%(dearer)s dearer than %(rival)s, which would leave an order below "
                "its minimum."
            ),
            Reason.UNPROVEN: self.env._(
                "%(dearer)s dearer than %(rival)s; time was up before it was better."
            ),
            Reason.NO_OFFER: self.env._("No mapped supplier offers it as new goods."),
            Reason.UNPRICED: self.env._("No offer has a price."),
            Reason.OLD: self.env._(
                "All prices are older than %(days)s days. Refresh them from ITscope."
            ),
            Reason.LATE: self.env._("Nothing comes in time."),
        }

    # ------------------------------------------------------------------ alternatives

    def action_alternatives(self):
        """What else there is for this line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Offers of %s", self.product_id.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_back(self):
        """All lines again."""
        return self.wizard_id._show()

    @api.depends("offer_id", "quantity", "date")
    @api.depends_context("lang")
    def _compute_alternatives(self):
        offers_of = self._offers()
        hindrances = self._hindrances(
            self.env["itscope.offer"].union(*offers_of.values())
        )
        for line in self:
            line.alternatives = self.env["ir.qweb"]._render(
                "itscope_connector.best_offers_alternatives",
                {
                    "rows": line._alternative_rows(offers_of[line], hindrances),
                    "money": line.currency_id.format,
                },
            )

    def _alternative_rows(self, offers, hindrances):
        """What there is for this line, as the template shows it: those that count
        first, then the cheapest."""
        wizard = self.wizard_id.with_company(self.company_id)
        known = {offer: self._buying_offer(offer) for offer in offers}
        candidates = [(self, offer) for offer in offers if not hindrances[offer]]
        terms = wizard._buying_terms(candidates)
        (counted,) = buying.count(
            # What the rules say, whatever was chosen by hand.
            [self._buying_need(fixed=False)],
            [known[offer] for _line, offer in candidates],
            {supplier.id: supplier for supplier in terms},
            wizard._buying_rules(wizard.company_id),
        )
        words = self._refusals()
        rules = self._hindrance_texts()
        rows = [
            {
                "offer": offer,
                "chosen": offer == self.offer_id,
                "price": float(known[offer].price or 0),
                "quantity": f"{known[offer].quantity.normalize():f}",
                "available": format_date(self.env, known[offer].arrives_on),
                "difference": float(known[offer].price * known[offer].quantity)
                - self.amount
                if known[offer].price and self.offer_id
                else 0.0,
                "why": rules[hindrances[offer]]
                if hindrances[offer]
                else words.get(counted.refused.get(offer.id), ""),
            }
            for offer in offers
        ]
        return sorted(rows, key=lambda row: bool(row["why"]))

    @api.model
    def _hindrance_texts(self):
        """Why nobody would order by an offer, as :meth:`_hindrances` has it."""
        field = self.env["itscope.offer"]._fields["price_rule"]
        return dict(field._description_selection(self.env))

    @api.model
    def _refusals(self):
        return {
            Why.UNPRICED: self.env._("Price unknown"),
            Why.OLD: self.env._("Price too old"),
            Why.LATE: self.env._("Too late"),
            Why.RANK: self.env._("Not preferred, and not so much cheaper"),
        }
