"""Servers that run beside us and end with us."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from .cache import ROOT
from .messages import TAIL, Failure


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_port(port: int) -> None:
    """Fail where something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Failure(
                f"Port {port} is taken. Choose another one: --port {port + 1}"
            ) from None


def terminate_like_interrupt() -> None:
    """SIGTERM ends everything in order, as Ctrl-C does; Ctrl-C does so in the
    background, too, where shells switch it off."""

    def interrupt(*_args: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def server(
    name: str,
    command: Sequence[str | Path],
    *,
    url: str,
    log: Path,
    env: Mapping[str, str] | None = None,
    seconds: int = 120,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server, wait until it answers at ``url``, end it with the block."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches us alone: we end the servers in their order.
            start_new_session=True,
        )
    try:
        _wait(name, process, url, log, seconds)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(
    name: str, process: subprocess.Popen[bytes], url: str, log: Path, seconds: int
) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    lines = log.read_text(errors="replace").splitlines()[-TAIL:]
    details = "\n".join(f"    {line}" for line in lines)
    raise Failure(f"{name} did not start. Its last words:\n{details}\nWhole log: {log}")


@contextmanager
def simulator(python: Path, log: Path, *options: str, port: int = 0) -> Iterator[str]:
    """A simulated ITscope; yields its address."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    command = [python, "-m", "simulator", "--port", str(port), *options]
    env = {"PYTHONPATH": str(ROOT / "tests")}
    with server(
        "The simulated ITscope", command, url=f"{url}/_control/health", log=log, env=env
    ):
        yield url
