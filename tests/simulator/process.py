"""Start a simulated ITscope beside a test or demonstration."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .control import Control

TESTS = Path(__file__).resolve().parents[1]


@contextmanager
def start(*options: str) -> Iterator[Control]:
    """A process on a free port, ended with the block; yields its control.

    :param options: of ``python -m simulator``
    """
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *options],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError("the simulated ITscope did not start")
        yield Control(line.split()[-1])
    finally:
        process.terminate()
        process.wait(10)
