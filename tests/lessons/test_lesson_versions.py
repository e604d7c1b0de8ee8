"""Sources hold solutions that are right; what readers and graders get is derived from them."""

import ast
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools.lessons import build, handout, versions

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SOURCES = sorted(build.SOURCES.glob("*.py"))
MARKERS = re.compile(r"(BEGIN|END) SOLUTION")


def each(paths):
    return pytest.mark.parametrize("source", paths, ids=lambda path: path.stem)


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])


ANSWER = "def my_levels(bits):\n    ### BEGIN SOLUTION\n    return 2**bits\n    ### END SOLUTION"
STUB = "def my_levels(bits):\n    raise NotImplementedError"
CHECK = "check.levels(my_levels)"
IMPORT = "from qnn_edu.lessons import lesson_00 as check"


@each(SOURCES)
def test_each_solution_passes_its_check(source):
    """Runs the import of the checks, and each answer with its check, as a reader's kernel would."""
    lesson = build.with_solutions(source)
    space = {}
    exec("import numpy as np\n" + IMPORT.replace("00", source.name[:2]), space)
    found = versions.exercises(lesson)
    assert found
    for answer, check, name, _ in found:
        exec(answer.source, space)
        verdict = eval(check.source, space)
        assert verdict.passed, f"{name}\n{verdict}"


@each(SOURCES)
def test_graded_checks_pass_solutions_and_fail_stubs(source):
    """Whatever a student's notebook calls `check`, and whatever it calls `grade`."""
    graded = versions.with_graded_checks(build.with_solutions(source))
    for answer, check, *_ in versions.exercises(build.with_solutions(source)):
        (cell,) = (cell for cell in graded.cells if cell.id == check.id)
        assert "raises-exception" in cell.metadata.tags  # so that *Run all* goes on
        space = {"check": print, "grade": print}
        exec("import numpy as np\n" + answer.source, space)
        exec(cell.source, space)
        exec(versions.SOLUTION.sub(r"\1raise NotImplementedError", answer.source), space)
        with pytest.raises(AssertionError, match="not written yet"):
            exec(cell.source, space)


@each(SOURCES)
def test_readers_get_stubs_and_no_solution(source):
    complete, readers = build.with_solutions(source), build.from_source(source)
    stored = nbformat.read(NOTEBOOKS / f"{source.stem}.ipynb", as_version=4)
    for version in (readers, stored):
        text = "\n".join(cell.source for cell in version.cells)
        assert not MARKERS.search(text)
        for answer, _, _, function in versions.exercises(complete):
            (given,) = (cell for cell in version.cells if cell.id == answer.id)
            *_, stub = ast.parse(given.source).body
            *docstring, body = map(ast.unparse, stub.body)
            assert stub.name == function and body == "raise NotImplementedError"
            assert len(docstring) <= 1
            solution = versions.SOLUTION.search(answer.source)[0].splitlines()[1:-1]
            assert "\n".join(solution) not in text


@each(SOURCES[1:])
def test_every_lesson_has_two_to_five_exercises_with_all_that_belongs_to_them(source):
    lesson = build.from_source(source)
    checks = importlib.import_module(f"qnn_edu.lessons.lesson_{source.name[:2]}")
    made = checks.__all__
    graded = [cell for cell in lesson.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert 2 <= len(graded) <= 5
    assert [cell.metadata.nbgrader.grade_id for cell in graded] == [f"check-{n}" for n in made]
    headings = re.findall(r"^## Exercise (\d):", "\n".join(c.source for c in lesson.cells), re.M)
    assert headings == [str(number + 1) for number in range(len(made))]


def test_the_three_versions_of_a_small_notebook():
    given = notebook(IMPORT, ANSWER, CHECK)
    marked = versions.with_grading(given)
    answer, check = (cell.metadata.nbgrader for cell in marked.cells[1:])
    assert answer.solution and not answer.grade and not answer.locked and "points" not in answer
    assert check.grade and not check.solution and check.locked and check.points == 1
    assert (answer.grade_id, check.grade_id) == ("answer-levels", "check-levels")
    assert [cell.source for cell in versions.without_solutions(marked).cells][1:] == [STUB, CHECK]
    graded = versions.with_graded_checks(marked).cells[2]
    assert graded.source.endswith("\n\ngrade(lesson_00.levels, my_levels)")
    assert graded.metadata.nbgrader == check
    assert [cell.source for cell in given.cells] == [IMPORT, ANSWER, CHECK]
    assert not any(cell.metadata for cell in given.cells)


def test_a_solution_may_be_a_part_of_a_function():
    text = (
        "def my_levels(bits):\n    if bits:\n        ### BEGIN SOLUTION\n        return 2**bits\n"
        "        ### END SOLUTION\n    return 1"
    )
    (cell, _) = versions.without_solutions(notebook(text, CHECK)).cells
    assert (
        cell.source == text[: text.index("        ###")] + f"        {versions.STUB}\n    return 1"
    )


@pytest.mark.parametrize(
    "cells",
    [
        [ANSWER],
        [ANSWER, "1", CHECK],
        [ANSWER, CHECK.replace("my_levels", "my_steps")],
        [STUB, CHECK],
        [CHECK],
        [ANSWER.replace("### END SOLUTION", ""), CHECK],
        [ANSWER, CHECK, "### BEGIN SOLUTION"],
    ],
)
def test_a_solution_without_its_check_is_refused(cells):
    with pytest.raises(ValueError, match="solution|Solution"):
        versions.with_grading(notebook(*cells))


def test_prose_alone_changes_no_outputs(tmp_path, capsys):
    source, target = tmp_path / "lesson.py", tmp_path / "lesson.ipynb"
    source.write_text("# %% [markdown]\n# one\n\n# %%\nprint(1)\n")
    assert not build.update(source, target)
    executed = build.from_source(source)
    executed.cells[1].update(
        execution_count=1, outputs=[nbformat.v4.new_output("stream", text="1\n")]
    )
    nbformat.write(executed, target)
    source.write_text("# %% [markdown]\n# two\n\n# %%\nprint(1)\n")
    assert not build.is_current(source, target) and build.update(source, target)
    stored = nbformat.read(target, as_version=4)
    assert stored.cells[0].source == "two" and stored.cells[1].outputs[0].text == "1\n"
    source.write_text("# %% [markdown]\n# two\n\n# %%\nprint(2)\n")
    assert not build.update(source, target)


def test_what_a_reader_changed_is_never_overwritten(tmp_path):
    folder = tmp_path / "student"
    assert handout.write(folder, [("a", "one"), ("sub/b", "one")]) == []
    (folder / "a").write_text("mine")
    (folder / "sub/b").unlink()
    assert handout.write(folder, [("a", "two"), ("sub/b", "two")]) == [folder / "a"]
    assert (folder / "a").read_text() == "mine" and (folder / "sub/b").read_text() == "two"
    assert handout.write(folder, [("sub/b", "three")]) == []  # untouched, so it may be renewed
    (folder / "c").write_text("there before")
    assert handout.write(folder, [("c", "new")]) == [folder / "c"]
    assert handout.write(folder, [("c", "there before")]) == []


def test_the_command_says_what_it_left_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(handout, "BUILD", tmp_path)
    monkeypatch.setattr(sys, "argv", ["handout.py", "student"])
    handout.main()
    first = tmp_path / "student" / "00_start_here.ipynb"
    made = json.loads(first.read_text())
    assert not any(cell.get("outputs") for cell in made["cells"])
    assert len(list(first.parent.glob("*.ipynb"))) == len(SOURCES)
    made["cells"][1]["source"] += " "
    first.write_text(json.dumps(made))
    with pytest.raises(SystemExit, match="Left as they are, because somebody changed them"):
        handout.main()
    assert json.loads(first.read_text()) == made


def test_a_course_folder_is_complete():
    names = dict(handout.teacher())
    assert {"nbgrader_config.py", "guards.py"} < set(names)
    assert "source/lesson_02/02_quantize_and_dequantize.ipynb" in names
    assert len(names) == len(SOURCES) + 2
    for name, text in names.items():
        if name.endswith(".ipynb"):
            assert text.count("BEGIN SOLUTION") == text.count("import grade") > 0


def test_make_lists_both_commands():
    shown = subprocess.run(["make", "help"], cwd=NOTEBOOKS.parent, capture_output=True, text=True)
    assert "make student" in shown.stdout and "make teacher" in shown.stdout
