"""Odoo's scheduled actions as processes of their own, which can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

RUN = """
env["{model}"].{method}()
env.cr.commit()
"""


class Worker:
    """A process that does one scheduled action against the tests' database.

    :param before: Python for that process alone, before it begins
    :param after: the same, when it is done
    """

    def __init__(
        self, model: str, method: str, log: Path, before: str = "", after: str = ""
    ) -> None:
        path = os.environ["ITSCOPE_ODOO_PATH"]
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            json.loads(os.environ["ITSCOPE_ODOO_SHELL"]),
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **({"PYTHONPATH": path} if path else {})},
        )
        assert self._process.stdin
        run = before + RUN.format(model=model, method=method) + after
        self._process.stdin.write(run.encode())
        self._process.stdin.close()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait(self, seconds: float) -> None:
        """Until it is done; an error of its own fails the test."""
        assert self._process.wait(seconds) == 0, f"see {self._log.name}"
        self._log.close()

    def wait_for_death(self, seconds: float) -> None:
        """Until it has killed itself, as ``before`` made it do."""
        assert self._process.wait(seconds) == -signal.SIGKILL, f"see {self._log.name}"
        self._log.close()

    def kill(self) -> None:
        """Without a word, as a power cut would."""
        self._process.kill()
        self._process.wait(30)
        self._log.close()
