"""Each stub says what comes in and goes out, with an example that its solution passes."""

import ast
import doctest
from functools import lru_cache
from importlib import import_module

import pytest

from tools.lessons import build, versions

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
ROOTS = {"math", "numpy", "qnn_edu"}  # imports that an exercise may need; TensorFlow is none
EXERCISES = [
    pytest.param(path, function, id=f"{path.stem[:2]}-{function}")
    for path in sorted(build.SOURCES.glob("*.py"))
    for *_, function in versions.exercises(build.with_solutions(path))
]


@lru_cache
def names_of(path):
    """What a lesson's cells import, and the functions that answer its exercises."""
    notebook = build.with_solutions(path)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    found = {}
    for statement in (each for source in code for each in ast.parse(source).body):
        if isinstance(statement, ast.Import | ast.ImportFrom) and _root(statement) in ROOTS:
            exec(ast.unparse(statement), found)
    for answer, _, check, function in versions.exercises(notebook):
        exec(answer.source, found)
        lesson = import_module(f"qnn_edu.lessons.lesson_{path.stem[:2]}")
        assert getattr(lesson, check).accepts(found[function])
    return found


def _root(statement):
    module = getattr(statement, "module", None) or statement.names[0].name
    return module.split(".")[0]


@pytest.mark.parametrize(("path", "function"), EXERCISES)
def test_the_example_of_a_stub_is_what_its_solution_gives(path, function):
    names = names_of(path)
    text = names[function].__doc__
    assert text, f"{function} has no docstring"
    example = doctest.DocTestParser().get_doctest(text, names, function, path.name, 0)
    assert example.examples, f"the docstring of {function} has no example"
    failures = []
    doctest.DocTestRunner(optionflags=OPTIONS).run(example, out=failures.append)
    assert not failures, "\n".join(failures)
    assert 3 <= len(text.strip().splitlines()) <= 12


def test_no_two_lessons_ask_for_a_function_of_one_name():
    """All may be kept in one file."""
    names = [each.values[1] for each in EXERCISES]
    assert len(names) == len(set(names)) > 30
