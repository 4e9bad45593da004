"""Runs one case in Odoo's shell: ``run.main(env, …)``."""

from __future__ import annotations

import importlib
import json
import logging
from pathlib import Path
from typing import Any

from . import measure

#: Letter of the case: the module that measures it.
CASES = {
    "a": "new_products",
    "b": "changed_offers",
    "c": "unchanged_export",
    "d": "memory",
    "f": "documents",
    "h": "screens",
}


def main(env: Any, case: str, short: bool, url: str, target: str) -> None:
    """Measure a case and write its rows as JSON.

    :param url: of a simulated ITscope
    """
    logging.getLogger("odoo").setLevel(logging.WARNING)
    module = importlib.import_module(f"performance.{CASES[case]}")
    rows = module.run(env, measure.SHORT if short else measure.FULL, url)
    Path(target).write_text(json.dumps([row.as_dict() for row in rows]))
