from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL, float_round

from ..itscope_api import NEW_GOODS
from ..tools import naive

#: Columns that are written from a record, in this order.
COLUMNS = (
    "link_id",
    "product_id",
    "active",
    "supplier_id",
    "supplier_sku",
    "name",
    "ean",
    "contract_type",
    "condition",
    "condition_name",
    "is_new",
    "currency_id",
    "price",
    "has_price",
    "company_price",
    "price_date",
    "stock_status",
    "stock",
    "external_stock",
    "incoming_stock",
    "stock_text",
    "stock_date",
    "availability_date",
    "match_quality",
    "end_of_life",
    "special_offer",
    "promotion",
    "copyright_levy",
    "recommended_retail_price",
    "warranty_text",
    "deeplink",
    "min_quantity",
    "interval_quantity",
    "scales",
    "projects",
    "contract_parameters",
)
JSON = {"scales", "projects", "contract_parameters"}
#: What the update views carry; the rest stays as the last full answer said.
UPDATED = {
    "link_id",
    "product_id",
    "active",
    "supplier_id",
    "currency_id",
    "price",
    "has_price",
    "company_price",
    "price_date",
    "stock_status",
    "stock",
    "stock_date",
    "availability_date",
}
#: What an update view may carry: taken where it is there.
MAY_BE_UPDATED = {
    "supplier_sku",
    "external_stock",
    "incoming_stock",
    "stock_text",
    "min_quantity",
    "interval_quantity",
    "scales",
    "projects",
}


class ItscopeOffer(models.Model):
    """Offers as ITscope tells them, compared and written set-wise."""

    _inherit = "itscope.offer"

    @api.model
    def _synchronise(self, links_and_records, metadata):
        """Make the offers of these links what ITscope says: one read, at most two
        writes, however many there are.

        :param links_and_records: list of ``(itscope.product, itscope_api.Product)`` of
            one company
        :param metadata: ``suppliers`` by ITscope id, ``currencies`` by name
        :return: the offers that changed, began or ended; and the links that offers
            went away from
        """
        left = self.env["itscope.product"]
        if not links_and_records:
            return self, left
        company = links_and_records[0][0].company_id
        rows = {}
        for link, record in links_and_records:
            for offer in record.offers:
                if offer.id:
                    # ITscope lists an offer once; of two, the later one is newer.
                    rows[offer.id] = (link, record, offer)
        link_ids = [link.id for link, _record in links_and_records]
        known = self._known(company, link_ids, list(rows))
        rows = self._by_article(rows, known, metadata)
        factors = self._currency_factors(company, metadata["currencies"])
        changed, priced, now = [], {}, fields.Datetime.now()
        for offer_id, (link, record, offer) in rows.items():
            old = known.get(offer_id)
            new = self._row(link, offer, metadata, factors)
            if record.update_only:
                new = self._keep_untold(new, old)
            if old is None or old[1] != new:
                changed.append((offer_id, new))
            if new["has_price"]:
                priced[metadata["suppliers"][offer.supplier_id], "prices"] = [now]
        complete = {link.id for link, r in links_and_records if r.offers_complete}
        gone = [
            offer
            for offer_id, offer in known.items()
            if offer_id not in rows
            and offer[1]["active"]
            and offer[1]["link_id"] in complete
        ]
        ended = [offer[0] for offer in gone]
        left = left.browse(
            known[offer_id][1]["link_id"]
            for offer_id, new in changed
            if offer_id in known and known[offer_id][1]["link_id"] != new["link_id"]
        )
        ids = self._upsert(company, changed)
        self._end(ended)
        watched = {link.id for link, _record in links_and_records if link.watched}
        self._keep_prices(company, changed, known, watched)
        self._keep_ends([offer[0] for offer in gone if offer[2]])
        self.env["itscope.supplier.record"]._note_many(company, priced, often=True)
        return self.with_context(active_test=False).browse(ids + ended), left

    @api.model
    def _by_article(self, rows, known, metadata):
        """Rows under the ids of known offers, where ITscope left the id out: the
        product, the supplier and its article number name an offer, too."""
        if all(offer.id_given for _link, _record, offer in rows.values()):
            return rows
        articles = {}
        for offer_id, (row_id, row, _followed) in known.items():
            article = (row["link_id"], row["supplier_id"], row["supplier_sku"])
            # Of several, the one that is offered; of those, the latest.
            rank = (row["active"], row_id)
            if article not in articles or articles[article][0] < rank:
                articles[article] = (rank, offer_id)
        found = {}
        for offer_id, (link, record, offer) in rows.items():
            supplier = metadata["suppliers"][offer.supplier_id]
            article = (link.id, supplier.id, offer.supplier_sku or None)
            if not offer.id_given and article in articles:
                offer_id = articles[article][1]
            found[offer_id] = (link, record, offer)
        return found

    @api.model
    def _known(self, company, link_ids, offer_ids):
        """``{offer_id: (id, {column: value}, followed)}`` of these links, and of these
        offers wherever they are: ITscope moves an offer to another product with its
        id."""
        self.flush_model()
        columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        self.env.cr.execute(
            SQL(
                "SELECT id, offer_id, followed, %s FROM itscope_offer "
                "WHERE company_id = %s "
                "AND (link_id = ANY(%s) OR offer_id = ANY(%s))",
                columns,
                company.id,
                link_ids,
                offer_ids,
            )
        )
        return {
            row[1]: (row[0], dict(zip(COLUMNS, row[3:], strict=True)), row[2])
            for row in self.env.cr.fetchall()
        }

    @api.model
    def _upsert(self, company, rows):
        """Write new and changed offers; :return: their ids"""
        if not rows:
            return []
        names = ("offer_id", "company_id", "create_uid", "create_date", *COLUMNS)
        names += ("write_uid", "write_date")
        uid, now = self.env.uid, fields.Datetime.now()
        values = SQL(", ").join(
            SQL(
                "%s",
                (
                    offer_id,
                    company.id,
                    uid,
                    now,
                    *(
                        _as_json(row[name]) if name in JSON else row[name]
                        for name in COLUMNS
                    ),
                    uid,
                    now,
                ),
            )
            for offer_id, row in rows
        )
        # Set-wise on our own table, by the key that ITscope gives: two runs that meet
        # the same offer leave one row.
        self.env.cr.execute(
            SQL(
                "INSERT INTO itscope_offer (%s) VALUES %s "
                "ON CONFLICT (company_id, offer_id) DO UPDATE SET %s RETURNING id",
                SQL(", ").join(SQL.identifier(name) for name in names),
                values,
                SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in (*COLUMNS, "write_uid", "write_date")
                ),
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        self.invalidate_model(flush=False)
        self.env["itscope.product"].invalidate_model(["offer_ids"], flush=False)
        return ids

    @api.model
    def _end(self, ids):
        if not ids:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE itscope_offer SET active = FALSE, write_uid = %s, "
                "write_date = %s WHERE id = ANY(%s)",
                self.env.uid,
                fields.Datetime.now(),
                ids,
            )
        )
        self.invalidate_model(flush=False)
        self.env["itscope.product"].invalidate_model(["offer_ids"], flush=False)

    @api.model
    def _currencies(self):
        """``{code: currency}``"""
        return {
            currency.name: currency
            # A currency that is not shown in lists is a currency all the same.
            for currency in self.env["res.currency"]
            .with_context(active_test=False)
            .search([])
        }

    @api.model
    def _currency_factors(self, company, currencies):
        """``{currency id: factor to the company's currency}`` of today; a currency
        without a rate counts as it stands, as everywhere in Odoo."""
        found = self.env["res.currency"].union(*currencies.values())
        today = fields.Date.context_today(self)
        rates = found._get_rates(company, today)
        own = rates.get(company.currency_id.id) or 1.0
        return {key: own / (rate or 1.0) for key, rate in rates.items()}

    @api.model
    def _row(self, link, offer, metadata, factors):
        """Column values of an :class:`itscope_api.Offer`, as the database gives them
        back; an unknown currency means no price."""
        currency = metadata["currencies"].get(offer.currency)
        price = self._rounded(offer.price and offer.per_unit(offer.price))
        has_price = bool(price > 0 and currency)
        condition = str(offer.condition)
        packaging = offer.packaging
        price = price if has_price else 0.0
        return {
            "link_id": link.id,
            "product_id": link.product_id.id,
            "active": True,
            "supplier_id": metadata["suppliers"][offer.supplier_id].id,
            "supplier_sku": offer.supplier_sku or None,
            "name": offer.name or None,
            "ean": offer.ean or None,
            "contract_type": self._contract_type(offer),
            "condition": condition if condition in self._conditions() else None,
            "condition_name": offer.condition_name or None,
            "is_new": offer.condition == NEW_GOODS,
            "currency_id": currency.id if currency else None,
            "price": price,
            "has_price": has_price,
            "company_price": self._rounded(price * factors[currency.id])
            if has_price
            else 0.0,
            "price_date": _second(offer.price_date),
            "stock_status": str(offer.stock_status),
            "stock": max(offer.stock or 0, 0),
            "external_stock": max(offer.external_stock or 0, 0),
            "incoming_stock": max(offer.incoming_stock or 0, 0),
            "stock_text": offer.stock_text or None,
            "stock_date": _second(offer.stock_date),
            "availability_date": _second(offer.availability_date),
            "match_quality": offer.match_quality or 0,
            "end_of_life": offer.end_of_life,
            "special_offer": offer.special_offer,
            "promotion": offer.promotion or None,
            "copyright_levy": self._rounded(offer.copyright_levy),
            "recommended_retail_price": self._rounded(offer.recommended_retail_price),
            "warranty_text": offer.warranty_text or None,
            "deeplink": offer.deeplink or None,
            "min_quantity": max((packaging and packaging.min_quantity) or 0, 0),
            "interval_quantity": max(
                (packaging and packaging.interval_quantity) or 0, 0
            ),
            "scales": [
                [scale.quantity, self._rounded(offer.per_unit(scale.price))]
                for scale in sorted(offer.scaled_prices, key=lambda s: s.quantity)
                if scale.quantity > 0
            ]
            or None,
            "projects": [_project(project) for project in offer.projects] or None,
            "contract_parameters": [
                {
                    "name": parameter.name,
                    "label": parameter.label,
                    "mandatory": parameter.mandatory,
                    "example": parameter.example,
                }
                for parameter in offer.contract_parameters
            ]
            or None,
        }

    @api.model
    def _keep_untold(self, new, old):
        """What an update view does not tell stays as it was."""
        if old is None:
            return new
        kept = old[1]
        row = {
            name: new[name]
            if name in UPDATED or (name in MAY_BE_UPDATED and new[name])
            else kept[name]
            for name in COLUMNS
        }
        if new["condition"]:
            row.update({name: new[name] for name in ("condition", "is_new")})
        return row

    def _rounded(self, value):
        """As the database holds a price."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return float_round(float(value or 0), precision_digits=digits)

    def _contract_type(self, offer):
        kind = str(offer.contract_type)
        return kind if kind in dict(self._fields["contract_type"].selection) else None

    def _conditions(self):
        return dict(self._fields["condition"].selection)

    # ------------------------------------------------------------------ summaries

    @api.model
    def _summaries(self, links, min_match_quality):
        """What the offers of each link come to, by one query.

        :return: ``{link id: {best_price, best_offer_id, currency_id, total_stock,
            supplier_count}}``
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT o.link_id, SUM(LEAST(o.stock, 100000000))::bigint,
                          COUNT(DISTINCT o.supplier_id),
                          (ARRAY_AGG(ARRAY[o.id::numeric, o.price, o.currency_id]
                                     ORDER BY o.company_price, o.id)
                           FILTER (WHERE o.is_new AND o.has_price AND
                               (o.match_quality = 0 OR o.match_quality >= %s)))[1:1]
                     FROM itscope_offer o
                    WHERE o.link_id = ANY(%s) AND o.active
                 GROUP BY o.link_id""",
                min_match_quality,
                links.ids,
            )
        )
        nothing = {
            "best_price": 0.0,
            "best_offer_id": False,
            "currency_id": False,
            "total_stock": 0,
            "supplier_count": 0,
        }
        found = {link_id: dict(nothing) for link_id in links.ids}
        for link_id, stock, suppliers, best in self.env.cr.fetchall():
            found[link_id].update(
                total_stock=min(stock, 2**31 - 1), supplier_count=suppliers
            )
            if best:
                offer_id, price, currency_id = best[0]
                found[link_id].update(
                    best_price=float(price),
                    best_offer_id=int(offer_id),
                    currency_id=int(currency_id),
                )
        return found


def _second(moment):
    """A time as Odoo's columns hold it: without fractions."""
    found = naive(moment)
    return found.replace(microsecond=0) if found else None


def _as_json(value):
    return Json(value) if value else None


def _project(project):
    def day(moment):
        return moment and str(naive(moment).replace(microsecond=0))

    return {
        "manufacturer_project": project.manufacturer_project_id,
        "supplier_project": project.supplier_project_id,
        "name": project.name,
        "end_customer": project.end_customer,
        "price": float(project.price) if project.price is not None else None,
        "valid_from": day(project.valid_from),
        "valid_to": day(project.valid_to),
        "target_quantity": project.target_quantity,
        "remaining_quantity": project.remaining_quantity,
        "min_quantity": project.min_quantity,
    }
