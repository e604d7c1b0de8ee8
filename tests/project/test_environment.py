"""environment.yml, requirements.lock, the Makefile and pyproject.toml say the same."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path
from platform import python_version

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from qnn_edu.missing import OF_THE_COURSE, PACKAGES

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())
PYTHONS = [f"3.{minor}" for minor in range(20)]
# repo2docker installs these inside a copy of the repository, since one of them is a local path.
PIP_LINES = next(entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict))
CONDA_LINES = [entry for entry in CONDA["dependencies"] if isinstance(entry, str)]


def supported():
    return [python for python in PYTHONS if python in SpecifierSet(PROJECT["requires-python"])]


def full():
    """The supported Pythons on which the full installation has TensorFlow."""
    (tensorflow,) = (each for each in requirements() if each.name == "tensorflow")
    return [p for p in supported() if tensorflow.marker.evaluate({"python_version": p})]


def requirements():
    """Everything asked for, but for the project itself, whose extras name each other."""
    extras = PROJECT["optional-dependencies"].values()
    lines = map(Requirement, sum(extras, PROJECT["dependencies"]))
    return [each for each in lines if each.name != PROJECT["name"]]


def applies(requirement):
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def locked():
    """Name to the locked requirements: one, or one for each platform or Python."""
    found = {}
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if line and not line.lstrip().startswith("#"):
            requirement = Requirement(line)
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def test_conda_offers_one_python_that_the_project_supports():
    (python,) = (line for line in CONDA_LINES if re.match(r"python\b", line))
    assert python.removeprefix("python=") in full()


def test_conda_brings_the_program_dot_and_pip():
    assert CONDA["channels"] == ["conda-forge"]
    assert {"graphviz", "pip"} <= set(CONDA_LINES)


def test_conda_installs_the_whole_course():
    assert PIP_LINES == ["-e .[full]"]


def test_makefile_accepts_the_pythons_of_the_full_installation():
    low, high = re.search(r"\((3, \d+)\) <= .* <= \((3, \d+)\)", makefile()).groups()
    assert [low.replace(", ", "."), high.replace(", ", ".")] == [full()[0], full()[-1]]
    (said,) = re.findall(r"^PYTHON_RANGE := (.*)", makefile(), flags=re.MULTILINE)
    assert [p for p in PYTHONS if p in SpecifierSet(said)] == full()


def test_makefile_accepts_every_python_of_the_project_for_the_light_installation():
    assert f"PYTHON_RANGE='{PROJECT['requires-python']}'" in makefile()
    (low,) = re.findall(r"^NO_OLDER := .* < \((3, \d+)\)", makefile(), flags=re.MULTILINE)
    assert low.replace(", ", ".") == supported()[0] and supported()[-1] == PYTHONS[-1]


def makefile():
    return (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("name", ["jupyterlab", "numpy", "matplotlib", "ipywidgets", "graphviz"])
def test_every_reader_gets_what_every_lesson_uses(name):
    assert name in {Requirement(line).name for line in PROJECT["dependencies"]}


def test_the_extras_bring_what_the_package_asks_for():
    """`qnn_edu.missing` names an extra for each package; `make lab` installs all of "full"."""
    extras = {
        extra: {canonicalize_name(Requirement(line).name) for line in lines}
        for extra, lines in PROJECT["optional-dependencies"].items()
    }
    assert f"{PROJECT['name']}[runtime]" in PROJECT["optional-dependencies"]["full"]
    for package in PACKAGES.values():
        name = "dask" if package.name == "distributed" else package.name
        assert name in extras[package.extra]
    named = {package.name for package in PACKAGES.values() if package.extra in OF_THE_COURSE}
    assert named == extras["runtime"] | extras["full"] - {PROJECT["name"]}
    assert "'.[full]'" in makefile()


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_lock_keeps_the_bound(requirement):
    pins = locked()[canonicalize_name(requirement.name)]
    for pin in pins:
        (version,) = pin.specifier
        assert version.operator == "=="
        assert version.version in requirement.specifier


def installed():
    """The pinned packages that are here, by name; the lock has more, as not all extras are."""
    here = {canonicalize_name(each.metadata["Name"]): each for each in distributions()}
    pinned = [name for name, (pin, *_) in locked().items() if applies(pin)]
    return {name: here[name] for name in pinned if name in here}


def test_lock_is_complete():
    """Everything that a pinned package asks for on this machine is pinned too."""
    pins = locked()
    for name, package in installed().items():
        for needed in map(Requirement, package.requires or []):
            assert not applies(needed) or canonicalize_name(needed.name) in pins, (name, needed)


def test_lock_suits_this_python():
    """pip refuses a package whose Requires-Python shuts this Python out; uv may not."""
    for name, package in installed().items():
        wanted = package.metadata.get("Requires-Python", "")
        assert python_version() in SpecifierSet(wanted), f"{name} wants Python {wanted}"


def test_what_is_installed_is_what_the_lock_pins():
    """Of all that the two tests above look at, so that they look at something."""
    here = installed()
    assert {"numpy", "jupyterlab", "pytest"} <= set(here)
    for name, package in here.items():
        pins = [pin for pin in locked()[name] if applies(pin)]
        assert any(package.version in pin.specifier for pin in pins), (name, package.version)


def test_lock_names_no_index():
    """A lock with an address in it installs only where that address can be reached."""
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text and "--index" not in text and "--find-links" not in text
