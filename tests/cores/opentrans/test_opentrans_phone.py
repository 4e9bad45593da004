"""Telephone numbers in ITscope's form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opentrans import format_phone
from opentrans.phone import MAX_PHONE


@pytest.mark.parametrize(
    "number, country, expected",
    [
        ("+49 721/6273760", "DE", "+49 721/6273760"),
        ("0721 / 62737-60", "DE", "+49 721/6273760"),
        ("(0721) 6273760", "de", "+49 721/6273760"),
        ("0049 721 6273760", "DE", "+49 721/6273760"),
        ("0721 6273760", "", "+49 721/6273760"),
        ("030 123456", "DE", "+49 30/123456"),
        ("0151 12345678", "DE", "+49 1511/2345678"),
        ("+43 1 5123456", "DE", "+43 1/5123456"),
        ("01 5123456", "AT", "+43 1/5123456"),
        ("044 668 18 00", "CH", "+41 44/6681800"),
        ("06 69812345", "IT", "+39 06/69812345"),
        ("32 12 34 56", "DK", "+45 32/123456"),
        ("0721 6273760 ext. 12", "DE", "+49 721/6273760-12"),
        ("", "DE", ""),
        (" \x00\n", "DE", ""),
        ("110", "DE", "110"),
        ("siehe\n  Zentrale", "DE", "siehe Zentrale"),
        ("0721 6273760", "??", "0721 6273760"),
        ("x" * 99, "DE", "x" * MAX_PHONE),
    ],
)
def test_format_phone(number: str, country: str, expected: str) -> None:
    assert format_phone(number, country) == expected


@given(number=st.text(max_size=300), country=st.text(max_size=3))
def test_any_text(number: str, country: str) -> None:
    found = format_phone(number, country)
    assert len(found) <= MAX_PHONE
    assert found == found.strip()
