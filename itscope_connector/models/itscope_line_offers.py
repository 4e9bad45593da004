from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

#: The line's fields under the names of a draft; the quantity's differs by model.
DRAFT_FIELDS = {
    "product_id": "product_id",
    "uom_id": "product_uom_id",
    "tax_ids": "tax_ids",
    "offer_id": "itscope_offer_id",
}
#: The order's fields in a draft.
ORDER_FIELDS = ("partner_id", "company_id", "currency_id", "itscope_supplier_id")


class ItscopeLineMixin(models.AbstractModel):
    """The offers of a line's product, opened from its mark, and choosing one of them.

    A form may hold what is not saved yet: it sends its line as it stands, a *draft*:
    ``{product_id, quantity, uom_id, tax_ids, offer_id}`` and of its order ``{order_id,
    partner_id, company_id, currency_id, itscope_supplier_id}``."""

    _inherit = "itscope.line.mixin"

    # ------------------------------------------------------------------ called by forms

    def itscope_offers(self, draft):
        """The offers of this line's product, with all that a list of them shows."""
        return self._itscope_drafted(draft)._itscope_page()

    def itscope_refresh_offers(self, draft, live=False):
        """Fetch the product from ITscope now, and show its offers again.

        :param live: ask the suppliers' live interfaces
        """
        line = self._itscope_drafted(draft)
        link = line._itscope_link()
        link._check_user()
        action = link.action_ask_live() if live else link.action_refresh()
        # The fetch has brought new facts: the draft must not show older ones.
        line = self._itscope_drafted(draft)
        return {**line._itscope_page(), "message": action["params"]["message"]}

    def itscope_choice(self, draft, offer_id):
        """What choosing an offer makes of this line; the form takes it over and saves
        it with the rest."""
        line = self._itscope_drafted(draft)
        self.check_access("write")
        offer = self.env["itscope.offer"].browse(offer_id)
        line._itscope_check_choice(offer)
        values = line._itscope_choice_values(offer)
        values["itscope_offer_id"] = {
            "id": offer.id,
            "display_name": offer.display_name,
        }
        return values

    # ------------------------------------------------------------------ choosing

    def _itscope_choose(self, offer):
        """Let this line stand on an offer that a person chose."""
        self.ensure_one()
        self.check_access("write")
        self._itscope_check_choice(offer)
        self.write(self._itscope_choice_values(offer))

    def _itscope_choice_values(self, offer):
        """What a line is when it stands on this offer."""
        return {
            "itscope_offer_id": offer.id,
            "itscope_chosen_date": fields.Datetime.now(),
        }

    def _itscope_choice_hindrance(self):
        """Why no offer can be chosen on this line, in words; or False."""
        raise NotImplementedError

    def _itscope_check_choice(self, offer):
        """Raise where this offer can't be chosen on this line."""
        self.ensure_one()
        if hindrance := self._itscope_choice_hindrance():
            raise UserError(hindrance)
        if not self._itscope_fits(offer):
            raise UserError(
                self.env._(
                    "%(offer)s is no offer of %(product)s. Open the offers again.",
                    offer=offer.display_name,
                    product=self.product_id.display_name,
                )
            )
        if not offer.active:
            raise UserError(
                self.env._(
                    "%(supplier)s no longer offers %(product)s. Choose another offer.",
                    supplier=offer.supplier_id.display_name,
                    product=self.product_id.display_name,
                )
            )
        if not offer.has_price and self._itscope_agreed_price(offer) is None:
            # The former offer's price would stay, as if it were this one's.
            raise UserError(
                self.env._(
                    "%(supplier)s's price of %(product)s is unknown. Refresh the "
                    "offers, or choose another one.",
                    supplier=offer.supplier_id.display_name,
                    product=self.product_id.display_name,
                )
            )

    def _itscope_agreed_price(self, offer):
        """What was agreed on for this line by this offer, for one of the product's
        unit in the offer's currency; None where the offer's own price counts."""
        return None

    # ------------------------------------------------------------------ the list

    def _itscope_drafted(self, draft):
        """This line as the form has it, saved or not; nothing is written by it."""
        self.check_access("read")
        orders = self.env[self._fields["order_id"].comodel_name]
        origin = orders.browse(draft.get("order_id") or ())
        origin.check_access("read")
        order = orders.new(
            {
                name: draft[name]
                for name in ORDER_FIELDS
                if name in draft and name in orders._fields
            },
            origin=origin,
        )
        names = {**DRAFT_FIELDS, "quantity": self._itscope_quantity_fields[0]}
        values = {name: draft[key] for key, name in names.items() if key in draft}
        return self.new({**values, "order_id": order}, origin=self)

    def _itscope_link(self):
        return self._itscope_links_of(self.product_id, self.company_id)

    def _itscope_page(self):
        """What is shown where a mark was opened; all texts as the user reads them."""
        self.ensure_one()
        link = self._itscope_link()
        offers = link.offer_ids.sorted(
            lambda offer: (
                not offer.is_new,
                not offer.has_price,
                offer.company_price,
                offer.id,
            )
        )
        user = self.env.user
        return {
            "product": self.product_id.display_name or "",
            "product_id": self.product_id.id,
            "deeplink": link.deeplink or False,
            "mark": self._itscope_marks()[self],
            "linked": bool(link),
            "refreshed": format_datetime(self.env, link.refresh_date, dt_format="short")
            if link.refresh_date
            else "",
            "kept": self._itscope_kept_text(),
            "may_refresh": user.has_group("itscope_connector.group_user"),
            "hindrance": self._itscope_choice_hindrance(),
            "offers": self._itscope_offer_rows(offers),
        }

    def _itscope_kept_text(self):
        """What the line's offer cost when the line was made, where it is another price
        by now."""
        if self._itscope_change() not in ("up", "down"):
            return False
        company = self.company_id or self.env.company
        return self.env._(
            "%(supplier)s had it for %(price)s when it was put on this line.",
            supplier=self.itscope_offer_id.supplier_id.display_name,
            price=company.currency_id.format(self._itscope_kept_cost()),
        )

    def _itscope_offer_rows(self, offers):
        needed = self._itscope_needed()
        labels = {
            name: dict(offers._fields[name]._description_selection(self.env))
            for name in ("stock_status", "condition")
        }
        return [
            {
                "id": offer.id,
                "supplier": offer.supplier_id.display_name,
                "sku": offer.supplier_sku or "",
                "deeplink": offer.deeplink or False,
                "price": offer.currency_id.format(offer._price_for(needed))
                if offer.has_price
                else "",
                "scales": [
                    self.env._(
                        "from %(quantity)s: %(price)s",
                        quantity=quantity,
                        price=offer.currency_id.format(price),
                    )
                    for quantity, price in offer.scales or ()
                ],
                "stock": offer.stock,
                "availability": labels["stock_status"].get(offer.stock_status, ""),
                "available": format_date(self.env, offer.availability_date)
                if offer.availability_date
                else "",
                "condition": labels["condition"].get(offer.condition)
                or offer.condition_name
                or "",
                "is_new": offer.is_new,
                "date": format_datetime(self.env, offer.price_date, dt_format="short")
                if offer.price_date
                else "",
                "age": offer.age or "",
                "projects": (offer.project_text or "").splitlines(),
                "project_price": self._itscope_project_price_text(offer),
                "chosen": offer == self.itscope_offer_id._origin,
            }
            for offer in offers
        ]

    @api.model
    def _itscope_project_price_text(self, offer):
        prices = [project["price"] for project in offer.projects or ()]
        known = [price for price in prices if price]
        return offer.currency_id.format(min(known)) if known else ""
