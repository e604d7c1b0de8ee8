"""Where two kernel sets part, and how a difference grows on its way through a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from qnn_edu.engine.run import run
from qnn_edu.tflite.graph import Graph, Operator, Tensor


@dataclass(frozen=True)
class Difference:
    """One operator's output under two kernel sets: the share of values that differ, and by how
    many steps at most. The metadata are a table's headings and formats."""

    index: int = field(metadata={"heading": "tensor"})
    name: str = field(metadata={"heading": "layer"})
    operator: str = field(metadata={"heading": "operator"})
    share: float = field(metadata={"heading": "values that differ", "format": ".3%"})
    largest: int = field(metadata={"heading": "largest (steps)"})


@dataclass(frozen=True)
class Parting:
    """`rows` in the order of execution; `predictions` of `images` change their largest output."""

    rows: tuple[Difference, ...]
    predictions: int
    images: int

    @property
    def first(self) -> Difference | None:
        """The first operator whose output differs; None where all are equal."""
        return next((row for row in self.rows if row.share > 0), None)

    def __str__(self) -> str:
        lines = [
            f"{row.operator:18}{row.name:24}{row.share:9.3%}  at most {row.largest}"
            for row in self.rows
        ]
        changed = f"{self.predictions} of {self.images} predictions change"
        return "\n".join([*lines, changed])


def first_difference(
    graph: Graph, inputs: ArrayLike | Sequence[ArrayLike], kernels_a: str, kernels_b: str
) -> Parting:
    """Every operator's outputs under two kernel sets, and how many predictions they change.

    What is computed with real numbers is left out: all kernel sets compute it alike here.
    `inputs` as in `run`. A prediction is the place of the largest value of the first output.

    Raises:
        ValueError: what `run` refuses.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> images = np.random.default_rng(0).integers(-128, 128, (20, 8, 8, 1)).astype(np.int8)
    >>> first_difference(graph, images, "reference", "xnnpack").first.operator
    'CONV_2D'
    """
    a, b = (run(graph, inputs, kernels=k, keep=True).tensors for k in (kernels_a, kernels_b))
    rows = []
    for operator, tensor in _compared(graph):
        steps = np.abs(a[tensor.index].astype(np.float64) - b[tensor.index])
        if tensor.dtype.kind == "f":  # real numbers of a DEQUANTIZE, counted in its input's steps
            steps /= graph.tensors[operator.inputs[0]].scale
        share, largest = float((steps > 0).mean()), int(np.rint(steps.max()))
        rows.append(Difference(tensor.index, tensor.short_name, operator.name, share, largest))
    scores = [found[graph.outputs[0]] for found in (a, b)]
    classes = [each.reshape(len(each), -1).argmax(axis=1) for each in scores]
    return Parting(tuple(rows), int((classes[0] != classes[1]).sum()), len(scores[0]))


def _compared(graph: Graph) -> Iterator[tuple[Operator, Tensor]]:
    """Every output that is counted in steps, with its operator."""
    for operator in graph.operators:
        scaled = operator.inputs and graph.tensors[operator.inputs[0]].scale is not None
        for tensor in (graph.tensors[i] for i in operator.outputs):
            if tensor.dtype.kind in "iu" or (tensor.dtype.kind == "f" and scaled):
                yield operator, tensor
