"""What happens when network and server do not do what they should."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import socket
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from told_server import ACCOUNT, KEY, CountingLimiter, Handler, Told, make_settings

from itscope_api import (
    AddressError,
    BlockedError,
    Client,
    ContractError,
    CredentialsError,
    InvalidRequestError,
    ItscopeError,
    MalformedError,
    NetworkError,
    NotFoundError,
    ServerError,
    Settings,
    transport,
)

PRODUCT = b'{"product": [{"puid": 1}]}'
LIMIT_TEXT = (
    "Rate Limit Exceeded. You're now blocked for 30 minutes. ITscope Web Service and "
    "ITscope API is limited to 600 requests per 60 seconds."
)
TOKEN = base64.b64encode(f"{ACCOUNT}:{KEY}".encode()).decode()


def puids(client: Client) -> list[str]:
    return [product.puid for product in client.products(["1"])]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# -------------------------------------------------------------------- requests


def test_login_and_manners(client: Client, server: Told) -> None:
    server.answer(PRODUCT)
    assert puids(client) == ["1"]
    headers = server.seen[0].headers
    assert headers["Authorization"] == f"Basic {TOKEN}"
    assert headers["User-Agent"] == "Example-Connector-1.0"
    assert headers["Accept-Language"] == "de"
    assert server.paths == ["/2.1/products/ids/1/standard.json"]


def test_netrc_and_proxies_never_get_the_login_of_a_local_server(
    server: Told,
    settings: Settings,
    limiter: CountingLimiter,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login intruder password x")
    monkeypatch.setenv("NETRC", str(netrc))
    proxy = f"http://127.0.0.1:{free_port()}"
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.answer(PRODUCT)
    with Client(settings, limiter) as client:
        assert puids(client) == ["1"]
    assert server.seen[0].headers["Authorization"] == f"Basic {TOKEN}"


def test_the_proxy_of_the_environment_is_used_for_other_hosts(
    server: Told, limiter: CountingLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy refuses; no request, and no login, goes to it in plain text."""
    monkeypatch.setenv("https_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    seen: list[tuple[str, str, bool]] = []

    def connect(handler: Handler) -> None:
        login = "Authorization" in handler.headers
        seen.append((handler.command, handler.path, login))
        handler.send_error(403)

    monkeypatch.setattr(Handler, "do_CONNECT", connect, raising=False)
    with (
        Client(make_settings("https://api.itscope.com/2.1"), limiter) as client,
        pytest.raises(NetworkError, match="proxy") as failed,
    ):
        client.send_order(b"<ORDER/>")
    assert failed.value.sent is False
    assert seen == [("CONNECT", "api.itscope.com:443", False)]


def test_cookies_are_not_kept(client: Client, server: Told) -> None:
    server.answer(PRODUCT, Set_Cookie="session=1; Path=/")
    puids(client)
    puids(client)
    assert "Cookie" not in server.seen[1].headers


# -------------------------------------------------------------------- tries and turns


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_get_is_tried_three_times_and_each_try_takes_a_turn(
    client: Client, server: Told, limiter: CountingLimiter, status: int
) -> None:
    server.answer("broken", status)
    with pytest.raises(ServerError, match="broken") as failed:
        puids(client)
    assert failed.value.status == status
    assert failed.value.retryable
    assert len(server.seen) == limiter.turns == 3


def test_the_third_try_counts(
    client: Client, server: Told, limiter: CountingLimiter
) -> None:
    server.answer("", 502)
    server.raw(b"")
    server.answer(PRODUCT)
    assert puids(client) == ["1"]
    assert len(server.seen) == limiter.turns == 3


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + PRODUCT,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
)
def test_a_connection_that_breaks_off_is_tried_again(
    client: Client, server: Told, limiter: CountingLimiter, answer: bytes
) -> None:
    server.raw(answer)
    with pytest.raises(NetworkError) as failed:
        puids(client)
    assert len(server.seen) == limiter.turns == 3
    server.actions.clear()
    server.answer(PRODUCT)
    assert puids(client) == ["1"]
    assert failed.value.sent


@pytest.mark.parametrize("status", [400, 401, 403, 501, 505])
def test_what_another_try_does_not_mend_is_not_tried_again(
    client: Client, server: Told, status: int
) -> None:
    server.answer("no", status)
    with pytest.raises(ItscopeError):
        puids(client)
    assert len(server.seen) == 1


def test_a_timeout_is_not_tried_again(server: Told, limiter: CountingLimiter) -> None:
    server.do(lambda handler: time.sleep(1.5))
    settings = make_settings(server.url, read_timeout=0.3)
    started = time.monotonic()
    with Client(settings, limiter) as client:
        with pytest.raises(NetworkError, match="in time") as failed:
            puids(client)
        assert failed.value.timed_out
        assert failed.value.sent
        with pytest.raises(NetworkError) as failed:
            client.send_order(b"<ORDER/>")
        assert failed.value.sent
    assert time.monotonic() - started < 1.5
    assert len(server.seen) == 2


def test_a_refused_connection(limiter: CountingLimiter) -> None:
    settings = make_settings(f"http://127.0.0.1:{free_port()}/2.1")
    with Client(settings, limiter) as client:
        with pytest.raises(NetworkError) as failed:
            puids(client)
        assert failed.value.sent is False
        assert limiter.turns == 3
        with pytest.raises(NetworkError) as failed:
            client.send_order(b"<ORDER/>")
        assert failed.value.sent is False
        assert limiter.turns == 4


@pytest.mark.parametrize(
    ("number", "error"),
    [(socket.EAI_NONAME, AddressError), (socket.EAI_AGAIN, NetworkError)],
)
def test_names_that_do_not_resolve(
    limiter: CountingLimiter,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    error: type[ItscopeError],
) -> None:
    """An unknown name is a wrong setting, a resolver that does not answer can pass."""

    def resolve(*args: object, **options: object) -> object:
        raise socket.gaierror(number, "as told")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Client(make_settings("https://itscope.invalid/2.1"), limiter) as client:
        for ask in (lambda: puids(client), lambda: client.send_order(b"<ORDER/>")):
            with pytest.raises(error, match=r"itscope\.invalid") as failed:
                ask()
            assert getattr(failed.value, "sent", False) is False


def test_no_tls_where_tls_is_due(server: Told, limiter: CountingLimiter) -> None:
    settings = make_settings(server.url.replace("http://", "https://"))
    with (
        Client(settings, limiter) as client,
        pytest.raises(NetworkError, match="secure") as failed,
    ):
        client.send_order(b"<ORDER/>")
    assert failed.value.sent is False


# -------------------------------------------------------------------- orders


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", NetworkError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<deal>", MalformedError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", MalformedError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", MalformedError),
        (b"HTTP/1.1 204 No Content\r\n\r\n", MalformedError),
        (b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", ServerError),
        (b"HTTP/1.1 502 X\r\nContent-Length: 900\r\n\r\nX", ServerError),
        (b"HTTP/1.1 503 X\r\nContent-Length: 6\r\n\r\n<html>", ServerError),
    ],
)
def test_an_order_in_doubt_leaves_once_and_says_so(
    client: Client, server: Told, content: bytes, error: type[ItscopeError]
) -> None:
    server.raw(content)
    with pytest.raises(error) as failed:
        client.send_order(b"<ORDER/>")
    assert isinstance(failed.value, ServerError | MalformedError) or (
        isinstance(failed.value, NetworkError) and failed.value.sent
    )
    assert [seen.body for seen in server.seen] == [b"<ORDER/>"]
    if content:
        assert failed.value.status == int(content.split()[1])


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidRequestError),
        (401, CredentialsError),
        (403, ContractError),
        (404, NotFoundError),
        (409, InvalidRequestError),
        (422, InvalidRequestError),
    ],
)
def test_a_refused_order_brings_the_distributors_words(
    client: Client, server: Told, status: int, error: type[ItscopeError]
) -> None:
    server.answer('{"message": "Artikel 4711 ist nicht lieferbar"}', status)
    with pytest.raises(error, match="Artikel 4711 ist nicht lieferbar") as failed:
        client.send_order(b"<ORDER/>")
    assert failed.value.needs_person
    assert failed.value.status == status
    assert len(server.seen) == 1


def test_an_order_goes_out_on_a_connection_of_its_own(
    client: Client, server: Told
) -> None:
    """The server ends a resting connection just when the order would take it."""

    def end_later(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        ports.append(handler.client_address[1])
        handler.end_headers()

    ports: list[int] = []
    server.do(end_later)
    puids(client)
    puids(client)
    with pytest.raises(MalformedError):
        client.send_order(b"<ORDER/>")
    assert ports[0] == ports[1]
    assert ports[2] != ports[1]


# -------------------------------------------------------------------- the block


@pytest.mark.parametrize(
    ("status", "body", "headers", "minutes"),
    [
        (503, LIMIT_TEXT, {}, 30),
        (503, "<html><title>503 Service Unavailable</title></html>", {}, 30),
        (429, "", {}, 30),
        (503, LIMIT_TEXT, {"Retry_After": "60"}, 30),
        (503, LIMIT_TEXT, {"Retry_After": "7200"}, 120),
        (503, LIMIT_TEXT, {"Retry_After": "99999999999999"}, 24 * 60),
        (503, LIMIT_TEXT, {"Retry_After": "soon"}, 30),
        (503, LIMIT_TEXT, {"Retry_After": "Fri, 31 Dec 1999 23:59:59 GMT"}, 30),
        (503, LIMIT_TEXT, {"Retry_After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 24 * 60),
        (503, LIMIT_TEXT, {"Retry_After": "Fri, 31 Dec 1999 23:59:59 -0000"}, 30),
    ],
)
def test_a_block_is_remembered_and_nothing_is_sent_during_it(
    client: Client,
    server: Told,
    limiter: CountingLimiter,
    status: int,
    body: str,
    headers: dict[str, str],
    minutes: int,
) -> None:
    server.answer(body, status, **headers)
    with pytest.raises(BlockedError) as blocked:
        puids(client)
    expected = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    assert abs(blocked.value.until - expected) < timedelta(seconds=20)
    assert limiter.blocks == [blocked.value.until]
    assert blocked.value.retryable

    for ask in (
        lambda: puids(client),
        lambda: client.send_order(b"<ORDER/>"),
        client.quota,
        lambda: list(client.search(keywords="x")),
    ):
        with pytest.raises(BlockedError) as again:
            ask()
        assert again.value.until == blocked.value.until
    assert len(server.seen) == 1


def test_a_block_between_two_tries_stops_the_second(
    client: Client, server: Told, limiter: CountingLimiter
) -> None:
    """Another worker met the limit."""

    def fail(handler: Handler) -> None:
        limiter.block(datetime.now(timezone.utc) + timedelta(minutes=30))
        handler.send_error(500)

    server.do(fail)
    with pytest.raises(BlockedError):
        puids(client)
    assert len(server.seen) == 1


def test_a_blocked_order_is_certainly_not_there(
    client: Client, server: Told, limiter: CountingLimiter
) -> None:
    server.answer(LIMIT_TEXT, 503)
    with pytest.raises(BlockedError, match="Rate Limit Exceeded"):
        client.send_order(b"<ORDER/>")
    assert len(limiter.blocks) == 1


def test_an_unnamed_503_leaves_an_order_in_doubt_and_blocks(
    client: Client, server: Told, limiter: CountingLimiter
) -> None:
    server.answer("<html><title>No server</title></html>", 503)
    with pytest.raises(ServerError, match="No server"):
        client.send_order(b"<ORDER/>")
    with pytest.raises(BlockedError):
        puids(client)
    assert len(server.seen) == 1


# -------------------------------------------------------------------- answers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(client: Client, server: Told, status: int) -> None:
    server.answer("", status, Location=f"{server.url}/elsewhere")
    for ask in (lambda: puids(client), lambda: client.send_order(b"<ORDER/>")):
        with pytest.raises(AddressError, match="redirect"):
            ask()
    assert not any("elsewhere" in path for path in server.paths)


def test_nothing_found(client: Client, server: Told) -> None:
    for status in (204, 404):
        server.actions.clear()
        server.answer("" if status == 204 else "<html>no</html>", status)
        assert puids(client) == []
        assert list(client.search(ean=["1"])) == []
        assert client.deal("11SRRK-1") is None
        assert client.document("t1", "INVOICE") is None
        assert list(client.purchase_deals()) == []
    with pytest.raises(AddressError):
        list(client.suppliers())
    server.actions.clear()
    server.answer('{"message": "unknown method"}', 404)
    with pytest.raises(NotFoundError, match="unknown method"):
        list(client.product_types())


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><head><title>Willkommen</title></head></html>",
        "Welcome",
        "",
        "{}",
        "<products/>",
        "<quotas><quota>",
    ],
)
def test_a_wrong_address(client: Client, server: Told, body: str) -> None:
    server.answer(body)
    with pytest.raises(AddressError) as failed:
        client.quota()
    assert failed.value.needs_person


def test_a_web_page_instead_of_data(client: Client, server: Told) -> None:
    server.answer("<html><title>Wartungsarbeiten</title></html>")
    with pytest.raises(MalformedError, match="Wartungsarbeiten") as failed:
        puids(client)
    assert failed.value.url == f"{server.url}/2.1/products/ids/1/standard.json"
    assert failed.value.status == 200


def test_packed_answers(client: Client, server: Told) -> None:
    server.answer(gzip.compress(PRODUCT), Content_Encoding="gzip")
    assert puids(client) == ["1"]
    server.actions.clear()
    server.answer(b"no gzip at all", Content_Encoding="gzip")
    with pytest.raises(MalformedError, match="packed"):
        puids(client)


def test_too_much_is_not_read(client: Client, server: Told) -> None:
    """What counts is the size after unpacking."""
    bomb = gzip.compress(b" " * (transport.MAX_BODY + 1))
    assert len(bomb) < 1_000_000
    server.answer(bomb, Content_Encoding="gzip")
    for ask in (
        lambda: puids(client),
        lambda: client.document("t1", "INVOICE"),
        lambda: client.send_order(b"<ORDER/>"),
    ):
        with pytest.raises(MalformedError, match="too large"):
            ask()
    server.actions.clear()
    server.answer(bomb, 400, Content_Encoding="gzip")
    with pytest.raises(InvalidRequestError):
        puids(client)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"message": "Ungültiger Filter"}', "Ungültiger Filter"),
        ('{"errors": 1, "error": {"message": "tief"}}', "tief"),
        ('[{"message": "a"}, {"message": "b"}]', "a; b"),
        ('{"x": 1}', '{"x": 1}'),
        ('{"message": ', '{"message":'),
        (
            "<error><code>7</code><message>Falsch &amp; neu</message></error>",
            "Falsch & neu",
        ),
        ("<error>Nur Text</error>", "Nur Text"),
        (
            "<html><head><title>400 Bad</title><style>x{}</style></head></html>",
            "400 Bad",
        ),
        ("<html><script>evil()</script><p>Text</p></html>", "Text"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;x", "alert(1) x"),
        ("plain \x00 \x1b[31mtext\n", "plain [31mtext"),
        ("", "HTTP 400"),
    ],
)
def test_messages_of_errors(
    client: Client, server: Told, body: str, message: str
) -> None:
    server.answer(body, 400)
    with pytest.raises(InvalidRequestError) as failed:
        puids(client)
    assert failed.value.message == message


def test_messages_are_short_whatever_comes(client: Client, server: Told) -> None:
    for body in ("x " * 50_000, "<script" * 10_000, "<" * 60_000, "[" * 60_000):
        server.actions.clear()
        server.answer(body, 400)
        started = time.monotonic()
        with pytest.raises(InvalidRequestError) as failed:
            puids(client)
        assert len(failed.value.message) <= 500
        assert time.monotonic() - started < 2


# -------------------------------------------------------------------- the key


def test_the_key_is_nowhere(
    client: Client,
    server: Told,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A server that repeats the login in its answers, and a log that shows all."""
    echo = f"{'x' * 480} key={KEY} Authorization: Basic {TOKEN}"
    errors: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for status in (200, 302, 400, 401, 403, 404, 500, 503):
            escaped = "x" * 490 + " " + KEY.replace("ü", "&uuml;")
            for text in (echo, escaped, f"{KEY} {TOKEN}", json.dumps({"message": KEY})):
                server.actions.clear()
                server.answer(text, status, X_Echo=TOKEN)
                try:
                    client.send_order(b"<ORDER/>")
                except ItscopeError as error:
                    errors += [str(error), repr(error), repr(vars(error))]
                client._transport._limiter = CountingLimiter()
        server.actions.clear()
        server.raw(b"")
        with pytest.raises(NetworkError) as failed:
            puids(client)
        errors += [repr(failed.value), repr(failed.value.__cause__)]
    assert len(errors) > 60
    assert caplog.records
    for text in (*errors, caplog.text, repr(client), repr(client._transport)):
        assert KEY not in text
        assert TOKEN not in text
        assert KEY[:6] not in text
