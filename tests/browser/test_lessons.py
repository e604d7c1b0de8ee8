"""Every lesson opened in JupyterLab as a reader opens it, restarted, and run to its end."""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack
from pathlib import Path

import nbformat
import pytest

from tools.browser.lab import Lab, comes_true, finish, start, wear

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))
PAIRS = [LESSONS[i : i + 2] for i in range(0, len(LESSONS), 2)]  # which takes half as long
# What is no fault of ours, by pattern, with the reason.
NOISE = {
    r"^Could not restore the debugger state: Canceled future for debug_request message": (
        "JupyterLab's debugger had asked the kernel that the restart ended"
    ),
}
ERRORS = """jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, number) =>
  (cell.model.outputs?.toJSON() ?? []).filter(output => output.output_type === 'error')
    .map(output => [number, output.ename, output.evalue]))"""
NOT_RUN = """jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === 'code' && !cell.model.executionCount).length"""
SEEN = """async number => {
  const notebook = jupyterapp.shell.currentWidget.content;
  await notebook.scrollToItem(number, 'center');
  const picture = notebook.widgets[number].node.querySelector('.qnn-edu img, .qnn-edu svg');
  return !!picture && picture.naturalWidth !== 0 && picture.getBoundingClientRect().height > 100;
}"""
UNSEEN = """jupyterapp.shell.currentWidget.content.widgets.every(cell =>
  cell.node.isConnected && cell.node.getBoundingClientRect().height > 0)"""
ASKED = """async number => {
  const notebook = jupyterapp.shell.currentWidget.content;
  await notebook.scrollToItem(number, 'center');
  return !!notebook.widgets[number].node.querySelector('.qnn-edu [role=group] button');
}"""


@pytest.mark.parametrize("lessons", PAIRS, ids=lambda pair: "_".join(it.stem[:2] for it in pair))
def test_lessons_run_from_start_to_end(jupyter, lessons):
    with ExitStack() as opened:
        pages = [opened.enter_context(jupyter.opened(copied(it, jupyter))) for it in lessons]
        for page in pages:
            start(page, "notebook:restart-run-all")
            page.get_by_role("button", name="Confirm Kernel Restart").click()
        for lesson, page in zip(lessons, pages, strict=True):
            finish(page, seconds=240)
            page.bring_to_front()
            assert page.evaluate(ERRORS) == [] and page.evaluate(NOT_RUN) == 0, lesson.stem
            for number in cells_with(lesson, r"\bexplorers\.\w+\("):
                comes_true(page, SEEN, number)
            for number in cells_with(lesson, r"\bquiz\("):
                comes_true(page, ASKED, number)
            for theme in ("JupyterLab Light", "JupyterLab Dark"):
                wear(page, theme)
                assert faults(page) == [], (lesson.stem, theme)
            assert [it for it in page.told if not any(re.search(no, it) for no in NOISE)] == []


def faults(page) -> list[tuple[str, str]]:
    """What axe finds in outputs and prose, all of them drawn: what it is, and where.

    Editors, prompts and the list of cells are JupyterLab's own.
    """
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": 1366, "height": 30_000})  # no cell is left out as unseen
    page.wait_for_function(UNSEEN)
    parts = {"include": [[".jp-OutputArea"], [".jp-RenderedMarkdown"]]}
    found = Axe().run(page, context=parts).response
    assert len(found["passes"]) > 5
    return [(fault["id"], node["html"]) for fault in found["violations"] for node in fault["nodes"]]


def copied(lesson: Path, jupyter: Lab) -> str:
    """The name of a lesson, copied to where JupyterLab sees it."""
    return Path(shutil.copy(lesson, jupyter.work)).name


def cells_with(lesson: Path, pattern: str) -> list[int]:
    """The numbers of the code cells whose source has the pattern, in the reader's own notebook."""
    cells = nbformat.read(lesson, as_version=4).cells
    found = [
        n for n, c in enumerate(cells) if c.cell_type == "code" and re.search(pattern, c.source)
    ]
    assert found, f"{lesson.name}: every lesson asks and shows"
    return found
