"""The proof of `my_qnn.py`: its text is run afresh, and the checks are asked."""

from __future__ import annotations

import hashlib
import linecache
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from types import ModuleType

import qnn_edu.lessons
from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mine import text as texts
from qnn_edu.lessons.mine.pieces import OWN_FILE, Refused, pieces


class CannotRun(Exception):
    """Why the file cannot be run: the end of a sentence that begins with its name."""


@lru_cache(maxsize=8)
def run(text: str) -> ModuleType:
    """A module made of the text, apart from all others; the same text is run once.

    Raises:
        CannotRun: it is no Python, or ends in an error.

    >>> run("LEVELS = 2**8").LEVELS
    256
    >>> run("1 / 0")
    Traceback (most recent call last):
    qnn_edu.lessons.mine.proof.CannotRun: cannot be run (line 1: division by zero)
    """
    # A name for this very text, so that the source of its functions is found though the file
    # changes; linecache keeps an entry without a time.
    name = f"<{OWN_FILE}.py {hashlib.sha256(text.encode()).hexdigest()[:12]}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    module = ModuleType(OWN_FILE)
    try:
        exec(compile(text, name, "exec"), vars(module))
    except (Exception, SystemExit) as error:
        line = error.lineno if isinstance(error, SyntaxError) else _line(error, name)
        what = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        raise CannotRun(f"cannot be run (line {line}: {what})") from error
    return module


def _line(error: BaseException, name: str) -> int | str:
    """The last line of the file that was on the way to an error."""
    line, frame = "?", error.__traceback__
    while frame is not None:
        line = frame.tb_lineno if frame.tb_frame.f_code.co_filename == name else line
        frame = frame.tb_next
    return line


def kept(text: str, exercise: Exercise) -> Callable | None:
    """The function of the file that is said to answer an exercise, if there is one."""
    name = texts.answers(text).get((exercise.lesson, exercise.name))
    return getattr(run(text), name, None) if name else None


def with_answer(text: str, exercise: Exercise) -> str:
    """The text with the reader's right answer to an exercise in it, and all that it needs.

    Raises:
        Refused: it cannot stand there, or not beside what does.
    """
    function = exercise.right
    made = text
    for piece in pieces(function):
        made = texts.put(made, piece)
    made = texts.mark(made, exercise, function.__name__)
    try:
        run(made)
    except CannotRun as why:
        raise Refused(f"with {function.__name__} in it the file {why}.") from why
    if not exercise.accepts(kept(made, exercise)):
        raise Refused(f"{function.__name__} is not right when the file stands alone.")
    for other in _answered(text):
        if other is not exercise and _is_right(text, other) and not _is_right(made, other):
            raise Refused(
                f"with it {kept(text, other).__name__} of lesson {other.lesson[-2:]} is not right "
                "any more. Two things of one name? Rename one."
            )
    return made


def _is_right(text: str, exercise: Exercise) -> bool:
    function = kept(text, exercise)
    return function is not None and exercise.accepts(function)


def _answered(text: str) -> list[Exercise]:
    """The exercises that the file says it answers, without those that no lesson has."""
    found = []
    for lesson, name in texts.answers(text):
        if lesson in qnn_edu.lessons.__all__:
            exercise = getattr(import_module(f"qnn_edu.lessons.{lesson}"), name, None)
            found += [exercise] if isinstance(exercise, Exercise) else []
    return found
