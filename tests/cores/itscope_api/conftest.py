"""A server that misbehaves as told, and clients for it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from told_server import CountingLimiter, Handler, Told, make_settings
from urllib3.util.retry import Retry

from itscope_api import Client, Settings, transport

# The simulated ITscope is a package of the tests' root.
sys.path.append(str(Path(__file__).resolve().parents[2]))


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what these tests are about."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[Told]:
    told = Told()
    handler = type("Handler", (Handler,), {"told": told})
    httpd = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{httpd.server_port}"
    yield told
    httpd.shutdown()
    httpd.server_close()
    thread.join(5)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once; how many there are stays as it is."""
    quick: Retry = transport.RETRY.new(backoff_factor=0)
    monkeypatch.setattr(transport, "RETRY", quick)
    monkeypatch.setattr(transport, "JITTER", 0)


@pytest.fixture
def limiter() -> CountingLimiter:
    return CountingLimiter()


@pytest.fixture
def settings(server: Told) -> Settings:
    return make_settings(f"{server.url}/2.1")


@pytest.fixture
def client(settings: Settings, limiter: CountingLimiter) -> Iterator[Client]:
    with Client(settings, limiter) as opened:
        yield opened
