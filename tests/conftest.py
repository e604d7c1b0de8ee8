"""Fixtures for all tests: real data where it can be had, a stated reason where not."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real models and data sets that `QNN_EDU_DATA` names.

    Without one the test is skipped; with `QNN_EDU_REQUIRE_DATA=1` it fails instead.
    """
    folder = Path(os.environ.get("QNN_EDU_DATA", "no QNN_EDU_DATA"))
    if folder.is_dir():
        return folder
    reason = f"needs real models: QNN_EDU_DATA must name their folder, found {str(folder)!r}"
    if os.environ.get("QNN_EDU_REQUIRE_DATA") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_configure():
    """A worker of xdist says how wide its terminal is, and has none: commands would believe it."""
    os.environ.pop("COLUMNS", None)


def pytest_collection_modifyitems(items):
    """Whoever wants real models wants more than `make test` installs."""
    for item in items:
        if "real_data" in getattr(item, "fixturenames", ()):
            item.add_marker("more")
