from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_server import patient

from itscope_api import BlockedError, LocalLimiter, limits

#: What ITscope allows within 60 seconds; we stay clearly below.
ALLOWED = 600


def most_in_a_minute(times: list[float]) -> int:
    times = sorted(times)
    most = start = 0
    for end, moment in enumerate(times):
        while moment - times[start] > 60:
            start += 1
        most = max(most, end - start + 1)
    return most


def test_there_is_headroom() -> None:
    assert limits.RATE_PER_MINUTE + limits.BURST <= 0.9 * ALLOWED


@patient
@given(st.lists(st.tuples(st.floats(0, 90), st.integers(1, 400)), max_size=30))
def test_no_window_sees_too_many(arrivals: list[tuple[float, int]]) -> None:
    """Crowds that come after pauses of any length; each leaves after its wait."""
    now, next_turn, left = 1e9, 0.0, []
    for pause, crowd in arrivals:
        now += pause
        for _ in range(crowd):
            next_turn = limits.take_turn(next_turn, now)
            left.append(now + limits.wait_for(next_turn, now))
    # One more than the sum: a float's last digit may move a request over the edge.
    assert most_in_a_minute(left) <= limits.RATE_PER_MINUTE + limits.BURST + 1


def test_a_burst_does_not_wait_and_the_rate_is_used() -> None:
    next_turn, left = 0.0, []
    for _ in range(limits.BURST + limits.RATE_PER_MINUTE):
        next_turn = limits.take_turn(next_turn, 1000.0)
        left.append(1000.0 + limits.wait_for(next_turn, 1000.0))
    assert left[: limits.BURST] == [1000.0] * limits.BURST
    assert left[limits.BURST] > 1000.0
    assert left[-1] == pytest.approx(1060.0)


def test_several_threads_share_one_budget() -> None:
    """Real threads, a clock of our own: what they wait for is what counts."""
    left: list[float] = []
    waited = threading.local()

    def sleep(seconds: float) -> None:
        waited.seconds = seconds

    limiter = LocalLimiter(clock=lambda: 1000.0, sleep=sleep)

    def work() -> None:
        for _ in range(200):
            waited.seconds = 0.0
            limiter.acquire()
            left.append(1000.0 + waited.seconds)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(left) == 1600
    assert most_in_a_minute(left) <= limits.RATE_PER_MINUTE + limits.BURST + 1
    assert max(left) == pytest.approx(1000 + (1600 - 50) * limits.INTERVAL)


def test_a_block_ends_by_itself_and_the_longer_one_counts() -> None:
    limiter = LocalLimiter()
    now = datetime.now(timezone.utc)
    later = now + timedelta(minutes=30)
    limiter.block(later)
    limiter.block(now + timedelta(minutes=1))
    with pytest.raises(BlockedError) as blocked:
        limiter.acquire()
    assert blocked.value.until == later
    assert blocked.value.retryable

    ended = LocalLimiter()
    ended.block(now - timedelta(seconds=1))
    ended.acquire()


def test_a_block_that_comes_while_waiting_is_heeded() -> None:
    until = datetime.now(timezone.utc) + timedelta(minutes=30)

    def sleep(seconds: float) -> None:
        limiter.block(until)

    limiter = LocalLimiter(clock=lambda: 1000.0, sleep=sleep)
    for _ in range(limits.BURST):
        limiter.acquire()
    with pytest.raises(BlockedError):
        limiter.acquire()
