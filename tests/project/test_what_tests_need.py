"""A test needs no package that `make test` does not install, unless it is skipped without it.

Otherwise a machine that has more, as CI has, is green where a reader's is red.
"""

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("tests/**/*.py"), *ROOT.glob("tools/**/*.py")])
OURS = {"qnn_edu", "tests", "tools"}
# Run in environments of their own, that `make bench`, nbgrader and pip bring.
OF_OTHERS = ("tools/bench", "tools/lessons/teach", "tools/lessons/in_the_wheel.py")
HOMES = {
    module: set(map(canonicalize_name, names)) for module, names in packages_distributions().items()
}
ASKS = {"find_spec", "importorskip"}


def asked_for():
    """What pyproject.toml asks for in the extras that the Makefile installs for tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (extras,) = re.findall(r"^EXTRAS_OF_TESTS := (.*)$", makefile, flags=re.MULTILINE)
    return brought_by(project["dependencies"], set(extras.split(",")), project)


def brought_by(lines, extras, project):
    """The names of all packages that these requirements install, on this machine."""
    found, waiting = set(), [Requirement(line) for line in lines]
    waiting += [Requirement(line) for extra in extras for line in all_of(extra, project)]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        fits = wanted.marker is None or any(
            wanted.marker.evaluate({"extra": extra}) for extra in {"", *extras, *wanted.extras}
        )
        if fits and name not in found:
            found.add(name)
            waiting += [Requirement(line) for line in needs(name)]
    return found


def all_of(extra, project):
    """The lines of an extra, and of those that it names in turn."""
    for line in project["optional-dependencies"][extra]:
        requirement = Requirement(line)
        if requirement.name == project["name"]:
            for other in requirement.extras:
                yield from all_of(other, project)
        else:
            yield line


def needs(name):
    try:
        return [line for line in requires(name) or [] if "extra ==" not in line]
    except PackageNotFoundError:  # not for this machine, or not installed yet
        return []


def imported(tree):
    """The top of every module that is imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]


def skipped_without(tree):
    """The modules that the file asks for before it uses them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ASKS and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value.partition(".")[0]


def missing(text, allowed):
    """The modules that a file needs and `allowed` packages do not bring."""
    tree = ast.parse(text)
    wanted = set(imported(tree)) - set(skipped_without(tree)) - OURS - sys.stdlib_module_names
    return {module for module in wanted if not allowed & HOMES.get(module, set())}


@pytest.fixture(scope="module")
def allowed():
    return asked_for()


def test_every_import_is_installed_or_asked_for(allowed):
    found = {}
    for path in FILES:
        name = path.relative_to(ROOT).as_posix()
        beside = {each.stem for each in path.parent.glob("*.py")}
        if not name.startswith(OF_OTHERS):
            found[name] = missing(path.read_text(encoding="utf-8"), allowed) - beside
    assert not {name: modules for name, modules in found.items() if modules}


def test_what_only_more_installs_is_seen(allowed):
    assert {"numpy", "tensorflow", "pytest", "sphinx"} <= allowed and "jax" not in allowed
    assert missing("import jax", allowed) == {"jax"}
    assert missing("def test():\n    import jax.numpy", allowed) == {"jax"}
    assert not missing("pytest.importorskip('jax')\nimport jax", allowed)
