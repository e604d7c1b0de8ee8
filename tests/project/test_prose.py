"""What a stranger reads: public names have an example, and nothing points outside the project."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import qnn_edu
from qnn_edu.chip.layers import LAYERS
from qnn_edu.engine import OPERATORS
from tests.oracle import count

ROOT = Path(__file__).parents[2]
SUFFIXES = {".ipynb", ".lock", ".md", ".py", ".toml", ".yml"}
# The folder of this checkout, homes, and numbers that mean something elsewhere only.
OUTSIDE = re.compile(
    rf"{re.escape(str(ROOT))}|/root/|/home/\w|\bissue #?\d{{1,3}}\b", re.IGNORECASE
)

NAMED = re.compile(r"`((?:qnn_edu|tests|tools|docs|results)(?:/\w+)+\.\w+)`")  # no NAME, no NN
OF_STATE = {"ASSIGN_VARIABLE", "CALL_ONCE", "READ_VARIABLE", "VAR_HANDLE"}


def modules():
    yield qnn_edu
    for found in pkgutil.walk_packages(qnn_edu.__path__, "qnn_edu."):
        yield importlib.import_module(found.name)


def public_functions():
    """(full name, function) of what the `__all__`s promise; a module stands for its functions."""
    found = {}
    for module in modules():
        for name in getattr(module, "__all__", []):
            thing = getattr(module, name)
            inside = vars(thing).values() if inspect.ismodule(thing) else [thing]
            for function in filter(inspect.isfunction, inside):
                ours = function.__module__.startswith("qnn_edu")
                if ours and not function.__name__.startswith("_"):
                    found[f"{function.__module__}.{function.__qualname__}"] = function
    return found


def project_files():
    for top in ROOT.iterdir():
        if (not top.name.startswith(".") or top.name == ".github") and top.name != "build":
            for path in [top, *top.rglob("*")]:
                if path.suffix in SUFFIXES or path.name == "Makefile":
                    yield path


@pytest.mark.parametrize("name", sorted(public_functions()))
def test_public_function_has_an_example(name):
    assert ">>>" in (public_functions()[name].__doc__ or "")


def test_nothing_points_outside_the_project():
    files = set(project_files()) - {Path(__file__)}
    assert ROOT / "qnn_edu" / "__init__.py" in files
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted(files)
        for match in OUTSIDE.finditer(path.read_text())
    ]
    assert not found


def test_files_that_prose_names_are_there():
    lost = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in project_files()
        if path.suffix in (".ipynb", ".md", ".py")
        for name in NAMED.findall(path.read_text())
        if not re.search("NAME|NN", name) and not (ROOT / name).exists()
    }
    assert not lost


def test_the_readme_counts_what_proves_the_engine():
    exact = count.integer_families()
    models, operators = count.models(exact), len(count.operators(exact))
    text = " ".join((ROOT / "README.md").read_text().split())
    assert f"{models:,} random models of one operator in integers, {operators} operators" in text
    assert f"It knows {len(OPERATORS)} operators" in text


def test_the_page_on_c_names_what_becomes_c():
    page = (ROOT / "docs/c_export.md").read_text()
    table = page[page.index("| what |") : page.index("What keeps")]
    assert set(re.findall(r"\b[A-Z][A-Z0-9_]{2,}\b", table)) == {*LAYERS, *OF_STATE}
