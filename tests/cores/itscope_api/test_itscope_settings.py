from __future__ import annotations

import pytest
from told_server import KEY, make_settings

from itscope_api import AddressError


@pytest.mark.parametrize(
    "address",
    [
        "https://api.itscope.com/2.1",
        "https://api.itscope.com/2.1/",
        "http://localhost:8069/2.1",
        "http://127.0.0.1:1/2.0",
        "http://[::1]:8080/2.1",
    ],
)
def test_good_addresses(address: str) -> None:
    assert make_settings(address).base_url == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.itscope.com/2.1",
        "ftp://api.itscope.com",
        "http://api.itscope.com/2.1",
        "http://127.0.0.1.example.com/2.1",
        "http://localhost.example.com/2.1",
        "https://user@api.itscope.com/2.1",
        "https://user:pw@api.itscope.com/2.1",
        "https://@api.itscope.com/2.1",
        "https://api.itscope.com/2.1?x=1",
        "https://api.itscope.com/2.1?",
        "https://api.itscope.com/2.1#x",
        "https://api.itscope.com:port/2.1",
        "https://api.itscope.com:99999/2.1",
        "https://[::1/2.1",
        "https://api.itscope.com\\@evil.example/2.1",
        "https://api.itscope.com/2.1\nX: y",
        "https:///2.1",
    ],
)
def test_bad_addresses(address: str) -> None:
    with pytest.raises(AddressError):
        make_settings(address)


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Example",
        "Example-Connector",
        "Example-Agent-1",
        "Example-Robot-1",
        "Research-X-1",
        "Example-Connector-1\r\nX: y",
        "Müller-Connector-1",
    ],
)
def test_user_agents_that_itscope_slows_down_or_blocks(agent: str) -> None:
    with pytest.raises(ValueError, match="user_agent"):
        make_settings("https://api.itscope.com/2.1", user_agent=agent)


@pytest.mark.parametrize(
    "change",
    [
        {"language": "xx"},
        {"format": "csv"},
        {"connect_timeout": 0},
        {"read_timeout": -1},
        {"account_id": " "},
        {"account_id": "m1:x"},
    ],
)
def test_impossible_settings(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(change)).split("_")[-1]):
        make_settings("https://api.itscope.com/2.1", **change)


def test_the_key_does_not_show() -> None:
    settings = make_settings("https://api.itscope.com/2.1")
    assert KEY not in repr(settings)
    assert KEY not in str(settings)
