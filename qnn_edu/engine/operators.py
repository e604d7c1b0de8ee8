"""The operators that the engine computes: what every family of `kernels` registers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from qnn_edu.engine import kernels
from qnn_edu.engine.kernel import Kernel


def _registered() -> Iterator[Kernel]:
    for family in iter_modules(kernels.__path__):
        yield from import_module(f"{kernels.__name__}.{family.name}").KERNELS


def _by_name(registered: Iterator[Kernel]) -> dict[str, tuple[Kernel, ...]]:
    found: dict[str, tuple[Kernel, ...]] = {}
    for kernel in registered:
        found[kernel.name] = (*found.get(kernel.name, ()), kernel)
    return dict(sorted(found.items()))


OPERATORS = _by_name(_registered())  # name: its kernels, one for each law
