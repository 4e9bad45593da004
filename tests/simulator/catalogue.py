"""A catalogue of any size from a seed: the same seed and number give the same product.

Realistic German IT goods, and what makes real data hard: article numbers with ``/``, ``#`` and
spaces, the same number at two manufacturers, one EAN for three products, invalid and missing
EANs, offers without price or with price 0, old prices, used goods, products that nobody
offers, HTML in texts, price-list-line products.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from .companies import (
    MANUFACTURERS,
    PRODUCT_TYPES,
    SUPPLIERS,
    manufacturer_id,
    supplier_id,
)

FIRST_PUID = 12345678000
#: Three products share it (numbers 5, 6 and 7).
SHARED_EAN = "4260000000059"
#: Two manufacturers use it (numbers 8 and 9).
SHARED_SKU = "PRO-1000"
STOCK_TEXTS = {
    1: "auf Lager",
    2: "im Zulauf",
    3: "im Außenlager",
    4: "auftragsbezogene Bestellung",
    6: "nicht verfügbar",
    8: "Status unbekannt",
}
CONDITIONS = {
    1: "Neu",
    2: "Gebrauchtware",
    3: "B-Ware",
    4: "Refurbished",
    6: "Vorführgerät",
}
#: puid, SKU of the test supplier, EAN, manufacturer (index), its SKU, name, type (index), price
TEST_PRODUCTS = [
    (
        4012827000,
        "123001",
        "0888793383537",
        0,
        "CF379A#B19",
        "HP Color LaserJet Pro MFP M477fdw",
        4,
        386.0,
    ),
    (
        6676919000,
        "123002",
        "0190198870803",
        1,
        "MTXR2FD/A",
        'Apple iPad Pro 11" Wi-Fi 256 GB Grau',
        2,
        868.0,
    ),
    (
        5289817000,
        "123003",
        "8806084080233",
        2,
        "24BK550Y-B",
        'LG 24BK550Y-B LED-Monitor 61 cm (24")',
        3,
        136.0,
    ),
]
PRODUCT_LINES = [
    "Aurora",
    "Basalt",
    "Cobalt",
    "Delta",
    "Edelweiss",
    "Falke",
    "Granit",
    "Horizont",
]


def check_digit(body: str) -> str:
    total = sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body))
    return str(-total % 10)


class Catalogue:
    """``count`` generated products after the three of the test supplier.

    Prices and stocks may be changed while it runs (:meth:`change`)."""

    def __init__(
        self, seed: int = 1, count: int = 300, offers: int | None = None
    ) -> None:
        self.seed = seed
        self.count = count
        #: so many offers for every generated product; None: as it comes
        self.offers = offers
        #: counts the changes
        self.version = 0
        self.changes: dict[str, dict[str, Any]] = {}
        self.gone: set[str] = set()
        #: Values of the products themselves: puid → values.
        self.facts: dict[str, dict[str, Any]] = {}
        #: Numbers of price-list lines that ITscope has matched to a product since.
        self.matched: set[int] = set()
        #: What only ``realtime`` requests show: puid → values of its offers.
        self.live: dict[str, dict[str, Any]] = {}
        self.cache: dict[int, dict[str, Any]] = {}
        self.started = datetime.now(timezone.utc).replace(microsecond=0)

    @property
    def state(self) -> str:
        """Names all that is in it now, among all catalogues of this process."""
        return f"{id(self)}/{self.started.timestamp()}/{self.seed}/{self.version}"

    def __len__(self) -> int:
        return self.count + len(TEST_PRODUCTS)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for number in range(-len(TEST_PRODUCTS), self.count):
            product = self.product(number)
            if str(product["puid"]) not in self.gone:
                yield product

    def by_puid(self, puid: str) -> dict[str, Any] | None:
        if not puid.isdigit() or puid in self.gone:
            return None
        value = int(puid)
        for number, row in enumerate(TEST_PRODUCTS):
            if row[0] == value:
                return self.product(number - len(TEST_PRODUCTS))
        number = (value - FIRST_PUID) // 1000
        if not 0 <= number < self.count:
            return None
        product = self.product(number)
        return product if product["puid"] == value else None

    def product(self, number: int) -> dict[str, Any]:
        """Generated product of this number (below 0: of the test supplier)."""
        if number in self.cache:
            return self.cache[number]
        product = self._test_product(number) if number < 0 else self._product(number)
        self._apply_changes(product)
        if len(self.cache) < 20_000:
            self.cache[number] = product
        return product

    def change(self, puid: str, supplier: str | None = None, **values: Any) -> None:
        """Other values (price, stock …) for a product's offers, or one supplier's."""
        self.changes.setdefault(puid, {})[supplier or "*"] = values
        self.cache.clear()
        self.version += 1

    def tell(self, puid: str, values: dict[str, Any]) -> None:
        """Other values of a product itself; None takes one away."""
        self.facts.setdefault(puid, {}).update(values)
        self.cache.clear()
        self.version += 1

    def match(self, number: int) -> None:
        """A price-list line becomes a product of the catalogue, with another id."""
        self.matched.add(number)
        self.cache.clear()
        self.version += 1

    def live_view(self, product: dict[str, Any], now: str) -> dict[str, Any]:
        """The product as the suppliers' live interfaces tell it now."""
        values = self.live.get(str(product["puid"]), {})
        offers = [
            {
                **offer,
                **values,
                **{
                    stamp: now
                    for stamp in ("lastStockUpdate", "priceLastUpdate")
                    if stamp in offer
                },
            }
            for offer in product["supplierItems"]
        ]
        return {**product, "supplierItems": offers}

    def drift(self, seed: int, share: float) -> int:
        """Other prices and stocks for a share of the products; how many they are."""
        rng = random.Random(f"drift/{seed}")
        changed = 0
        for product in list(self):
            if rng.random() < share:
                for offer in product["supplierItems"]:
                    if offer.get("price"):
                        values = {
                            "price": round(offer["price"] * rng.uniform(0.9, 1.1), 2),
                            "stock": rng.randint(0, 500),
                        }
                        self.changes.setdefault(str(product["puid"]), {})[
                            str(offer["supplierId"])
                        ] = values
                changed += 1
        self.cache.clear()
        self.version += 1
        return changed

    def supplier_skus(self, supplier: str) -> set[str]:
        """All article numbers in one supplier's price list."""
        return {
            str(offer["supplierSKU"])
            for product in self
            for offer in product["supplierItems"]
            if str(offer["supplierId"]) == supplier
        }

    # ------------------------------------------------------------------ generation

    def _test_product(self, number: int) -> dict[str, Any]:
        puid, sku, ean, maker, maker_sku, name, kind, price = TEST_PRODUCTS[number]
        rng = random.Random(f"{self.seed}/test/{sku}")
        product = self._base(puid, ean, maker, maker_sku, name, kind, rng, 0)
        offers = [
            self._offer(rng, puid, 0, 0, price, sku, product, condition=1, stock=25)
        ]
        offers += [
            self._offer(
                rng,
                puid,
                k + 1,
                k + 1,
                round(price * (1.02 + k / 50), 2),
                f"X{sku}",
                product,
                condition=1,
            )
            for k in range(3)
        ]
        for offer in offers:
            # ITscope matched its own test articles by hand.
            offer["matchQuality"] = 110
        return self._with_offers(product, offers)

    def _product(self, number: int) -> dict[str, Any]:
        rng = random.Random(f"{self.seed}/{number}")
        kind = rng.randrange(len(PRODUCT_TYPES))
        maker = rng.randrange(3, len(MANUFACTURERS))
        line = rng.choice(PRODUCT_LINES)
        maker_sku = self._maker_sku(rng, number, line)
        if number in (8, 9):
            maker, maker_sku = number - 4, SHARED_SKU
        price_list_only = number % 41 == 40 and number not in self.matched
        puid = FIRST_PUID + number * 1000 + (999 if price_list_only else 0)
        name = f"{MANUFACTURERS[maker]} {line} {number + 100} {PRODUCT_TYPES[kind][1]}"
        contract = {10: 3, 11: 2}.get(kind, 0)
        product = self._base(
            puid, self._ean(rng, number), maker, maker_sku, name, kind, rng, contract
        )
        price = round(rng.lognormvariate(5, 1), 2)
        offers = []
        how_many = 0 if number % 29 == 28 else rng.randint(1, 7)
        if self.offers is not None:
            how_many = self.offers
        for place, supplier in enumerate(
            sorted(rng.sample(range(len(SUPPLIERS)), how_many))
        ):
            condition = rng.choice([1] * 12 + [2, 3, 4, 6])
            amount: float | None = round(price * rng.uniform(0.95, 1.3), 2)
            odd = rng.random()
            if odd < 0.06:
                amount = None
            elif odd < 0.10:
                amount = 0.0
            sku = rng.choice(
                [
                    f"{number:06d}",
                    f"{line[:2].upper()}/{number}",
                    f"A-{number} {place}",
                    f"{number}#{place}",
                ]
            )
            offers.append(
                self._offer(rng, puid, place, supplier, amount, sku, product, condition)
            )
        return self._with_offers(product, offers)

    @staticmethod
    def _maker_sku(rng: random.Random, number: int, line: str) -> str:
        style = number % 7
        base = f"{line[:2].upper()}{number:05d}"
        return {
            0: f"{base}/EU",
            1: f"{base}#ABD",
            2: f"{base} V2",
            3: f"{base}-{rng.randint(10, 99)}",
        }.get(style, base)

    @staticmethod
    def _ean(rng: random.Random, number: int) -> str:
        if number in (5, 6, 7):
            return SHARED_EAN
        if number % 17 == 16:
            return ""
        if number % 23 == 22:
            return "4260123456780"  # wrong check digit
        body = f"426{number:09d}"
        return body + check_digit(body)

    def _base(
        self,
        puid: int,
        ean: str,
        maker: int,
        maker_sku: str,
        name: str,
        kind: int,
        rng: random.Random,
        contract: int,
    ) -> dict[str, Any]:
        type_id, type_name, group, group_name = PRODUCT_TYPES[kind]
        product: dict[str, Any] = {
            "puid": puid,
            "ean": ean,
            "manufacturerSKU": maker_sku,
            "eClassV7": "19010203",
            "UNSPSC": "43211503",
            "manufacturerId": manufacturer_id(maker),
            "manufacturerName": MANUFACTURERS[maker],
            "productName": name,
            "marketingText": f"<p>{name}: für anspruchsvolle Arbeitsplätze.</p>",
            "keySellingPoints": "<ul><li>leise</li><li>sparsam</li></ul>",
            "packageContents": "Gerät, Netzkabel, Kurzanleitung",
            "htmlMainSpecs": "32 cm<br/>schwarz",
            "htmlSpecs": "<table><tr><td>Farbe</td><td>schwarz</td></tr></table>",
            "warrantyText": "24 Monate Bring-In",
            "customsTariffNumber": "84713000",
            "netWeight": f"{1 + puid % 7},{puid % 10} kg",
            "grossDimX": "40 cm",
            "grossDimY": "10 cm",
            "grossDimZ": "30 cm",
            "energyEfficiencyClass": "ABCDEFG"[puid // 1000 % 7],
            "productLine": name.split()[1] if " " in name else name,
            "imageThumb": f"/images/{puid}.png",
            "shortDescription": f"{name}, {rng.choice(['schwarz', 'weiß', 'grau'])}, für Büro & Werkstatt",
            "longDescription": f"<p>{name}</p><ul><li>Gewährleistung: 24 Monate</li><li>Prüfzeichen: CE, GS</li></ul>",
            "productTypeId": type_id,
            "productTypeGroupId": group,
            "productTypeGroupName": group_name,
            "productTypeName": type_name,
            "valueAddedTaxGermany": 19,
            "deeplink": f"https://www.itscope.com/p/{puid}",
            "standardHtmlDatasheet": f"/products/datasheet/id/{puid}/datasheet.html",
            "imageHighRes1": f"/images/{puid}.png",
            "entryDate": "2025-03-11T00:00:00+01:00",
            "rank": rng.randint(1, 90000),
            "qualification": 0 if puid % 1000 == 999 else rng.choice([1, 2, 3]),
            "contractTypeId": contract,
            "contractTypeName": {0: "Physical", 2: "Service", 3: "License"}[contract],
            "attributes": [
                {
                    "attributeTypeId": 4711,
                    "attributeTypeName": "Farbe",
                    "displayValue": "schwarz",
                    "value": "schwarz",
                },
                {
                    "attributeTypeId": 4712,
                    "attributeTypeName": "Breite",
                    "displayValue": "32 cm",
                    "value": "320",
                },
            ],
            "accessories": [
                {
                    "referencedProductId": FIRST_PUID
                    + rng.randrange(max(self.count, 1)) * 1000,
                    "typeId": 1,
                    "type": "Original-Zubehör",
                }
            ],
        }
        if rng.random() < 0.8:
            product["estimateGrossWeight"] = round(rng.uniform(0.1, 20), 2)
        if not ean:
            del product["ean"]
        return product

    def _offer(
        self,
        rng: random.Random,
        puid: int,
        place: int,
        supplier: int,
        price: float | None,
        sku: str,
        product: dict[str, Any],
        condition: int,
        stock: int | None = None,
    ) -> dict[str, Any]:
        age = timedelta(hours=rng.choice([0, 1, 3, 20, 200]), minutes=rng.randrange(60))
        stamp = (
            (self.started - age).astimezone(timezone(timedelta(hours=1))).isoformat()
        )
        status = 1 if stock else rng.choice([1, 1, 1, 1, 2, 3, 4, 6, 8])
        offer: dict[str, Any] = {
            "id": puid * 10 + place,
            "manufacturerSKU": product["manufacturerSKU"],
            "supplierSKU": sku,
            "supplierId": supplier_id(supplier),
            "supplierName": SUPPLIERS[supplier][0],
            "countryOfOrigin": "CN",
            "productName": product["productName"][:60].upper(),
            "conditionId": condition,
            "conditionName": CONDITIONS[condition],
            "eolProduct": rng.random() < 0.03,
            "matchQuality": rng.choice([100, 100, 100, 110, 95, 78]),
            "eanValid": True,
            "specialOffer": rng.random() < 0.05,
            "currencyCode": "EUR",
            "stockStatus": status,
            "stockStatusText": STOCK_TEXTS[status],
            "stock": stock
            or (rng.choice([1, 3, 9, 40, 250]) if status in (1, 3) else 0),
            "lastStockUpdate": stamp,
            "contractTypeId": product["contractTypeId"],
        }
        if "ean" in product:
            offer["ean"] = product["ean"]
        if price is not None:
            offer.update(
                price=price,
                priceCalc=round(price * 1.15, 2),
                priceCalcVat=19,
                priceLastUpdate=stamp,
            )
        if status == 2:
            offer["stockAvailabilityDate"] = (
                self.started + timedelta(days=rng.randint(2, 40))
            ).isoformat()
        if rng.random() < 0.1 and price:
            offer["projects"] = [
                {
                    "supplierProjectId": f"AN-{puid % 9999}",
                    "manufacturerProjectId": f"MWP{puid % 999999}",
                    "projectName": "Schulen 2026",
                    "endCustomer": "Stadt Karlsruhe",
                    "price": round(price * 0.9, 2),
                    "validFrom": "2026-01-01T00:00:00+01:00",
                    "validTo": "2027-12-31T00:00:00+01:00",
                    "targetQuantity": 100,
                    "remainingQuantity": 90,
                    "minQuantity": 1,
                }
            ]
        if rng.random() < 0.1 and price:
            offer["supplierPackagingInfo"] = {
                "orderUnit": "C62",
                "minQuantity": 5,
                "intervalQuantity": 5,
                "priceQuantity": 1,
            }
            offer["scaledPriceInfo"] = [
                {
                    "supplierItemRefId": offer["id"],
                    "scale": 10,
                    "price": round(price * 0.95, 2),
                }
            ]
        if product["contractTypeId"] == 3:
            offer["contractParameters"] = [
                {
                    "displayName": "Lizenznehmer",
                    "orderParameterName": "licensee",
                    "mandatory": True,
                    "example": "Muster GmbH",
                }
            ]
        return offer

    def _apply_changes(self, product: dict[str, Any]) -> None:
        for name, value in self.facts.get(str(product["puid"]), {}).items():
            if value is None:
                product.pop(name, None)
            else:
                product[name] = value
        changes = self.changes.get(str(product["puid"]))
        if not changes:
            return
        for offer in product["supplierItems"]:
            offer.update(changes.get("*", {}))
            offer.update(changes.get(str(offer["supplierId"]), {}))
        offers = [o for o in product["supplierItems"] if not o.pop("gone", False)]
        self._with_offers(product, offers)

    @staticmethod
    def _with_offers(
        product: dict[str, Any], offers: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Repeats the best offer at the product, as ITscope does."""
        product["supplierItems"] = offers
        priced = [o for o in offers if o.get("price") and o["conditionId"] == 1]
        best = min(priced, key=lambda o: o["price"], default=None)
        if best:
            product.update(
                price=best["price"],
                priceCalc=best["priceCalc"],
                priceCalcVat=19,
                currencyCode="EUR",
                priceLastUpdate=best["priceLastUpdate"],
                priceSupplierId=best["supplierId"],
                priceSupplierName=best["supplierName"],
                priceSupplierItemId=best["id"],
                priceSupplierSKU=best["supplierSKU"],
                stockStatus=best["stockStatus"],
                stockStatusText=best["stockStatusText"],
                stock=best["stock"],
                stockLastUpdate=best["lastStockUpdate"],
            )
        status = min((o["stockStatus"] for o in offers), default=8)
        product.update(
            aggregatedStatus=status,
            aggregatedStatusText=STOCK_TEXTS[status],
            aggregatedStock=sum(o["stock"] for o in offers),
            aggregatedSupplierItems=len({o["supplierId"] for o in offers}),
        )
        return product
