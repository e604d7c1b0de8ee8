"""A reader's own functions, put to use: in this lesson, in later ones, and in a file of her own.

    to_int8 = mine.use(check.model_input)  # hers if it is right, else ours; says which
    mine.keep(check)  # what is right so far, into my_qnn.py beside the lessons

`pieces` finds what a function needs to stand alone, `text` puts it into the text of `my_qnn.py`,
`proof` runs that text afresh and asks the checks, and `disk` reads and writes the file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from qnn_edu.lessons.exercise import UNTIL, Exercise
from qnn_edu.lessons.mine import disk, proof
from qnn_edu.lessons.mine.proof import CannotRun, Refused

__all__ = ["keep", "use"]

FILE = "my_qnn.py"
NOTHING = "Nothing to keep yet. Once a check above says right, run this cell again."


def use(exercise: Exercise) -> Callable:
    """The reader's function if it is right, else ours; prints which.

    The last answer that its check saw in this session counts; where that was not right, or none
    was given, what `my_qnn.py` in the working directory holds, if that is right.

    >>> from qnn_edu.lessons import lesson_00
    >>> wrong = lesson_00.levels(lambda bits: 2 * bits)
    >>> use(lesson_00.levels)(3)
    levels: ours, until yours is right
    8
    """
    function, whose = _mine(exercise)
    print(f"{exercise.name}: {whose}")
    return function


def keep(lesson: ModuleType) -> None:
    """Store in `my_qnn.py` what the checks of a lesson found right in this session; say what.

    A function goes there with all it needs, if the file still runs with it and everything in it
    that was right still is. What else stands in the file stays; before anything is replaced the
    file is copied, to `my_qnn.py.bak`, `my_qnn.py.bak-2`, and so on.

    >>> from qnn_edu.lessons import lesson_00
    >>> wrong = lesson_00.levels(lambda bits: 2 * bits)
    >>> keep(lesson_00)
    Nothing to keep yet. Once a check above says right, run this cell again.
    """
    exercises = [getattr(lesson, name) for name in lesson.__all__]
    right = [exercise for exercise in exercises if exercise.right is not None]
    try:
        print("\n".join(_kept(right)) if right else NOTHING)
    except CannotRun as why:
        print(f"Nothing kept: {FILE} {why}. Mend it, or move it away, and run this cell again.")
    except (OSError, UnicodeError) as error:
        print(f"Nothing kept: {FILE} cannot be read or written here ({_short(error)}).")


def _mine(exercise: Exercise) -> tuple[Callable, str]:
    if exercise.right is not None:
        return exercise.right, "yours"
    try:
        kept = proof.kept(disk.read(Path(FILE)), exercise)
    except CannotRun as why:
        return exercise.solution, f"ours, since {FILE} {why}"
    except (OSError, UnicodeError) as error:
        return exercise.solution, f"ours, since {FILE} cannot be read ({_short(error)})"
    if kept is None:
        return exercise.solution, UNTIL
    if not exercise.accepts(kept):
        return exercise.solution, f"ours, since {kept.__name__} in {FILE} is not right any more"
    return kept, f"yours, from {FILE}"


def _kept(right: list[Exercise]) -> list[str]:
    """Keeps what can be kept; gives the sentences that say what, and why not the rest."""
    path, names, refusals = Path(FILE).resolve(), [], []
    with disk.alone(path.parent):
        text = before = disk.read(path)
        proof.run(before)
        for exercise in right:
            try:
                text = proof.with_answer(text, exercise)
                names.append(exercise.right.__name__)
            except Refused as why:
                refusals.append(f"{exercise.name} is not kept: {why}")
        if text != before:
            disk.replace(path, text)
    return [f"{FILE} has your {', '.join(names)}.", *refusals] if names else refusals


def _short(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
