"""A class, from the notebooks to the feedback, with nbgrader's own commands.

Three lessons, nine submissions, five of them hostile. nbgrader runs in a folder of its own.
"""

import html
import json
import os
import re
import shutil
import subprocess
from functools import cached_property
from pathlib import Path

import nbformat
import pytest

from tests.teach import nbgrader
from tests.teach.submissions import (
    DIE,
    EXIT,
    FLOOD,
    LOOP,
    SPOOF,
    STUBBORN,
    WARN,
    answered,
    cell_of,
    grade_id,
    solutions,
    without,
)
from tools.lessons import handout

pytestmark = nbgrader.needed
ROOT = Path(__file__).parents[2]
NAMES = {
    1: "01_a_quantized_model_at_work",
    2: "02_quantize_and_dequantize",
    3: "03_choosing_the_range",
}
# Short waits, since what is hostile here waits for ever.
FASTER = """
c.GuardedExecute.exercise_timeout = 8
c.GuardedExecute.iopub_timeout = 8
"""
MARKS = """
import json
from nbgrader.api import Gradebook

marks = {}
with Gradebook("sqlite:///gradebook.db") as gradebook:
    for assignment in gradebook.assignments:
        for submission in assignment.submissions:
            (notebook,) = submission.notebooks
            assert not any(grade.needs_manual_grade for grade in notebook.grades)
            found = {grade.name: grade.score for grade in notebook.grades}
            marks[f"{submission.student.id} {assignment.name}"] = found
print(json.dumps(marks))
"""
VALIDATE = """
import json, sys
from nbgrader.validator import Validator

print(json.dumps(Validator().validate(sys.argv[1])))
"""


class Course:
    """A folder that `make teacher` wrote, and what nbgrader does in it."""

    def __init__(self, folder):
        self.folder = folder
        self.log = ""
        home = folder / "home"
        home.mkdir(parents=True)
        path = os.pathsep.join([str(nbgrader.PYTHON.parent), os.environ["PATH"]])
        self.environment = os.environ | {"HOME": str(home), "PATH": path}
        for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
            self.environment[f"JUPYTER_{name}"] = str(home / name)

    def run(self, *options, folder=None):
        done = subprocess.run(
            [nbgrader.PYTHON, *options],
            cwd=folder or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=500,
        )
        self.log += done.stdout + done.stderr
        return done

    def nbgrader(self, *command):
        assert self.run("-m", "nbgrader", *command).returncode == 0, self.log

    def notebook(self, step, lesson, student="."):
        path = self.folder / step / student / f"lesson_{lesson:02d}" / f"{NAMES[lesson]}.ipynb"
        return nbformat.read(path, as_version=4)

    def hand_in(self, student, lesson, notebook):
        """Returns the path of what was handed in."""
        folder = self.folder / "submitted" / student / f"lesson_{lesson:02d}"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{NAMES[lesson]}.ipynb")
        return folder / f"{NAMES[lesson]}.ipynb"

    def marks(self, student, lesson):
        """The mark of each check, by its name."""
        found = self.all_marks[f"{student} lesson_{lesson:02d}"]
        return {name.removeprefix("check-"): mark for name, mark in found.items()}

    @cached_property
    def all_marks(self):
        return json.loads(self.run("-c", MARKS).stdout)

    def validated(self, student, lesson, folder):
        """What *Validate* says of a submission, and where a student has it: without the course."""
        path = f"submitted/{student}/lesson_{lesson:02d}/{NAMES[lesson]}.ipynb"
        shutil.copy(self.folder / path, folder)
        options = ("-c", VALIDATE, folder / f"{NAMES[lesson]}.ipynb")
        return json.loads(self.run(*options, folder=folder).stdout)

    def feedback(self, student, lesson):
        path = f"feedback/{student}/lesson_{lesson:02d}/{NAMES[lesson]}.html"
        return (self.folder / path).read_text()


def hand_in_lesson_1(course):
    """One right, one wrong, one not written: the cells behind go on with the right one and ours."""
    blank, right = course.notebook("release", 1), solutions(course.notebook("source", 1))
    wrong = {"probabilities": "return scale * q.astype(float)"}
    course.hand_in("part", 1, answered(blank, {"model_input": right["model_input"]} | wrong))


def hand_in_lesson_2(course):
    blank, right = course.notebook("release", 2), solutions(course.notebook("source", 2))
    warned = right | {"rounding_rms": f"{WARN}\n{right['rounding_rms']}"}
    course.hand_in("right", 2, answered(blank, warned))
    wrong = {"rounding_rms": "return (hi - lo) / (2**bits - 1) / 2"}
    half = {name: right[name] for name in ("scale_and_zero_point", "leak")}
    course.hand_in("half", 2, answered(blank, half | wrong))
    course.hand_in("empty", 2, blank)
    hostile = {"scale_and_zero_point": LOOP, "rounding_rms": EXIT}
    hostile |= {"leak": right["leak"], "sqnr_db": f"{FLOOD}\n{right['sqnr_db']}"}
    course.hand_in("hostile", 2, without(answered(blank, hostile), "check-leak"))


def hand_in_lesson_3(course):
    blank, right = course.notebook("release", 3), solutions(course.notebook("source", 3))
    course.hand_in("ends", 3, answered(blank, right | {"channel_scales": DIE}))
    course.hand_in("stubborn", 3, answered(blank, right | {"moving_average": STUBBORN}))
    course.hand_in("broken", 3, blank).write_text("{'cells': [")
    cheat = answered(blank, dict.fromkeys(right, SPOOF))
    cell_of(cheat, "check-narrow_scale").source = "print('right')"
    cell_of(cheat, "check-moving_average").metadata["nbgrader"].update(points=100, grade_id=[])
    cheat = without(cheat, "answer-channel_scales", "check-channel_scales")
    cheat.cells[1:1] = [nbformat.v4.new_code_cell("import qnn_edu\nassert qnn_edu.__all__")]
    path = course.hand_in("cheat", 3, cheat)
    (path.parent / "qnn_edu.py").write_text("raise SystemExit('a module of the student')")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "course"
    course = Course(folder)
    handout.write(folder, handout.teacher())
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write(FASTER)
    for lesson, hand_in in enumerate((hand_in_lesson_1, hand_in_lesson_2, hand_in_lesson_3), 1):
        course.nbgrader("generate_assignment", f"lesson_{lesson:02d}")
        hand_in(course)
        course.nbgrader("autograde", f"lesson_{lesson:02d}")
        course.nbgrader("generate_feedback", f"lesson_{lesson:02d}")
    return course


SCORES = [  # student, lesson, marks in the order of the lesson's exercises
    ("part", 1, [1, 0, 0]),
    ("right", 2, [1, 1, 1, 1]),
    ("half", 2, [1, 1, 0, 0]),
    ("empty", 2, [0, 0, 0, 0]),
    ("hostile", 2, [0, 1, 0, 1]),
    ("ends", 3, [1, 0, 0, 0]),
    ("stubborn", 3, [1, 1, 0, 0]),
    ("broken", 3, [0, 0, 0, 0]),
    ("cheat", 3, [0, 0, 0, 0]),
]
MESSAGES = [  # and what the feedback says
    ("right", 2, "RMS of rounding: right, on all "),
    ("right", 2, "mind the gap"),
    ("half", 2, "What happened: half a step is the largest error."),
    ("half", 2, "SQNR in dB: not written yet."),
    ("empty", 2, "What a leaking zero costs: not written yet."),
    ("hostile", 2, "No reply from kernel before timeout"),
    ("hostile", 2, "This check was missing in what was handed in."),
    ("hostile", 2, "your function raised SystemExit"),
    ("hostile", 2, "Output cut: a cell may print 300,000 characters."),
    ("ends", 3, "Python ended here, or did not answer any more"),
    ("ends", 3, "Python ended in a cell above."),
    ("stubborn", 3, "Python ended here, or did not answer any more"),
    ("broken", 3, "The file that was handed in is no notebook."),
    ("cheat", 3, "nothing came back. Is there a return?"),
]


@pytest.mark.parametrize(("student", "lesson", "scores"), SCORES)
def test_each_submission_has_its_mark(course, student, lesson, scores):
    names = solutions(course.notebook("source", lesson))
    assert course.marks(student, lesson) == dict(zip(names, scores, strict=True))


@pytest.mark.parametrize(("student", "lesson", "text"), MESSAGES)
def test_feedback_says_what_happened(course, student, lesson, text):
    feedback = html.unescape(re.sub("<[^>]+>", "", course.feedback(student, lesson)))
    assert text in feedback


VALIDATED = [("part", 1, 1), ("right", 2, 0), ("half", 2, 1), ("empty", 2, 4)]


@pytest.mark.parametrize(("student", "lesson", "unwritten"), VALIDATED)
def test_validate_finds_the_checks_that_get_no_mark(course, student, lesson, unwritten, tmp_path):
    """A right answer that prints a warning is right to both."""
    found = course.validated(student, lesson, tmp_path).get("failed", [])
    said = "\n".join(each["error"] for each in found)
    lost = [name for name, mark in course.marks(student, lesson).items() if not mark]
    failed = [re.search(r"lesson_\d\d\.(\w+), my_", each["source"])[1] for each in found]
    assert failed == lost
    assert said.count("not written yet.") == unwritten


def test_what_is_right_is_used_and_kept_where_it_is_graded_too(course):
    graded = course.notebook("autograded", 1, "part")
    cells = [cell for cell in graded.cells if "mine." in cell.source and cell.cell_type == "code"]
    said = "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    assert "model_input: yours\n" in said
    assert "probabilities: ours, until yours is right\ntop: ours, until yours is right\n" in said
    assert "my_qnn.py has your my_input.\n" in said


@pytest.mark.parametrize("lesson", NAMES)
def test_the_release_is_what_readers_have_but_for_its_checks(course, lesson):
    released = course.notebook("release", lesson)
    mine = nbformat.read(ROOT / "notebooks" / f"{NAMES[lesson]}.ipynb", as_version=4)
    differ = [ours for theirs, ours in pairs(released, mine) if theirs.source != ours.source]
    assert [grade_id(cell) for cell in differ] == [
        grade_id(cell) for cell in mine.cells if grade_id(cell).startswith("check-")
    ]
    assert not any(cell.get("outputs") for cell in released.cells)


def pairs(released, mine):
    return zip(released.cells, mine.cells, strict=True)


def test_feedback_is_small_enough_to_read(course):
    for path in course.folder.glob("feedback/*/*/*.html"):
        assert path.stat().st_size < 1_000_000, path


def test_what_was_handed_in_is_kept(course):
    kept = course.folder / "submitted/broken/lesson_03" / f"{NAMES[3]}.unreadable"
    assert kept.read_text() == "{'cells': ["
