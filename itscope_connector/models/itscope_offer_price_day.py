from odoo import fields, models
from odoo.tools import SQL


class ItscopeOfferPriceDay(models.Model):
    """What a followed offer cost on each day: its changes, carried on until the next
    one, for the graph."""

    _name = "itscope.offer.price.day"
    _description = "Daily price of an ITscope offer"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"
    _depends = {
        "itscope.offer.price": [
            "offer_id",
            "link_id",
            "supplier_id",
            "company_id",
            "company_price",
            "stock",
            "state",
            "date",
        ]
    }

    offer_id = fields.Many2one("itscope.offer", readonly=True)
    link_id = fields.Many2one("itscope.product", readonly=True)
    supplier_id = fields.Many2one("itscope.supplier", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(string="Day", readonly=True)
    price = fields.Float(
        digits="Product Price",
        readonly=True,
        aggregator="min",
        help="Net purchase price in the company's currency; of a supplier's several "
        "offers, the lowest one.",
    )
    stock = fields.Integer(
        readonly=True, help="When the price, or whether there is stock, last changed."
    )

    @property
    def _table_query(self):
        # Partitioned by the link: who asks for one product's days reads its rows only.
        return SQL(
            """
            SELECT p.id::bigint * 100000 + (d.day::date - p.date::date) AS id,
                   p.offer_id, p.link_id, p.supplier_id, p.company_id,
                   d.day::date AS date, p.company_price AS price, p.stock
              FROM (
                    SELECT *, LEAD(date) OVER (
                           PARTITION BY link_id, offer_id ORDER BY date, id) AS until
                      FROM itscope_offer_price
                   ) p
        CROSS JOIN LATERAL generate_series(
                   p.date::date::timestamp,
                   COALESCE(p.until::date - 1, %(today)s)::timestamp,
                   '1 day') AS d (day)
             WHERE p.state = 'offered'
            """,
            today=fields.Date.today(),
        )
