"""House rules of the lessons: pairs agree, cells are short, prose comes first."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.environments import lessons

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
TAUGHT = [path for path in LESSONS if not path.name.startswith("00")]
LIGHT = [path for path in LESSONS if path.name[:2] in lessons.LIGHT]
LINES, LINES_OF_THE_DEFINITION = 20, 60
WORDS = 120
MEGABYTES_OF_A_LIGHT_LESSON = 200
REPORT = """
import json, os, psutil, re, sys
if os.path.exists("/proc/self/status"):  # Linux knows the peak, other systems what is in use now
    kilobytes = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
else:
    kilobytes = psutil.Process().memory_info().rss / 1000
print(json.dumps({"megabytes": kilobytes / 1000, "modules": list(sys.modules)}))
"""


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.stem)


def cells(path, kind=None):
    return [cell for cell in read(path).cells if kind in (None, cell.cell_type)]


def read(path):
    return nbformat.read(path, as_version=4)


def headings(path):
    prose = "\n".join(cell.source for cell in cells(path, "markdown"))
    return re.findall(r"^#+ (.*)", prose, flags=re.MULTILINE)


@pytest.mark.slow
def test_notebooks_agree_with_their_sources():
    command = [sys.executable, "-m", "tools.lessons.build", "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_there_are_lessons():
    numbers = [int(path.name[:2]) for path in LESSONS]
    assert numbers[:5] == [0, 1, 2, 3, 4]
    assert numbers == sorted(set(numbers))


@each(LESSONS)
def test_code_cells_are_short(path):
    lengths = sorted(len(cell.source.splitlines()) for cell in cells(path, "code"))
    *others, longest = lengths
    assert longest <= LINES_OF_THE_DEFINITION
    assert max(others) <= LINES


@each(LESSONS)
def test_prose_stands_before_every_code_cell(path):
    """But for the check of an exercise, which stands right behind its answer."""
    kinds = [(cell.cell_type, exercise(cell)) for cell in cells(path)]
    for before, here, cell in zip([("code", ""), *kinds], kinds, cells(path), strict=False):
        is_check = here[1].startswith("check-") and before[1] == "answer" + here[1][5:]
        assert before[0] != "code" or here[0] != "code" or is_check, (
            f"no prose before:\n{cell.source}"
        )


def exercise(cell):
    """What nbgrader calls the cell, "answer-NAME" or "check-NAME"; empty for others."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


@each(LESSONS)
def test_prose_is_short(path):
    for cell in cells(path, "markdown"):
        prose = re.sub(r"<details>.*?</details>|^\|.*$", "", cell.source, flags=re.S | re.M)
        assert len(prose.split()) <= WORDS, f"{len(prose.split())} words:\n{cell.source}"


@each(LESSONS)
def test_pictures_in_prose_have_alt_text(path):
    prose = "\n".join(cell.source for cell in cells(path, "markdown"))
    assert not re.search(r"!\[\s*\]\(|<img(?![^>]*\balt=\"[^\"]+\")", prose)


@each(LESSONS)
def test_what_a_quiz_says_of_a_choice_does_not_say_its_verdict_again(path):
    """The quiz itself begins with "Right." or "Not quite."."""
    verdict = re.compile(r"(Nearly|Almost|Not quite|Right|Wrong|Yes|No)\b[.,:!]")
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "quiz":
                said = ast.literal_eval(node.args[1]).values()
                assert not [words for words in said if verdict.match(words)]


@each(TAUGHT)
def test_lesson_opens_and_closes_as_the_others_do(path):
    opening = cells(path)[0].source
    assert re.match(rf"# {path.name[:2]}\b", opening)
    assert re.search(r"\d+ minutes", opening)
    text = "\n".join(headings(path)).lower()
    for heading in ["you will learn", "you have learned", "read next"]:
        assert heading in text


@each(LESSONS)
def test_tables_of_lessons_say_what_the_lesson_says(path):
    """README and lesson 00 name each lesson as it does itself, its minutes and its one idea."""
    title = re.match(r"# (\d\d) (.*)", cells(path)[0].source)
    minutes = re.search(r"\*\*(\d+) minutes", cells(path)[0].source)[1]
    start = "\n".join(cell.source for cell in cells(LESSONS[0], "markdown"))
    readme = (NOTEBOOKS.parent / "README.md").read_text()
    (row,) = re.findall(rf"^\| {title[1]} \| \[(.*?)\]\(.*\) \| (\d+) \| (.*?) \|", readme, re.M)
    assert row[:2] == (title[2], minutes)
    if path in TAUGHT:
        assert f"| [{title[1]} {row[0]}]({path.name}) | {row[1]} | {row[2]} |" in start


@each(TAUGHT)
def test_lesson_has_two_to_five_exercises(path):
    checks = sum(exercise(cell).startswith("check-") for cell in cells(path))
    assert 2 <= sum("exercise" in heading.lower() for heading in headings(path)) == checks <= 5


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc, as in Linux")
@each(LIGHT)
def test_light_lesson_needs_no_tensorflow_and_little_memory(path):
    notebook = read(path)
    notebook.cells.append(nbformat.v4.new_code_cell(REPORT))
    resources = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources=resources).execute()
    report = json.loads(notebook.cells[-1].outputs[0].text)
    assert not {"tensorflow", "keras"} & set(report["modules"])
    assert report["megabytes"] <= MEGABYTES_OF_A_LIGHT_LESSON
