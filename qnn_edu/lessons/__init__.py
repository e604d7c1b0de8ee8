"""Floor 5: checks for the exercises, a package a lesson, a module an exercise.

A lesson imports its own package (`from qnn_edu.lessons import lesson_02 as check`) and hands it the
reader's function: `check.leak(my_leak)`. Each check can also give hints (`check.leak.hint()`)
and, to a reader who goes looking, a solution.

`exercise` says what an exercise is, `mistakes` what a mistake is that is written by hand, `steps`
finds those that nobody wrote (steps of the solution done another way), and `grading` fails the cell
of an answer that is not right; `compare` holds two results against each other, and `text` writes
them down. The exercise `check.leak`, with all that is its own, is in `lesson_02/leak.py`.
"""

from importlib import import_module
from types import ModuleType

__all__ = [
    "exercise",
    "grading",
    "lesson_00",
    "lesson_01",
    "lesson_02",
    "lesson_03",
    "lesson_04",
    "lesson_05",
    "lesson_06",
    "lesson_07",
    "lesson_08",
    "lesson_09",
    "lesson_10",
    "lesson_11",
    "mine",
    "mistakes",
    "steps",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"qnn_edu.lessons.{name}")


def __dir__() -> list[str]:
    return __all__
