"""One tensor of the schema as a `Tensor`: what it says about itself, checked."""

import math
from collections.abc import Sequence

import numpy as np

from qnn_edu.tflite.flatbuffer import ints, text
from qnn_edu.tflite.graph import Tensor
from qnn_edu.tflite.quantization import Constant, read_quantization, require_sound
from qnn_edu.tflite.schema import word
from qnn_edu.tflite.sparsity import Sparsity, densified
from qnn_edu.tflite.table import Table
from qnn_edu.tflite.types import DTYPES


def read_tensor(index: int, tensors: Sequence[Table], constant: Constant) -> Tensor:
    """One of a subgraph's `Tensor`s as a `Tensor`; `constant(buffer, type, count)` gives its data.

    Raises:
        ValueError: storage that is not read yet, and numbers that contradict one another.
    """
    name = text(tensors[index].name)
    try:
        return _tensor(index, name, tensors, constant)
    except ValueError as error:
        raise ValueError(f"Tensor {index}, {name!r}, cannot be read: {error}.") from error


def _tensor(index: int, name: str, tensors: Sequence[Table], constant: Constant) -> Tensor:
    stored = tensors[index]
    if stored.external_buffer:
        raise ValueError("it is stored in another file, which is not read yet")
    kind, shape = word("TensorType", stored.type), ints(stored.shape)
    if any(size < 0 for size in shape):
        raise ValueError(f"shape {shape} has a negative size")
    data, sparsity = _data(stored, kind, shape, constant)
    quantization = read_quantization(stored.quantization, tensors, constant)
    tensor = Tensor(
        index,
        name,
        shape,
        np.dtype(DTYPES[kind]),
        data=data,
        type=kind,
        signature=_signature(ints(stored.shape_signature), shape),
        variable=bool(stored.is_variable),
        sparsity=sparsity,
        **quantization._asdict(),
    )
    require_sound(tensor)
    return tensor


def _data(
    stored: Table, kind: str, shape: tuple[int, ...], constant: Constant
) -> tuple[np.ndarray | None, Sparsity | None]:
    """A constant's values in its shape, and how they are stored if that is sparse."""
    count = math.prod(shape) if stored.sparsity is None else None
    values = constant(stored.buffer, kind, count)
    if values is None:
        return None, None
    if stored.sparsity is None:
        return values.reshape(shape), None
    dense, sparsity = densified(values, stored.sparsity, shape)
    dense.flags.writeable = False
    return dense, sparsity


def _signature(stored: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with -1 where sizes are open, as the file says; the shape if it says nothing."""
    pairs = list(zip(stored, shape, strict=False))
    fits = len(stored) == len(shape) and all(size in (-1, known) for size, known in pairs)
    return stored if fits else shape
