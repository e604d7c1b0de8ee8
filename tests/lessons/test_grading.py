"""A graded check says what an ungraded one says, and fails its cell where that is not "right"."""

import sys
import warnings

import pytest

from qnn_edu.lessons import lesson_02 as check
from qnn_edu.lessons.grading import grade

RIGHT = check.sqnr_db.solution


def test_a_right_answer_is_said_to_be_right(capsys):
    grade(check.sqnr_db, RIGHT)
    assert capsys.readouterr() == (f"{check.sqnr_db(RIGHT)}\n", "")


def test_a_wrong_answer_is_an_error_with_the_words_of_the_verdict():
    verdict = check.sqnr_db(lambda *case: RIGHT(*case) + 1)
    with pytest.raises(AssertionError) as caught:
        grade(check.sqnr_db, lambda *case: RIGHT(*case) + 1)
    assert str(caught.value) == str(verdict) and not verdict.passed


def test_what_an_answer_says_on_stderr_is_said_on_stdout(capsys):
    """nbgrader gives 0 for a line on stderr."""

    def loud(*case):
        print("mind the step", file=sys.stderr)
        with warnings.catch_warnings(action="always"):
            warnings.warn("mind the gap", stacklevel=1)
        return RIGHT(*case)

    before = sys.stderr
    with pytest.warns(UserWarning, match="mind the gap"):
        grade(check.sqnr_db, loud)
    said = capsys.readouterr()
    assert "mind the step" in said.out and said.err == "" and sys.stderr is before
