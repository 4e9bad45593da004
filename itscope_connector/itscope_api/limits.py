"""The shared limit: arithmetic for any store, and a limiter for one process.

ITscope blocks an address that sends more than 600 requests within 60 seconds, for 30
minutes, and advises against working close to the limit. The generic cell rate algorithm
keeps one number: the moment at which the next request would be due at the steady rate.
A request may come early by ``BURST`` intervals at most, so no window of 60 seconds ever
sees more than ``RATE_PER_MINUTE + BURST`` requests. The rest up to 600 is for what the
clock does not see: requests that wait in the network and arrive closer together than
they left.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Protocol

from .errors import BlockedError

RATE_PER_MINUTE = 450
BURST = 50
BLOCK_MINUTES = 30
#: Seconds between two requests at the steady rate.
INTERVAL = 60 / RATE_PER_MINUTE


def take_turn(next_turn: float, now: float) -> float:
    """Book a request; the number to store.

    :param next_turn: the stored number, seconds; 0 where there is none yet
    :param now: seconds on the same clock
    """
    return max(next_turn, now) + INTERVAL


def wait_for(next_turn: float, now: float) -> float:
    """Seconds to wait before a request that was booked.

    :param next_turn: the number that the store holds *after* :func:`take_turn`
    :param now: seconds on the same clock
    """
    return max(0.0, next_turn - BURST * INTERVAL - now)


class Limiter(Protocol):
    """Asked before each request that leaves."""

    def acquire(self) -> None:
        """Wait for a turn; raise :class:`BlockedError` while nothing may be sent."""

    def block(self, until: datetime) -> None:
        """Remember that nothing may be sent until ``until`` (aware)."""


class LocalLimiter:
    """A limiter for all threads of one process.

    :param clock: seconds that never go back
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_turn = 0.0
        self._blocked_until: datetime | None = None

    def acquire(self) -> None:
        """See :class:`Limiter`."""
        with self._lock:
            self._check_block()
            now = self._clock()
            self._next_turn = take_turn(self._next_turn, now)
            wait = wait_for(self._next_turn, now)
        if wait:
            self._sleep(wait)
            with self._lock:
                # Another thread may have met the limit meanwhile.
                self._check_block()

    def block(self, until: datetime) -> None:
        """See :class:`Limiter`."""
        with self._lock:
            self._blocked_until = max(self._blocked_until or until, until)

    def _check_block(self) -> None:
        until = self._blocked_until
        if until and until > datetime.now(timezone.utc):
            raise BlockedError("ITscope blocks this address", until=until)
