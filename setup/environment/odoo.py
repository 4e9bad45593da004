"""Odoo 19: one that is there already, or Debian's package unpacked into the cache."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .cache import ROOT, SETUP, built, digest
from .debian import fetch_debian
from .messages import Failure, say, step
from .python_env import environment

LOCK = SETUP / "odoo.lock"
#: A file of the web client that Debian leaves out; without it the browser logs an
#: error.
MISSING_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"

#: Some of Odoo's own modules ask services of the Internet. Tests and demonstration send
#: nothing out: what would leave goes to a port where nobody listens.
LOOPBACK_ONLY = {
    name: "http://127.0.0.1:9"
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
} | {"no_proxy": "localhost,127.0.0.1", "NO_PROXY": "localhost,127.0.0.1"}


@dataclass(frozen=True)
class Odoo:
    """How to run it: ``command`` starts it, ``env`` and ``addons_path`` make it
    complete.
    """

    python: Path
    command: tuple[str, ...]
    env: dict[str, str]
    addons_path: str


def odoo() -> Odoo:
    """``ODOO_HOME`` (a source checkout, or a folder that holds the package ``odoo``),
    else Debian's package."""
    python = environment("venv", "run", "test")
    home = os.environ.get("ODOO_HOME")
    if home:
        return _from_home(Path(home).expanduser().resolve(), python)
    prefix = built("odoo", digest([LOCK]), _fetch)
    packages = prefix / "usr/lib/python3/dist-packages"
    return _odoo(python, packages, [packages / "odoo" / "addons"])


def _from_home(home: Path, python: Path) -> Odoo:
    if (
        not (home / "odoo" / "release.py").is_file()
        and not (home / "odoo" / "init.py").is_file()
    ):
        raise Failure(
            f"ODOO_HOME={home} holds no Odoo: there must be a folder 'odoo' in it (the "
            "checkout of Odoo 19, or the site-packages folder it is installed in)."
        )
    named = os.environ.get("ODOO_PYTHON")
    folders = [
        path for path in (home / "addons", home / "odoo" / "addons") if path.is_dir()
    ]
    return _odoo(Path(named) if named else python, home, folders)


def _odoo(python: Path, packages: Path, folders: list[Path]) -> Odoo:
    addons = ",".join(str(folder) for folder in (*folders, ROOT))
    return Odoo(
        python=python,
        command=(str(python), "-m", "odoo"),
        env={"PYTHONPATH": str(packages), "PYTHONUNBUFFERED": "1", **LOOPBACK_ONLY},
        addons_path=addons,
    )


def _fetch(path: Path) -> None:
    wanted: dict[str, dict[str, str]] = {}
    for row in LOCK.read_text().splitlines():
        if row and not row.startswith("#"):
            suite, package, version = row.split()
            wanted.setdefault(suite, {})[package] = version
    with step("Fetching Odoo 19 (Debian's package, 130 MB)"):
        for suite, packages in wanted.items():
            found = fetch_debian(path, suite, list(packages))
            for package, version in found.items():
                if packages.get(package) != version:
                    say(
                        f"  notice: {package} is {version} now; the tests were last "
                        f"run "
                        f"with {packages.get(package)}"
                    )
        script = path / "usr/lib/python3/dist-packages/odoo/addons" / MISSING_SCRIPT
        if not script.exists():
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text(
                "// Left out by Debian: blurs the background of a webcam.\n"
            )
