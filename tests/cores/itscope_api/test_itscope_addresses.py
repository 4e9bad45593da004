"""No address, wherever it came from, leads anywhere but to ITscope."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from told_server import CountingLimiter, Told, make_settings, patient
from urllib3.util import parse_url

from itscope_api import (
    AddressError,
    Client,
    ForeignAddressError,
    ItscopeError,
    check_url,
)
from itscope_api.settings import check_address

API = make_settings("https://api.itscope.com/2.1")
#: What addresses are made of that are read in two ways.
PARTS = [
    *("https://", "http://", "HTTPS://", "https:", "//", "///", "ftp://"),
    *("api.itscope.com", "media.itscope.com", ".itscope.com", "itscope.com"),
    *("evil.com", "evil.com%2f", "javascript:", "localhost", "xn--e1awg"),
    *("127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::]"),
    *("[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "%40", "%00", "%0d%0a"),
    *("ıtscope.com", "itscope。com", "itscope.com.", "@", "user:pw@", ":443", ":8443"),
    *(":", "/", "\\", "?", "#", ";", "..", "/../", ".", "x.png", "ß", "\xa0"),
    *("\r\n", "\t", "\0", " ", "\u200b", "\u2044", "\uff0f", "\uff20"),
]
ADDRESSES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=8).map("".join)


def goes_to(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port that a request of this address really connects to."""
    prepared = requests.Request("GET", url).prepare()
    assert prepared.url is not None
    parsed = parse_url(prepared.url)
    return parsed.scheme or "", (parsed.host or "").lower(), parsed.port


@given(url=ADDRESSES)
@settings(patient, max_examples=1000, derandomize=True)
def test_addresses_of_files_lead_to_itscope(url: str) -> None:
    try:
        checked = check_url(url, API)
    except ForeignAddressError as error:
        assert len(str(error.url)) < 300
        return
    scheme, host, port = goes_to(checked)
    assert scheme == "https" and port in (None, 443)
    assert host == "api.itscope.com" or host.endswith(".itscope.com")
    assert "@" not in urlsplit(checked).netloc


@given(url=ADDRESSES)
@settings(patient, max_examples=600, derandomize=True)
def test_addresses_of_accounts_are_read_in_one_way(url: str) -> None:
    """The key is sent there: the host is the one that the settings show."""
    try:
        check_address(url)
    except AddressError:
        return
    try:
        scheme, host, _port = goes_to(url)
    except requests.exceptions.InvalidURL:
        return
    shown = (urlsplit(url).hostname or "").encode("idna").decode().lower()
    assert host.strip("[]") == shown
    if scheme != "https":
        assert shown == "localhost" or ipaddress.ip_address(shown).is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.com\\.itscope.com/x.png",
        "https://evil.com\\@media.itscope.com/x.png",
        "https://media.itscope.com\n.evil.com/x.png",
        "https://evil.com\0.itscope.com/x.png",
        "https://evil.com?.itscope.com/x.png",
        "https://evil.com#.itscope.com/x.png",
        "https://evil.com／.itscope.com/x.png",
        "https://[::1]/x.png",
        "https://2130706433/x.png",
        "https://169.254.169.254/.itscope.com",
        "https://media.itscope.com.",
        "https://itscope.com/x.png",
        "http://api.itscope.com/2.1/t/x",
    ],
)
def test_addresses_that_two_programs_read_differently(url: str) -> None:
    with pytest.raises(ForeignAddressError):
        check_url(url, API)


# ---------------------------------------------------------------------- what is asked


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Hosts that names were asked for or connections made to; none but this machine."""
    hosts: list[str] = []
    resolve, connect = socket.getaddrinfo, socket.socket.connect

    def guarded_resolve(host: Any, *args: Any, **named: Any) -> Any:
        hosts.append(str(host))
        if host not in ("127.0.0.1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, "not from this test")
        return resolve(host, *args, **named)

    def guarded_connect(self: socket.socket, address: Any) -> None:
        hosts.append(str(address[0]))
        assert address[0] in ("127.0.0.1", "::1"), address
        connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)
    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    yield hosts


@given(url=ADDRESSES)
@settings(patient, max_examples=150, derandomize=True)
def test_hostile_addresses_ask_no_other_host(url: str) -> None:
    """Pictures and exports, with everything in place but the net."""
    with pytest.MonkeyPatch.context() as patched:
        hosts: list[str] = []

        def unknown(host: Any, *_args: Any, **_named: Any) -> Any:
            hosts.append(str(host))
            raise socket.gaierror(socket.EAI_NONAME, "not from this test")

        patched.setattr(socket, "getaddrinfo", unknown)
        with Client(API, CountingLimiter()) as client:
            with pytest.raises((ItscopeError, ValueError)):
                client.media(url, limit=1000)
            with pytest.raises((ItscopeError, ValueError)):
                client.download_export(Path("/nowhere/x"), url=url)
    assert all(host.lower().endswith(".itscope.com") for host in hosts), hosts


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://evil.example/",
        "//evil.example/x",
        "file:///etc/passwd",
        "http://[::1",
        "https://evil.com\\.itscope.com/",
        "/2.1/elsewhere",
        "",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(
    client: Client,
    server: Told,
    asked: list[str],
    tmp_path: Path,
    location: str,
    status: int,
) -> None:
    server.answer(b"", status, Location=location)
    with pytest.raises(AddressError):
        client.deal("1")
    with pytest.raises(AddressError):
        client.media("/2.1/x.png", limit=1000)
    with pytest.raises(AddressError):
        client.download_export(tmp_path / "x", export_id="1")
    with pytest.raises(AddressError):
        client.send_order(b"<ORDER/>")
    assert len(server.seen) == 4 and set(asked) == {"127.0.0.1"}


@given(value=st.text(min_size=1, max_size=30) | ADDRESSES)
@settings(patient, max_examples=120, derandomize=True)
def test_values_stay_within_their_part_of_the_path(value: str) -> None:
    """Numbers of orders and documents go into paths, search words into filters."""
    seen: list[str] = []

    class Session(requests.Session):
        def send(self, request: requests.PreparedRequest, **_named: Any) -> Any:
            seen.append(str(request.url))
            raise requests.exceptions.ConnectionError

    with Client(API, CountingLimiter(), session=Session()) as client:
        for ask in (
            lambda: client.deal(value),
            lambda: client.archive_deal(value),
            lambda: client.document(value, "INVOICE"),
            lambda: list(client.find_deals(value)),
            lambda: list(client.search(keywords=value)),
            lambda: list(client.search(ean=[value])),
        ):
            with pytest.raises(ItscopeError):
                ask()
    for url in seen:
        parts = urlsplit(url)
        assert parts.netloc == "api.itscope.com" and parts.path.startswith("/2.1/")
        assert "/../" not in parts.path and not parts.path.endswith("/..")
        assert url.isascii() and url.isprintable() and "#" not in url
