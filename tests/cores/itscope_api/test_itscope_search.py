from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_server import patient

from itscope_api import InvalidRequestError, Product, is_price_list_line, is_puid
from itscope_api.search import MAX_VALUES, Filters, encode, puid_batches, segment


class Catalogue:
    """Pages of a search as ITscope is said to answer.

    It decodes what it gets twice, and what was encoded only once and holds a slash or
    hash is lost on the way.
    """

    def __init__(self, *skus: str) -> None:
        self.skus = skus
        self.asked: list[str] = []

    def pages(self, text: str) -> Iterator[Product]:
        self.asked.append(text)
        wanted = []
        for part in unquote(text).split(";"):
            key, _, values = part.partition("=")
            assert key in ("hstpid", "manufacturer", "keywords")
            if key != "manufacturer":
                wanted += [
                    unquote(v) for v in values.split(",") if not {"/", "#"} & set(v)
                ]
        for number, sku in enumerate(self.skus):
            if sku in wanted:
                yield Product(puid=str(number), manufacturer_sku=sku)

    def search(self, *skus: str, **others: str) -> list[str]:
        values = {"hstpid": skus, **{k: [v] for k, v in others.items()}}
        return [p.manufacturer_sku for p in Filters(values).search(self.pages)]


def test_ids_of_products() -> None:
    for puid in ("12345678000", "12345678999", "12345678-999", "9" * 20):
        assert is_puid(puid), puid
    for text in ("", "²", "-999", "1-99", "abc", "9" * 21, "1 2"):
        assert not is_puid(text), text
    assert is_price_list_line("12345678999")
    assert is_price_list_line("12345678-999")
    assert not is_price_list_line("12345678000")
    assert list(puid_batches(["12345678999", "12345678-999", "1000", "1000"])) == [
        ["1000"]
    ]


def test_plain_encoding_comes_first_and_is_enough() -> None:
    catalogue = Catalogue("AB 1", "ÄB+2")
    assert catalogue.search("AB 1", "ÄB+2") == ["AB 1", "ÄB+2"]
    assert catalogue.asked == ["hstpid=AB%201,%C3%84B%2B2"]


def test_only_what_brought_nothing_is_encoded_twice() -> None:
    catalogue = Catalogue("PLAIN", "A/1", "C#3", "D%4")
    found = catalogue.search("PLAIN", "A/1", "C#3", "D%4", "GONE")
    assert sorted(found) == ["A/1", "C#3", "D%4", "PLAIN"]
    assert catalogue.asked == [
        "hstpid=PLAIN,A%2F1,C%233,D%254,GONE",
        "hstpid=A%252F1,C%25233",
    ]


def test_what_has_no_reserved_character_is_asked_for_once() -> None:
    catalogue = Catalogue()
    assert catalogue.search("GONE", "Ä B") == []
    assert len(catalogue.asked) == 1


@pytest.mark.parametrize("sku", ["A,B", "A;B", "A;hstpid=B", "A,B/C"])
def test_separators_in_a_value_never_separate(sku: str) -> None:
    catalogue = Catalogue("A", "B", sku)
    assert catalogue.search(sku) == [sku]
    # Whoever decodes once must not see a separator either.
    assert not {",", ";"} & set(unquote(catalogue.asked[0]).partition("=")[2])


def test_another_key_with_reserved_characters_is_tried_both_ways() -> None:
    catalogue = Catalogue("usb/c")
    found = list(Filters({"keywords": ["usb/c"]}).search(catalogue.pages))
    assert len(found) == 1
    assert catalogue.asked == ["keywords=usb%2Fc", "keywords=usb%252Fc"]


def test_a_refused_slash_is_tried_the_second_way() -> None:
    catalogue = Catalogue("A/1")

    def pages(text: str) -> Iterator[Product]:
        if "%2F" in text:
            raise InvalidRequestError("bad path", status=400)
        return catalogue.pages(text)

    assert len(list(Filters({"hstpid": ["A/1"]}).search(pages))) == 1
    refuses = Filters({"hstpid": ["A/1"], "manufacturer": ["7"]}).search(
        lambda text: pages("%2F")
    )
    with pytest.raises(InvalidRequestError):
        list(refuses)


def test_long_lists_are_split_and_each_product_comes_once() -> None:
    skus = [f"SKU{number}" for number in range(120)]
    catalogue = Catalogue(*skus)
    assert catalogue.search(*skus, *skus, manufacturer="7") == skus
    assert [text.count(",") + 1 for text in catalogue.asked] == [50, 50, 20]
    assert all(text.endswith(";manufacturer=7") for text in catalogue.asked)


def test_two_long_lists_are_combined() -> None:
    filters = Filters(
        {
            "hstpid": [f"S{number}" for number in range(60)],
            "manufacturer": [str(number) for number in range(60)],
        }
    )
    catalogue = Catalogue()
    list(filters.search(catalogue.pages))
    assert len(catalogue.asked) == filters.batches() == 4


@patient
@given(st.lists(st.text(st.characters(), max_size=250), max_size=200))
def test_requests_stay_small(values: list[str]) -> None:
    asked: list[str] = []

    def pages(text: str) -> Iterator[Product]:
        asked.append(text)
        return iter(())

    list(Filters({"hstpid": values, "manufacturer": ["1"]}).search(pages))
    for text in asked:
        assert text.isascii()
        values_text = text.partition(";")[0].partition("=")[2]
        assert values_text.count(",") < MAX_VALUES
        assert len(text) < 12_000


@patient
@given(st.text(max_size=50))
def test_encoding_can_be_undone(value: str) -> None:
    assert unquote(unquote(encode(value, twice=True))) == value
    if not {",", ";"} & set(value):
        assert unquote(encode(value)) == value


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"ean": ["", "  "]},
        {"hstpid": ["x" * 251]},
        {"manufacturer": ["HP"]},
        {"distributor": ["1;ean=2"]},
    ],
)
def test_impossible_searches_are_not_sent(values: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidRequestError):
        Filters(values)


def test_ids_in_batches() -> None:
    ids = [str(12345678000 + number) for number in range(101)]
    batches = list(puid_batches([*ids, "abc", "", "1/2", *ids[:3]]))
    assert [len(batch) for batch in batches] == [50, 50, 1]
    assert [puid for batch in batches for puid in batch] == ids


def test_a_path_can_not_be_left() -> None:
    assert segment("11SRRK-150126-1136") == "11SRRK-150126-1136"
    assert segment("../x") == "..%2Fx"
    for value in ("", ".", "..", " "):
        with pytest.raises(InvalidRequestError):
            segment(value)
