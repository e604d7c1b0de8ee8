"""Lesson 09 ends in the reader's own functions: equal to LiteRT, and said to be whose they are."""

import copy
import re

import nbformat
import pytest
from nbclient import NotebookClient

from qnn_edu.lessons import lesson_09
from tools.lessons import build

pytestmark = pytest.mark.slow
SOURCE = next(build.SOURCES.glob("09_*.py"))
WRONG = "def my_round_once(acc, multiplier, shift, zero_point, lo, hi):\n    return 0 * acc"


def place(notebook, heading):
    return next(k for k, cell in enumerate(notebook.cells) if heading in cell.source)


def solved_and_once_more_with_one_answer_wrong():
    """The lesson with all solutions; before what is right is kept, the last part once more."""
    lesson = build.with_solutions(SOURCE)
    first, last = place(lesson, "## Your own integers"), place(lesson, "## Keep")
    check = lesson.cells[place(lesson, "check.round_once(my_round_once)")]
    again = [nbformat.v4.new_code_cell(WRONG), check, *lesson.cells[first:last]]
    lesson.cells[last:last] = copy.deepcopy(again)
    for number, cell in enumerate(lesson.cells):
        cell.id = f"cell-{number:03d}"
    return lesson


def test_with_every_exercise_solved_no_value_differs_from_litert(tmp_path):
    pytest.importorskip("tensorflow")
    pytest.importorskip("ai_edge_litert")
    lesson = solved_and_once_more_with_one_answer_wrong()
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(lesson, timeout=300, kernel_name="python3", resources=resources).execute()
    printed = [o.text for cell in lesson.cells for o in cell.get("outputs", []) if "text" in o]
    said = [line for text in printed for line in text.splitlines() if "differ from LiteRT" in line]
    solved, one_wrong = said
    assert re.fullmatch(r"your own integers, 0 of 387,700 values differ from LiteRT", solved)
    assert one_wrong.startswith("ours, until yours is right (round_once): 0 of 387,700 values")
    kept = re.findall("# Lesson 09, exercise (.*):", (tmp_path / "my_qnn.py").read_text())
    assert kept == [name for name in lesson_09.__all__ if name != "round_once"]
