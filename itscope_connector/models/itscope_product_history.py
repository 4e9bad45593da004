from odoo import api, fields, models

from ..tools import write_changed


class ItscopeProductHistory(models.Model):
    """What a product cost at all suppliers in a week, as ITscope's own history has it;
    for accounts whose contract gives it."""

    _name = "itscope.product.history"
    _description = "ITscope's price history"
    _order = "date desc, id desc"
    _rec_name = "date"

    link_id = fields.Many2one(
        "itscope.product", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="link_id.company_id", store=True, index=True)
    date = fields.Date(string="Week of", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    def _price(label, text=None):
        return fields.Float(
            string=label,
            digits="Product Price",
            readonly=True,
            aggregator="avg",
            help=text,
        )

    price_min = _price("Lowest price")
    price_max = _price("Highest price")
    price_median = _price("Median price")
    price_median_in_stock = _price("Median price in stock", "Only offers in stock.")
    price_avg = _price("Average price")
    price_avg_in_stock = _price("Average price in stock", "Only offers in stock.")
    supplier_count = fields.Integer(string="Suppliers", readonly=True, aggregator="avg")
    supplier_count_in_stock = fields.Integer(
        string="Suppliers with stock", readonly=True, aggregator="avg"
    )
    stock_sum = fields.Integer(string="Stock", readonly=True, aggregator="avg")
    sales_trend = fields.Integer(
        readonly=True, aggregator="avg", help="ITscope's measure of how it sells."
    )

    _date_uniq = models.Constraint(
        "unique(link_id, date)", "This week is known already."
    )

    @api.model
    def _keep(self, links, told):
        """Keep what ITscope told; weeks that are known are brought up to date.

        :param links: the links of one company
        :param told: ``{puid: itscope_api.Product}``
        :return: links that have a history
        """
        currencies = self.env["itscope.offer"]._currencies()
        asked = links.filtered(lambda link: link.puid in told)
        weeks = {
            (link.id, item.date): (item, currencies.get(told[link.puid].currency))
            for link in asked
            for item in told[link.puid].history
        }
        found = {
            (row.link_id.id, row.date): row
            for row in self.search([("link_id", "in", asked.ids)])
        }
        values = {
            key: self._values(item, currency) for key, (item, currency) in weeks.items()
        }
        for key in values.keys() & found.keys():
            write_changed(found[key], values[key])
        self.create(
            [
                {"link_id": key[0], "date": key[1], **values[key]}
                for key in values
                if key not in found
            ]
        )
        return asked.browse({key[0] for key in weeks} | {key[0] for key in found})

    @api.model
    def _values(self, item, currency):
        """Columns of an :class:`itscope_api.HistoricalData`; unknown is 0."""
        return {
            "currency_id": currency.id if currency else False,
            **{
                name: float(getattr(item, name) or 0)
                for name, field in self._fields.items()
                if name.startswith("price_")
            },
            **{
                name: getattr(item, name) or 0
                for name in (
                    "supplier_count",
                    "supplier_count_in_stock",
                    "stock_sum",
                    "sales_trend",
                )
            },
        }
