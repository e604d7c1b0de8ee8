"""One JupyterLab and one browser for all tests of this folder; a stated reason where none is."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.browser.lab import Lab, browser_path, lab


@pytest.fixture(scope="package")
def jupyter(tmp_path_factory) -> Iterator[Lab]:
    """JupyterLab in a browser, closed again behind the last test of this folder.

    Its event loop would be in the way of others. Where there is no browser the test is skipped;
    with `QNN_EDU_REQUIRE_BROWSER=1` it fails instead.
    """
    if not browser_path() or not importlib.util.find_spec("playwright"):
        reason = "needs Chromium or Chrome, and Playwright (the extra 'browser')"
        if os.environ.get("QNN_EDU_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with lab(Path(tmp_path_factory.mktemp("lab"))) as started:
        yield started
