"""The cores import no Odoo: put their addon folders on the path and use them
directly.
"""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
for addon in ("itscope_connector", "itscope_connector_opentrans"):
    sys.path.insert(0, str(ROOT / addon))


@pytest.fixture(scope="session")
def shared() -> Path:
    """ITscope's own contract, schemas and examples, which are not part of the
    project.
    """
    path = Path(os.environ.get("ITSCOPE_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip(f"ITscope's own files are not here ({path}); set ITSCOPE_SHARED")
    return path
