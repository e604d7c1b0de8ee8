"""Explorers and quiz in JupyterLab in a real browser, by keyboard alone."""

import importlib.util
import os

import pytest

from tests.browser.lab import browser_path, notebook, step

CELL = "from qnn_edu.ui import explorers, quiz\n"
TEXT = ".jp-OutputArea-output .widget-html-content"


@pytest.fixture(autouse=True)
def browser():
    """Skips where there is no browser; fails instead with QNN_EDU_REQUIRE_BROWSER=1."""
    if browser_path() and importlib.util.find_spec("playwright"):
        return
    reason = "needs Chromium or Chrome, and Playwright (the extra 'browser')"
    if os.environ.get("QNN_EDU_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def test_every_control_of_an_explorer_is_reached_and_moved_by_keys(tmp_path):
    with notebook(tmp_path, [CELL + "explorers.affine()"]) as page:
        page.wait_for_selector(".widget-image[src]")
        readout = page.locator(f"{TEXT} [role=status]")
        for control, key in (
            (".noUi-handle >> nth=0", "ArrowRight"),
            (".noUi-handle >> nth=1", "ArrowRight"),
            (".noUi-handle >> nth=2", "ArrowRight"),
            (".widget-toggle-buttons button >> nth=2", "Space"),
            (".widget-checkbox input >> nth=1", "Space"),
            (".widget-checkbox input >> nth=2", "Space"),
        ):
            before = readout.inner_text()
            page.locator(control).focus()
            assert step(page, key) > 0
            page.wait_for_function(
                "([css, old]) => document.querySelector(css).innerText !== old",
                arg=[f"{TEXT} [role=status]", before],
            )


def test_a_quiz_is_answered_by_keys(tmp_path):
    with notebook(
        tmp_path, [CELL + "quiz('Which?', {'a': 'Why a?', 'b': 'Yes.'}, answer='b')"]
    ) as page:
        page.locator(".widget-toggle-buttons button >> nth=0").press("Space")
        page.locator("button:enabled", has_text="Lock in").press("Enter")
        page.locator("button:enabled", has_text="Reveal").press("Space")
        page.wait_for_selector(f"{TEXT} >> text=Not quite. Why a? The answer is: b.")


def test_an_exception_is_seen(tmp_path):
    cells = [
        CELL + "e = explorers.affine()",
        "def fail(**values):\n    raise ValueError('seen')\ne._compute = fail\ne",
    ]
    with notebook(tmp_path, cells) as page:
        page.locator(".noUi-handle >> nth=2").press("ArrowRight")
        page.wait_for_selector(f"{TEXT} [role=alert] >> text=seen")
