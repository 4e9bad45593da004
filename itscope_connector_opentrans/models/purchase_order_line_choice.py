from odoo import api, models


class PurchaseOrderLine(models.Model):
    """A project price is granted for one supplier's offer: another offer has the same
    project's price, or none."""

    _inherit = "purchase.order.line"

    @api.depends("itscope_offer_id")
    def _compute_itscope_project(self):
        for line in self:
            saved = line._origin
            if saved != line and saved.itscope_offer_id == line.itscope_offer_id:
                # A form with the same offer: what was granted is no news of today.
                names = line._itscope_project_values({})
                line.update({name: saved[name] for name in names})
                continue
            project = line._itscope_same_project(line.itscope_offer_id)
            line.update(line._itscope_project_values(project or {}))

    def _itscope_same_project(self, offer):
        """This line's project as an offer has it, or None."""
        self.ensure_one()
        number = (self._origin or self).itscope_project_number
        return next(
            (
                project
                for project in offer.projects or ()
                if number and project["manufacturer_project"] == number
            ),
            None,
        )

    def _itscope_agreed_price(self, offer):
        project = self._itscope_same_project(offer)
        if project and project["price"]:
            return project["price"]
        saved = self._origin or self
        if saved.itscope_project_number and saved.itscope_offer_id == offer:
            # Typed, or no longer named by ITscope: it was granted all the same.
            return saved.itscope_project_price or None
        return super()._itscope_agreed_price(offer)

    def _itscope_choice_values(self, offer):
        values = super()._itscope_choice_values(offer)
        if self._itscope_agreed_price(offer) is not None:
            values.pop("technical_price_unit", None)
            values.update(price_unit=self._itscope_price_of(offer), discount=0.0)
        return values
