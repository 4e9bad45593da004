"""Which fields of an ITscope product can fill which fields of a product in Odoo.

Adding a field is adding a line here (and to the record, if the readers don't yield it
yet); mapping it is data, see ``itscope.field.mapping``.
"""

from collections import namedtuple

from odoo.tools import html2plaintext, plaintext2html

from .itscope_api import NEW_GOODS
from .tools import naive

#: ``label`` as people see it, ``kind`` decides which Odoo fields it fits, ``value``
#: takes an :class:`itscope_api.Product`, for kind ``price`` also :class:`Prices`.
Source = namedtuple("Source", "label kind value")


class Prices:
    """A record's prices as a company counts them: per unit, in its currency.

    :param factors: ``{code of a currency: factor to the company's currency}``
    :param min_match_quality: offers that ITscope is less sure about do not count
    """

    def __init__(self, factors, min_match_quality):
        self._factors = factors
        self._min_match_quality = min_match_quality

    def own(self, amount, currency):
        """An amount in the company's currency; None where it or the currency is
        unknown."""
        factor = self._factors.get(currency)
        if amount is None or factor is None:
            return None
        return float(amount) * factor

    @staticmethod
    def per_unit(offer):
        """What one unit of an offer costs, in the offer's currency, or None."""
        # A missing price and a price of 0 both mean unknown, never free.
        return float(offer.per_unit(offer.price)) if offer.price else None

    def of(self, offer):
        """What one unit of an offer costs here, or None."""
        return self.own(self.per_unit(offer), offer.currency)

    def best(self, record):
        """Lowest known price of new goods in the record's offers, or None: the rule
        that best price and vendor prices of a link follow, too."""
        prices = [
            self.of(offer)
            for offer in record.offers
            if offer.condition == NEW_GOODS
            and not 0 < (offer.match_quality or 0) < self._min_match_quality
        ]
        return min(filter(None, prices), default=None)


def _volume(record):
    """m³, or None"""
    sides = (record.gross_length, record.gross_height, record.gross_width)
    return sides[0] * sides[1] * sides[2] if all(sides) else None


def _country(record):
    """The country that the distributors agree on, as their code; else none."""
    named = {offer.country_of_origin for offer in record.offers} - {""}
    return named.pop() if len(named) == 1 else ""


def _customs_number(record):
    if record.customs_tariff_number:
        return record.customs_tariff_number
    named = {offer.customs_tariff_number for offer in record.offers} - {""}
    return named.pop() if len(named) == 1 else ""


SOURCES = {
    "name": Source("Name", "text", lambda r: r.name or r.short_description or r.puid),
    "manufacturer_sku": Source(
        "Manufacturer article number", "text", lambda r: r.manufacturer_sku
    ),
    "ean": Source("EAN", "text", lambda r: r.ean),
    "puid": Source("ITscope ID", "text", lambda r: r.puid),
    "short_description": Source(
        "Short description", "text", lambda r: r.short_description
    ),
    "long_description": Source(
        "Long description", "html", lambda r: r.long_description
    ),
    "marketing_text": Source("Marketing text", "html", lambda r: r.marketing_text),
    "key_selling_points": Source(
        "Key selling points", "html", lambda r: r.key_selling_points
    ),
    "package_contents": Source(
        "Scope of delivery", "html", lambda r: r.package_contents
    ),
    "product_features": Source(
        "Product features", "html", lambda r: r.product_features
    ),
    "html_main_specs": Source(
        "Main specifications", "html", lambda r: r.html_main_specs
    ),
    "html_specs": Source("Specifications", "html", lambda r: r.html_specs),
    "warranty_text": Source("Warranty", "text", lambda r: r.warranty_text),
    "manufacturer_name": Source(
        "Manufacturer's name", "text", lambda r: r.manufacturer_name
    ),
    "manufacturer": Source(
        "Manufacturer (contact)", "res.partner", lambda r: r.manufacturer_id
    ),
    "product_type_name": Source("Product type", "text", lambda r: r.product_type_name),
    "category": Source(
        "Category of the product type",
        "product.category",
        lambda r: r.product_type_id,
    ),
    "product_line": Source("Product line", "text", lambda r: r.product_line),
    "product_model": Source("Model", "text", lambda r: r.product_model),
    "colour": Source("Colour", "text", lambda r: r.colour),
    "eclass": Source("eClass", "text", lambda r: r.eclass),
    "unspsc": Source("UNSPSC", "text", lambda r: r.unspsc),
    "energy_class": Source("Energy efficiency class", "text", lambda r: r.energy_class),
    "customs_number": Source("Customs tariff number", "text", _customs_number),
    "country": Source("Country of origin", "res.country", _country),
    "gross_weight": Source("Weight with packing", "weight", lambda r: r.gross_weight),
    "net_weight": Source("Net weight", "weight", lambda r: r.net_weight),
    "volume": Source("Volume with packing", "volume", _volume),
    "best_price": Source("Best purchase price", "price", lambda r, p: p.best(r)),
    "sales_price": Source(
        "Sales price calculated by ITscope",
        "price",
        lambda r, p: p.own(r.price_calc, r.currency),
    ),
    "recommended_retail_price": Source(
        "Recommended retail price",
        "price",
        lambda r, p: p.own(r.recommended_retail_price, r.currency),
    ),
    "deeplink": Source("Page at ITscope", "text", lambda r: r.deeplink),
    "datasheet": Source(
        "Address of the data sheet",
        "text",
        lambda r: r.pdf_datasheet or r.html_datasheet,
    ),
    "entry_date": Source("At ITscope since", "moment", lambda r: r.entry_date),
}

#: Kinds of sources → types of Odoo fields that can hold them.
FITTING_TYPES = {
    "text": ("char", "text", "html"),
    "html": ("html", "text"),
    "price": ("float", "monetary", "char"),
    "weight": ("float", "char"),
    "volume": ("float", "char"),
    "moment": ("date", "datetime", "char"),
}
#: Source, field of the product, policy: what suits most; fields that other addons would
#: bring are left out where these are not installed.
DEFAULT_MAPPINGS = (
    ("name", "name", "unless_changed"),
    ("manufacturer_sku", "default_code", "once"),
    ("ean", "barcode", "once"),
    ("short_description", "description_sale", "unless_changed"),
    ("gross_weight", "weight", "unless_changed"),
    ("volume", "volume", "unless_changed"),
    ("sales_price", "list_price", "once"),
    ("best_price", "standard_price", "once"),
    ("category", "categ_id", "once"),
    ("customs_number", "hs_code", "unless_changed"),
    ("country", "country_of_origin", "unless_changed"),
    ("long_description", "description_ecommerce", "unless_changed"),
    # OCA: product_manufacturer
    ("manufacturer", "manufacturer_id", "unless_changed"),
    ("manufacturer_sku", "manufacturer_pref", "unless_changed"),
)


def fits(source, field):
    """Whether a source can fill a field (of ``_fields``)."""
    kind = SOURCES[source].kind
    if "." in kind:
        return field.type == "many2one" and field.comodel_name == kind
    return field.type in FITTING_TYPES[kind]


class ProductValues:
    """Values of product fields from records, by one account's mappings.

    :param rules: ``[(source, name of the product field, policy)]``
    :param references: ``{"res.partner": {manufacturer's ITscope id: id}, …}`` for the
        sources that name a record
    :param factors: ``{"weight": …, "volume": …}`` from kg and m³ to Odoo's units
    :param prices: :class:`Prices` of the company
    :param clean: makes HTML from outside harmless. Odoo's own fields do not: they keep
        what an administrator or the scheduler writes as it is.
    """

    def __init__(self, model, rules, references, factors, prices, clean):
        self._model = model
        self.rules = [rule for rule in rules if rule[1] in model._fields]
        self._references = references
        self._factors = factors
        self._prices = prices
        self._clean = clean

    def values(self, record):
        """``{field: value as it is written and kept as JSON}`` of one record"""
        return {
            target: self._value(SOURCES[name], self._raw(record, name), target)
            for name, target, _policy in self.rules
        }

    @property
    def price_rules(self):
        """Rules about prices that go on after a product was created."""
        return [
            rule
            for rule in self.rules
            if SOURCES[rule[0]].kind == "price" and rule[2] != "once"
        ]

    def prices(self, record, best_price):
        """The same by :attr:`price_rules`, from a view that tells prices alone.

        :param best_price: of the offers as they are known by now: such a view does not
            say which of them are new goods
        """
        return {
            target: self._value(
                SOURCES[name],
                best_price if name == "best_price" else self._raw(record, name),
                target,
            )
            for name, target, _policy in self.price_rules
        }

    def _raw(self, record, name):
        source = SOURCES[name]
        if source.kind == "price":
            return source.value(record, self._prices)
        return source.value(record)

    def _value(self, source, raw, target):
        if "." in source.kind:
            return self._references[source.kind].get(raw) or False
        field = self._model._fields[target]
        if raw is None or raw == "":
            return 0.0 if field.type in ("float", "monetary") else False
        if source.kind == "moment":
            moment = naive(raw)
            return str(moment.date() if field.type == "date" else moment)
        if source.kind in ("text", "html"):
            return self._text(raw, source.kind, field)
        value = float(raw) * self._factors.get(source.kind, 1.0)
        return f"{value:g}" if field.type == "char" else value

    def _text(self, raw, kind, field):
        if kind == "html" and field.type != "html":
            raw = html2plaintext(raw, include_references=False)
        elif kind == "html":
            return self._clean(raw)
        elif field.type == "html":
            return str(plaintext2html(raw))
        if field.type == "char":
            raw = " ".join(raw.split())
            return raw[: field.size] if field.size else raw
        return raw
