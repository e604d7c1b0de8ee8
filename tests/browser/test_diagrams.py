"""Diagrams of graphs, drawn by the program dot, and by the browser where there is none."""

from __future__ import annotations

import pytest

PATHS = {"with dot": "", "without dot": "import os\nos.environ['PATH'] = ''\n"}
BOXES = "[...document.querySelectorAll('.jp-OutputArea-output svg g.node text')]"
# JupyterLab shows SVG as an image; the browser's own Graphviz writes it into the page.
DRAWN = {
    "with dot": "document.querySelector('.jp-RenderedSVG img')?.naturalWidth > 300",
    "without dot": f"{BOXES}.some(text => text.textContent === 'SOFTMAX')",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_diagram_is_drawn(jupyter, path):
    cell = (
        "from qnn_edu import data, draw, tflite\n"
        "draw.diagram(tflite.read(data.asset('digits_int8.tflite')))"
    )
    with jupyter.notebook([PATHS[path] + cell]) as page:
        page.wait_for_function(DRAWN[path])
        assert page.locator(".jp-OutputArea-output").count() == 1
        assert page.told == []


def test_a_diagram_without_dot_follows_its_controls(jupyter):
    """With it, `test_browser_explorers` sees that."""
    words = f"{BOXES}.map(text => text.textContent).join()"
    cell = "from qnn_edu.ui import explorers\nexplorers.recipe()"
    with jupyter.notebook([PATHS["without dot"] + cell]) as page:
        page.wait_for_function(f"{words}.includes('SOFTMAX')")
        for control, key in (
            (".widget-toggle-button >> text=digits", "Space"),
            (".widget-toggle-button >> text=float16", "Space"),
            (".widget-toggle-button >> text=int8", "Space"),
            (".widget-checkbox input >> nth=1", "Space"),
            (".noUi-handle >> nth=0", "ArrowLeft"),
        ):
            before = page.evaluate(words)
            page.locator(control).press(key)
            page.wait_for_function(f"old => {words} && {words} !== old", arg=before)
        assert page.get_by_role("img", name="The graph of the converted").count() == 1
        assert page.told == []


def test_a_wide_diagram_stays_on_the_page(jupyter):
    """In a lesson, that is: the rule comes with its first quiz or explorer."""
    cells = [
        "from qnn_edu.ui import quiz\nquiz('Which?', {'a': 'Why a?', 'b': 'Yes.'}, answer='b')",
        "from qnn_edu import data, draw, tflite\n"
        "graph = tflite.read(data.asset('digits_int8.tflite'))\n"
        "draw.side_by_side(dict.fromkeys(('one', 'two', 'three'), graph))",
    ]
    with jupyter.notebook(cells, width=1050) as page:
        page.wait_for_function("document.querySelector('.jp-RenderedSVG img')?.naturalWidth > 0")
        page.wait_for_function(
            "(() => { const shown = document.querySelector('.jp-RenderedSVG');"
            "return shown.scrollWidth <= shown.clientWidth; })()"
        )
