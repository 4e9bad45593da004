from odoo import fields, models
from odoo.tools.misc import format_date

from ..tools import plain

#: Availability of which the number of pieces is an answer.
COUNTED = ("1", "3")
NOT_AVAILABLE = "6"


class ItscopeOrderCheck(models.AbstractModel):
    """What there is to say about a line by the offer that it is ordered by."""

    _inherit = "itscope.order.check"

    def _project_problems(self, line, values):
        if not line.itscope_project_number:
            return
        values = {**values, "project": line.itscope_project_number}
        today = fields.Date.context_today(line)
        end, start = line.itscope_project_end, line.itscope_project_start
        if end and end < today:
            yield self._error(
                "project",
                self.env._(
                    "%(line)s: the price for project %(project)s expired on %(date)s. "
                    "Choose another project price, or none.",
                    date=format_date(self.env, end),
                    **values,
                ),
                line,
            )
        elif start and start > today:
            yield self._error(
                "project",
                self.env._(
                    "%(line)s: the price for project %(project)s is valid from "
                    "%(date)s on.",
                    date=format_date(self.env, start),
                    **values,
                ),
                line,
            )
        project = line._itscope_project()
        if project is None:
            yield self._warning(
                "project_gone",
                self.env._(
                    "%(line)s: the supplier no longer names the project %(project)s.",
                    **values,
                ),
                line,
                line.itscope_project_number,
            )
            return
        quantity = line._itscope_quantity()
        least, left = project["min_quantity"], project["remaining_quantity"]
        if least and quantity < least:
            yield self._error(
                "project_quantity",
                self.env._(
                    "%(line)s: project %(project)s asks for at least %(least)s.",
                    least=least,
                    **values,
                ),
                line,
            )
        if left is not None and quantity > left:
            yield self._warning(
                "project_left",
                self.env._(
                    "%(line)s: %(left)s are left of project %(project)s.",
                    left=left,
                    **values,
                ),
                line,
                left,
                plain(quantity),
            )

    def _offer_problems(self, line, values):
        offer = line.itscope_offer_id
        if not offer:
            return
        if not offer.active or offer.link_id.state != "active":
            yield self._warning(
                "offer_gone",
                self.env._(
                    "%(line)s: the supplier no longer offers this article at ITscope.",
                    **values,
                ),
                line,
                offer.id,
            )
            return
        if offer.end_of_life:
            yield self._warning(
                "end_of_life",
                self.env._("%(line)s: the article is at its end of life.", **values),
                line,
                offer.id,
            )
        quantity = line._itscope_quantity()
        short = offer.stock_status in COUNTED and offer.stock < quantity
        if offer.stock_status == NOT_AVAILABLE or short:
            values = {"stock": offer.stock, "quantity": plain(quantity), **values}
            if offer.stock < line.itscope_stock_entered:
                text = self.env._(
                    "%(line)s: the supplier has %(stock)s by now (%(before)s when the "
                    "line was entered), the order has %(quantity)s.",
                    before=line.itscope_stock_entered,
                    **values,
                )
            else:
                text = self.env._(
                    "%(line)s: the supplier has %(stock)s, the order has %(quantity)s.",
                    **values,
                )
            yield self._warning(
                "stock",
                text,
                line,
                offer.stock,
                plain(quantity),
            )

    def _licence_problems(self, line, values):
        if not line.itscope_needs_licensee:
            return
        if not line.itscope_licensee_id:
            yield self._error(
                "licensee",
                self.env._(
                    "%(line)s: a licence or electronic delivery needs a licensee.",
                    **values,
                ),
                line,
            )
        missing = line.itscope_parameter_ids.filtered(
            lambda row: row.mandatory and not (row.value or "").strip()
        )
        if missing:
            yield self._error(
                "parameters",
                self.env._(
                    "%(line)s: the supplier asks for %(missing)s.",
                    missing=", ".join(row.label or row.name for row in missing),
                    **values,
                ),
                line,
            )
