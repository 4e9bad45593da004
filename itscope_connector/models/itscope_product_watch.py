from odoo import fields, models


class ItscopeProduct(models.Model):
    """Watching a product: its rise in price is an alarm."""

    _inherit = "itscope.product"

    watch_price = fields.Float(
        string="Watched from",
        digits="Product Price",
        readonly=True,
        copy=False,
        help="The best price, in the company's currency, when watching began or when a "
        "rise was marked as done: later ones are measured by it.",
    )
    watch_user_id = fields.Many2one(
        "res.users", string="Watched by", readonly=True, copy=False
    )

    # Few of hundreds of thousands.
    _watched_idx = models.Index("(company_id) WHERE watched")

    def action_watch(self):
        """From now on a best price that rises is an alarm for this user."""
        self._check_user()
        self.check_access("read")
        # sudo: links are the connector's to write; who may use them may watch them.
        for link in self.sudo().filtered(lambda link: not link.watched):
            link.write(
                {
                    "watched": True,
                    "watch_price": link._watched_now(),
                    "watch_user_id": self.env.uid,
                }
            )

    def action_unwatch(self):
        """Nobody wants to know any more; open alarms end."""
        self._check_user()
        self.check_access("read")
        links = self.sudo()  # see action_watch
        links.write({"watched": False, "watch_price": 0, "watch_user_id": False})
        links.env["itscope.price.alarm"].search(
            [("link_id", "in", self.ids), ("kind", "=", "watched")]
        )._end()

    def _watched_now(self):
        """The price that is watched, 0 where none is known."""
        return self.best_offer_id.company_price
