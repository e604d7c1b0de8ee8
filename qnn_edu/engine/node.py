"""An operator with the tensors that it reads and writes: what every kernel is called with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from qnn_edu.core.rounding import half_away
from qnn_edu.tflite.graph import Graph, Operator, Subgraph

Made = TypeVar("Made")
KERNEL_SETS = ("reference", "optimized", "xnnpack")
MOST = 2**28  # values in an array: more is a damaged file, and would take a machine's memory


@dataclass(frozen=True, eq=False)
class Node:
    """`inputs` holds None for an optional input that is left out; `kernels` names the set.

    A kernel meets what its rules let through, tensors with a scale, a shape or data: no type says
    that, so `inputs` and `outputs`, which are Tensors, have none.
    """

    operator: Operator
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    kernels: str
    intermediates: tuple[Any, ...] = ()
    _kept: dict[Callable[[Node], Any], Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, graph: Graph | Subgraph, operator: Operator, kernels: str) -> Node:
        """An operator of `graph` with its tensors."""
        inputs = tuple(None if i == -1 else graph.tensors[i] for i in operator.inputs)
        outputs, within = (
            tuple(graph.tensors[i] for i in each)
            for each in (operator.outputs, operator.intermediates)
        )
        return cls(operator, inputs, outputs, kernels, within)

    @property
    def output(self) -> Any:
        """The first output, the only one of most operators."""
        return self.outputs[0]

    @property
    def bias(self) -> Any:
        """The third input of a layer with weights, where it has one and does not leave it out."""
        return self.inputs[2] if len(self.inputs) > 2 else None

    def once(self, make: Callable[[Node], Made]) -> Made:
        """`make(node)`, computed at the first run and kept: what does not depend on the input."""
        if make not in self._kept:
            self._kept[make] = make(self)
        return self._kept[make]

    def option(self, name: str, default: Any = None) -> Any:
        """An option of the operator, or `default` where the file has none."""
        value = self.operator.options.get(name)
        return default if value is None else value

    def clamp(self) -> tuple[int, int]:
        """The integers that the output's type and the fused activation allow, lowest and highest.

        A bound of the activation is quantized as any real number, half away from zero; XNNPACK adds
        the zero point first, and rounds half to even.
        """
        grid = np.iinfo(self.output.dtype)
        lo, hi = ACTIVATIONS[self.option("fused_activation_function", "NONE")]
        scale, zero_point = self.output.scale, self.output.zero_point
        round_ = _round_even if self.kernels == "xnnpack" else _round_away
        lowest = grid.min if lo is None else max(grid.min, round_(lo / scale, zero_point))
        highest = grid.max if hi is None else min(grid.max, round_(hi / scale, zero_point))
        return lowest, highest


ACTIVATIONS = {"NONE": (None, None), "RELU": (0, None), "RELU6": (0, 6), "RELU_N1_TO_1": (-1, 1)}


def _round_away(x: np.floating, zero_point: int) -> int:
    return int(half_away(np.asarray(x))) + zero_point


def _round_even(x: np.floating, zero_point: int) -> int:
    return int(np.rint(x + zero_point))
