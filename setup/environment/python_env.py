"""The virtual environment with Odoo's dependencies and the test tools."""

from __future__ import annotations

import sys
from pathlib import Path

from .cache import SETUP, built, digest
from .messages import Failure, run, say, step

REQUIREMENTS = SETUP / "requirements"
NETWORK = (
    "Check the network and the package index that pip is configured with (pip config "
    "list), "
    "then start again."
)


def environment(name: str, *locks: str) -> Path:
    """The ``python`` of a virtual environment with these lock files installed."""
    files = [REQUIREMENTS / f"{lock}.txt" for lock in locks]
    key = digest(files, sys.version)

    def build(path: Path) -> None:
        with step(f"Installing Python packages ({name}); a minute or two"):
            # A virtual environment knows its own path: it is made at its final place.
            final = path.with_name(path.name.removesuffix(".part"))
            make_venv(path)
            python = path / "bin" / "python"
            arguments = [part for file in files for part in ("-r", file)]
            run(
                [
                    python,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--no-warn-script-location",
                    *arguments,
                ],
                advice=NETWORK,
            )
            repair_paths(path, final)

    return built(name, key, build) / "bin" / "python"


def make_venv(path: Path) -> None:
    """A virtual environment with pip, also where Debian's python3-venv is missing."""
    try:
        run([sys.executable, "-m", "venv", path], advice="")
    except Failure as failure:
        say("  python3-venv is missing; making the environment without it")
        run([sys.executable, "-m", "venv", "--without-pip", path], advice=str(failure))
        from .debian import fetch_debian

        wheels = path.with_name("pip.part")
        fetch_debian(wheels, "bookworm", ["python3-pip-whl"])
        wheel = next(wheels.rglob("pip-*.whl"))
        python = path / "bin" / "python"
        run([python, wheel / "pip", "install", "--quiet", "pip"], advice=NETWORK)


def repair_paths(path: Path, final: Path) -> None:
    """Scripts name the interpreter by its path; they are told the final one."""
    for script in (path / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        text = script.read_bytes()
        if text.startswith(b"#!") or script.name.startswith("activate"):
            script.write_bytes(text.replace(str(path).encode(), str(final).encode()))
