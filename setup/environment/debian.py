"""Packages of Debian unpacked into a folder, without root and without touching the
system.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .messages import Failure, run

KEYRINGS = Path("/usr/share/keyrings")
ADVICE = (
    "Check the network and the mirror that apt is configured with, then start again. "
    "With an "
    "Odoo 19 that is already on this machine none of this is needed: "
    "ODOO_HOME=/path/to/odoo"
)


def mirror() -> str:
    """The address of the Debian mirror that this machine is configured with."""
    named = os.environ.get("ITSCOPE_DEBIAN_MIRROR")
    if named:
        return named
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Failure(f"This machine has no apt. {ADVICE}")
    listing = run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(SITE) $(RELEASE) $(COMPONENT)",
            "Created-By: Packages",
        ],
        advice=ADVICE,
    )
    for row in listing.splitlines():
        site, _space, rest = row.partition(" ")
        if "main" in rest and "debian" in site and "security" not in site:
            return site
    raise Failure(
        "apt names no Debian mirror. Name one: ITSCOPE_DEBIAN_MIRROR=<address>, or "
        "use an "
        "Odoo 19 of yours: ODOO_HOME=/path/to/odoo"
    )


def fetch_debian(target: Path, suite: str, packages: list[str]) -> dict[str, str]:
    """Download packages of a suite and unpack them into ``target``.

    apt gets lists and cache of its own; the system's are not touched.

    :return: ``{package: version}``
    """
    state = target.with_name(f"{target.name}.apt-{suite}")
    for folder in (
        state / "lists" / "partial",
        state / "cache" / "archives" / "partial",
    ):
        folder.mkdir(parents=True, exist_ok=True)
    keyring = next(
        (
            KEYRINGS / f"debian-archive-keyring.{kind}"
            for kind in ("gpg", "pgp")
            if (KEYRINGS / f"debian-archive-keyring.{kind}").exists()
        ),
        None,
    )
    if keyring is None:
        raise Failure(
            "Debian's signing keys are missing. Install them (apt-get install "
            "debian-archive-keyring) and start again."
        )
    sources = state / "sources.list"
    sources.write_text(f"deb [signed-by={keyring}] {mirror()} {suite} main\n")
    options = [
        f"-oDir::Etc::sourcelist={sources}",
        "-oDir::Etc::sourceparts=-",
        f"-oDir::State::lists={state / 'lists'}",
        f"-oDir::Cache={state / 'cache'}",
        "-oAPT::Sandbox::User=root",
        "-oAcquire::Languages=none",
        "-oAcquire::Retries=3",
    ]
    run(["apt-get", *options, "update", "-qq"], advice=ADVICE, cwd=state)
    run(["apt-get", *options, "download", "-qq", *packages], advice=ADVICE, cwd=state)
    target.mkdir(parents=True, exist_ok=True)
    versions = {}
    for file in sorted(state.glob("*.deb")):
        run(["dpkg-deb", "-x", file, target], advice=ADVICE)
        name, version, _architecture = file.name.split("_")
        versions[name] = version.replace("%3a", ":")
    shutil.rmtree(state, ignore_errors=True)
    return versions
