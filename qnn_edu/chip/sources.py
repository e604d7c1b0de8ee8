"""The loops in C: the files of `kernels` that a program needs, joined into one text.

Each file compiles on its own and includes those that it builds on. Their names begin with `qnn_`,
which becomes the program's own prefix, so that two programs fit into one file of C.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "kernels"
_NOT_COPIED = re.compile(r'#pragma once\n|#include ["<].*\n')


def source(kernels: Iterable[str], prefix: str, types: Mapping[str, str]) -> str:
    """C text of the kernels named and of all that they include, each once, what is needed first.

    `types` says what is held in which type of C: `value` 8-bit values, `index` places.

    >>> print(source(["copy"], "model", {"value": "uint8_t"}).splitlines()[1])
    typedef uint8_t model_value;
    """
    needed = list(dict.fromkeys(each for kernel in kernels for each in _with_includes(kernel)))
    parts = [_NOT_COPIED.sub("", _read(each)).strip("\n") for each in needed]
    text = "\n\n".join(part for part in parts if part)
    for word, kind in types.items():
        text = re.sub(rf"typedef \w+ qnn_{word};", f"typedef {kind} qnn_{word};", text)
    return re.sub(r"\bqnn_", f"{prefix}_", text)


def structure_of(kernel: str) -> str:
    """The type of a kernel's first parameter, without its prefix.

    >>> structure_of("conv_2d")
    'filters'
    """
    return re.search(rf"qnn_{kernel}\(const qnn_(\w+) \*layer", _read(kernel))[1]


def _with_includes(kernel: str) -> list[str]:
    """A kernel after the files that it includes, and that these include."""
    included = re.findall(r'#include "(\w+)\.h"', _read(kernel))
    return [part for each in included for part in _with_includes(each)] + [kernel]


def _read(kernel: str) -> str:
    return (FOLDER / f"{kernel}.h").read_text(encoding="ascii")
