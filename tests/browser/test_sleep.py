"""Explorers and quizzes whose kernel is gone: they say so, stay as they were, and can be woken."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from qnn_edu.draw.note import HEIGHT
from tools.browser.lab import IDLE, finish, start

LESSON = Path(__file__).parents[2] / "notebooks" / "02_quantize_and_dequantize.ipynb"
CELLS = [
    "import os\nimport ipywidgets\nfrom qnn_edu.ui import explorers, quiz\nprint(os.getpid())",
    "explorers.affine().set(bits=5)",
    "quiz('Which?', {'a': 'Why a?', 'b': 'Yes.'}, answer='b')",
    "ipywidgets.IntSlider(description='plain')",
]
PAGES = 2
ASLEEP = "Asleep: its kernel has ended. Run the cells above, then this one, to wake it."
SIGNS = "[...document.querySelectorAll('.qnn-edu > .qnn-sign')].map(it => it.textContent)"
# The red icons of JupyterLab, within the course's own pages and elsewhere.
ICONS = """inside => [...document.querySelectorAll('.jupyter-widgets-disconnected')]
  .filter(it => Boolean(it.closest('.qnn-edu')) === inside)
  .filter(it => getComputedStyle(it, '::before').content !== 'none').length"""
ANSWERING = """[...document.querySelectorAll(
  '.qnn-edu :is(.noUi-handle, input, button)')].filter(it => !it.closest('[inert]')).length"""
# What JupyterLab says of a kernel that ends while it is spoken to; and, where it is slow to begin,
# of the plain slider, which its widget manager then looks for too early.
NOISE = re.compile(
    "Could not restore the debugger state|Canceled future for|widget model not found"
)


def end_by_restart(page):
    start(page, "kernelmenu:restart")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    finish(page)


def end_by_kill(page):
    process = int(page.locator(".jp-OutputArea-output pre").first.inner_text())
    os.kill(process, signal.SIGKILL)
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()  # it says what it does


def end_by_shutdown(page):
    start(page, "kernelmenu:shutdown")
    finish(page)


@pytest.mark.parametrize("end", [end_by_restart, end_by_kill, end_by_shutdown])
def test_without_its_kernel_a_page_sleeps_on_from_one_day_to_the_next(jupyter, end):
    with jupyter.notebook(CELLS) as page:
        name = named(page)
        page.wait_for_function(f"({SIGNS}).length === {PAGES}")
        assert page.evaluate(SIGNS) == [""] * PAGES and page.evaluate(ANSWERING) > 10
        end(page)
        assert_asleep(page)
        if end is not end_by_shutdown:
            assert page.evaluate(ICONS, False) > 0  # a slider of others has its icon
        save(page)
        assert said(page) == []
    for _ in range(2):  # what was opened and saved is there the next time, too
        with jupyter.opened(name) as page:
            assert_asleep(page)
            save(page)
            assert said(page) == []
    with jupyter.opened(name) as page:
        assert_asleep(page)
        size = (jupyter.work / name).stat().st_size
        start(page, "notebook:run-all-cells")
        finish(page)
        page.wait_for_function(f"({SIGNS}).join() === ','")
        page.get_by_role("slider", name="bits").press("ArrowRight")
        page.wait_for_selector(".qnn-edu [role=status] >> text=of 64")
        save(page)
    assert (jupyter.work / name).stat().st_size < 1.1 * size  # nothing is kept twice


def assert_asleep(page):
    """The signs are there, the picture and the words too, and no control pretends to work."""
    page.wait_for_function(f"words => ({SIGNS}).join() === words", arg=",".join([ASLEEP] * PAGES))
    assert page.evaluate(ICONS, True) == 0 and page.evaluate(ANSWERING) == 0
    assert page.get_by_text("of 32").count() == 1
    page.wait_for_function("document.querySelector('.qnn-edu img').naturalWidth > 0")
    page.locator(".noUi-handle >> nth=2").press("ArrowRight")
    assert page.locator(".widget-readout >> nth=1").inner_text() == "5"


def test_a_page_that_is_loaded_again_finds_its_kernel(jupyter):
    with jupyter.notebook(CELLS) as page:
        page.wait_for_function(f"({SIGNS}).length === {PAGES}")
        save(page)
        page.reload()
        page.wait_for_function(f"window.jupyterapp && {IDLE}")
        page.get_by_role("slider", name="bits").press("ArrowRight")
        page.wait_for_selector(".qnn-edu [role=status] >> text=of 64")
        assert page.evaluate(SIGNS) == [""] * PAGES


def test_a_lesson_that_was_never_run_says_how_to_wake_it(jupyter):
    """A quiz in words, an explorer in its picture, which is taller by the note."""
    shutil.copy(LESSON, jupyter.work / "asleep.ipynb")
    with jupyter.opened("asleep.ipynb", height=12_000) as page:
        notes = page.get_by_text("Asleep. In JupyterLab, run the cells above, then this one")
        notes.nth(2).wait_for()
        page.wait_for_function(
            "height => [...document.querySelectorAll('.jp-RenderedImage img')]"
            ".some(it => it.naturalHeight === height)",
            arg=440 + HEIGHT,
        )


def test_axe_finds_no_fault_in_a_page_that_sleeps(jupyter):
    from axe_playwright_python.sync_playwright import Axe

    with jupyter.notebook(CELLS[:-1]) as page:
        page.wait_for_function(f"({SIGNS}).length === {PAGES}")
        end_by_restart(page)
        assert_asleep(page)
        found = Axe().run(page, context=".qnn-edu").response
    assert len(found["passes"]) > 5
    assert [
        (fault["id"], node["html"]) for fault in found["violations"] for node in fault["nodes"]
    ] == []


def named(page) -> str:
    return page.url.split("?")[0].rsplit("/", 1)[-1]


def save(page) -> None:
    """Save the notebook, and see that it keeps its widgets."""
    start(page, "docmanager:save")
    finish(page)
    answer = page.evaluate(f"fetch('/api/contents/{named(page)}').then(it => it.text())")
    stored = json.loads(answer)["content"]["metadata"]["widgets"]
    assert "_Sign" in json.dumps(stored)


def said(page) -> list[str]:
    return [words for words in page.told if not NOISE.search(words)]
