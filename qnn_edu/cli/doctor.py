"""`qnn-edu doctor`: is everything here that the course needs? It imports nothing heavy to tell."""

import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from typing import TYPE_CHECKING, Annotated

import typer

from qnn_edu.cli.output import show, show_json, table
from qnn_edu.missing import OF_THE_COURSE, PACKAGES, sentence

if TYPE_CHECKING:
    from packaging.requirements import Requirement

PROJECT = "qnn-edu"
_LIGHT = "lessons 00, 02 and 03 run, and 09 but for a few cells"
_INSTALL = "`make lab` in the project's folder installs it, or `pip install -e .` there."


@dataclass(frozen=True)
class Check:
    """One thing looked for: what was found, what was wanted, and what to do where it lacks."""

    name: str
    found: str | None
    wanted: str = ""
    necessary: bool = True
    ok: bool = True
    advice: str = ""


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Say what is installed, what is missing, and what to do about it.

    Exit code 1 only where something necessary is missing. Optional are dot, downloads, and what
    a light installation leaves out.

    Examples:

    \b
        qnn-edu doctor
        qnn-edu doctor --json | jq '.checks[] | select(.ok | not)'
    """
    checks = list(all_checks())
    well = all(check.ok for check in checks if check.necessary)
    if as_json:
        found = {"ok": well, "installation": "light" if left_out(checks) else "full"}
        show_json({**found, "checks": [asdict(check) for check in checks]})
    else:
        _print(checks, well)
    raise typer.Exit(0 if well else 1)


def all_checks() -> Iterator[Check]:
    """Every check: Python, the packages, those of the full installation, the program dot, the data.

    >>> [check.name for check in all_checks()][0]
    'python'
    """
    yield from packages(PROJECT)
    yield from more_packages(PROJECT)
    yield dot()
    yield from data_files()


def packages(project: str) -> Iterator[Check]:
    """Python, the project, and each package that it asks for, held against the wanted versions.

    >>> next(packages("no-such-project")).advice
    "`make lab` in the project's folder installs it, or `pip install -e .` there."
    """
    from packaging.requirements import Requirement

    try:
        about = metadata.metadata(project)
    except metadata.PackageNotFoundError:
        yield Check(project, None, ok=False, advice=_INSTALL)
        return
    python = Requirement(f"python {about['Requires-Python'] or ''}")
    yield _held("python", platform.python_version(), python)
    yield Check(project, about["Version"])
    for wanted in map(Requirement, metadata.requires(project) or []):
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield _held(wanted.name, _installed(wanted.name), wanted)


def more_packages(project: str) -> Iterator[Check]:
    """What only a full installation has, each held against the wanted versions.

    >>> [check.name for check in more_packages(PROJECT)][:3]
    ['ai-edge-litert', 'tensorflow', 'keras']
    """
    from packaging.requirements import Requirement

    lines = metadata.requires(project) or [] if _installed(project) else []
    asked = {wanted.name: wanted for wanted in map(Requirement, lines)}
    for module, package in PACKAGES.items():
        if package.extra in OF_THE_COURSE:
            wanted = asked.get(package.name, Requirement(package.name))
            check = replace(_held(wanted.name, _installed(wanted.name), wanted), necessary=False)
            yield check if check.found else replace(check, advice=sentence(module))


def left_out(checks: list[Check]) -> list[str]:
    """The names of those checks that make an installation a light one.

    >>> left_out([Check("numpy", "2.0"), Check("tensorflow", None, necessary=False, ok=False)])
    ['tensorflow']
    """
    names = {package.name for package in PACKAGES.values() if package.extra in OF_THE_COURSE}
    return [check.name for check in checks if check.name in names and not check.ok]


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _held(name: str, version: str | None, wanted: "Requirement") -> Check:
    ok = version is not None and wanted.specifier.contains(version, prereleases=True)
    advice = _INSTALL
    if name == "python":
        advice = (
            "Install such a Python; then `make PYTHON=/path/to/it lab`, or its `-m venv` and pip."
        )
    return Check(name, version, str(wanted.specifier), ok=ok, advice="" if ok else advice)


def dot() -> Check:
    """Graphviz's program, which draws diagrams as SVG, PDF and PNG.

    >>> dot().necessary
    False
    """
    program = shutil.which("dot")
    if program is None:
        advice = "For pictures of graphs install Graphviz: apt, brew and winget name it graphviz."
        return Check("dot", None, necessary=False, ok=False, advice=advice)
    said = subprocess.run([program, "-V"], capture_output=True, text=True, encoding="utf-8")
    version = re.search(r"version (\S+)", said.stderr + said.stdout)
    return Check("dot", version[1] if version else "of unknown version", necessary=False)


def data_files() -> Iterator[Check]:
    """The models that travel with the package, and the downloads that are here already.

    >>> next(data_files()).found
    'digits_float32.tflite, digits_int8.tflite...'
    """
    from qnn_edu.data import DOWNLOADS, available
    from qnn_edu.data.assets import ASSETS
    from qnn_edu.data.cache import cache_dir

    models = sorted(file.name for file in ASSETS.glob("*.tflite"))
    advice = "" if models else f"The package lacks its files: {_INSTALL}"
    yield Check("models", ", ".join(models) or None, ok=bool(models), advice=advice)
    folder = cache_dir()
    yield Check("cache folder", str(folder) if folder.is_dir() else f"{folder} (not made yet)")
    for name in DOWNLOADS:
        here = available(name)
        advice = "" if here else "Fetched when a lesson asks for it; needs a network."
        found = "downloaded" if here else None
        yield Check(name, found, necessary=False, ok=here, advice=advice)


def _print(checks: list[Check], well: bool) -> None:
    rows = [(c.name, c.found or "not here", c.wanted, _verdict(c), c.advice) for c in checks]
    show(table("name found wanted verdict advice", rows))
    show("Everything necessary is here." if well else "Something necessary is missing: see above.")
    lacking = left_out(checks)
    kind = f"A light installation, without {', '.join(lacking)}: {_LIGHT}."
    show(kind if lacking else "A full installation, for every lesson.")


def _verdict(check: Check) -> str:
    if check.ok:
        return "good"
    return "MISSING" if check.necessary else "optional"
