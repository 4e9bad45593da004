"""Chromium for the tests that click."""

from __future__ import annotations

import os
import shutil

from .messages import Failure, run, step

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "Install a Chromium (Debian: apt-get install chromium) or name one: "
    "ITSCOPE_BROWSER=/path"
)


def browser() -> str:
    """Path of a Chromium; as root it is installed where it is missing."""
    named = os.environ.get("ITSCOPE_BROWSER")
    if named:
        return named
    found = _find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        with step("Installing Chromium (Debian's package)"):
            run(["apt-get", "update", "-qq"], advice=ADVICE)
            run(
                [
                    "apt-get",
                    "install",
                    "-y",
                    "-qq",
                    "--no-install-recommends",
                    "chromium",
                ],
                advice=ADVICE,
                env={"DEBIAN_FRONTEND": "noninteractive"},
            )
        found = _find()
    if found is None:
        raise Failure(f"No Chromium was found, and only root can install one. {ADVICE}")
    return found


def _find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)
