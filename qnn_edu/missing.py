"""Packages that a light installation leaves out: which one, what for, and how to get it.

A lesson that needs numpy asks for numpy alone. Code that needs more says so before it imports it:

    require("tensorflow")
    import tensorflow
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec

PROJECT = "qnn-edu"
OF_THE_COURSE = ("runtime", "full")  # the extras that `make lab` installs


@dataclass(frozen=True)
class Package:
    """What pip calls a package, the extra of this project that brings it, and what needs it."""

    name: str
    extra: str
    need: str


PACKAGES = {  # by the module that is imported
    "ai_edge_litert": Package("ai-edge-litert", "runtime", "Running a model with LiteRT needs"),
    "tensorflow": Package("tensorflow", "full", "Building and converting networks needs"),
    "keras": Package("keras", "full", "Building and converting networks needs"),
    "joblib": Package("joblib", "full", "Doing several runs at once needs"),
    "skimage": Package("scikit-image", "full", "Most photographs travel with"),
    "sklearn": Package("scikit-learn", "full", "Two photographs travel with"),
    "distributed": Package("distributed", "cluster", "Runs on a Dask cluster need"),
    "jax": Package("jax", "jax", "Training on JAX needs"),
}


class NotInstalled(ModuleNotFoundError):
    """A package that is not here. The message is one sentence: which, what for, how to get it."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: where the import stood helps no reader."""
        return [f"{type(self).__name__}: {self}"]


def require(*modules: str) -> None:
    """Nothing where `modules`, all of `PACKAGES`, are installed; otherwise say how to get one.

    They are looked for, not imported, so this costs next to nothing.

    Raises:
        NotInstalled: it is not here.

    >>> require("skimage", "tensorflow")
    """
    for module in modules:
        if not is_here(module):
            raise NotInstalled(sentence(module), name=module)


def is_here(module: str) -> bool:
    """Whether a module can be imported, found without importing it.

    >>> is_here("numpy"), is_here("no_such_module")
    (True, False)
    """
    return find_spec(module) is not None


def sentence(module: str) -> str:
    """What to say where `module` is missing.

    >>> print(sentence("jax"))
    Training on JAX needs jax, which is not installed: `pip install "qnn-edu[jax]"` installs it.
    """
    package = PACKAGES[module]
    said = f"{package.need} {package.name}, which is not installed"
    if not has_wheels(package):
        return (
            f"{said} and not made for Python {platform.python_version()}: an older one serves, "
            "such as `make PYTHON=/path/to/python3.13 lab`."
        )
    lab = " or `make lab`" if package.extra in OF_THE_COURSE else ""
    return f'{said}: `pip install "{PROJECT}[{package.extra}]"`{lab} installs it.'


def has_wheels(package: Package) -> bool:
    """Whether the project asks for the package on this Python; its marker leaves out some.

    >>> has_wheels(PACKAGES["skimage"])
    True
    """
    from packaging.requirements import Requirement

    try:
        lines = metadata.requires(PROJECT) or []
    except metadata.PackageNotFoundError:  # a checkout on the path, never installed
        return True
    wanted = [each for each in map(Requirement, lines) if each.name == package.name]
    markers = [each.marker for each in wanted if each.marker is not None]
    return not markers or any(marker.evaluate({"extra": package.extra}) for marker in markers)
