"""What a tensor's integers mean: one scale for all, one for each channel, or one for each block."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from qnn_edu.core.params import SMALLEST_SCALE
from qnn_edu.tflite.flatbuffer import ints
from qnn_edu.tflite.graph import Tensor
from qnn_edu.tflite.schema import word
from qnn_edu.tflite.table import Table
from qnn_edu.tflite.types import DTYPES

_LARGEST = float(np.finfo(np.float32).max)

Constant = Callable[[int, str, int | None], np.ndarray | None]  # buffer, type, how many if known


class Quantization(NamedTuple):
    """Scales and zero points as a `Tensor` has them; all None where it is not quantized."""

    scale: Any = None
    zero_point: Any = None
    axis: int | None = None
    block: int | None = None


def read_quantization(
    stored: Table | None, tensors: Sequence[Table], constant: Constant
) -> Quantization:
    """The schema's `QuantizationParameters`; scales of blocks are among the subgraph's `tensors`.

    Raises:
        ValueError: other details than those of blocks, and counts that contradict one another.
    """
    if stored is not None and stored.details is not None:
        return _blockwise(stored.details, tensors, constant)
    if stored is None or stored.scale is None or len(stored.scale) == 0:
        return Quantization()
    zero_point = _spread(stored.zero_point, stored.scale)
    if len(stored.scale) == 1:
        return Quantization(stored.scale[0], int(zero_point[0]))
    return Quantization(stored.scale, zero_point, stored.quantized_dimension)


def _blockwise(details: Table, tensors: Sequence[Table], constant: Constant) -> Quantization:
    """One scale for every `block_size` values in the tensor's order; most often in float16."""
    if details.kind != "BlockwiseQuantization":
        raise ValueError(f"its scales are stored as {details.kind}, which is not read yet")
    scale = _values(details.scales, tensors, constant, "f")
    if scale is None:
        raise ValueError(f"its scales are tensor {details.scales}, which holds no real constants")
    # -1 says that all are 0. So does a writer that says nothing, by which the schema means tensor
    # 0: it is computed, or no integer.
    zero_point = _spread(_values(details.zero_points, tensors, constant, "iu"), scale)
    return Quantization(scale.astype(np.float32), zero_point, None, details.block_size)


def _values(
    index: int, tensors: Sequence[Table], constant: Constant, kinds: str
) -> np.ndarray | None:
    """A constant's values; None where there is no such tensor, or it is computed or of no `kinds`.

    `kinds` are numpy's letters of the types that are wanted.
    """
    if not 0 <= index < len(tensors):
        return None
    kind = word("TensorType", tensors[index].type)
    if np.dtype(DTYPES[kind]).kind not in kinds:
        return None
    return constant(tensors[index].buffer, kind, math.prod(ints(tensors[index].shape)))


def _spread(zero_point: np.ndarray | None, scale: np.ndarray) -> np.ndarray:
    """A zero point for each scale; 0 where the file says nothing."""
    if zero_point is None or len(zero_point) == 0:
        zero_point = np.zeros(1, np.int64)
    if len(zero_point) not in (1, len(scale)):
        raise ValueError(f"{len(scale)} scales but {len(zero_point)} zero points")
    return np.broadcast_to(zero_point, scale.shape)


def require_sound(tensor: Tensor) -> None:
    """Refuse scales and zero points that no quantized tensor can have."""
    if tensor.scale is None:
        return
    with np.errstate(invalid="ignore"):  # a damaged file may hold any bits, signalling NaNs too
        scale, zero_point = np.asarray(tensor.scale, np.float64), np.asarray(tensor.zero_point)
    smallest = SMALLEST_SCALE if tensor.bits <= 16 else 0  # a bias has the product of two scales
    possible = (scale > 0) & (scale >= smallest) & (scale * 2.0**tensor.bits < _LARGEST)
    if tensor.block is not None:
        possible |= scale == 0  # of a block of zeros: float16 has nothing between 0 and 6e-8
    if not possible.all():
        raise ValueError(f"scale {tensor.scale}, expected finite normal numbers above 0")
    if tensor.dtype.kind in "iu":
        lowest = -(2 ** (tensor.bits - 1)) if tensor.dtype.kind == "i" else 0
        if (zero_point < lowest).any() or (zero_point >= lowest + 2**tensor.bits).any():
            raise ValueError(f"zero point {tensor.zero_point}, outside {tensor.type}")
    _require_covered(tensor, scale.size)


def _require_covered(tensor: Tensor, count: int) -> None:
    """Refuse another number of scales than of channels, or of blocks."""
    shape = tensor.shape
    if tensor.axis is not None and dict(enumerate(shape)).get(tensor.axis) != count:
        raise ValueError(f"{count} scales along axis {tensor.axis} of shape {shape}")
    if tensor.block is not None and (tensor.block < 1 or count * tensor.block != math.prod(shape)):
        raise ValueError(f"{count} scales for blocks of {tensor.block} in shape {shape}")
