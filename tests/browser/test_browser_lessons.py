"""Every lesson opened in JupyterLab as a reader opens it, restarted, and run to its end."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from tests.browser.lab import finish, start

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))
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
  return picture && picture.naturalWidth !== 0 && picture.getBoundingClientRect().height > 100;
}"""
ASKED = """async number => {
  const notebook = jupyterapp.shell.currentWidget.content;
  await notebook.scrollToItem(number, 'center');
  return notebook.widgets[number].node.querySelector('.qnn-edu [role=group] button');
}"""


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_from_start_to_end(jupyter, lesson):
    shutil.copy(lesson, jupyter.work)
    with jupyter.opened(lesson.name) as page:
        start(page, "notebook:restart-run-all")
        page.get_by_role("button", name="Confirm Kernel Restart").click()
        finish(page, seconds=240)
        assert page.evaluate(ERRORS) == [] and page.evaluate(NOT_RUN) == 0
        for number in cells_with(lesson, r"\bexplorers\.\w+\("):
            page.wait_for_function(SEEN, arg=number)
        for number in cells_with(lesson, r"\bquiz\("):
            page.wait_for_function(ASKED, arg=number)
        assert [text for text in page.told if not any(re.search(it, text) for it in NOISE)] == []


def cells_with(lesson: Path, pattern: str) -> list[int]:
    """The numbers of the code cells whose source has the pattern, in the reader's own notebook."""
    cells = nbformat.read(lesson, as_version=4).cells
    found = [
        n for n, c in enumerate(cells) if c.cell_type == "code" and re.search(pattern, c.source)
    ]
    assert found, f"{lesson.name}: every lesson asks and shows"
    return found
