from odoo import api, fields, models
from odoo.tools import SQL

#: What a new price is kept for; of the stock, whether there is any.
NEWS = ("active", "has_price", "price", "currency_id", "link_id")


class ItscopeOffer(models.Model):
    """Followed offers: those that somebody chose or watches keep their prices."""

    _inherit = "itscope.offer"

    followed = fields.Boolean(
        readonly=True,
        help="Its prices are kept: it was chosen in a quotation or an order, its "
        "product is watched, or somebody marked it.",
    )
    price_ids = fields.One2many("itscope.offer.price", "offer_id", readonly=True)

    def action_toggle_followed(self):
        """Keep the prices of this offer from now on, or no longer."""
        self.env["itscope.product"]._check_user()
        self.check_access("read")
        followed = self.filtered("followed")
        followed.sudo().followed = False  # sudo: a mark, nothing of ITscope's
        (self - followed)._follow()

    def _follow(self):
        """Keep the prices of these offers from now on, today's first."""
        # sudo: a mark that comes with somebody's choice; what is kept are facts that
        # everybody sees who sees the offer.
        new = self.sudo().filtered(lambda offer: not offer.followed)
        if new:
            new.followed = True
            new.env["itscope.offer.price"]._record(
                SQL("o.id = ANY(%s)", new.ids),
            )

    # ------------------------------------------------------------------ by the importer

    @api.model
    def _keep_prices(self, company, changed, known, watched):
        """Keep what became of followed offers, by one statement; nothing is asked
        where there are none: what decides is in hand.

        :param changed: ``[(ITscope's offer id, new columns)]``, written already
        :param known: see ``_known``, before it was written
        :param watched: ids of links whose priced new offers are followed from now on
        """
        news, begun = [], []
        for offer_id, new in changed:
            old = known.get(offer_id)
            if old and old[2]:
                if _differs(old[1], new):
                    news.append(offer_id)
            elif new["link_id"] in watched and _begins(old, new):
                begun.append(offer_id)
        if begun:
            # Set-wise on our own table.
            self.env.cr.execute(
                SQL(
                    "UPDATE itscope_offer SET followed = TRUE "
                    "WHERE company_id = %s AND offer_id = ANY(%s)",
                    company.id,
                    begun,
                )
            )
            self.invalidate_model(["followed"], flush=False)
        if news or begun:
            self.env["itscope.offer.price"]._record(
                SQL(
                    "o.company_id = %s AND o.offer_id = ANY(%s)",
                    company.id,
                    news + begun,
                )
            )

    @api.model
    def _keep_ends(self, ids):
        """These followed offers have ended."""
        if ids:
            self.env["itscope.offer.price"]._record(SQL("o.id = ANY(%s)", ids))


def _begins(old, new):
    """Whether an offer of a watched product is one that was none before: who stopped
    following it does not want it back."""

    def counts(row):
        return row["is_new"] and row["has_price"]

    before = old and old[1]["link_id"] == new["link_id"] and counts(old[1])
    return counts(new) and not before


def _differs(old, new):
    return bool(old["stock"]) != bool(new["stock"]) or any(
        old[name] != new[name] for name in NEWS
    )
