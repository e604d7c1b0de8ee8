"""JupyterLab as a reader first sees it, with what the installation alone sets."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools.browser.lab import IDLE, Lab, server

FOLDER = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(FOLDER.glob("*.ipynb"))
LAPTOP = {"width": 1366, "height": 768}
CHANGED = "jupyterapp.shell.currentWidget.context.model.dirty"
NAMES = """[...document.querySelectorAll('.jp-DirListing-itemName')].map(it => {
  const range = document.createRange();
  range.selectNodeContents(it);
  return [it.textContent, it.clientWidth / range.getBoundingClientRect().width];
})"""


@pytest.fixture(scope="module")
def desk(jupyter, tmp_path_factory):
    """A server whose user has set nothing, on the lessons."""
    folder = tmp_path_factory.mktemp("desk")
    with server(folder, {}) as (address, _):
        for lesson in LESSONS:
            shutil.copy(lesson, folder / "work")
        yield Lab(address, folder / "work", jupyter.context)


def test_the_readers_folder_holds_lessons_alone():
    seen = {it for it in FOLDER.iterdir() if not it.name.startswith(".")}
    assert seen == set(LESSONS)


def test_the_first_page_is_quiet_and_lets_lessons_be_told_apart(desk):
    page = desk.context.new_page()
    page.set_viewport_size(LAPTOP)
    page.goto(f"{desk.address}/lab/tree/{LESSONS[0].name}")
    page.wait_for_function(f"window.jupyterapp && {IDLE}", timeout=60_000)
    page.wait_for_function(f"({NAMES}).length >= {len(LESSONS)}")
    shown = dict(page.evaluate(NAMES))
    assert all(shown[lesson.name] > 0.7 for lesson in LESSONS), shown
    assert page.get_by_role("dialog").count() == page.get_by_role("alert").count() == 0
    assert page.get_by_text("Jupyter news").count() == 0
    assert page.get_by_role("button", name="Validate").count() == 0
    assert page.get_by_role("menuitem", name="Nbgrader").count() == 0
    page.close()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda it: it.stem)
def test_a_lesson_that_is_opened_is_not_changed(desk, lesson):
    with desk.opened(lesson.name) as page:
        page.wait_for_function(
            "jupyterapp.shell.currentWidget.context.model.getMetadata('language_info').version"
        )
        assert page.evaluate(CHANGED) is False
        assert page.told == []
