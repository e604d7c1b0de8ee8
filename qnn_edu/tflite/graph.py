"""A LiteRT model as plain Python: tensors, operators, and how they are joined."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from qnn_edu.core.params import QuantParams


@dataclass(frozen=True, eq=False)
class Tensor:
    """One tensor of the file.

    `scale` (float32) and `zero_point` are None where the tensor is not quantized, one number
    each where it is, and 1-D arrays where every channel of `axis` has its own. `data` holds a
    constant's values in the tensor's shape, and None for what is computed.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    scale: np.float32 | np.ndarray | None = None
    zero_point: int | np.ndarray | None = None
    axis: int | None = None
    data: np.ndarray | None = None

    @property
    def params(self) -> QuantParams | None:
        """The quantizer of an int8, uint8 or int16 tensor, else None (a bias has a scale only).

        The file does not say whether a range is narrow, so `narrow_range` is False.
        """
        if self.scale is None or self.dtype not in (np.int8, np.uint8, np.int16):
            return None
        bits, signed = 8 * self.dtype.itemsize, self.dtype != np.uint8
        return QuantParams(self.scale, self.zero_point, bits=bits, signed=signed, axis=self.axis)

    @property
    def real(self) -> np.ndarray | None:
        """A constant's real values, `scale * (data - zero_point)` in float32; None if computed.

        The constant itself where it is not quantized.
        """
        if self.data is None or self.scale is None:
            return self.data
        each = [1] * self.data.ndim  # one scale and zero point a channel, laid along the axis
        if self.axis is not None:
            each[self.axis] = -1
        scale, zero_point = np.reshape(self.scale, each), np.reshape(self.zero_point, each)
        return (np.float64(scale) * (self.data.astype(np.int64) - zero_point)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Operator:
    """One operator: its name (`CONV_2D`), tensor indices, and named options.

    An optional input that is left out has the index -1. `options` has the schema's names in
    snake case; padding and fused activation are words, other enumerations the schema's numbers.
    """

    index: int
    name: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: dict = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Graph:
    """The main subgraph of a model: `tensors[i]` is the file's tensor i, operators in order."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    size: int  # bytes of the file
