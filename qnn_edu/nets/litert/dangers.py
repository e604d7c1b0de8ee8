"""What would end the process: numbers at which LiteRT's kernels abort instead of refusing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core.check import is_choice
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.tflite.graph import Graph, Operator

_PLACES, _PLACES_OF_16_BITS = 20, 15  # after the point of a sum, before it is scaled, by below 1
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
                f"{operator.name}: {reason}. Such a scale comes of a range of nothing but zeros: "
                "calibrate on real data, and look for weights that are all 0."
            )


def _reasons(graph: Graph, operator: Operator, kernels: str) -> Iterator[str]:
    inputs, outputs = (
        [graph.tensors[i] for i in indices if i >= 0]
        for indices in (operator.inputs, operator.outputs)
    )
    quantized = [t for t in (*inputs, *outputs) if t.dtype in (np.int8, np.uint8, np.int16)]
    scales = [t.scale for t in quantized if isinstance(t.scale, np.floating)]
    if len(scales) != len(inputs) + len(outputs) or not scales:
        return
    wide = inputs[0].dtype == np.int16
    if operator.name == "ADD":
        least = max(scales[:2]) * 2.0 ** (1 - (_PLACES_OF_16_BITS if wide else _PLACES))
        if scales[2] <= least:
            yield f"its output has the scale {scales[2]:.3g}; expected more than {least:.3g}"
    if operator.name in ("SOFTMAX", "LOG_SOFTMAX") and kernels == "reference" and not wide:
        beta = operator.options.get("beta") or 1.0
        if beta * scales[0] <= _SMALLEST_SOFTMAX:
            yield f"its input has the scale {scales[0]:.3g}; expected more than 2**-26"
