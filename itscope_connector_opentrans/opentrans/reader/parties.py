"""Parties, and who plays which role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..documents import Address, Party
from .node import Node

#: Elements that name a role's party by its id, wherever in the header they stand.
ROLES = {
    "BUYER_IDREF": "buyer",
    "SUPPLIER_IDREF": "supplier",
    "INVOICE_ISSUER_IDREF": "supplier",
    "INVOICE_RECIPIENT_IDREF": "invoice_recipient",
    "DELIVERY_IDREF": "delivery",
}


def read_parties(info: Node) -> tuple[Party, ...]:
    """The parties of a header.

    The references of the header repeat the ids: they give roles to parties that have
    none, since ``PARTY_ROLE`` is optional, and name parties that are not described.
    """
    parties = [_party(node) for node in info.child("PARTIES").children("PARTY")]
    references = info.child("ORDER_PARTIES_REFERENCE")
    for place in (
        references,
        references.child("SHIPMENT_PARTIES_REFERENCE"),
        info,
        info.child("SHIPMENT_PARTIES_REFERENCE"),
    ):
        for name, role in ROLES.items():
            for node in place.leaves(name):
                _claim(parties, role, node.text(), node.attribute("type"))
    return tuple(parties)


def _claim(parties: list[Party], role: str, number: str, kind: str) -> None:
    if not number or any(role in party.roles for party in parties):
        return
    same = [index for index, party in enumerate(parties) if party.id == number]
    if not same:
        parties.append(Party(number, (role,), kind))
    for index in same:
        if not parties[index].roles:
            parties[index] = replace(parties[index], roles=(role,))
            return


def _party(node: Node) -> Party:
    ids = [leaf for leaf in node.leaves("PARTY_ID") if leaf.text()]
    return Party(
        id=ids[0].text() if ids else "",
        roles=tuple(role.lower() for role in node.texts("PARTY_ROLE")),
        id_type=ids[0].attribute("type") if ids else "",
        address=_address(node.child("ADDRESS")),
    )


def _address(node: Node) -> Address:
    contact = node.child("CONTACT_DETAILS")
    return Address(
        name=node.translated("NAME"),
        name2=node.translated("NAME2"),
        name3=node.translated("NAME3"),
        contact_name=contact.translated("CONTACT_NAME"),
        contact_first_name=contact.translated("FIRST_NAME"),
        contact_phone=_office(contact.leaves("PHONE"))
        or _office(contact.leaves("FAX")),
        contact_email=contact.child("EMAILS").translated("EMAIL")
        or contact.translated("EMAIL"),
        street=node.translated("STREET"),
        zip=node.translated("ZIP"),
        city=node.translated("CITY"),
        country_name=node.translated("COUNTRY"),
        country=_country(node),
        phone=_office(node.leaves("PHONE")),
        fax=_office(node.leaves("FAX")),
        email=node.translated("EMAIL") or node.child("EMAILS").translated("EMAIL"),
        url=node.translated("URL") or contact.translated("URL"),
        vat=node.short("VAT_ID"),
    )


def _office(nodes: Iterable[Node]) -> str:
    """The office's number, else the first."""
    found = [node for node in nodes if node.text()]
    office = [node for node in found if node.attribute("type").lower() == "office"]
    return (office or found)[0].text() if found else ""


def _country(node: Node) -> str:
    """Alpha-2; the schema allows a region behind it (``DE-BW``)."""
    code = node.short("COUNTRY_CODED").upper()
    country = code.partition("-")[0]
    if len(country) == 2 and country.isascii() and country.isalpha():
        return country
    if code:
        node.bad("COUNTRY_CODED", code)
    return ""
