"""Where downloads and builds live: outside the checkout, shared by all checkouts."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .messages import Failure, say

SETUP = Path(__file__).resolve().parents[1]
ROOT = SETUP.parent
ADDONS = ("itscope_connector", "itscope_connector_opentrans")


def cache_dir() -> Path:
    """``ITSCOPE_CACHE``, else a place of the system's for root (whose home other users,
    as PostgreSQL's, can't reach), else the user's own cache."""
    named = os.environ.get("ITSCOPE_CACHE")
    if named:
        path = Path(named)
    elif os.geteuid() == 0:
        path = Path("/var/cache/itscope-odoo")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        path = Path(base) / "itscope-odoo"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(
            f"The cache {path} can't be made ({error.strerror}). Name another place: "
            "ITSCOPE_CACHE=/some/folder"
        ) from error
    if os.geteuid() == 0:
        path.chmod(0o755)
    return path.resolve()


@contextmanager
def locked(name: str, waiting: str) -> Iterator[None]:
    """One process at a time; says what it waits for."""
    path = cache_dir() / f"{name}.lock"
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def digest(paths: Iterable[Path], *words: str) -> str:
    """A short hash of files (below folders, too) and words."""
    found = hashlib.sha256()
    for word in words:
        found.update(word.encode() + b"\0")
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                found.update(str(file.relative_to(path.parent)).encode() + b"\0")
                found.update(file.read_bytes())
    return found.hexdigest()[:12]


def built(name: str, key: str, build: Callable[[Path], None]) -> Path:
    """A folder of the cache that was built to its end; one that was broken off is
    redone.

    Another key replaces what was there.
    """
    target = cache_dir() / f"{name}-{key}"
    if target.is_dir():
        return target
    with locked(name, f"Another process builds {name}; waiting for it ..."):
        if target.is_dir():
            return target
        for old in cache_dir().glob(f"{name}-*"):
            if old.is_dir():
                shutil.rmtree(old, ignore_errors=True)
        work = cache_dir() / f"{name}-{key}.part"
        shutil.rmtree(work, ignore_errors=True)
        build(work)
        work.rename(target)
    return target
