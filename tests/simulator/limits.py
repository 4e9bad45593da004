"""ITscope's limit: 600 requests in 60 seconds, else a block of 30 minutes for the address."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from .clock import Clock

BLOCK_TEXT = (
    "Rate Limit Exceeded. You're now blocked for 30 minutes. ITscope Web Service and ITscope API is "
    "limited to {limit} requests per 60 seconds."
)
#: A user agent with one of these is answered late; an empty or tool-like one is blocked.
SLOW_AGENTS = (
    "bot",
    "spider",
    "search",
    "seek",
    "retriever",
    "checker",
    "agent",
    "crawler",
)
TOOL_AGENTS = ("python-requests", "curl", "wget", "snoopy", "java/")


class Limits:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.limit = 600
        self.delay = 0.2
        self.blocked_until: datetime | None = None
        self.blocks = 0
        self.during_block = 0
        self._times: deque[datetime] = deque()

    def refuse(self, agent: str) -> str:
        """The text of a 503, or "" where the request may pass."""
        now = self.clock.now()
        if self.blocked_until and now < self.blocked_until:
            self.during_block += 1
            return BLOCK_TEXT.format(limit=self.limit)
        while self._times and now - self._times[0] >= timedelta(seconds=60):
            self._times.popleft()
        self._times.append(now)
        if (
            len(self._times) > self.limit
            or not agent.strip()
            or agent.lower().startswith(TOOL_AGENTS)
        ):
            self.block()
            return BLOCK_TEXT.format(limit=self.limit)
        return ""

    def block(self) -> None:
        self.blocked_until = self.clock.now() + timedelta(minutes=30)
        self.blocks += 1
        self._times.clear()
