"""What would end the process: numbers at which LiteRT's kernels abort instead of refusing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core.check import is_choice
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.tflite.graph import Graph, Operator, Tensor

_COMPARISONS = ("EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "NOT_EQUAL")
_SMALLEST_SOFTMAX = 2.0**-26  # of beta S: softmax's input is scaled by beta S 2**26, at least 1


def require_safe(graph: Graph, kernels: str) -> None:
    """Refuse a model that LiteRT would not refuse but die of.

    Raises:
        ValueError: unknown kernels, and an operator with a scale at which its kernel aborts.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> require_safe(read(asset("digits_int8.tflite")), "reference")
    """
    if not is_choice(kernels, KERNEL_SETS):
        raise ValueError(f"No kernels {kernels!r}; choose one of {', '.join(KERNEL_SETS)}.")
    for operator in graph.operators:
        for reason in _reasons(graph, operator, kernels):
            raise ValueError(
                f"LiteRT's {kernels} kernels would abort at operator {operator.index}, "
                f"{operator.name}: {reason}. Such a scale often comes of a range of nothing but "
                "zeros: calibrate on real data, and look for weights that are all 0."
            )


def _reasons(graph: Graph, operator: Operator, kernels: str) -> Iterator[str]:
    inputs, outputs = (
        [graph.tensors[i] for i in indices if i >= 0]
        for indices in (operator.inputs, operator.outputs)
    )
    if operator.name in _COMPARISONS:
        yield from _of_comparison(inputs)
    if operator.name == "SQUARED_DIFFERENCE":
        yield from _of_difference([*inputs, *outputs])
    quantized = [t for t in (*inputs, *outputs) if t.dtype in (np.int8, np.uint8)]
    scales = [t.scale for t in quantized if isinstance(t.scale, np.floating)]
    if len(scales) != len(inputs) + len(outputs) or not scales:
        return
    if operator.name in ("SOFTMAX", "LOG_SOFTMAX") and kernels == "reference":
        beta = operator.options.get("beta") or 1.0
        if beta * scales[0] <= _SMALLEST_SOFTMAX:
            yield f"its input has the scale {scales[0]:.3g}; expected more than 2**-26"


def _of_comparison(inputs: list[Tensor]) -> Iterator[str]:
    """There is a law for scales below 1, and one for those above."""
    if any(isinstance(t.scale, np.floating) and t.scale == 1 for t in inputs):
        yield "an input has the scale 1; expected any other"


def _of_difference(tensors: list[Tensor]) -> Iterator[str]:
    """The square of 2 max(S_a, S_b), in steps of an output 2**14 times finer, is below 1."""
    if [t.dtype for t in tensors] == [np.int8] * 3 and all(
        isinstance(t.scale, np.floating) for t in tensors
    ):
        *scales, scale = (np.float64(t.scale) for t in tensors)
        if (2 * max(scales)) ** 2 >= 2**14 * scale:
            yield f"its output has the scale {scale:.3g}, too fine for its inputs"
