"""Explorers and quiz in JupyterLab in a real browser, by keyboard alone."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from qnn_edu.ui import explorers
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


LAID_OUT = """() => [...document.querySelectorAll('.widget-vbox:has(.widget-image)')].map(e => {
  const all = css => [...e.querySelectorAll(css)];
  const box = css => e.querySelector(css).getBoundingClientRect();
  const rows = css => new Set(all(css).map(e => e.getBoundingClientRect().top)).size;
  return {
    enlarged: Math.max(...all('.widget-image').map(e => e.clientWidth - e.naturalWidth)),
    cut: Math.max(...all('.widget-readout').map(e => e.scrollWidth - e.clientWidth)),
    track: Math.min(...all('.widget-hslider:has(.noUi-handle-upper)').map(e => e.clientWidth)),
    rows: Math.max(rows('.widget-toggle-button'), rows('.widget-checkbox')),
    height: box('[role=status]').bottom - box('.widget-gridbox').top,
  };
})"""


def test_plots_are_sharp_and_whole_and_fit_a_laptop(tmp_path):
    """Of all explorers but those whose picture is a diagram."""
    cell = (
        "e = explorers.{0}()\nif r := e.controls.get('range'): e.set(range=(r.min + 0.1, r.max))\ne"
    )
    plots = [name for name in explorers.__all__ if name not in ("placement", "recipe")]
    cells = [CELL + cell.format(name) for name in plots]
    with notebook(tmp_path, cells, height=900 * len(cells)) as page:
        for width in (1280, 1920):
            page.set_viewport_size({"width": width, "height": 900 * len(cells)})
            page.wait_for_function(
                "count => [...document.querySelectorAll('.widget-image')]"
                ".filter(image => image.naturalWidth > 0).length === count",
                arg=len(cells),
            )
            for name, found in zip(plots, page.evaluate(LAID_OUT), strict=True):
                assert found["enlarged"] <= 0, f"{name}: an enlarged picture is a blurred one"
                assert found["cut"] <= 0, f"{name}: a read-out is cut off"
                assert found["track"] is None or found["track"] > 600, f"{name}: a short track"
                assert found["rows"] <= 1, f"{name}: buttons or boxes in two rows"
                assert found["height"] <= 700, f"{name}: sliders and read-out not seen together"


PATHS = {"with dot": "", "without dot": "import os\nos.environ['PATH'] = ''\n"}
BOXES = "[...document.querySelectorAll('.jp-OutputArea-output svg g.node text')]"


# JupyterLab shows SVG as an image; the browser's own Graphviz writes it into the page.
DRAWN = {
    "with dot": "document.querySelector('.jp-RenderedSVG img')?.naturalWidth > 300",
    "without dot": f"{BOXES}.some(text => text.textContent === 'SOFTMAX')",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_diagram_is_drawn(tmp_path, path):
    cell = (
        "from qnn_edu import data, draw, tflite\n"
        "draw.diagram(tflite.read(data.asset('digits_int8.tflite')))"
    )
    with notebook(tmp_path, [PATHS[path] + cell]) as page:
        page.wait_for_function(DRAWN[path])
        assert page.locator(".jp-OutputArea-output").count() == 1


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_diagram_follows_its_controls(tmp_path, path):
    words = f"{BOXES}.map(text => text.textContent).join()"
    with notebook(tmp_path, [path + CELL + "explorers.recipe()"]) as page:
        page.wait_for_function(f"{words}.includes('SOFTMAX')")
        for control, key in (
            (".widget-toggle-button >> text=digits", "Space"),
            (".widget-toggle-button >> text=float16", "Space"),
            (".widget-toggle-button >> text=int8", "Space"),
            (".widget-checkbox input >> nth=1", "Space"),
            (".noUi-handle >> nth=0", "ArrowLeft"),
        ):
            before = page.evaluate(words)
            page.locator(control).focus()
            page.keyboard.press(key)
            page.wait_for_function(f"old => {words} && {words} !== old", arg=before)
        assert page.locator(f"{TEXT} [role=status]").inner_text().count("%") == 1


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


def test_a_saved_notebook_shows_its_last_picture_when_opened_again(tmp_path):
    """By a setting that `make` writes into its environment; others may have no such setting."""
    if not (Path(sys.prefix) / "share/jupyter/lab/settings/overrides.json").exists():
        pytest.skip("needs the environment that make builds, with its JupyterLab settings")
    picture = "document.querySelector('.widget-image')?.naturalWidth > 0"
    with notebook(tmp_path, [CELL + "explorers.affine()"]) as page:
        page.wait_for_function(picture)
        page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        page.wait_for_function(
            "fetch('/api/contents/live.ipynb').then(answer => answer.json())"
            ".then(file => file.content.metadata.widgets)"
        )
        page.evaluate("jupyterapp.serviceManager.sessions.shutdownAll()")
        page.goto(page.url.split("?")[0] + "?reset")
        page.wait_for_function(picture)
        assert page.get_by_text("Error displaying widget").count() == 0
