"""A LiteRT model as plain Python: tensors, operators, and how they are joined."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qnn_edu.core.params import QuantParams
from qnn_edu.tflite.sparsity import Sparsity

_CALLS = ("StatefulPartitionedCall", "PartitionedCall")  # what a traced model is to TensorFlow


@dataclass(frozen=True, eq=False)
class Tensor:
    """One tensor of the file.

    `type` is the schema's word (`INT4`), `dtype` what numpy holds its values in (int8): the two
    differ in width below 8 bits and for BFLOAT16. `scale` (float32) and `zero_point` are None where
    the tensor is not quantized, one number each where it is, and 1-D arrays where every channel of
    `axis`, or every `block` values in the tensor's order, have their own. `data` holds a constant's
    values in the tensor's shape, and None for what is computed; `sparsity` says how they are stored
    where only some of them are. `signature` is the shape with -1 where the file leaves a size open;
    `shape` has 1. A `variable` is a state that its operator keeps from one run to the next.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    scale: np.float32 | np.ndarray | None = None
    zero_point: int | np.ndarray | None = None
    axis: int | None = None
    data: np.ndarray | None = None
    type: str = ""  # the word of `dtype` unless given
    signature: tuple[int, ...] = ()  # the shape unless given
    variable: bool = False
    block: int | None = None
    sparsity: Sparsity | None = None

    def __post_init__(self) -> None:
        if not self.type:
            object.__setattr__(self, "type", self.dtype.name.upper())
        if not self.signature:
            object.__setattr__(self, "signature", self.shape)

    @property
    def is_open(self) -> bool:
        """Whether the file leaves a size open beside the first, which counts the images.

        >>> Tensor(0, "x", (1, 1, 3), np.dtype("i1"), signature=(-1, -1, 3)).is_open
        True
        """
        return -1 in self.signature[1:]

    @property
    def bits(self) -> int:
        """Bits that the file spends on one value; 0 where that has no answer (`STRING`).

        >>> Tensor(0, "weight", (2,), np.dtype("int8"), type="INT4").bits
        4
        """
        number = re.search(r"\d+", self.type)
        return int(number[0]) if number else 8 * (self.type == "BOOL")

    @property
    def short_name(self) -> str:
        """A name to read: the layer of a converter's name such as `net_1/conv_relu_1/Relu;...`.

        A layer of batch normalization has a scope `batchnorm` inside, which names no layer.

        >>> Tensor(0, "net_1/norm_2/batchnorm/add_1;net_1/conv_1/x", (), np.dtype("i1")).short_name
        'norm'
        """
        first = self.name.split(";")[0].split(":")[0]
        parts = [part for part in first.split("/") if part != "batchnorm"]
        return re.sub(r"_\d+$", "", parts[-2]) if len(parts) > 1 else first

    @property
    def params(self) -> QuantParams | None:
        """The quantizer of an integer tensor of at most 16 bits, else None (as for a bias).

        None for scales of blocks too, which are more than a quantizer has. The file does not say
        whether a range is narrow, so `narrow_range` is False.
        """
        integer = self.dtype in (np.int8, np.uint8, np.int16)
        if self.scale is None or self.block is not None or not integer:
            return None
        signed = self.dtype != np.uint8
        return QuantParams(
            self.scale, self.zero_point, bits=self.bits, signed=signed, axis=self.axis
        )

    @property
    def real(self) -> np.ndarray | None:
        """A constant's real values, `scale * (data - zero_point)` in float32; None if computed.

        The constant itself where it is not quantized.
        """
        if self.data is None or self.scale is None or self.zero_point is None:
            return self.data
        scale, zero_point = (self._laid(each) for each in (self.scale, self.zero_point))
        return (np.float64(scale) * (self.data.astype(np.int64) - zero_point)).astype(np.float32)

    def _laid(self, numbers: Any) -> np.ndarray:
        """A number for each channel or block, laid out so that it meets the data that it is for."""
        if self.block is not None:
            return np.repeat(numbers, self.block).reshape(self.shape)
        each = [1] * len(self.shape)
        if self.axis is not None:
            each[self.axis] = -1
        return np.reshape(numbers, each)


@dataclass(frozen=True, eq=False)
class Operator:
    """One operator: its name (`CONV_2D`), tensor indices, and named options.

    An optional input that is left out has the index -1. `options` has the schema's names in
    snake case; padding and fused activation are words, other enumerations the schema's numbers.
    `intermediates` are tensors without values: the grids on which LSTM computes within.
    """

    index: int
    name: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: dict[str, Any] = field(default_factory=dict)
    intermediates: tuple[int, ...] = ()

    @property
    def subgraphs(self) -> tuple[int, ...]:
        """The numbers of the subgraphs that it calls, as its options name them.

        >>> Operator(0, "CALL_ONCE", 1, (), (), {"init_subgraph_index": 1}).subgraphs
        (1,)
        """
        named = (value for name, value in self.options.items() if "subgraph" in name)
        return tuple(int(number) for value in named for number in np.ravel(value))


@dataclass(frozen=True, eq=False)
class Subgraph:
    """Tensors, and the operators that compute them, in the file's order of execution."""

    name: str
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Graph:
    """A model: its main subgraph, whose parts are the graph's own, and those that it calls.

    `tensors[i]` is the main subgraph's tensor i. The other subgraphs are the branches of IF and the
    conditions and bodies of WHILE; `options` of such operators have their numbers.
    """

    subgraphs: tuple[Subgraph, ...]
    size: int  # bytes of the file

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        return self.subgraphs[0].tensors

    @property
    def operators(self) -> tuple[Operator, ...]:
        return self.subgraphs[0].operators

    @property
    def inputs(self) -> tuple[int, ...]:
        return self.subgraphs[0].inputs

    @property
    def outputs(self) -> tuple[int, ...]:
        return self.subgraphs[0].outputs

    def layer_name(self, tensor: int) -> str:
        """What a reader calls the layer that puts out a tensor: the tensor's short name.

        A converter names the results of a model after a call (`StatefulPartitionedCall_1`), not
        after a layer; for these it is the operator in lower case.

        >>> from qnn_edu.data import asset
        >>> from qnn_edu.tflite import read
        >>> graph = read(asset("digits_int8.tflite"))
        >>> [graph.layer_name(op.outputs[0]) for op in graph.operators[-2:]]
        ['dense', 'softmax']
        """
        name = self.tensors[tensor].short_name
        if not name.startswith(_CALLS):
            return name
        makers = (op.name.lower() for op in self.operators if tensor in op.outputs)
        return next(makers, name)


def require_graph(graph: Any, who: str) -> None:
    """Refuse what is no `Graph`; `who` begins the error.

    Raises:
        ValueError: with what came, and what makes a graph of it.

    >>> require_graph(b"TFL3", "engine")
    Traceback (most recent call last):
    ValueError: engine: expected a graph, got bytes. A model file becomes one with ...
    """
    if not isinstance(graph, Graph):
        raise ValueError(
            f"{who}: expected a graph, got {type(graph).__name__}. A model file becomes one with "
            "qnn_edu.tflite.read, a Keras model with qnn_edu.nets.tensorflow_graph."
        )
