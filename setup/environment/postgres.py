"""A private PostgreSQL: own data, own socket, no network port."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .cache import cache_dir, locked
from .messages import Failure, run, say, step
from .python_env import environment

#: Role and only user of the cluster; the socket's folder keeps others out.
ROLE = "odoo"
PORT = 5432
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
ADVICE = (
    "Begin anew with a fresh cluster: ./setup/demo --reset (demo) or remove the cache."
)


def binaries() -> Path:
    """Folder of the server's programs: the system's, else those of a wheel."""
    named = os.environ.get("ITSCOPE_POSTGRES_BIN")
    if named:
        return Path(named)
    if not os.environ.get("ITSCOPE_POSTGRES_WHEEL"):
        versions = sorted(
            Path("/usr/lib/postgresql").glob("*/bin/postgres"),
            key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0),
        )
        if versions:
            return versions[-1].parent
        found = shutil.which("postgres")
        if found and shutil.which("initdb"):
            return Path(found).resolve().parent
    python = environment("postgres", "postgres")
    wheel = next(python.parents[1].rglob("pginstall/bin/postgres"), None)
    if wheel is None:
        raise Failure(
            "PostgreSQL was not found. Install it (Debian: apt-get install "
            "postgresql) and "
            "start again."
        )
    return wheel.parent


def server_user() -> str | None:
    """PostgreSQL refuses to run as root: the user it runs as then."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
            return name
        except KeyError:
            continue
    raise Failure(
        "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' "
        "to run "
        "it as. Start this as an ordinary user."
    )


class Cluster:
    """:ivar socket: folder of the socket, to connect by"""

    def __init__(self, name: str, socket: Path, fast: bool) -> None:
        self.home = cache_dir() / f"postgres-{name}"
        self.socket = socket
        self.fast = fast
        self.user = server_user()
        self.bin = binaries()

    def _run(self, program: str, *arguments: str | Path) -> str:
        return run(
            [self.bin / program, *arguments],
            advice=ADVICE,
            user=self.user,
            cwd=self.home,
            env={"LC_ALL": "C.UTF-8"},
        )

    def start(self) -> None:
        data = self.home / "data"
        if not (data / "PG_VERSION").exists():
            self._create(data)
        if (data / "postmaster.pid").exists():
            self._end_leftover(data)
        options = [f"-k '{self.socket}'", "-c listen_addresses=''", f"-p {PORT}"]
        options += [f"-c {setting}" for setting in (FAST if self.fast else [])]
        self._run(
            "pg_ctl",
            "start",
            "-w",
            "-D",
            data,
            "-l",
            self.home / "log",
            "-o",
            " ".join(options),
        )

    def _create(self, data: Path) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        if self.user:
            shutil.chown(self.home, self.user)
        with step("Making a private PostgreSQL cluster"):
            self._run(
                "initdb",
                "-D",
                data,
                "-U",
                ROLE,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            )

    def _end_leftover(self, data: Path) -> None:
        """A run that was killed may have left its server; nobody else uses this
        cluster.
        """
        try:
            self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data)
            say("  a PostgreSQL of an earlier run was ended")
        except Failure:
            # No such process: what is left is the file, which the start clears away.
            return

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", self.home / "data")

    # ------------------------------------------------------------------ databases

    def sql(self, query: str, database: str = "postgres") -> list[str]:
        """Rows of a query, columns joined by ``|``, by the environment's own driver."""
        script = (
            "import sys, psycopg2\n"
            "c = psycopg2.connect(host=sys.argv[1], port=sys.argv[2], "
            "user=sys.argv[3], dbname=sys.argv[4])\n"
            "c.autocommit = True\n"
            "k = c.cursor(); k.execute(sys.argv[5])\n"
            "print('\\n'.join('|'.join(map(str, r)) for r in k.fetchall()) if "
            "k.description else '')\n"
        )
        python = environment("venv", "run", "test")
        out = run(
            [python, "-c", script, self.socket, str(PORT), ROLE, database, query],
            advice=ADVICE,
        )
        return out.split("\n")[:-1] if out.strip() else []

    def databases(self) -> list[str]:
        return self.sql("SELECT datname FROM pg_database WHERE NOT datistemplate")

    def drop(self, name: str) -> None:
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def copy(self, source: str, target: str) -> None:
        self.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


@contextmanager
def cluster(name: str, *, fast: bool) -> Iterator[Cluster]:
    """A running cluster, for one process at a time; ended with the block.

    :param fast: without fsync; for data that may be lost
    """
    waiting = (
        f"Another process uses the PostgreSQL cluster '{name}'; waiting for it ..."
    )
    with locked(f"postgres-{name}", waiting):
        # A socket's path may have 107 characters; the cache's may be longer.
        socket = Path(tempfile.mkdtemp(prefix="itscope-pg-"))
        found = Cluster(name, socket, fast)
        if found.user:
            shutil.chown(socket, found.user)
        try:
            found.start()
            try:
                yield found
            finally:
                found.stop()
        finally:
            shutil.rmtree(socket, ignore_errors=True)
