"""`qnn-edu doctor`: what is here, what is missing, and what decides the exit code."""

import json
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from typer.testing import CliRunner

from qnn_edu.cli import app
from qnn_edu.cli.doctor import PROJECT, Check, dot, more_packages, packages
from qnn_edu.data import DOWNLOADS
from qnn_edu.missing import PACKAGES, sentence

ROOT = Path(__file__).parents[2]


def doctor(*options):
    return CliRunner().invoke(app, ["doctor", *options])


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """A project in a folder of its own that asks for the given packages."""

    def make(*requires, python=">=3.11"):
        folder = tmp_path / "pretended-1.0.dist-info"
        folder.mkdir()
        lines = ["Metadata-Version: 2.1", "Name: pretended", "Version: 1.0"]
        lines += [f"Requires-Python: {python}", *(f"Requires-Dist: {each}" for each in requires)]
        (folder / "METADATA").write_text("\n".join(lines) + "\n")
        monkeypatch.syspath_prepend(tmp_path)
        return {check.name: check for check in packages("pretended")}

    return make


def test_here_everything_necessary_is_installed():
    done = doctor("--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 0 and answer["ok"] is True
    found = {check["name"]: check for check in answer["checks"]}
    for requirement in map(Requirement, metadata.requires(PROJECT)):
        if requirement.marker is None:
            assert found[requirement.name]["found"] == metadata.version(requirement.name)
            assert found[requirement.name]["wanted"] == str(requirement.specifier)
    assert "digits_int8.tflite" in found["models"]["found"]
    assert set(DOWNLOADS) <= set(found)


def test_packages_for_tests_only_are_not_asked_for():
    names = {check.name for check in packages(PROJECT)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = {extra: {Requirement(line).name for line in extras[extra]} for extra in extras}
    assert not (names - {PROJECT}) & set.union(*asked.values())
    more = {check.name for check in more_packages(PROJECT)}
    assert more == asked["runtime"] | asked["full"] - {PROJECT}


def test_text_says_the_same_as_json():
    done, plain = doctor(), json.loads(doctor("--json").stdout)
    assert done.exit_code == 0 and "Everything necessary is here." in done.stdout
    for check in plain["checks"]:
        start = f" {check['name']} "
        (row,) = (row for row in done.stdout.splitlines() if row.startswith(start))
        assert check["advice"] in row


def test_a_missing_package_and_an_old_one_are_named_with_advice(pretend):
    found = pretend("no-such-package>=1", "numpy>=999", "pytest>=1")
    assert (found["no-such-package"].found, found["no-such-package"].ok) == (None, False)
    assert (found["numpy"].found, found["numpy"].ok) == (metadata.version("numpy"), False)
    assert "make lab" in found["no-such-package"].advice and "make lab" in found["numpy"].advice
    assert found["pytest"] == Check("pytest", metadata.version("pytest"), ">=1")


def test_an_unfit_python_is_named(pretend):
    python = pretend(python="<3")["python"]
    assert not python.ok and "make PYTHON=" in python.advice


def test_a_project_that_is_not_installed_is_named():
    (check,) = packages("no-such-project")
    assert not check.ok and check.necessary


def test_here_everything_is_installed():
    assert json.loads(doctor("--json").stdout)["installation"] == "full"
    assert "A full installation, for every lesson." in doctor().stdout


def test_a_light_installation_is_well_and_is_told_what_it_lacks(monkeypatch):
    installed = metadata.version
    heavy = {package.name for package in PACKAGES.values()}

    def version(name):
        if name in heavy:
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "version", version)
    answer, text = json.loads(doctor("--json").stdout), doctor()
    assert (answer["ok"], answer["installation"], text.exit_code) == (True, "light", 0)
    assert "Everything necessary is here." in text.stdout
    assert "A light installation, without ai-edge-litert, tensorflow, keras" in text.stdout
    (found,) = (check for check in answer["checks"] if check["name"] == "tensorflow")
    assert found["found"] is None and not found["necessary"]
    assert found["advice"] == sentence("tensorflow")


def test_something_necessary_missing_makes_exit_code_1(monkeypatch):
    monkeypatch.setattr("qnn_edu.cli.doctor.PROJECT", "no-such-project")
    assert doctor().exit_code == 1
    done = doctor("--json")
    assert done.exit_code == 1 and json.loads(done.stdout)["ok"] is False


def test_without_dot_and_downloads_there_is_advice_and_exit_code_0(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("QNN_EDU_CACHE", str(tmp_path / "cache"))
    assert dot() == Check(
        "dot",
        None,
        "",
        False,
        False,
        "For pictures of graphs install Graphviz: apt, brew and winget name it graphviz.",
    )
    done = doctor("--json")
    assert done.exit_code == 0
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    for name in DOWNLOADS:
        assert not found[name]["ok"] and found[name]["advice"]
    assert found["cache folder"]["found"] == f"{tmp_path / 'cache'} (not made yet)"
    assert not (tmp_path / "cache").exists()
