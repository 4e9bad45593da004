"""The client and a simulated ITscope, each request held against ITscope's contract."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
from api_contract import Contract
from openapi_core.exceptions import OpenAPIError
from told_server import CountingLimiter, Told, make_settings

from itscope_api import (
    AddressError,
    BlockedError,
    Client,
    ContractError,
    CredentialsError,
    InvalidRequestError,
    LocalLimiter,
    MalformedError,
    NetworkError,
    Product,
    ServerError,
)
from simulator import process
from simulator.control import ACCOUNT, KEY, Control

TEST_PUIDS = ["4012827000", "6676919000", "5289817000"]
TEST_SUPPLIER = "10000735"
FIRST = 12345678000


@pytest.fixture(scope="module")
def running() -> Iterator[Control]:
    with process.start("--products", "300") as control:
        yield control


@pytest.fixture
def simulator(running: Control) -> Control:
    running.reset()
    return running


@pytest.fixture
def sent() -> list[requests.PreparedRequest]:
    """Every request that a test's clients send."""
    return []


@pytest.fixture
def connect(
    simulator: Control, sent: list[requests.PreparedRequest]
) -> Iterator[Callable[..., Client]]:
    opened: list[Client] = []

    def connect(**changes: Any) -> Client:
        given = {"account_id": ACCOUNT, "api_key": KEY, **changes}
        settings = make_settings(given.pop("base_url", simulator.api), **given)
        session = requests.Session()
        session.hooks["response"].append(
            lambda answer, **_: sent.append(answer.request)
        )
        opened.append(Client(settings, LocalLimiter(), session=session))
        return opened[-1]

    yield connect
    for client in opened:
        client.close()


@pytest.fixture(params=["json", "xml"])
def both(request: pytest.FixtureRequest, connect: Callable[..., Client]) -> Client:
    """A client for each format."""
    return connect(format=request.param)


@pytest.fixture
def one(connect: Callable[..., Client]) -> Client:
    return connect()


@pytest.fixture(scope="module")
def contract(running: Control, request: pytest.FixtureRequest) -> Contract | None:
    """None where ITscope's files are not here: the client is tested all the same."""
    try:
        shared: Path = request.getfixturevalue("shared")
    except pytest.skip.Exception:
        return None
    return Contract(shared / "itscope-openapi.json", running.api)


@pytest.fixture(autouse=True)
def by_contract(
    simulator: Control,
    contract: Contract | None,
    sent: list[requests.PreparedRequest],
) -> Iterator[None]:
    yield
    for prepared in sent:
        if contract and str(prepared.url).startswith(simulator.api):
            contract.check(prepared)


def test_the_contract_is_a_judge(shared: Path, simulator: Control) -> None:
    contract = Contract(shared / "itscope-openapi.json", simulator.api)
    for path, good in (
        ("/business/deals/purchase/deal.json?archiv=ARCHIVED", True),
        ("/business/deals/purchase/deal.json", False),
        ("/products/search/ean=1/standard.json?sort=BEST", False),
        ("/products/search/ean=1/best.json", False),
        ("/unknown", False),
    ):
        request = requests.Request("GET", simulator.api + path, auth=("a", "b"))
        if good:
            contract.check(request.prepare())
        else:
            with pytest.raises(OpenAPIError):
                contract.check(request.prepare())


@pytest.fixture
def order(shared: Path) -> Callable[[str], bytes]:
    example = (shared / "opentrans" / "examples" / "ORDER.xml").read_bytes()

    def make(number: str) -> bytes:
        tag = rb"(<(?:\w+:)?ORDER_INFO>.*?<(?:\w+:)?ORDER_ID[^>]*>)[^<]*(<)"
        replacement = rb"\g<1>" + number.encode() + rb"\g<2>"
        made, count = re.subn(tag, replacement, example, count=1, flags=re.DOTALL)
        assert count == 1
        return made

    return make


def paths(sent: list[requests.PreparedRequest]) -> list[str]:
    return [urlsplit(str(request.url)).path for request in sent]


# -------------------------------------------------------------------- account


def test_quota(one: Client) -> None:
    quota = one.quota()
    assert quota.api_access
    assert quota.order_access
    assert ("API access", "Unlimited") in quota.lines


def test_quota_of_lesser_contracts(
    connect: Callable[..., Client], server: Told
) -> None:
    assert (
        not connect(account_id="m1000004", api_key="demo-key-0004").quota().api_access
    )
    quota = connect(account_id="m1000003", api_key="demo-key-0003").quota()
    assert (quota.api_access, quota.order_access) == (True, False)
    server.answer(
        '<quotas><quota productName="API access">5 of 5 call allowed today</quota>'
        '<quota productName="Individual API calls quota">Unlimited</quota></quotas>'
    )
    with Client(make_settings(server.url), LocalLimiter()) as client:
        quota = client.quota()
    assert (quota.api_access, quota.order_access, quota.calls_quota) == (
        True,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"api_key": "wrong"}, CredentialsError),
        ({"account_id": "m9999999"}, CredentialsError),
        ({"account_id": "m1000004", "api_key": "demo-key-0004"}, ContractError),
    ],
)
def test_wrong_accounts(
    connect: Callable[..., Client], changes: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        list(connect(**changes).products(TEST_PUIDS))


def test_a_wrong_path(connect: Callable[..., Client], simulator: Control) -> None:
    client = connect(base_url=f"{simulator.url}/3.0")
    with pytest.raises(AddressError):
        client.quota()
    with pytest.raises(AddressError):
        list(client.suppliers())


# -------------------------------------------------------------------- metadata


def test_metadata_is_the_same_in_both_formats(connect: Callable[..., Client]) -> None:
    json_client, xml_client = connect(format="json"), connect(format="xml")
    suppliers = list(json_client.suppliers())
    assert suppliers == list(xml_client.suppliers())
    assert TEST_SUPPLIER in {company.id for company in suppliers}
    assert any(company.customer_number for company in suppliers)
    assert all(company.name and company.country for company in suppliers)
    manufacturers = list(json_client.manufacturers())
    assert manufacturers == list(xml_client.manufacturers())
    assert all(company.short_name for company in manufacturers)
    types = list(json_client.product_types())
    assert types == list(xml_client.product_types())
    assert all(kind.id and kind.name and kind.group_id for kind in types)


# -------------------------------------------------------------------- products


def timeless(products: list[Product]) -> list[Product]:
    """Live answers carry the moment in which they were given."""
    return [
        replace(
            product,
            offers=tuple(
                replace(offer, price_date=None, stock_date=None)
                for offer in product.offers
            ),
        )
        for product in products
    ]


def test_live_answers_show_what_others_do_not(
    connect: Callable[..., Client], simulator: Control
) -> None:
    puid = TEST_PUIDS[0]
    simulator.call("change", puid=puid, live=True, values={"stock": 4711})
    client = connect()
    (plain,) = client.products([puid])
    (live,) = client.products([puid], realtime=True)
    assert {offer.stock for offer in live.offers} == {4711}
    assert 4711 not in {offer.stock for offer in plain.offers}


def test_products_are_the_same_in_both_formats_and_versions(
    connect: Callable[..., Client], simulator: Control
) -> None:
    puids = [*TEST_PUIDS, *(str(FIRST + number * 1000) for number in range(150))]
    for options in ({}, {"update_only": True}, {"realtime": True}):
        found = [
            list(connect(format=form).products(puids, **options))
            for form in ("json", "xml")
        ]
        assert timeless(found[0]) == timeless(found[1])
        assert len(found[0]) > 140
        assert all(p.update_only == ("update_only" in options) for p in found[0])
    new, old = (
        next(connect(base_url=f"{simulator.url}/{version}").products(TEST_PUIDS))
        for version in ("2.1", "2.0")
    )
    assert old.name == new.name
    assert len(old.images) == len(new.images) > 0


def test_fifty_ids_a_request(one: Client, sent: list[requests.PreparedRequest]) -> None:
    puids = [str(FIRST + number * 1000) for number in range(120)]
    found = one.products([*puids, *puids, "", "x"])
    assert sent == []
    next(found)
    assert len(sent) == 1
    list(found)
    ids = [path.split("/")[-2].split(",") for path in paths(sent)]
    assert [len(batch) for batch in ids] == [50, 50, 20]
    assert [puid for batch in ids for puid in batch] == puids


def test_the_price_history_of_a_year(
    both: Client, sent: list[requests.PreparedRequest]
) -> None:
    first, last = date(2025, 1, 1), date(2025, 12, 31)
    weekly, monthly = (
        next(
            both.products(
                [TEST_PUIDS[0]],
                history_from=first,
                history_to=last,
                aggregation=aggregation,  # type: ignore[arg-type]
            )
        ).history
        for aggregation in ("weekly", "monthly")
    )
    assert len(weekly) == 53
    assert len(monthly) == 12
    assert [item.date for item in monthly] == [date(2025, m, 1) for m in range(1, 13)]
    assert all(item.date.weekday() == 0 for item in weekly)
    for item in weekly:
        assert item.price_min
        assert item.price_max
        assert item.price_min < item.price_max
        assert (item.price_avg_in_stock is None) == (item.supplier_count_in_stock == 0)
    assert "historyFrom=2025-01-01" in str(sent[0].url)
    # It is not there unless it is asked for.
    assert next(both.products([TEST_PUIDS[0]])).history == ()


def test_no_price_history_without_the_contract(connect: Callable[..., Client]) -> None:
    other = connect(account_id="m1000002", api_key="demo-key-0002")
    (product,) = other.products([TEST_PUIDS[0]], history_from=date(2025, 1, 1))
    assert product.name
    assert product.history == ()


def test_an_impossible_history_does_not_leave(
    one: Client, sent: list[requests.PreparedRequest]
) -> None:
    for options in (
        {"history_to": date(2024, 12, 31)},
        {"update_only": True},
    ):
        with pytest.raises(InvalidRequestError):
            list(one.products(TEST_PUIDS, history_from=date(2025, 1, 1), **options))  # type: ignore[arg-type]
    assert sent == []


def test_no_price_is_none_and_never_zero(one: Client) -> None:
    offers = [o for p in one.search(keywords="e") for o in p.offers]
    assert any(offer.price is None for offer in offers)
    assert all(offer.price is None or offer.price > 0 for offer in offers)


# -------------------------------------------------------------------- search


def test_a_search_goes_page_after_page(
    both: Client, sent: list[requests.PreparedRequest]
) -> None:
    found = both.search(keywords="e", sort="NAME_ASC")
    for _ in range(50):
        next(found)
    assert len(sent) == 1
    rest = list(found)
    puids = {product.puid for product in rest}
    assert len(rest) == len(puids) == len(list(both.search(keywords="e"))) - 50
    queries = [urlsplit(str(request.url)).query for request in sent]
    assert queries[:2] == ["sort=NAME_ASC", "sort=NAME_ASC&page=2"]


def test_some_pages(both: Client, sent: list[requests.PreparedRequest]) -> None:
    everything = [p.puid for p in both.search(keywords="e")]
    sent.clear()
    second = [p.puid for p in both.search(keywords="e", first_page=2, pages=1)]
    assert second == everything[50:100]
    assert len(sent) == 1
    assert [p.puid for p in both.search(keywords="e", first_page=2)] == everything[50:]
    assert list(both.search(keywords="e", first_page=99)) == []
    with pytest.raises(ValueError, match="no pages"):
        both.search(ean=[str(number) for number in range(51)], pages=1)


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 99, 100, 101])
def test_where_a_list_ends(server: Told, count: int) -> None:
    """By a short page or by 204, whichever comes first."""
    rows = [{"puid": number} for number in range(1, count + 1)]
    for start in range(0, count, 50):
        server.answer(json.dumps({"product": rows[start : start + 50]}))
    server.answer(status=204)
    with Client(make_settings(server.url), LocalLimiter()) as client:
        assert len(list(client.search(keywords="x"))) == count
    assert len(server.seen) == count // 50 + 1


def test_a_page_that_repeats_itself_ends_the_list(server: Told) -> None:
    """The server does not know the parameter; a price changes meanwhile."""
    rows: list[dict[str, object]] = [
        {"puid": number, "price": 1} for number in range(50)
    ]
    server.answer(json.dumps({"product": rows}))
    server.answer(json.dumps({"product": [{**row, "price": 2} for row in rows]}))
    with Client(make_settings(server.url), LocalLimiter()) as client:
        assert len(list(client.search(keywords="x"))) == 50
    assert len(server.seen) == 2


def test_a_broken_page_gives_nothing(server: Told) -> None:
    rows = "".join(f"<product><puid>{number}</puid></product>" for number in range(50))
    server.answer(f"<products>{rows}</products>")
    server.answer(f"<products>{rows.replace('<puid>', '<puid>9')}")
    found = []
    with (
        Client(make_settings(server.url, format="xml"), LocalLimiter()) as client,
        pytest.raises(MalformedError),
    ):
        for product in client.search(keywords="x"):
            found.append(product.puid)
    assert len(found) == 50


def all_products(simulator: Control) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = simulator.call("products", numbers=list(range(300)))
    return found


def test_every_number_is_found_whatever_characters_it_has(
    both: Client, simulator: Control
) -> None:
    """Hundreds of pasted numbers, a third of them with a slash, a hash or a space."""
    rows = all_products(simulator)
    skus = {row["manufacturerSKU"] for row in rows if row["puid"] % 1000 == 0}
    assert any("/" in sku for sku in skus)
    assert any("#" in sku for sku in skus)
    found = both.search(manufacturer_sku=sorted(skus))
    assert {product.manufacturer_sku for product in found} == skus

    supplier, wanted = max(
        (str(offer["supplierId"]), offer["supplierSKU"])
        for row in rows
        if row["puid"] % 1000 == 0
        for offer in row["supplierItems"]
        if "/" in offer["supplierSKU"]
    )
    (product, *_) = both.search(supplier_sku=[wanted], supplier=[supplier])
    assert wanted in {offer.supplier_sku for offer in product.offers}


def test_plain_encoding_first_then_twice(
    one: Client, simulator: Control, sent: list[requests.PreparedRequest]
) -> None:
    sku = next(
        row["manufacturerSKU"]
        for row in all_products(simulator)
        if row["manufacturerSKU"].endswith("/EU")
    )
    assert [p.manufacturer_sku for p in one.search(manufacturer_sku=[sku])] == [sku]
    first, second = paths(sent)
    assert "%2FEU/" in first
    assert "%252FEU/" in second


def test_an_ean_that_products_share_and_price_list_products(
    both: Client, simulator: Control
) -> None:
    shared = list(both.search(ean=["4260000000059"]))
    assert len(shared) == 3
    rows = all_products(simulator)
    row = next(row for row in rows if row["puid"] % 1000 == 999 and row.get("ean"))
    assert list(both.search(ean=[row["ean"]])) == []
    (product,) = both.search(ean=[row["ean"]], price_list_products=True)
    assert product.puid == str(row["puid"])


def test_a_price_list_line_is_found_by_its_article_only(
    both: Client, sent: list[requests.PreparedRequest], simulator: Control
) -> None:
    rows = all_products(simulator)
    row = next(
        row for row in rows if row["puid"] % 1000 == 999 and row["supplierItems"]
    )
    puid, offer = str(row["puid"]), row["supplierItems"][0]
    assert list(both.products([puid])) == []
    assert sent == [], "it can't be asked for"
    article = (str(offer["supplierId"]), offer["supplierSKU"])
    assert puid in [product.puid for product in both.articles([article])]
    assert "plzproducts=true" in str(sent[-1].url)
    assert list(both.articles([])) == []
    # Once ITscope has matched it, the product comes instead.
    simulator.call("change", matched=(row["puid"] - FIRST) // 1000)
    found = [product.puid for product in both.articles([article])]
    assert f"{puid[:-3]}000" in found
    assert puid not in found


def test_filters_are_combined(both: Client, simulator: Control) -> None:
    sku = "PRO-1000"
    two = list(both.search(manufacturer_sku=[sku]))
    assert len(two) == 2
    maker, kind = two[1].manufacturer_id, two[1].product_type_id
    only = both.search(
        manufacturer_sku=[sku], manufacturer=[maker], product_type=[kind]
    )
    assert [product.puid for product in only] == [two[1].puid]


def test_impossible_searches_do_not_leave(
    one: Client, sent: list[requests.PreparedRequest]
) -> None:
    for filters in ({}, {"keywords": " "}, {"supplier": ["HP"]}):
        with pytest.raises(InvalidRequestError):
            one.search(**filters)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequestError, match="sort"):
        one.search(keywords="x", sort="BEST")
    assert sent == []


# -------------------------------------------------------------------- orders


def test_an_order_and_its_documents(
    both: Client, simulator: Control, order: Callable[[str], bytes]
) -> None:
    deal = both.send_order(order("P00001"))
    assert deal.order_id
    assert (deal.own_order_id, deal.status) == ("P00001", "SENT")
    assert deal.supplier_id == TEST_SUPPLIER
    assert deal.test_order
    (request,) = deal.documents
    assert request.type == "ORDER"
    assert both.document(request.transaction_id, "ORDER") == order("P00001")

    for step in ("accept", "confirm", "dispatch", "invoice"):
        simulator.advance(deal.order_id, step)
    simulator.advance(deal.order_id, "invoice", by_hand=True)
    now = both.deal(deal.order_id)
    assert now is not None
    assert now.status == "INVOICED"
    kinds = ["ORDER", "ORDERRESPONSE", "DISPATCHNOTIFICATION", "INVOICE", "INVOICE"]
    assert [document.type for document in now.documents] == kinds
    assert [bool(document.url) for document in now.documents] == [True] * 4 + [False]
    for document in now.documents:
        content = both.document(document.transaction_id, document.type)
        assert (content is not None) == bool(document.url)
        assert content is None or f"<{document.type} ".encode() in content
    assert both.deal("SIM9999-000000-0000") is None
    assert both.document("unknown", "INVOICE") is None
    with pytest.raises(ValueError, match="type"):
        both.document("unknown", "PDF")


def test_pdf_of_an_invoice(
    both: Client, simulator: Control, order: Callable[[str], bytes]
) -> None:
    """ZUGFeRD comes beside openTRANS, or alone, or not at all."""
    deal = both.send_order(order("P00001"))
    for options in ({}, {"pdf": True}, {"only_pdf": True}):
        simulator.advance(deal.order_id, "invoice", **options)
    now = both.deal(deal.order_id)
    assert now is not None
    found = []
    for entry in now.documents[1:]:
        assert entry.url
        pdf = both.document(entry.transaction_id, "INVOICE", "pdf")
        assert pdf is None or (pdf.startswith(b"%PDF") and b"CrossIndustry" in pdf)
        found.append((both.document(entry.transaction_id, "INVOICE"), pdf))
    assert [(bool(xml), bool(pdf)) for xml, pdf in found] == [
        (True, False),
        (True, True),
        (False, True),
    ]
    with pytest.raises(ValueError, match="PDF"):
        both.document("unknown", "ORDER", "pdf")


@pytest.mark.parametrize("language", ["de", "fr"])
def test_documents_know_two_languages(
    connect: Callable[..., Client],
    language: str,
    sent: list[requests.PreparedRequest],
) -> None:
    client = connect(language=language)
    client.document("unknown", "INVOICE")
    assert sent[0].headers["Accept-Language"] == ("de" if language == "de" else "en")


def test_news_of_orders(
    both: Client,
    simulator: Control,
    order: Callable[[str], bytes],
    sent: list[requests.PreparedRequest],
) -> None:
    placed = [both.send_order(order(f"P{number}")).order_id for number in range(53)]
    deals = list(both.purchase_deals())
    assert {deal.order_id for deal in deals} == set(placed)
    assert len(deals) == 53
    assert list(both.purchase_deals(archived=True)) == []

    simulator.call("clock", seconds=3600)
    since = datetime.now(timezone(timedelta(hours=5))) + timedelta(minutes=30)
    assert list(both.purchase_deals(updated_since=since)) == []
    simulator.advance(placed[7], "accept")
    assert [d.order_id for d in both.purchase_deals(updated_since=since)] == [placed[7]]
    (asked,) = {
        match.group(1)
        for request in sent
        if (match := re.search(r"lastUpdateDateFrom=([^&]+)", str(request.url)))
    }
    utc = since.astimezone(timezone.utc)
    assert unquote(asked) == f"{utc:%Y-%m-%dT%H:%M:%S}+00:00"
    with pytest.raises(ValueError, match="zone"):
        both.purchase_deals(updated_since=datetime(2026, 1, 1))


def test_orders_page_by_page(
    both: Client, simulator: Control, order: Callable[[str], bytes]
) -> None:
    placed = [both.send_order(order(f"P{number}")).order_id for number in range(53)]
    pages = [list(both.purchase_deals(first_page=n, pages=1)) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 3, 0]
    assert {deal.order_id for page in pages for deal in page} == set(placed)


def test_an_order_is_archived(
    both: Client,
    simulator: Control,
    order: Callable[[str], bytes],
    sent: list[requests.PreparedRequest],
) -> None:
    one, other = (both.send_order(order(number)).order_id for number in ("P1", "P2"))
    assert both.archive_deal(one)
    assert [deal.order_id for deal in both.purchase_deals()] == [other]
    assert [deal.order_id for deal in both.purchase_deals(archived=True)] == [one]
    assert not both.archive_deal("UNKNOWN/1")
    assert sent[-1].method == "PUT"
    assert str(sent[-1].url).endswith("/business/deals/archive/UNKNOWN%2F1")
    simulator.fault("PUT", "status", status=500)
    with pytest.raises(ServerError):
        both.archive_deal(other)


def test_an_order_placed_on_the_platform_is_listed(
    both: Client, simulator: Control
) -> None:
    order_id = simulator.place([["123001", "2", "94.0"]], remark="Bitte anrufen")
    (deal,) = both.purchase_deals()
    assert (deal.order_id, deal.own_order_id) == (order_id, "")
    (entry,) = deal.documents
    body = both.document(entry.transaction_id, "ORDER") or b""
    assert b"123001" in body
    assert order_id.encode() in body


def test_an_order_is_found_by_our_number_and_by_no_other(
    both: Client,
    simulator: Control,
    order: Callable[[str], bytes],
    sent: list[requests.PreparedRequest],
) -> None:
    """The search finds P10 for P1 too; what is archived counts as well."""
    one = both.send_order(order("P1"))
    both.send_order(order("P10"))
    slash = both.send_order(order("PO/2026/#1"))
    assert [deal.order_id for deal in both.find_deals("P1")] == [one.order_id]
    assert [deal.order_id for deal in both.find_deals("PO/2026/#1")] == [slash.order_id]
    assert list(both.find_deals("P")) == []
    assert list(both.find_deals("PO/2026/#2")) == []
    assert both.archive_deal(one.order_id)
    (found,) = both.find_deals("P1")
    assert found.archived
    again = both.send_order(order("P1"))
    both_orders = {one.order_id, again.order_id}
    assert {deal.order_id for deal in both.find_deals("P1")} == both_orders


def test_an_order_whose_number_is_kept_as_the_customers_is_found(
    both: Client, simulator: Control, order: Callable[[str], bytes]
) -> None:
    simulator.call("settings", number_kept="customer")
    sent = both.send_order(order("P1"))
    both.send_order(order("P10"))
    assert [deal.order_id for deal in both.find_deals("P1")] == [sent.order_id]


def test_a_filter_that_is_refused_does_not_hide_what_others_find(
    both: Client, simulator: Control, order: Callable[[str], bytes]
) -> None:
    sent = both.send_order(order("P1"))
    for refused in ("ownOrderId", "customerOrderId", "keywords"):
        simulator.fault(f"GET .*{refused}", "status", status=400)
        assert [deal.order_id for deal in both.find_deals("P1")] == [sent.order_id]
    simulator.fault("GET .*search", "status", status=400, count=3)
    with pytest.raises(InvalidRequestError):
        list(both.find_deals("P1"))


def test_an_order_is_checked_without_being_sent(
    both: Client, simulator: Control, order: Callable[[str], bytes]
) -> None:
    """An empty answer is good news here."""
    assert both.check_order(order("P1")) == ""
    assert both.check_order(order("P1"), schema_only=True) == ""
    assert "18" in both.check_order(order("P" * 19))
    assert "XML" in both.check_order(b"no xml", schema_only=True)
    assert not simulator.orders("P1")


def test_a_refused_order_says_why(
    one: Client, simulator: Control, order: Callable[[str], bytes]
) -> None:
    with pytest.raises(InvalidRequestError, match="18"):
        one.send_order(order("P" * 19))
    with pytest.raises(InvalidRequestError, match="XML"):
        one.send_order(b"<ORDER>")
    assert simulator.orders() == []


@pytest.mark.parametrize(
    ("fault", "error", "arrived"),
    [
        ({"kind": "drop_before"}, NetworkError, 0),
        ({"kind": "drop_after"}, NetworkError, 1),
        ({"kind": "cut"}, MalformedError, 1),
        ({"kind": "truncate"}, MalformedError, 1),
        ({"kind": "html"}, MalformedError, 1),
        ({"kind": "garbage"}, MalformedError, 1),
        ({"kind": "status", "status": 500}, ServerError, 0),
        ({"kind": "status", "status": 504, "body": "Gateway"}, ServerError, 0),
    ],
)
def test_an_order_in_doubt_can_be_found(
    one: Client,
    simulator: Control,
    order: Callable[[str], bytes],
    fault: dict[str, Any],
    error: type[NetworkError | ServerError | MalformedError],
    arrived: int,
) -> None:
    """Never sent twice; a search says afterwards whether it arrived."""
    simulator.fault("POST", **fault)
    with pytest.raises(error) as failed:
        one.send_order(order("P7"))
    assert getattr(failed.value, "sent", True)
    assert len(list(one.find_deals("P7"))) == len(simulator.orders("P7")) == arrived
    posts = [r for r in simulator.requests() if r["method"] == "POST"]
    assert len(posts) == 1


# -------------------------------------------------------------------- the limit


def test_a_block_of_itscope_is_respected(
    connect: Callable[..., Client], simulator: Control
) -> None:
    client = connect()
    simulator.call("block")
    with pytest.raises(BlockedError, match="30 minutes") as blocked:
        client.quota()
    left = blocked.value.until - datetime.now(timezone.utc)
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    for _ in range(5):
        with pytest.raises(BlockedError):
            list(client.products(TEST_PUIDS))
    assert simulator.call("settings")["during_block"] == 1


def test_faults_that_pass(one: Client, simulator: Control) -> None:
    for kind in ({"kind": "drop_before"}, {"kind": "status"}, {"kind": "cut"}):
        simulator.fault("GET", count=2, **kind)
        assert len(list(one.products(TEST_PUIDS))) == 3
    for kind, error in (
        ({"kind": "latin1"}, MalformedError),
        ({"kind": "redirect"}, AddressError),
        ({"kind": "html"}, MalformedError),
    ):
        simulator.fault("GET", **kind)
        with pytest.raises(error):
            list(one.product_types())


def test_counted_turns(simulator: Control) -> None:
    """Every request that arrives took a turn."""
    limiter = CountingLimiter()
    settings = make_settings(simulator.api, account_id=ACCOUNT, api_key=KEY)
    simulator.fault("GET", "status", count=2)
    with Client(settings, limiter) as client:
        found: list[Product] = list(client.products(TEST_PUIDS))
        client.quota()
    assert len(found) == 3
    assert limiter.turns == len(simulator.requests()) == 4


# -------------------------------------------------------------------- quotes


def test_quotes_page_by_page(both: Client, simulator: Control) -> None:
    line = ["123001", "2", "420"]
    made = [simulator.quote(lines=[line])["quote_id"] for _n in range(50)]
    pages = [list(both.quotes(first_page=n, pages=1)) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 3, 0]
    assert {quote.quote_id for quote in both.quotes()} >= set(made)
    assert pages[0][0].quote_id == made[-1]
    simulator.quote(quote_id=made[0], status="LOST", archived=True)
    assert [quote.quote_id for quote in both.quotes(archived=True)] == [made[0]]
    assert made[0] not in {quote.quote_id for quote in both.quotes()}


def test_a_quote_and_its_documents(both: Client, simulator: Control) -> None:
    made = simulator.quote(
        name="Büro", lines=[["123001", "2", "420"], ["123003", "1", "99", "optional"]]
    )
    quote = both.quote(made["quote_id"])
    assert quote is not None
    assert (quote.number, quote.name, quote.status) == (
        made["number"],
        "Büro",
        "PROGRESS",
    )
    assert (quote.organisation, quote.customer_number) == ("Stadt Karlsruhe", "K-1001")
    assert (quote.item_count, str(quote.total)) == (2, "1117.41")
    assert quote.last_modified is not None and quote.last_modified.tzinfo
    document = both.document(quote.transaction_id, "QUOTATION")
    assert document is not None and document.decode() == made["document"]
    pdf = both.quote_pdf(quote.quote_id)
    assert pdf is not None and pdf.startswith(b"%PDF")
    assert both.quote("unknown/1") is None
    assert both.quote_pdf("unknown") is None


def test_quotes_are_found(both: Client, simulator: Control) -> None:
    made = simulator.quote(name="A/B #1", lines=[["123001", "1", "1"]], status="LOST")

    def found(**wanted: str) -> set[str]:
        return {quote.quote_id for quote in both.find_quotes(**wanted)}

    assert found(number=made["number"]) == {made["quote_id"]}
    assert found(status="LOST") == {made["quote_id"]}
    assert found(keywords="A/B #1") == {made["quote_id"]}
    assert found(keywords="A/B #1", status="WON") == set()
    with pytest.raises(InvalidRequestError):
        found(keywords=" ")
    with pytest.raises(InvalidRequestError):
        list(both.find_quotes())


def test_a_quote_without_document(one: Client, simulator: Control) -> None:
    made = simulator.quote(lines=[["123001", "1", "1"]], listed=False)
    quote = one.quote(made["quote_id"])
    assert quote is not None and quote.transaction_id == ""
