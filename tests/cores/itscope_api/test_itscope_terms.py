"""E-services under names that nobody documented: understood, or kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_server import patient

from itscope_api import EService, SupplierTerms
from itscope_api.readers.formats import nodes
from itscope_api.readers.terms import supplier_terms


def read(**supplier: Any) -> SupplierTerms:
    company = {"name": "Nord GmbH", "city": "Kiel", "supplier": {"id": 7, **supplier}}
    body = json.dumps({"company": [company]}).encode()
    (node,) = nodes(body, "company")
    found = supplier_terms(node)
    assert found is not None
    return found


def test_the_documented_field_and_what_stands_beside_it() -> None:
    terms = read(
        orderConditions={"partialDeliveryAvailable": True, "cutOffTime": "16:00"}
    )
    assert terms.partial_delivery is True
    assert terms.facts == (("supplier.orderConditions.cutOffTime", "16:00"),)
    assert read().partial_delivery is None


@pytest.mark.parametrize(
    "services",
    [
        {
            "eServices": [
                {"type": "PRICELIST", "configured": True},
                {"type": "REALTIME"},
            ]
        },
        {
            "eservices": {
                "eservice": [
                    {"name": "Preisliste", "status": "ACTIVE"},
                    {"name": "Echtzeit"},
                ]
            }
        },
        {
            "eServiceList": [
                {"eServiceType": "priceList", "enabled": "true"},
                {"kind": "realtime"},
            ]
        },
    ],
)
def test_kinds_and_state_under_any_name(services: dict[str, Any]) -> None:
    assert read(**services).services == (
        EService("price_list", True),
        EService("realtime", None),
    )


def test_flags_and_plain_lists() -> None:
    assert read(eServices={"priceList": "true", "order": "false"}).services == (
        EService("price_list", True),
        EService("order", False),
    )
    assert read(eServices=["ORDER"]).services == (EService("order", True),)


def test_addresses_are_no_facts_and_facts_are_bounded() -> None:
    terms = read(customerAccountNumber="1", other=[{"x": "y" * 900}] * 900)
    assert {name for name, _text in terms.facts} == {"supplier.other.x"}
    assert len(terms.facts) == 200
    assert max(len(text) for _name, text in terms.facts) == 500


def test_without_an_id_there_are_no_terms() -> None:
    assert supplier_terms({"name": "Nord GmbH"}) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["eServices", "type", "configured", "x", "orderConditions"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@patient
@given(st.dictionaries(st.sampled_from(["eServices", "a", "b"]), json_values))
def test_nothing_makes_it_fail(supplier: dict[str, Any]) -> None:
    assert read(**supplier).id == "7"
