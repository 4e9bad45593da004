"""E-services and order conditions of distributors.

ITscope's guide names what there is (real time, price list, project list, order; order
conditions), but of the fields only ``partialDeliveryAvailable``. So the kinds are told
from their words, and every field that is not understood is kept as a fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import records
from .business import ADDRESS, ROLE, VAT
from .table import Node, children
from .values import boolean, label, text

#: Words in an e-service's type or name → its kind; the first that fits.
KINDS = (
    ("project", "project_list"),
    ("projekt", "project_list"),
    ("real", "realtime"),
    ("echtzeit", "realtime"),
    ("price", "price_list"),
    ("preis", "price_list"),
    ("order", "order"),
    ("bestell", "order"),
)
NAMING = ("type", "kind", "name", "servicetype", "eservicetype", "id", "code")
CONFIGURED = ("configured", "active", "activated", "enabled", "available_for_me")
NOT_CONFIGURED = ("inactive", "disabled", "available", "unconfigured", "none")
PARTIAL_DELIVERY = "partialDeliveryAvailable"
KNOWN = ADDRESS.names | ROLE.names | frozenset(VAT.names) | {"supplier"}
#: Of one supplier; longer lists are cut.
MAX_FACTS = 200
MAX_LENGTH = 500


def supplier_terms(node: Node) -> records.SupplierTerms | None:
    """The terms of a company in its role as supplier; None without an id."""
    supplier = next(iter(children(node, "supplier")), {})
    supplier_id = text(supplier.get("id"))
    if not supplier_id:
        return None
    services: dict[str, records.EService] = {}
    facts: list[tuple[str, str]] = []
    partial: bool | None = None
    for service in _services(node):
        known = services.get(service.kind)
        if known is None or (service.configured and not known.configured):
            services[service.kind] = service
    for path, value in _leaves(node):
        if path[-1] == PARTIAL_DELIVERY:
            partial = boolean(value)
        elif services and _is_of_service(path):
            continue
        elif len(facts) < MAX_FACTS and (plain := label(value)[:MAX_LENGTH]):
            facts.append((text(".".join(path))[:MAX_LENGTH], plain))
    return records.SupplierTerms(
        supplier_id, tuple(services.values()), partial, tuple(facts)
    )


def _is_of_service(path: tuple[Any, ...]) -> bool:
    """Whether a value was understood as an e-service's kind or state."""
    return any("eservice" in str(name).lower() for name in path[:-1]) and str(
        path[-1]
    ).lower() in {*NAMING, *CONFIGURED, "state", "status"}


def _leaves(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, object]]:
    """``(names on the way, value)`` of what is not the company's address or number."""
    for name, value in node.items():
        if not path and name in KNOWN and name != "supplier":
            continue
        if path == ("supplier",) and name in KNOWN:
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                yield from _leaves(item, (*path, name))
            else:
                yield (*path, name), item


def _services(node: Node, inside: bool = False) -> Iterator[records.EService]:
    """Everything below a name like ``eServices`` that names a kind."""
    if inside:
        kind = _kind(node)
        if kind:
            yield records.EService(kind, _configured(node))
            return
    for name, value in node.items():
        within = inside or "eservice" in name.lower()
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                yield from _services(item, within)
            elif within and (kind := _kind_of_word(text(item))):
                # A plain list of what is set up.
                yield records.EService(kind, True)
            elif within and (kind := _kind_of_word(name)):
                # One flag per kind.
                yield records.EService(kind, boolean(item))


def _kind(node: Node) -> str:
    for name, value in node.items():
        if name.lower() in NAMING and (kind := _kind_of_word(text(value))):
            return kind
    return ""


def _kind_of_word(word: str) -> str:
    word = word.lower()
    return next((kind for part, kind in KINDS if part in word), "")


def _configured(node: Node) -> bool | None:
    for name, value in node.items():
        lower = name.lower()
        if lower in CONFIGURED:
            return boolean(value)
        if lower in ("state", "status"):
            word = text(value).lower()
            if word in CONFIGURED:
                return True
            if word in NOT_CONFIGURED:
                return False
    return None
