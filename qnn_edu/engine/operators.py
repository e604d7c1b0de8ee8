"""The operators that the engine computes: what every family of `kernels` registers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

from qnn_edu.engine import kernels
from qnn_edu.engine.kernel import Kernel


def _registered() -> Iterator[Kernel]:
    """Integers before real numbers, whose families lie in a folder of their own."""
    found = list(walk_packages(kernels.__path__, f"{kernels.__name__}."))
    for name in sorted((each.name for each in found if not each.ispkg), key=_depth):
        yield from import_module(name).KERNELS


def _depth(name: str) -> int:
    return name.count(".")


def _by_name(registered: Iterator[Kernel]) -> dict[str, tuple[Kernel, ...]]:
    found: dict[str, tuple[Kernel, ...]] = {}
    for kernel in registered:
        found[kernel.name] = (*found.get(kernel.name, ()), kernel)
    return dict(sorted(found.items()))


OPERATORS = _by_name(_registered())  # name: its kernels, one for each law
