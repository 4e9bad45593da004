from odoo import api, fields, models

from ..itscope_api import NEW_GOODS
from ..tools import naive, write_changed


class ItscopeOffer(models.Model):
    """One distributor's offer of one linked product for one company: facts, replaced by
    each refresh. Written by the connector only, in batches."""

    _name = "itscope.offer"
    _description = "ITscope offer"
    _order = "is_new desc, has_price desc, price, id"

    link_id = fields.Many2one(
        "itscope.product", required=True, ondelete="cascade", index=True, readonly=True
    )
    active = fields.Boolean(default=True, readonly=True)
    company_id = fields.Many2one(related="link_id.company_id", store=True, index=True)
    product_id = fields.Many2one(related="link_id.product_id", store=True, index=True)
    puid = fields.Char(related="link_id.puid")
    offer_id = fields.Char(
        string="ITscope offer", required=True, readonly=True, help="ITscope's offer id."
    )
    supplier_id = fields.Many2one(
        "itscope.supplier",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    supplier_sku = fields.Char(string="Supplier article number", readonly=True)
    name = fields.Char(string="Supplier's name of the article", readonly=True)
    ean = fields.Char(string="EAN", readonly=True)
    condition = fields.Selection(
        [
            ("1", "New"),
            ("2", "Used"),
            ("3", "B-stock"),
            ("4", "Refurbished"),
            ("5", "RMA"),
            ("6", "Demonstration model"),
            ("7", "Build to order"),
            ("8", "Electronic delivery"),
            ("9", "Not for resale"),
            ("10", "Bulk"),
            ("11", "Factory refurbished"),
            ("12", "Spare part from new device"),
        ],
        readonly=True,
    )
    condition_name = fields.Char(
        readonly=True, help="As ITscope names it, for conditions not known here."
    )
    is_new = fields.Boolean(
        readonly=True, help="Only new goods become vendor prices and are proposed."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    price = fields.Float(
        digits="Product Price",
        readonly=True,
        help="Net purchase price of this company.",
    )
    has_price = fields.Boolean(
        string="Price known",
        readonly=True,
        help="A missing price and a price of 0 both mean unknown, never free.",
    )
    price_date = fields.Datetime(string="Price of", readonly=True)
    stock_status = fields.Selection(
        [
            ("1", "In stock"),
            ("2", "In transit"),
            ("3", "In field warehouse"),
            ("4", "Order-related"),
            ("6", "Not available"),
            ("8", "Unknown"),
        ],
        string="Availability",
        readonly=True,
    )
    stock = fields.Integer(readonly=True)
    stock_date = fields.Datetime(string="Stock of", readonly=True)
    availability_date = fields.Datetime(string="Available on", readonly=True)
    age = fields.Char(
        compute="_compute_age", help="How old the price is: as important as the price."
    )
    match_quality = fields.Integer(
        readonly=True,
        help="How sure ITscope is that this article is this product: up to 80 is "
        "doubtful, "
        "100 and more is safe.",
    )
    end_of_life = fields.Boolean(readonly=True)
    special_offer = fields.Boolean(readonly=True)
    min_quantity = fields.Integer(string="Minimum quantity", readonly=True)

    _offer_uniq = models.Constraint(
        "unique(company_id, offer_id)", "This offer is known already."
    )

    @api.depends("supplier_id", "supplier_sku")
    def _compute_display_name(self):
        for offer in self:
            offer.display_name = " · ".join(
                filter(None, (offer.supplier_id.name, offer.supplier_sku))
            )

    @api.depends("price_date")
    @api.depends_context("lang")
    def _compute_age(self):
        now = fields.Datetime.now()
        for offer in self:
            if not offer.price_date:
                offer.age = False
                continue
            hours = max(int((now - offer.price_date).total_seconds() // 3600), 0)
            if hours < 1:
                offer.age = self.env._("under an hour")
            elif hours < 48:
                offer.age = self.env._("%s h", hours)
            else:
                offer.age = self.env._("%s days", hours // 24)

    # ------------------------------------------------------------------ from ITscope

    @api.model
    def _values_from_record(self, record, suppliers, currencies):
        """Field values from an :class:`itscope_api.Offer`.

        :param suppliers: ``{itscope_id: itscope.supplier}``
        :param currencies: ``{name: res.currency}``; an unknown currency means no price
        """
        currency = currencies.get(record.currency)
        has_price = record.price is not None and bool(currency)
        conditions = self._fields["condition"].get_values(self.env)
        condition = str(record.condition)
        packaging = record.packaging
        return {
            "active": True,
            "supplier_id": suppliers[record.supplier_id].id,
            "supplier_sku": record.supplier_sku or False,
            "name": record.name or False,
            "ean": record.ean or False,
            "condition": condition if condition in conditions else False,
            "condition_name": record.condition_name or False,
            "is_new": record.condition == NEW_GOODS,
            "currency_id": currency.id if currency else False,
            "price": float(record.price) if has_price else 0.0,
            "has_price": has_price,
            "price_date": naive(record.price_date),
            "stock_status": str(record.stock_status),
            "stock": record.stock or 0,
            "stock_date": naive(record.stock_date),
            "availability_date": naive(record.availability_date),
            "match_quality": record.match_quality or 0,
            "end_of_life": record.end_of_life,
            "special_offer": record.special_offer,
            "min_quantity": (packaging and packaging.min_quantity) or 0,
        }

    @api.model
    def _synchronise(self, links_and_records, suppliers, currencies):
        """Make the offers of these links what ITscope says, in one go.

        :param links_and_records: list of ``(itscope.product, itscope_api.Product)``
        :return: all offers of the links, ended ones too
        """
        link_ids = [link.id for link, _record in links_and_records]
        known = {
            (offer.link_id.id, offer.offer_id): offer
            for offer in self.with_context(active_test=False).search(
                [("link_id", "in", link_ids)]
            )
        }
        # An offer that ITscope moved to another product comes along with its id.
        moved = self._moved_offers(links_and_records, known)
        to_create, seen = [], set()
        for link, record in links_and_records:
            for offer_record in record.offers:
                key = (link.id, offer_record.id)
                if not offer_record.id or key in seen:
                    continue
                seen.add(key)
                values = self._values_from_record(offer_record, suppliers, currencies)
                offer = known.get(key) or moved.get(offer_record.id)
                if offer is None:
                    to_create.append(
                        {"link_id": link.id, "offer_id": offer_record.id, **values}
                    )
                    continue
                values["link_id"] = link.id
                write_changed(offer, values)
        ended = self.browse(
            offer.id for key, offer in known.items() if key not in seen and offer.active
        )
        ended.write({"active": False})
        created = self.create(to_create)
        return self.browse([offer.id for offer in known.values()]) | created

    @api.model
    def _moved_offers(self, links_and_records, known):
        known_ids = {offer_id for _link, offer_id in known}
        ids = {
            offer.id
            for _link, record in links_and_records
            for offer in record.offers
            if offer.id not in known_ids
        }
        if not ids:
            return {}
        company = links_and_records[0][0].company_id
        return {
            offer.offer_id: offer
            for offer in self.with_context(active_test=False).search(
                [("company_id", "=", company.id), ("offer_id", "in", list(ids))]
            )
        }

    def _prepare_supplierinfo_values(self):
        """The vendor price of this offer in its company, or {} where there must be
        none.
        """
        self.ensure_one()
        partner = self.supplier_id.partner_id
        if not (self.active and self.is_new and self.has_price and partner):
            return {}
        return {
            "partner_id": partner.id,
            "product_id": self.product_id.id,
            "product_tmpl_id": self.product_id.product_tmpl_id.id,
            "product_code": self.supplier_sku,
            "price": self.price,
            "currency_id": self.currency_id.id,
            "min_qty": self.min_quantity,
            "company_id": self.company_id.id,
            "date_end": False,
        }
