from odoo import models
from odoo.tools import float_compare

#: News by which a line stands on another offer.
OTHER_OFFER = ("offer_gone", "offered")
#: News that change what a line costs.
COSTS = ("price_up", "price_down", "price_known", *OTHER_OFFER)
#: News that change what is known of the supplier's stock.
STOCKS = ("stock_short", "stock_back")


class ItscopeLineMixin(models.AbstractModel):
    """What a line keeps of its offer, beside what ITscope says by now."""

    _inherit = "itscope.line.mixin"

    def _itscope_is_open(self):
        """Whether this line may still change: its order is not confirmed."""
        self.ensure_one()
        order = self.order_id
        return order.state in (False, "draft", "sent") and not order.locked

    def _itscope_next_offer(self, link):
        """The offer that this line could stand on instead, or none."""
        raise NotImplementedError

    def _itscope_compared(self, offer):
        """``(price that the line keeps, price by this offer, their currency)``; None
        where the line's price is not the offer's to change."""
        raise NotImplementedError

    def _itscope_cost_written(self, offer, keep_margin):
        """Values of the line's own fields for what this offer costs.

        :param keep_margin: what is sold costs the customer so much more or less, too
        """
        raise NotImplementedError

    def _itscope_price_is_typed(self):
        """Whether a person entered the line's price: Odoo leaves it alone then."""
        self.ensure_one()
        currency = self.currency_id or self.env.company.currency_id
        return bool(
            currency.compare_amounts(self.technical_price_unit, self.price_unit)
        )

    # ------------------------------------------------------------------ compared

    def _itscope_news(self, link):
        """What differs by now from what this line keeps.

        :param link: the ``itscope.product`` of its product, fetched just now
        :return: a list of ``{kind, offer, old, new, currency, take}``; ``old`` and
            ``new`` are prices where there is a currency, else pieces
        """
        self.ensure_one()
        offer = self.itscope_offer_id
        if link.state != "active":
            return [self._itscope_piece_of_news("vanished")]
        if not offer or not offer.active:
            return self._itscope_offer_news(link)
        news = []
        if offer.end_of_life:
            news.append(self._itscope_piece_of_news("end_of_life", offer))
        return news + self._itscope_price_news(offer) + self._itscope_stock_news(offer)

    def _itscope_piece_of_news(self, kind, offer=None, **values):
        return {
            "kind": kind,
            "offer": offer or self.env["itscope.offer"],
            "old": 0.0,
            "new": 0.0,
            "currency": self.env["res.currency"],
            "take": False,
            **values,
        }

    def _itscope_offer_news(self, link):
        """The line's offer ended, or it had none: the next one is proposed."""
        had, other = self.itscope_offer_id, self._itscope_next_offer(link)
        compared = other and self._itscope_compared(other)
        if not compared:
            return [self._itscope_piece_of_news("offer_gone")] if had else []
        old, new, currency = compared
        return [
            self._itscope_piece_of_news(
                "offer_gone" if had else "offered",
                other,
                old=old,
                new=new,
                currency=currency,
                take=bool(new),
            )
        ]

    def _itscope_price_news(self, offer):
        compared = self._itscope_compared(offer)
        if not compared:
            return []
        old, new, currency = compared
        digits = self.env["decimal.precision"].precision_get("Product Price")
        order = float_compare(
            new, old, precision_digits=max(digits, currency.decimal_places)
        )
        if not order:
            return []
        kind = "price_up" if order > 0 else "price_down"
        if not new:
            kind = "price_unknown"
        elif not old:
            kind = "price_known"
        return [
            self._itscope_piece_of_news(
                kind, offer, old=old, new=new, currency=currency, take=bool(new)
            )
        ]

    def _itscope_stock_news(self, offer):
        """Whether the supplier's stock reaches for this line no more, or again."""
        had, has = self.itscope_cost_stock, offer.stock
        pieces = self._itscope_needed()
        if had >= pieces > has:
            kind = "stock_short"
        elif has <= 0 < had:
            # It did not reach before; now there is nothing at all.
            kind = "stock_short"
        elif had < pieces <= has:
            kind = "stock_back"
        else:
            return []
        return [self._itscope_piece_of_news(kind, offer, old=had, new=has, take=True)]

    # ------------------------------------------------------------------ taken over

    def _itscope_take(self, news, keep_margin=False):
        """Write what was chosen of the news.

        :param news: ``{kind: offer}``
        """
        self.ensure_one()
        values = {}
        for kind, offer in news.items():
            if kind in COSTS and not offer.has_price:
                # Unknown is never free.
                continue
            now = self._itscope_cost_values(offer)
            if kind in OTHER_OFFER:
                values.update(now, itscope_offer_id=offer.id)
            elif kind in STOCKS:
                values["itscope_cost_stock"] = now["itscope_cost_stock"]
            elif kind in COSTS:
                for name in ("itscope_cost", "itscope_cost_date"):
                    values[name] = now[name]
            if kind in COSTS:
                values.update(self._itscope_cost_written(offer, keep_margin))
        # Price and stock are news of their own: what was not taken stays as it was
        # kept, also where a new date of choice would have it computed.
        kept = self._itscope_cost_values(self.env["itscope.offer"])
        with self.env.protecting([self._fields[name] for name in kept], self):
            return self.write(values)
