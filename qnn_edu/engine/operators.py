"""The operators that the engine computes: what every family of `kernels` registers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

from qnn_edu.engine import kernels
from qnn_edu.engine.kernel import Kernel


def _registered() -> Iterator[Kernel]:
    for found in walk_packages(kernels.__path__, f"{kernels.__name__}."):
        if not found.ispkg:
            yield from import_module(found.name).KERNELS


def _by_name(registered: Iterator[Kernel]) -> dict[str, tuple[Kernel, ...]]:
    found: dict[str, tuple[Kernel, ...]] = {}
    for kernel in registered:
        found[kernel.name] = (*found.get(kernel.name, ()), kernel)
    return dict(sorted(found.items()))


OPERATORS = _by_name(_registered())  # name: its kernels, one for each law
