from odoo import fields, models
from odoo.tools import SQL


class ItscopeSupplierReliability(models.Model):
    """How well suppliers keep what was ordered and what they confirmed, line by line.

    A share is 100 where it was kept and 0 where not, empty where nothing is known yet:
    the average over lines is a percentage.
    """

    _name = "itscope.supplier.reliability"
    _description = "Reliability of ITscope suppliers"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "line_id"

    line_id = fields.Many2one("purchase.order.line", string="Order line", readonly=True)
    order_id = fields.Many2one("purchase.order", readonly=True)
    supplier_id = fields.Many2one("itscope.supplier", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    date = fields.Datetime(string="Ordered on", readonly=True)

    def _share(label, text):
        return fields.Float(
            string=label,
            digits=(5, 1),
            readonly=True,
            aggregator="avg",
            help=text,
        )

    confirmed = _share(
        "Confirmed (%)", "Lines that the supplier confirmed, of all ordered ones."
    )
    quantity_kept = _share(
        "Quantity confirmed (%)",
        "Of the confirmed lines, those with the whole quantity.",
    )
    price_kept = _share(
        "Price confirmed (%)",
        "Of the confirmed lines, those at the ordered price or less.",
    )
    date_kept = _share(
        "Date confirmed (%)",
        "Of the confirmed lines, those for the expected day or earlier.",
    )
    on_time = _share(
        "Delivered on time (%)",
        "Of the lines that are there or overdue, those that were complete by the "
        "confirmed day, else the expected one.",
    )
    billed_as_ordered = _share(
        "Billed as ordered (%)",
        "Of the billed lines, those at the order's price or less.",
    )
    late = fields.Boolean(readonly=True, help="Not there by the promised day.")
    billed = fields.Boolean(readonly=True)
    days_late = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Days between the promised day and the last receipt; negative: earlier.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT
                l.id AS id,
                l.id AS line_id,
                o.id AS order_id,
                o.itscope_supplier_id AS supplier_id,
                o.partner_id AS partner_id,
                o.company_id AS company_id,
                l.product_id AS product_id,
                COALESCE(o.date_approve, o.date_order) AS date,
                %(confirmed)s AS confirmed,
                CASE WHEN l.itscope_confirmed THEN %(quantity)s END AS quantity_kept,
                CASE WHEN l.itscope_confirmed AND l.itscope_confirmed_price > 0
                    AND l.itscope_sent_price > 0 THEN %(price)s END AS price_kept,
                CASE WHEN l.itscope_confirmed AND l.itscope_confirmed_date IS NOT NULL
                    AND l.itscope_sent_date IS NOT NULL THEN %(date)s END AS date_kept,
                arrived.share AS on_time,
                COALESCE(arrived.share = 0, FALSE) AS late,
                billed.price IS NOT NULL AS billed,
                CASE WHEN l.qty_received >= l.product_qty
                    THEN (received.day - promised.day)::float END AS days_late,
                CASE WHEN billed.price IS NOT NULL THEN %(billed)s
                END AS billed_as_ordered
            FROM purchase_order_line l
            JOIN purchase_order o ON o.id = l.order_id
            CROSS JOIN LATERAL (
                SELECT COALESCE(l.itscope_confirmed_date, l.itscope_sent_date) AS day
            ) promised
            LEFT JOIN LATERAL (
                SELECT MAX(m.date)::date AS day
                FROM stock_move m
                JOIN stock_location s ON s.id = m.location_id AND s.usage = 'supplier'
                WHERE m.purchase_line_id = l.id AND m.state = 'done'
            ) received ON TRUE
            LEFT JOIN LATERAL (
                SELECT SUM(b.price_subtotal) / NULLIF(SUM(b.quantity), 0) AS price
                FROM account_move_line b
                JOIN account_move a ON a.id = b.move_id
                WHERE b.purchase_line_id = l.id AND a.move_type = 'in_invoice'
                    AND a.state = 'posted' AND b.display_type = 'product'
                    AND b.product_uom_id = l.product_uom_id
                    AND b.currency_id = o.currency_id
            ) billed ON TRUE
            CROSS JOIN LATERAL (
                SELECT CASE
                    WHEN promised.day IS NULL THEN NULL
                    WHEN l.qty_received >= l.product_qty AND received.day IS NOT NULL
                    THEN %(on_time)s
                    WHEN promised.day < %(today)s THEN 0.0
                END AS share
            ) arrived
            WHERE o.state = 'purchase' AND l.display_type IS NULL
                AND o.itscope_supplier_id IS NOT NULL AND o.itscope_deal_id IS NOT NULL
            """,
            confirmed=_kept(SQL("COALESCE(l.itscope_confirmed, FALSE)")),
            quantity=_kept(
                SQL(
                    "l.itscope_confirmed_quantity >= "
                    "COALESCE(NULLIF(l.itscope_sent_quantity, 0), l.product_qty)"
                )
            ),
            price=_kept(SQL("l.itscope_confirmed_price <= l.itscope_sent_price")),
            date=_kept(SQL("l.itscope_confirmed_date <= l.itscope_sent_date")),
            on_time=_kept(SQL("received.day <= promised.day")),
            billed=_kept(
                SQL(
                    "billed.price <= l.price_subtotal / NULLIF(l.product_qty, 0) "
                    "+ 0.005"
                )
            ),
            today=fields.Date.context_today(self),
        )


def _kept(condition):
    return SQL("CASE WHEN %s THEN 100.0 ELSE 0.0 END", condition)
