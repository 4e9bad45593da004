from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Deleted by one turn of the daily clean-up.
BATCH = 10_000
COLUMNS = (
    "offer_id, link_id, supplier_id, company_id, currency_id, price, company_price, "
    "stock, state, date, create_uid, create_date, write_uid, write_date"
)


class ItscopeOfferPrice(models.Model):
    """What a followed offer cost from a moment on: a row for each change of the price,
    or of whether there is stock."""

    _name = "itscope.offer.price"
    _description = "Price of an ITscope offer"
    _order = "date desc, id desc"
    _rec_name = "date"

    offer_id = fields.Many2one(
        "itscope.offer", required=True, readonly=True, ondelete="cascade", index=True
    )
    # As they were then: ITscope moves offers from one product to another.
    link_id = fields.Many2one(
        "itscope.product", required=True, readonly=True, ondelete="cascade", index=True
    )
    supplier_id = fields.Many2one(
        "itscope.supplier", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Datetime(string="From", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    price = fields.Float(digits="Product Price", readonly=True, aggregator=None)
    company_price = fields.Float(
        string="Price in company currency", digits="Product Price", readonly=True
    )
    stock = fields.Integer(readonly=True, aggregator=None)
    state = fields.Selection(
        [
            ("offered", "Offered"),
            ("unknown", "Price unknown"),
            ("ended", "No longer offered"),
        ],
        required=True,
        readonly=True,
    )

    _date_idx = models.Index("(company_id, date)")

    @api.model
    def _record(self, offers):
        """Keep what followed offers cost now.

        :param offers: SQL condition on the offers ``o``
        """
        self.env["itscope.offer"].flush_model()
        # Set-wise: one statement, however many offers of a batch have news.
        self.env.cr.execute(
            SQL(
                """INSERT INTO itscope_offer_price (%(columns)s)
                   SELECT o.id, o.link_id, o.supplier_id, o.company_id, o.currency_id,
                          o.price, o.company_price, o.stock,
                          CASE WHEN NOT o.active THEN 'ended'
                               WHEN o.has_price THEN 'offered'
                               ELSE 'unknown' END,
                          %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM itscope_offer o
                    WHERE o.followed AND %(offers)s""",
                columns=SQL(COLUMNS),
                now=fields.Datetime.now(),
                uid=self.env.uid,
                offers=offers,
            )
        )
        self.invalidate_model(flush=False)
        self.env["itscope.offer"].invalidate_model(["price_ids"], flush=False)

    @api.autovacuum
    def _gc_old_prices(self):
        """Prices go when the account's time is over; the last one before stays, since
        it holds until the next."""
        done = 0
        accounts = self.env["itscope.account"].search([("price_days", ">", 0)])
        for company in accounts.company_id:
            days = self.env["itscope.account"]._of_company(company).price_days
            if days and done < BATCH:
                done += self._forget_before(
                    company, fields.Datetime.now() - timedelta(days=days), BATCH - done
                )
        return done, done == BATCH

    @api.model
    def _forget_before(self, company, limit, most):
        """Delete rows that a later one had replaced by then; :return: how many"""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """DELETE FROM itscope_offer_price WHERE id IN (
                   SELECT p.id FROM itscope_offer_price p
                    WHERE p.company_id = %(company)s AND p.date < %(limit)s
                      AND EXISTS (SELECT 1 FROM itscope_offer_price n
                                   WHERE n.offer_id = p.offer_id
                                     AND n.date <= %(limit)s
                                     AND (n.date, n.id) > (p.date, p.id))
                    LIMIT %(most)s)""",
                company=company.id,
                limit=limit,
                most=most,
            )
        )
        self.invalidate_model(flush=False)
        return self.env.cr.rowcount
