"""What is being done, and what to do when it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TAIL = 25


class Failure(Exception):
    """An expected failure: a text that says what happened and what to do next."""


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is done, and how long it took where it took long."""
    say(f"{text} ...")
    started = time.monotonic()
    yield
    seconds = time.monotonic() - started
    if seconds > 3:
        say(f"  done in {seconds:.0f} s")


def run(
    command: Sequence[str | Path],
    *,
    advice: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    stdin: str | None = None,
) -> str:
    """Run a command quietly; its last lines and the advice are shown when it fails.

    :return: its standard output
    """
    environment = {**os.environ, **(env or {})}
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=environment,
            cwd=cwd,
            user=user,
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            errors="replace",
        )
    except FileNotFoundError as error:
        raise Failure(f"{command[0]} was not found. {advice}") from error
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()[-TAIL:]
        details = "\n".join(f"    {line}" for line in lines)
        raise Failure(
            f"{Path(str(command[0])).name} failed:\n{details}\n{advice}{_disk(cwd)}"
        )
    return done.stdout


def _disk(path: Path | None) -> str:
    free = shutil.disk_usage(path or Path.cwd()).free
    if free < 2 * 1024**3:
        return f"\nOnly {free // 1024**2} MB of disk are free; 3 GB are needed."
    return ""


def main_guard(main: object) -> int:
    """Run a main function: expected failures are told without a traceback."""
    try:
        return int(main() or 0)  # type: ignore[operator]
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno == 28:
            print("\nThe disk is full; 3 GB are needed.", file=sys.stderr)
            return 1
        raise
