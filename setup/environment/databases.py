"""Odoo databases: built once, copied for each use."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .cache import ADDONS, ROOT, SETUP, cache_dir, digest
from .messages import TAIL, Failure, run, step
from .odoo import LOCK, Odoo
from .postgres import PORT, ROLE, Cluster

#: What a set of databases has installed besides our addons.
ALONE = ("purchase", "sale")
#: A PostgreSQL from a wheel has no such extension; Odoo does without it.
HARMLESS = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
#: Fields and pictures that the first addon fills only where other addons bring them.
SHOP = ("purchase", "sale", "website_sale", "stock_delivery")
FULL = (
    "purchase_stock",
    "sale_management",
    "sale_purchase_stock",
    "sale_margin",
    "sale_pdf_quote_builder",
    "l10n_de",
)


def arguments(odoo: Odoo, cluster: Cluster, database: str, *extra: str) -> list[str]:
    """Odoo's command line for a database."""
    return [
        *odoo.command,
        "--config=/dev/null",
        f"--addons-path={odoo.addons_path}",
        f"--data-dir={data_dir(cluster)}",
        f"--db_host={cluster.socket}",
        f"--db_port={PORT}",
        f"--db_user={ROLE}",
        f"--database={database}",
        f"--db-filter=^{database}$",
        "--http-interface=127.0.0.1",
        "--no-database-list",
        *extra,
    ]


def prepared(
    odoo: Odoo,
    cluster: Cluster,
    name: str,
    modules: tuple[str, ...],
    addons: tuple[str, ...] = ADDONS,
    demo: bool = False,
) -> str:
    """The name of a database with these modules and our addons as they are now.

    What our addons build on is installed once; of each set only the latest is kept.
    """
    existing = cluster.databases()
    flags = ("--with-demo",) if demo else ("--without-demo",)
    company = SETUP / "environment" / "company.py"
    base = f"{name}-base-{digest([LOCK, company], *modules, *flags)}"
    if base not in existing:
        with step(
            f"Installing Odoo's own modules ({', '.join(modules)}); one or two minutes"
        ):
            _fresh(odoo, cluster, base, existing, f"{name}-base-", None, modules, flags)
    current = f"{name}-{digest([ROOT / addon for addon in ADDONS], base, *addons)}"
    if current not in existing:
        with step(f"Installing {' and '.join(addons)}"):
            _fresh(odoo, cluster, current, existing, f"{name}-", base, addons, flags)
    return current


def _fresh(
    odoo: Odoo,
    cluster: Cluster,
    target: str,
    existing: list[str],
    prefix: str,
    source: str | None,
    modules: tuple[str, ...],
    flags: tuple[str, ...],
) -> None:
    for old in existing:
        stale_base = old.startswith(prefix) and old != source
        if stale_base and ("-base-" in old) == ("-base-" in target):
            drop(cluster, old)
    work = f"{target}-part"
    drop(cluster, work)
    if source:
        copy(cluster, source, work)
    else:
        german_company(odoo, cluster, work, *flags)
    install(odoo, cluster, work, modules, *flags)
    cluster.sql(f'ALTER DATABASE "{work}" RENAME TO "{target}"')
    if filestore(cluster, work).exists():
        filestore(cluster, work).rename(filestore(cluster, target))


def filestore(cluster: Cluster, database: str) -> Path:
    return data_dir(cluster) / "filestore" / database


def data_dir(cluster: Cluster) -> Path:
    """Odoo's own files; one folder per cluster, since database names repeat."""
    return cache_dir() / f"odoo-data-{cluster.home.name}"


def drop(cluster: Cluster, database: str) -> None:
    cluster.drop(database)
    shutil.rmtree(filestore(cluster, database), ignore_errors=True)


def copy(cluster: Cluster, source: str, target: str) -> None:
    """A database with its files; the files are links, which Odoo never changes."""
    drop(cluster, target)
    cluster.copy(source, target)
    files = filestore(cluster, source)
    if files.exists():
        shutil.copytree(files, filestore(cluster, target), copy_function=os.link)


def german_company(odoo: Odoo, cluster: Cluster, database: str, *flags: str) -> None:
    """A database with nothing but Odoo's base and a German company."""
    install(odoo, cluster, database, ("base",), *flags)
    command = arguments(odoo, cluster, database, "--no-http", "--log-level=warn")
    place = len(odoo.command)
    run(
        [*command[:place], "shell", *command[place:]],
        advice="Odoo's shell could not prepare the company.",
        env=odoo.env,
        stdin=(SETUP / "environment" / "company.py").read_text(),
    )


def install(
    odoo: Odoo, cluster: Cluster, database: str, modules: tuple[str, ...], *flags: str
) -> None:
    """Install modules; an error in Odoo's log is a failure even where Odoo goes on."""
    update(odoo, cluster, database, f"--init={','.join(modules)}", *flags)


def update(odoo: Odoo, cluster: Cluster, database: str, *flags: str) -> None:
    log = cache_dir() / "logs" / f"install-{database}.log"
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    command = arguments(
        odoo,
        cluster,
        database,
        "--stop-after-init",
        "--no-http",
        f"--logfile={log}",
        *flags,
    )
    run(command, advice=f"Odoo's log says more: {log}", env=odoo.env)
    check_log(log)


def check_log(log: Path) -> None:
    bad = [
        line
        for line in log.read_text(errors="replace").splitlines()
        if (" ERROR " in line or " CRITICAL " in line) and HARMLESS not in line
    ]
    if bad:
        lines = "\n".join(f"    {line}" for line in bad[:TAIL])
        raise Failure(f"Odoo reported errors:\n{lines}\nWhole log: {log}")
