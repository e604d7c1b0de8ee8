"""Where nbgrader is: in an environment of its own, apart from the readers' JupyterLab."""

import os
import sys
from pathlib import Path

import pytest

PLACE = Path(os.environ.get("QNN_EDU_TEACH") or Path(sys.prefix, "teach"))
PYTHON = PLACE / "bin" / "python"
needed = pytest.mark.skipif(
    not PYTHON.exists(),
    reason=f"no nbgrader in {PLACE}, where `make teacher` puts it (QNN_EDU_TEACH: another place)",
)
