"""A lesson's package offers its exercises, whichever of its modules is imported first."""

import inspect
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import qnn_edu.lessons
from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import Mistake

ROOT = Path(__file__).parents[2]
LESSONS = [
    f"qnn_edu.lessons.{module.name}"
    for module in pkgutil.iter_modules(qnn_edu.lessons.__path__)
    if module.name.startswith("lesson_")
]


def modules(lesson):
    """Its modules by name; an attribute of the package would be the exercise."""
    names = [module.name for module in pkgutil.iter_modules(import_module(lesson).__path__)]
    return {name: import_module(f"{lesson}.{name}") for name in names}


def of_type(kind, module):
    return {name: thing for name, thing in vars(module).items() if isinstance(thing, kind)}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_offers_the_exercise_of_each_module_by_the_name_of_the_module(lesson):
    package = import_module(lesson)
    made = {name: of_type(Exercise, module) for name, module in modules(lesson).items()}
    assert sorted(package.__all__) == sorted(name for name in made if made[name])
    for name in package.__all__:
        assert made[name] == {name: getattr(package, name)}


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_exercise_knows_every_mistake_of_its_module_in_the_order_of_the_source(lesson):
    for name, module in modules(lesson).items():
        declared = of_type(Mistake, module)
        known = getattr(module, name).mistakes if name in import_module(lesson).__all__ else ()
        assert list(declared.values()) == list(known)
        assert list(declared) == [mistake.name for mistake in known]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_module_of_an_exercise_says_its_law_in_a_line(lesson):
    for module in modules(lesson).values():
        assert len(inspect.getdoc(module).splitlines()) == 1


AFRESH = """
import importlib, sys

for name in sys.argv[1:]:
    for loaded in [it for it in sys.modules if it.startswith("qnn_edu.lessons")]:
        del sys.modules[loaded]
    importlib.import_module(name)
    lesson = sys.modules[".".join(name.split(".")[:3])]
    kinds = {exercise: type(getattr(lesson, exercise)).__name__ for exercise in lesson.__all__}
    assert set(kinds.values()) == {"Exercise"}, (name, kinds)
print("right")
"""


def test_a_name_stands_for_the_exercise_whatever_is_imported_first():
    """Importing a module sets an attribute of its package, here of the name of the exercise."""
    first = [f"{lesson}.{name}" for lesson in LESSONS for name in modules(lesson)]
    command = [sys.executable, "-c", AFRESH, *LESSONS, *first]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "right\n", done.stderr
