"""What would end the process: numbers at which LiteRT's kernels abort instead of refusing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core.check import is_choice
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.tflite.graph import Graph, Operator, Tensor

HANDLES = ("RESOURCE", "VARIANT")  # types without values: LiteRT ends the process that asks
_SMALLEST_SOFTMAX = 2.0**-26  # of beta S: softmax's input is scaled by beta S 2**26, at least 1
# They divide by a scale, and take one that is missing for 0.
_DIVIDE = dict.fromkeys(
    "ADD SQUARED_DIFFERENCE EQUAL NOT_EQUAL LESS LESS_EQUAL GREATER GREATER_EQUAL".split(),
    ("INT8", "UINT8"),
) | {"SUB": ("INT8", "UINT8", "INT16")}


def require_safe(graph: Graph, kernels: str) -> None:
    """Refuse a model that LiteRT would not refuse but die of.

    Raises:
        ValueError: unknown kernels, outputs without values, and an operator with a scale at which
            its kernel aborts, or without one.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> require_safe(read(asset("digits_int8.tflite")), "reference")
    """
    if not is_choice(kernels, KERNEL_SETS):
        raise ValueError(f"No kernels {kernels!r}; choose one of {', '.join(KERNEL_SETS)}.")
    if handles := [i for i in graph.outputs if graph.tensors[i].type in HANDLES]:
        raise ValueError(
            f"The model puts out tensors {handles}, which are handles: LiteRT would die if it were "
            "asked for their values. Give a model that puts out numbers."
        )
    for operator in graph.operators:
        tensors = [graph.tensors[i] for i in (*operator.inputs, *operator.outputs) if i >= 0]
        for reason in (
            *_without_scales(operator, tensors),
            *_too_small(operator, tensors, kernels),
        ):
            raise ValueError(
                f"LiteRT's {kernels} kernels would abort at operator {operator.index}, "
                f"{operator.name}: {reason}"
            )


def _without_scales(operator: Operator, tensors: list[Tensor]) -> Iterator[str]:
    for tensor in tensors:
        if tensor.type in _DIVIDE.get(operator.name, ()) and tensor.scale is None:
            yield (
                f"{tensor.short_name!r} is {tensor.type} and has no scale. Quantize the model as a "
                "whole; a file for an accelerator runs there alone."
            )


def _too_small(operator: Operator, tensors: list[Tensor], kernels: str) -> Iterator[str]:
    if operator.name not in ("SOFTMAX", "LOG_SOFTMAX") or kernels != "reference":
        return
    bytes_each = all(t.dtype in (np.int8, np.uint8) for t in tensors)
    scales = [t.scale for t in tensors if isinstance(t.scale, np.floating)]
    if not bytes_each or not scales or len(scales) < len(tensors):
        return
    beta = operator.options.get("beta") or 1.0
    if beta * scales[0] <= _SMALLEST_SOFTMAX:
        yield (
            f"its input has the scale {scales[0]:.3g}; expected more than 2**-26. Such a scale "
            "comes of a range of nothing but zeros: calibrate on real data, and look for weights "
            "that are all 0."
        )
