"""The key and what stands for it are found nowhere: not in logs, texts of errors or
tracebacks, whatever the other side answers."""

from __future__ import annotations

import logging
import pickle
import random
import traceback
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from mutations import SEED, mutated, storable
from told_server import ACCOUNT, KEY, CountingLimiter, Told, make_settings

from itscope_api import Client, ItscopeError
from itscope_api.transport import Transport

TOKEN = "t0ken-1234567890"
LOGIN = b64encode(f"{ACCOUNT}:{KEY}".encode()).decode()
#: All spellings that would give them away.
SECRETS = (
    KEY,
    LOGIN,
    quote(KEY, safe=""),
    KEY.encode("unicode_escape").decode(),
    TOKEN,
)

#: What the server says, with the secrets it just heard.
HEARD = f"{KEY} {LOGIN} Basic {LOGIN}"
BODIES = [
    HEARD.encode(),
    f'{{"message": "wrong key {KEY}", "error": "Basic {LOGIN}"}}'.encode(),
    f"<html><title>{HEARD}</title>{HEARD}</html>".encode(),
    f"<error><message>{HEARD}</message></error>".encode(),
    f"<products><x>{HEARD}</x></products>".encode(),
    f'{{"product": "{HEARD}"}}'.encode(),
    ("x" * 480 + HEARD).encode(),
    # Parsers quote what they do not understand.
    f"<products><!-- {HEARD} -- {HEARD}".encode(),
    f"<{HEARD}>".encode(),
    f"<a b='{HEARD}'></{HEARD.split()[0]}>".encode(),
    HEARD.encode("utf-16"),
    b"",
]
STATUSES = [
    200,
    204,
    206,
    301,
    304,
    400,
    401,
    402,
    403,
    404,
    409,
    418,
    429,
    500,
    502,
    503,
]


def asks(client: Client, folder: Path, url: str) -> list[Callable[[], Any]]:
    """Everything that ITscope can be asked for."""
    secret = f"{url}/2.1/t/{TOKEN}"
    return [
        client.quota,
        lambda: list(client.suppliers()),
        lambda: list(client.supplier_terms()),
        lambda: list(client.products(["1234567000"])),
        lambda: list(client.search(keywords="x/y")),
        lambda: client.deal("1"),
        lambda: list(client.purchase_deals()),
        lambda: list(client.find_deals("P1")),
        lambda: client.document("1", "INVOICE"),
        lambda: client.send_order(b"<ORDER/>"),
        lambda: client.check_order(b"<ORDER/>"),
        lambda: client.archive_deal("1"),
        lambda: client.media(f"{secret}/x.png", limit=1000),
        lambda: client.download_export(folder / "x", url=f"{secret}?u={TOKEN}"),
        lambda: client.download_export(folder / "x", export_id="1"),
    ]


def texts_of(error: BaseException) -> str:
    """All that any program would show of an exception."""
    parts = [str(error), repr(error), repr(vars(error)), *map(repr, error.args)]
    parts += traceback.format_exception(error)
    return "\n".join(parts)


def assert_no_secret(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text, text[:3000]


def test_hostile_answers_get_nothing_out_of_the_client(
    server: Told, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Any status with any body, whole or mutated, to any question: a named error or
    records, and no secret anywhere."""
    # All loggers: what requests and urllib3 say at their most talkative, too.
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.DEBUG)
    rng = random.Random(f"{SEED} client")
    seen: list[str] = []
    errors = 0
    for number in range(240):
        server.actions.clear()
        body = rng.choice(BODIES)
        if number % 2:
            body = mutated(rng, body, BODIES)
        headers = {"Retry_After": "1", "ETag": HEARD.encode().hex(), "Location": "//x/"}
        server.answer(body, rng.choice(STATUSES), **headers)
        with Client(make_settings(f"{server.url}/2.1"), CountingLimiter()) as client:
            # The same question of every kind; a block is for one client only.
            ask = asks(client, tmp_path, server.url)[number % 15]
            try:
                storable(ask())
            except ItscopeError as error:
                errors += 1
                seen.append(texts_of(error))
    assert errors > 100
    assert_no_secret("\n".join(seen))
    assert "urllib3" in caplog.text
    told = [record.getMessage() for record in caplog.records]
    told += [f"{record.args!r} {record.exc_text}" for record in caplog.records]
    assert_no_secret("\n".join(told))
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("itscope_api")]
    assert ours
    assert_no_secret("\n".join(ours))


OK = b"HTTP/1.1 200 OK\r\n"
BREAKS = [
    b"",
    OK,
    OK + b"Content-Length: 900\r\n\r\n{",
    OK + b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
    OK + b"Content-Encoding: gzip\r\n\r\nxx",
    HEARD.encode() + b"\r\n",
    OK + b"X: y\r\n" * 200 + b"\r\n",
]


@pytest.mark.parametrize("content", BREAKS)
def test_broken_connections_tell_nothing(
    content: bytes, server: Told, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.raw(content)
    with Client(make_settings(f"{server.url}/2.1"), CountingLimiter()) as client:
        for ask in asks(client, tmp_path, server.url):
            with pytest.raises(ItscopeError) as caught:
                ask()
            assert_no_secret(texts_of(caught.value))
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert_no_secret(told)


def test_nothing_shows_its_secrets() -> None:
    """Whoever prints, logs or compares them by accident."""
    settings = make_settings("https://api.itscope.com/2.1")
    with Client(settings, CountingLimiter()) as client:
        transport = Transport(settings, CountingLimiter())
        for thing in (settings, client, transport, [settings], {"a": client}):
            assert_no_secret(f"{thing!r} {thing} {thing!s:>5}")
        with suppress(Exception):
            # A session that was pickled would take the login along.
            assert_no_secret(repr(pickle.dumps(client)))
    for wrong in (
        {"base_url": f"ftp://{KEY}"},
        {"account_id": "a:b"},
        {"user_agent": "x"},
        {"language": "xx"},
        {"read_timeout": 0},
    ):
        with pytest.raises((ItscopeError, ValueError)) as caught:
            make_settings(**{"base_url": "https://api.itscope.com", **wrong})
        assert_no_secret(texts_of(caught.value))
