from __future__ import annotations

import logging
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_server import patient

from itscope_api.readers import values
from itscope_api.readers.values import (
    boolean,
    integer,
    label,
    moment,
    number,
    price,
    text,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("812.50", Decimal("812.50")),
        (" 1.5E+2 ", Decimal(150)),
        (812.5, Decimal("812.5")),
        (".5", Decimal("0.5")),
        ("0", None),
        ("0.00", None),
        (0, None),
        ("-3", None),
        ("", None),
        (None, None),
        ("abc", None),
        ("1.234,50", None),
        ("12,50", None),
        ("1_000", None),
        ("١٢", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e99", None),
        ("9" * 5000, None),
        ({"x": 1}, None),
        (True, None),
    ],
)
def test_prices(raw: object, expected: Decimal | None) -> None:
    assert price(raw, "price") == expected


def test_numbers_may_be_zero() -> None:
    assert number("0", "vat") == 0
    assert integer("0", "stock") == 0
    assert integer("3.0", "stock") == 3
    assert integer("-4", "stock") == -4
    assert integer("99999999999", "stock") is None


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("2025-10-06T09:15:00+02:00", (2025, 10, 6, 7, 15)),
        ("2025-10-06T09:15:00Z", (2025, 10, 6, 9, 15)),
        ("2025-10-06T09:15:00.1234567+0200", (2025, 10, 6, 7, 15, 0, 123456)),
        ("2025-10-06T09:15:00.5-05:00", (2025, 10, 6, 14, 15, 0, 500000)),
        ("2025-10-06T09:15+02", (2025, 10, 6, 7, 15)),
        # without a zone: German time, in summer and in winter
        ("2025-10-06T09:15:00", (2025, 10, 6, 7, 15)),
        ("2025-12-06 09:15:00", (2025, 12, 6, 8, 15)),
        ("2025-12-06", (2025, 12, 5, 23, 0)),
        ("06.10.2025 09:15", (2025, 10, 6, 7, 15)),
        ("06.12.2025 09:15:30", (2025, 12, 6, 8, 15, 30)),
        ("06.12.2025", (2025, 12, 5, 23, 0)),
    ],
)
def test_times(raw: str, utc: tuple[int, ...]) -> None:
    found = moment(raw, "date")
    assert found == datetime(*utc, tzinfo=timezone.utc)
    assert found is not None
    assert found.tzinfo is timezone.utc


@pytest.mark.parametrize(
    "raw",
    ["", None, "soon", "2025-13-01", "0001-01-01", "9999-12-31T23:59:59", "31.02.2025"],
)
def test_times_that_are_none(raw: object) -> None:
    assert moment(raw, "date") is None


def test_booleans() -> None:
    assert all(boolean(raw) for raw in (True, "true", "TRUE", "1", 1, "yes", "Ja"))
    assert not any(boolean(raw) for raw in (False, "false", "0", 0, "", None, "x", []))


def test_entities_are_resolved_in_words_only() -> None:
    assert label("Kabel &amp; Stecker 24&quot;&nbsp;&#8211; neu") == (
        'Kabel & Stecker 24" – neu'
    )
    # no entity, an unknown one, and what would be two levels deep
    assert label("AT&T, &copy 2025, &quux; &amp;amp;") == (
        "AT&T, &copy 2025, &quux; &amp;"
    )
    assert text("A&amp;B <b>") == "A&amp;B <b>"


def test_text_that_a_database_or_xml_can_not_hold() -> None:
    assert text("a\x00b\x08c\td") == "abc\td"
    assert text("half \ud800 pair").encode() == b"half ? pair"
    assert label("&#0;&#8;x&#xD800;").encode("utf-8")
    assert len(text("x" * 1_000_000)) == values.MAX_TEXT
    assert text(["x"]) == text({"x": "y"}) == text(None) == ""


def test_a_malformed_field_is_reported_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "_reported", set())
    with caplog.at_level(logging.WARNING):
        for raw in ("abc", "def", "x" * 5000):
            assert price(raw, "price") is None
        assert integer("ghi", "stock") is None
        assert price("0", "priceCalc") is None
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert "price" in caplog.text
    assert "'abc'" in caplog.text
    assert "stock" in caplog.text


@patient
@given(
    st.one_of(
        st.text(st.characters(), max_size=80),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.none(),
        st.lists(st.text(max_size=3), max_size=2),
        st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
        st.decimals(),
    )
)
def test_nothing_breaks_a_converter(raw: object) -> None:
    for convert in (text, label, values.upper):
        convert(raw, "x").encode("utf-8")
    amount = price(raw, "x")
    assert amount is None or amount > 0
    whole = integer(raw, "x")
    assert whole is None or abs(whole) < 2**31
    found = moment(raw, "x")
    assert found is None or found.tzinfo is timezone.utc
    boolean(raw, "x")


@pytest.mark.parametrize(
    ("raw", "kilos"),
    [
        ("1.4 kg", "1.4"),
        ("1,4 kg", "1.4"),
        ("850 g", "0.850"),
        ("2.1", "2.1"),
        (3, "3"),
        ("1,250.5 g", "1.2505"),
        ("2 Zentner", None),
        ("-1 kg", None),
        ("NaN", None),
        ("", None),
        (None, None),
    ],
)
def test_weights_are_in_kilograms(raw: object, kilos: str | None) -> None:
    found = values.kilograms(raw, "netWeight")
    assert found == (Decimal(kilos) if kilos else None)


@pytest.mark.parametrize(
    ("raw", "length"),
    [("40 cm", "0.40"), ("320 mm", "0.320"), ("32,5", "0.325"), ("1 km", None)],
)
def test_lengths_are_in_metres(raw: object, length: str | None) -> None:
    found = values.metres(raw, "grossDimX")
    assert found == (Decimal(length) if length else None)
