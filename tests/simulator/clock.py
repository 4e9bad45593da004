"""The simulator's time, which tests may move."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(timezone.utc).replace(microsecond=0) + self.offset

    def move(self, seconds: float) -> None:
        self.offset += timedelta(seconds=seconds)
