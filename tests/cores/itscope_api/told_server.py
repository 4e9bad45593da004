"""A small server that answers what a test tells it to, and a client's needs for it."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import hypothesis

from itscope_api import LocalLimiter, Settings

#: A busy machine is no failure.
patient = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)

KEY = "geheim-K3y/ü"
ACCOUNT = "m1000001"

#: What the server does with one request.
Action = Callable[["Handler"], None]


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Told:
    """What the server was told to answer, in turn; the last answer is repeated."""

    actions: list[Action] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    @property
    def paths(self) -> list[str]:
        return [seen.path for seen in self.seen]

    def answer(
        self, body: bytes | str = b"", status: int = 200, **headers: str
    ) -> None:
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        def action(handler: Handler) -> None:
            handler.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **named}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(content)

        self.actions.append(action)

    def raw(self, content: bytes) -> None:
        """Bytes as they are, then the connection is closed."""

        def action(handler: Handler) -> None:
            handler.wfile.write(content)
            handler.hang_up()

        self.actions.append(action)

    def do(self, action: Action) -> None:
        self.actions.append(action)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: Told

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = self.told
        told.seen.append(Seen(self.command, self.path, dict(self.headers), body))
        action = told.actions.pop(0) if len(told.actions) > 1 else told.actions[0]
        with contextlib.suppress(OSError):
            action(self)

    do_GET = do_POST = _handle

    def hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class CountingLimiter(LocalLimiter):
    """Counts turns and remembers blocks; the real limiter otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0
        self.blocks: list[datetime] = []

    def acquire(self) -> None:
        super().acquire()
        self.turns += 1

    def block(self, until: datetime) -> None:
        self.blocks.append(until)
        super().block(until)


def make_settings(base_url: str, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "base_url": base_url,
        "account_id": ACCOUNT,
        "api_key": KEY,
        "user_agent": "Example-Connector-1.0",
        "read_timeout": 5.0,
        **changes,
    }
    return Settings(**given)
