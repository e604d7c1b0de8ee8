"""Explorers and quizzes on a page: as a laptop shows them, and as those hear who do not see."""

from __future__ import annotations

import pytest

from qnn_edu.ui import explorers

# The longest numbers that the read-outs of ranges show.
MAKE = "e = explorers.{0}()\nif r := e.controls.get('range'): e.set(range=(r.min + 0.1, r.max))\ne"
QUIZ = "quiz('Which?', {'a': 'Why a?', 'b': 'Yes.'}, answer='b')"
QUIZZES = {"quiz": QUIZ, "quiz answered": f"q = {QUIZ}.lock('a'); q.reveal(); q"}
ROWS = {"placement": 2, "sensitivity": 2}  # of check boxes
DIAGRAMS = ("placement", "recipe")
LAID_OUT = """() => [...document.querySelectorAll('.qnn-edu:has(.widget-gridbox)')].map(e => {
  const all = css => [...e.querySelectorAll(css)];
  const box = css => e.querySelector(css).getBoundingClientRect();
  const rows = css => new Set(all(css).map(e => e.getBoundingClientRect().top)).size;
  return {
    enlarged: Math.max(-1, ...all('.widget-image').map(e => e.clientWidth - e.naturalWidth)),
    cut: Math.max(0, ...all('.widget-readout').map(e => e.scrollWidth - e.clientWidth)),
    reduced: all('svg').map(e => e.clientWidth / e.width.baseVal.value)[0],
    track: Math.min(9999, ...all('.widget-hslider')
      .filter(e => e.querySelector('.noUi-handle-upper')).map(e => e.clientWidth)),
    buttons: Math.max(0, ...all('.widget-toggle-buttons').map(e => e.clientHeight)),
    rows: rows('.widget-checkbox'),
    height: box('[role=status]').bottom - box('.widget-gridbox').top,
  };
})"""
TALKING = """[...document.querySelectorAll('.qnn-edu [role=slider]')].map(handle =>
  [handle.ariaLabel, handle.ariaValueText])"""


@pytest.fixture(scope="module")
def page(jupyter):
    """All of them in one notebook, on one high page: JupyterLab leaves out what is not seen."""
    made = [MAKE.format(name) for name in explorers.__all__]
    cells = ["from qnn_edu.ui import explorers, quiz", *made, *QUIZZES.values()]
    with jupyter.notebook(cells, height=900 * len(cells)) as page:
        page.wait_for_function(
            "count => document.querySelectorAll('.qnn-edu').length === count", arg=len(cells) - 1
        )
        page.wait_for_function("document.querySelectorAll('.qnn-edu svg').length === 2")
        yield page
    assert page.told == []


@pytest.mark.parametrize("width", [1280, 1920])
def test_explorers_are_sharp_and_whole_and_fit_a_laptop(page, width):
    page.set_viewport_size({**page.viewport_size, "width": width})
    page.wait_for_function(
        "[...document.querySelectorAll('.widget-image')].every(image => image.naturalWidth > 0)"
    )
    for name, found in zip(explorers.__all__, page.evaluate(LAID_OUT), strict=True):
        diagram = name in DIAGRAMS
        assert found["enlarged"] <= 0, f"{name}: an enlarged picture is a blurred one"
        assert (found["reduced"] or 1) >= 0.99, f"{name}: a diagram smaller than it was drawn"
        assert found["cut"] <= 0, f"{name}: a read-out is cut off"
        assert found["track"] > 600, f"{name}: a short track"
        assert found["buttons"] <= 40, f"{name}: buttons in two rows"
        assert found["rows"] <= ROWS.get(name, 1), f"{name}: rows of boxes"
        most = 250 if diagram else 700
        assert found["height"] <= most, f"{name}: controls and read-out not seen together"


def test_axe_finds_no_fault(page):
    """No rule and no part of a widget is left out."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=".qnn-edu").response
    assert len(found["passes"]) > 10
    assert [
        (fault["id"], fault["impact"], node["html"])
        for fault in found["violations"]
        for node in fault["nodes"]
    ] == []


def test_axe_would_find_what_ipywidgets_leaves_out(jupyter):
    from axe_playwright_python.sync_playwright import Axe

    cell = "import ipywidgets\nfrom qnn_edu.ui import explorers\n{}"
    plain = cell.format("e = explorers.affine()\nipywidgets.VBox(e.widget.children[:-1])")
    with jupyter.notebook([plain]) as page:
        page.wait_for_selector(".widget-image[src]")
        found = Axe().run(page, context=".jp-OutputArea-output").response["violations"]
    faults = {fault["id"]: fault["impact"] for fault in found}
    assert faults["image-alt"] == "critical" and faults["aria-input-field-name"] == "serious"


def test_sliders_say_their_names_and_their_values_as_they_are_read(page):
    said = {name: value for name, value in page.evaluate(TALKING)}
    assert said["range, lower end"] == "\N{MINUS SIGN}1.9" and said["range, upper end"] == "25.0"
    assert said["M"] == "0.25000"  # not its logarithm, where the slider stands
    assert said["layer"] in ("block2_depthwise", "block1_depthwise")
    assert all(name and value for name, value in said.items())


def test_buttons_say_which_of_them_is_pressed(page):
    group = page.get_by_role("group", name="rounding")
    group.get_by_role("button", name="float32").press("Enter")
    group.get_by_role("button", name="float32", pressed=True).wait_for()
    assert group.get_by_role("button", pressed=True).count() == 1
    assert page.get_by_role("group", name="Which?").count() == 2  # the quizzes


def test_every_picture_is_told_in_words(page):
    told = page.evaluate("[...document.querySelectorAll('.qnn-edu img')].map(it => it.alt)")
    plots = len(explorers.__all__) - len(DIAGRAMS)
    assert len(told) == plots and all(words.endswith(".") for words in told)
