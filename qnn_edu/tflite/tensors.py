"""One tensor of the schema as a `Tensor`: what it says about itself, checked."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from qnn_edu.core.params import SMALLEST_SCALE
from qnn_edu.tflite.flatbuffer import ints, text
from qnn_edu.tflite.graph import Tensor
from qnn_edu.tflite.schema import word
from qnn_edu.tflite.table import Table
from qnn_edu.tflite.types import DTYPES

_LARGEST = float(np.finfo(np.float32).max)

Constant = Callable[[int, str, int], np.ndarray | None]  # buffer, type, how many values


def read_tensor(index: int, stored: Table, constant: Constant) -> Tensor:
    """The schema's `Tensor` as a `Tensor`; `constant(buffer, type, count)` gives its data.

    Raises:
        ValueError: storage that is not read yet, and numbers that contradict one another.
    """
    name = text(stored.name)
    try:
        return _tensor(index, name, stored, constant)
    except ValueError as error:
        raise ValueError(f"Tensor {index}, {name!r}, cannot be read: {error}.") from error


def _tensor(index: int, name: str, stored: Table, constant: Constant) -> Tensor:
    _require_plain(stored)
    kind = word("TensorType", stored.type)
    shape = ints(stored.shape)
    if any(size < 0 for size in shape):
        raise ValueError(f"shape {shape} has a negative size")
    data = constant(stored.buffer, kind, math.prod(shape))
    scale, zero_point, axis = _quantization(stored.quantization)
    tensor = Tensor(
        index,
        name,
        shape,
        np.dtype(DTYPES[kind]),
        scale,
        zero_point,
        axis,
        None if data is None else data.reshape(shape),
        kind,
        _signature(ints(stored.shape_signature), shape),
        bool(stored.is_variable),
    )
    _require_sound(tensor)
    return tensor


def _signature(stored: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with -1 where sizes are open, as the file says; the shape if it says nothing."""
    pairs = list(zip(stored, shape, strict=False))
    fits = len(stored) == len(shape) and all(size in (-1, known) for size, known in pairs)
    return stored if fits else shape


def _require_plain(stored: Table) -> None:
    """Refuse ways to store a tensor that would need more than its own buffer and scales."""
    details = getattr(stored.quantization, "details", None)
    if stored.sparsity is not None:
        raise ValueError("it is stored sparse, which is not read yet")
    if stored.external_buffer:
        raise ValueError("it is stored in another file, which is not read yet")
    if details is not None:
        raise ValueError(f"its scales are stored as {details.kind}, which is not read yet")


def _quantization(stored: Table | None) -> tuple[Any, Any, int | None]:
    """(scale, zero_point, axis) of a tensor; three times None where it is not quantized."""
    if stored is None or stored.scale is None or len(stored.scale) == 0:
        return None, None, None
    scale, zero_point = stored.scale, stored.zero_point
    if zero_point is None or len(zero_point) == 0:
        zero_point = np.zeros(1, np.int64)  # what a file means when it says nothing
    if len(zero_point) not in (1, len(scale)):
        raise ValueError(f"{len(scale)} scales but {len(zero_point)} zero points")
    if len(scale) == 1:
        return scale[0], int(zero_point[0]), None
    return scale, np.broadcast_to(zero_point, scale.shape), stored.quantized_dimension


def _require_sound(tensor: Tensor) -> None:
    """Refuse scales and zero points that no quantized tensor can have."""
    if tensor.scale is None:
        return
    with np.errstate(invalid="ignore"):  # a damaged file may hold any bits, signalling NaNs too
        scale, zero_point = np.asarray(tensor.scale, np.float64), np.asarray(tensor.zero_point)
    smallest = SMALLEST_SCALE if tensor.bits <= 16 else 0  # a bias has the product of two scales
    possible = (scale > 0) & (scale >= smallest) & (scale * 2.0**tensor.bits < _LARGEST)
    if not possible.all():
        raise ValueError(f"scale {tensor.scale}, expected finite normal numbers above 0")
    if tensor.dtype.kind in "iu":
        lowest = -(2 ** (tensor.bits - 1)) if tensor.dtype.kind == "i" else 0
        if (zero_point < lowest).any() or (zero_point >= lowest + 2**tensor.bits).any():
            raise ValueError(f"zero point {tensor.zero_point}, outside {tensor.type}")
    if tensor.axis is not None:
        sizes = dict(enumerate(tensor.shape))
        if sizes.get(tensor.axis) != len(scale):
            raise ValueError(
                f"{len(scale)} scales along axis {tensor.axis} of shape {tensor.shape}"
            )
