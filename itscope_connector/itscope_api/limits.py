"""The shared limit: arithmetic for any store, and a limiter for one process.

ITscope blocks an address that sends more than 600 requests within 60 seconds, for 30 minutes,
and advises against working close to the limit. The generic cell rate algorithm keeps one
number: the moment at which the next request would be due at the steady rate. A request may
come early by ``BURST`` intervals at most, so no window of 60 seconds ever sees more than
``RATE_PER_MINUTE + BURST`` requests.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from typing import Protocol

from .errors import BlockedError

RATE_PER_MINUTE = 450
BURST = 50
BLOCK_MINUTES = 30
#: Seconds between two requests at the steady rate.
INTERVAL = 60 / RATE_PER_MINUTE


def wait_for(next_turn: float, now: float) -> float:
    """Seconds to wait before a request that was booked as ``next_turn``.

    :param next_turn: the number that the store holds *after* it took this request's turn
        (seconds since 1970): ``max(next_turn, now) + INTERVAL``
    :param now: seconds since 1970
    """
    return max(0.0, next_turn - INTERVAL - BURST * INTERVAL - now)


class Limiter(Protocol):
    """Asked before each request that leaves."""

    def acquire(self) -> None:
        """Wait for a turn; raise :class:`BlockedError` while nothing may be sent."""

    def block(self, until: datetime) -> None:
        """Remember that nothing may be sent until ``until`` (aware)."""


class LocalLimiter:
    """A limiter for all threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_turn = 0.0
        self._blocked_until: datetime | None = None

    def acquire(self) -> None:
        """See :class:`Limiter`."""
        with self._lock:
            until = self._blocked_until
            if until and until > datetime.now(timezone.utc):
                raise BlockedError("ITscope blocks this address", until=until)
            now = time.time()
            self._next_turn = max(self._next_turn, now) + INTERVAL
            wait = wait_for(self._next_turn, now)
        if wait:
            time.sleep(wait)

    def block(self, until: datetime) -> None:
        """See :class:`Limiter`."""
        with self._lock:
            if not self._blocked_until or until > self._blocked_until:
                self._blocked_until = until
