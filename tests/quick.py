"""What `make check` leaves out: TensorFlow, browsers, lessons, thousands of random models of the
engine, and tests marked `slow`.

    python -m pytest -p tests.quick

A test or an example that imports TensorFlow is skipped at that import, so nobody keeps a list.
"""

import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = {
    ROOT / place
    for place in (
        "notebooks",
        "qnn_edu/nets",  # the home of TensorFlow
        "tests/browser",
        "tests/engine/test_engine_damage.py",
        "tests/environments",
        "tests/nets",
        "tests/oracle/test_engine_operators.py",
        "tests/oracle/test_engine_sums.py",
        "tests/oracle/test_shapes.py",
        "tests/site",
        "tests/teach",
    )
}


class _NoTensorFlow(MetaPathFinder):
    """Asked first for every import; knows nothing, but ends a test that goes on to TensorFlow."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("tensorflow", "keras"):
            pytest.skip("needs TensorFlow, so `make test` runs it", allow_module_level=True)


def pytest_configure(config):
    sys.meta_path.insert(0, _NoTensorFlow())


def pytest_ignore_collect(collection_path):
    return True if LEFT_OUT & {collection_path, *collection_path.parents} else None


def pytest_collection_modifyitems(config, items):
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in set(slow)]
