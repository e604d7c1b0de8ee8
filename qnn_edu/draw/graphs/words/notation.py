"""Names, shapes and numbers as a diagram writes them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from qnn_edu.tflite.graph import Tensor

LONG = 28  # characters; a longer name is cut in the middle


def times(shape: Iterable[int]) -> str:
    """A shape; a length that is not known is `?`.

    >>> times((-1, 8, 8, 1))
    '?×8×8×1'
    """
    return "×".join("?" if n < 0 else str(n) for n in shape)


def shape_and_type(tensor: Tensor) -> str:
    """Shape and type of a tensor.

    >>> shape_and_type(Tensor(0, "image", (-1, 8, 8, 1), np.dtype("float32")))
    '?×8×8×1 float32'
    """
    return f"{times(tensor.shape) or 'scalar'} {tensor.type.lower()}"


def stored(tensor: Tensor) -> str:
    """How a file stores a constant: its type, what has a scale, how many values are left out.

    >>> scales, zero_points = np.float32([0.1, 0.2]), np.zeros(2, np.int64)
    >>> stored(Tensor(0, "w", (2, 3), np.dtype("int8"), scales, zero_points, axis=0))
    'int8 per channel'
    >>> stored(Tensor(0, "w", (1, 64), np.dtype("int8"), scales, zero_points, 1, None, "INT4",
    ...     block=32))
    'int4 in blocks of 32'
    """
    kind = tensor.type.lower()
    if tensor.block is not None:
        kind += f" in blocks of {tensor.block}"
    elif np.ndim(tensor.scale):
        kind += " per channel"
    if tensor.sparsity is None:
        return kind
    zeros = 1 - tensor.sparsity.stored / max(math.prod(tensor.shape), 1)
    return f"sparse {kind} ({100 * zeros:.0f} % zero)"


def quantization(tensor: Tensor, zero_point: str = "zp") -> str:
    """Scale and zero point of a tensor; an empty word where it is not quantized.

    >>> quantization(Tensor(0, "x", (1, 4), np.dtype("int8"), np.float32(1 / 256), -128))
    'scale 0.003906, zp -128'
    """
    if tensor.scale is None:
        return ""
    if tensor.block is not None:
        return f"{len(tensor.scale)} scales, blocks of {tensor.block}"
    if np.ndim(tensor.scale):
        return f"{len(tensor.scale)} scales on axis {tensor.axis}"
    return f"scale {tensor.scale:.4g}, {zero_point} {tensor.zero_point}"


def described(tensor: Tensor, brief: bool = False) -> list[str]:
    """The lines at the arrow of a tensor; a `brief` one has no scale."""
    lines = [shape_and_type(tensor), "" if brief else quantization(tensor)]
    return [line for line in lines if line]


def name(tensor: Tensor, longest: int = LONG) -> str:
    """A tensor's name: whole if it is one of at most `longest` characters, else its layer's.

    >>> name(Tensor(0, "net_1/dense_1/MatMul;net_1/dense_1/BiasAdd", (), np.dtype("float32")))
    'dense'
    """
    own = tensor.name.removesuffix(":0")
    whole = ";" not in own and len(own) <= longest
    return shortened(own if whole else tensor.short_name, longest)


def shortened(word: str, longest: int = LONG) -> str:
    """A word on one line; of a longer one than `longest` the middle is left out.

    >>> shortened("a_name_that_is_so_long_that_nobody_reads_it")
    'a_name_that_i…obody_reads_it'
    """
    word = " ".join(word.split())
    front = (longest - 1) // 2
    return word if len(word) <= longest else f"{word[:front]}…{word[front + 1 - longest :]}"


def number(value: float) -> str:
    """A value with three digits, as it stands on a box.

    >>> number(31.4159), number(12345.6), number(float("inf"))
    ('31.4', '12,346', 'inf')
    """
    return f"{value:,.0f}" if 1000 <= abs(value) < float("inf") else f"{value:.3g}"
