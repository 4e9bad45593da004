"""Suppliers, manufacturers and product types of the simulated platform."""

from __future__ import annotations

from typing import Any

TEST_SUPPLIER = "10000735"
#: Name, company, street, zip, city, country (alpha-3, as ITscope), partnership.
SUPPLIERS = [
    (
        "ITscope Partner-Test",
        "ITscope Partner-Test",
        "Ludwig-Erhard-Allee 20",
        "76131",
        "Karlsruhe",
        "DEU",
        True,
    ),
    (
        "Nordlicht Distribution",
        "Nordlicht Distribution GmbH",
        "Am Sandtorkai 7",
        "20457",
        "Hamburg",
        "DEU",
        True,
    ),
    (
        "Isar Systeme",
        "Isar Systeme Handels GmbH & Co. KG",
        "Lindwurmstr. 88",
        "80337",
        "München",
        "DEU",
        True,
    ),
    (
        "Rheinwerk IT",
        "Rheinwerk IT AG",
        "Zollhof 3",
        "40221",
        "Düsseldorf",
        "DEU",
        True,
    ),
    ("Alpenbit", "Alpenbit GmbH", "Innrain 25", "6020", "Innsbruck", "AUT", True),
    (
        "Havelnetz",
        "Havelnetz Großhandel GmbH",
        "Dortustr. 46",
        "14467",
        "Potsdam",
        "DEU",
        True,
    ),
    (
        "Schwarzwald Komponenten",
        "Schwarzwald Komponenten GmbH",
        "Haslacher Str. 15",
        "79115",
        "Freiburg",
        "DEU",
        False,
    ),
    (
        "Maas Electronics",
        "Maas Electronics B.V.",
        "Spoorweglaan 12",
        "6211 AA",
        "Maastricht",
        "NLD",
        True,
    ),
    (
        "Zürisee Informatik",
        "Zürisee Informatik AG",
        "Seestrasse 201",
        "8002",
        "Zürich",
        "CHE",
        False,
    ),
    (
        "Elbtal Drucktechnik",
        "Elbtal Drucktechnik e.K.",
        "Bautzner Str. 9",
        "01099",
        "Dresden",
        "DEU",
        True,
    ),
    (
        "Lëtz Trade",
        "Lëtz Trade S.à r.l.",
        "Rue de Hollerich 4",
        "1741",
        "Luxembourg",
        "LUX",
        False,
    ),
    (
        "Wisła Komputery",
        "Wisła Komputery Sp. z o.o.",
        "ul. Długa 3",
        "31-146",
        "Kraków",
        "POL",
        False,
    ),
]
MANUFACTURERS = [
    "HP",
    "Apple",
    "LG Electronics",
    "Musterwerke",
    "Fjordtech",
    "Kessler & Söhne",
    "Nimbus Networks",
    "Quarzwerk",
    "Tessera",
    "Voltara",
    "Drachenfels",
    "Ohmega",
    "Pixelhof",
    "Silbersee",
    "Zephyr Data",
]
#: id, name, group id, group name
PRODUCT_TYPES = [
    (130, "Notebooks 14 Zoll", "NOT", "Notebooks"),
    (131, "Notebooks 16 Zoll", "NOT", "Notebooks"),
    (140, "Tablets", "MOB", "Mobilgeräte"),
    (210, "Monitore", "MON", "Monitore"),
    (310, "Farblaserdrucker", "PRN", "Drucker"),
    (311, "Toner", "VER", "Verbrauchsmaterial"),
    (410, "Switches", "NET", "Netzwerktechnik"),
    (411, "Access Points", "NET", "Netzwerktechnik"),
    (510, "SSD", "SPE", "Speicher"),
    (610, "Netzteile", "ZUB", "Zubehör"),
    (710, "Office-Software", "SOF", "Software"),
    (810, "Service und Support", "SSP", "Service"),
]


def supplier_id(index: int) -> int:
    return int(TEST_SUPPLIER) if index == 0 else 10001000 + index * 37


def manufacturer_id(index: int) -> int:
    return 80 + index


def suppliers(account: str) -> list[dict[str, Any]]:
    """``company`` objects of the distributors as this account sees them."""
    found = []
    for index, (name, company, street, zip_code, city, country, partner) in enumerate(
        SUPPLIERS
    ):
        number = supplier_id(index)
        supplier: dict[str, Any] = {
            "id": number,
            "name": name,
            "deeplink": f"https://www.itscope.com/red/app#companies/page/s{number}/-",
        }
        if partner:
            customer = "123456" if index == 0 else f"{account[-3:]}{number % 9000:04d}"
            supplier["customerAccountNumber"] = customer
            if index % 3 != 2:
                supplier["orderAccountNumber"] = customer
        if country == "DEU":
            supplier["weeeRegNo"] = f"DE {number % 100000000:08d}"
        found.append(
            {
                "name": company,
                "street": street,
                "zip": zip_code,
                "city": city,
                "country": country,
                "supplier": supplier,
            }
        )
    return found


def e_services(account: str) -> list[dict[str, Any]]:
    """As :func:`suppliers`, with e-services and order conditions."""
    found = suppliers(account)
    for index, company in enumerate(found):
        supplier = company["supplier"]
        partner = "customerAccountNumber" in supplier
        kinds = ["REALTIME", "PRICELIST", "PROJECTLIST", "ORDER"]
        supplier["eServices"] = [
            {
                "type": kind,
                "configured": partner and not (kind == "PRICELIST" and index == 9),
            }
            for place, kind in enumerate(kinds)
            if index % 5 != place or kind == "PRICELIST"
        ]
        supplier["orderConditions"] = {
            "partialDeliveryAvailable": index % 4 != 3,
            "nextDayDeliveryCutOffTime": "16:00",
            "deliveryConditionsLink": f"https://www.example.com/{supplier['id']}/versand",
        }
    return found


def manufacturers() -> list[dict[str, Any]]:
    return [
        {
            "name": f"{name} GmbH",
            "city": "Berlin",
            "country": "DEU",
            "manufacturer": {
                "id": manufacturer_id(index),
                "name": name,
                "shortName": name.split()[0],
                "deeplink": f"https://www.itscope.com/red/app#companies/page/m{index}/-",
            },
        }
        for index, name in enumerate(MANUFACTURERS)
    ]


def product_types() -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "productTypeGroup": {"id": group, "name": group_name},
            "name": name,
        }
        for number, name, group, group_name in PRODUCT_TYPES
    ]
