"""What would end the process: numbers at which LiteRT's kernels abort instead of refusing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from qnn_edu.core.check import is_choice
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.tflite.graph import Graph, Operator, Tensor

HANDLES = ("RESOURCE", "VARIANT")  # types without values: LiteRT ends the process that asks
_COMPARISONS = ("EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "NOT_EQUAL")
_PLACES = {np.dtype(np.int8): 20, np.dtype(np.uint8): 20, np.dtype(np.int16): 15}
_SMALLEST_SOFTMAX = 2.0**-26  # of beta S: softmax's input is scaled by beta S 2**26, at least 1
_OF_ZEROS = (
    " Such a scale often comes of a range of nothing but zeros: calibrate on real data, and look "
    "for weights that are all 0."
)


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
        for danger in _DANGERS.get(operator.name, ()):
            for reason in danger(operator, tensors, kernels):
                raise ValueError(
                    f"LiteRT's {kernels} kernels would abort at operator {operator.index}, "
                    f"{operator.name}: {reason}"
                )


def _without_scales(operator: Operator, tensors: list[Tensor], kernels: str) -> Iterator[str]:
    """It divides by a scale, and takes one that is missing for 0."""
    types = ("INT8", "UINT8", "INT16") if operator.name == "SUB" else ("INT8", "UINT8")
    for tensor in tensors:
        if tensor.type in types and tensor.scale is None:
            yield (
                f"{tensor.short_name!r} is {tensor.type} and has no scale. Quantize the model as a "
                "whole; a file for an accelerator runs there alone."
            )


def _sum_too_fine(operator: Operator, tensors: list[Tensor], kernels: str) -> Iterator[str]:
    """A sum has so many places after the point, and is scaled by less than 1 from there."""
    places = _PLACES.get(tensors[-1].dtype)
    if places is None or not _all_scaled(tensors):
        return
    *scales, scale = (t.scale for t in tensors)
    least = max(scales) * 2.0 ** (1 - places)
    if scale <= least:
        yield f"its output has the scale {scale:.3g}; expected more than {least:.3g}.{_OF_ZEROS}"


def _softmax_too_small(operator: Operator, tensors: list[Tensor], kernels: str) -> Iterator[str]:
    bytes_each = all(t.dtype in (np.int8, np.uint8) for t in tensors)
    if kernels != "reference" or not bytes_each or not _all_scaled(tensors):
        return
    scale = tensors[0].scale
    if (operator.options.get("beta") or 1.0) * scale <= _SMALLEST_SOFTMAX:
        yield f"its input has the scale {scale:.3g}; expected more than 2**-26.{_OF_ZEROS}"


def _compared_at_one(operator: Operator, tensors: list[Tensor], kernels: str) -> Iterator[str]:
    """There is a law for scales below 1, and one for those above."""
    if any(isinstance(t.scale, np.floating) and t.scale == 1 for t in tensors):
        yield "an input has the scale 1; expected any other."


def _difference_too_fine(operator: Operator, tensors: list[Tensor], kernels: str) -> Iterator[str]:
    """The square of 2 max(S_a, S_b), in steps of an output 2**14 times finer, is below 1."""
    if [t.dtype for t in tensors] != [np.int8] * 3 or not _all_scaled(tensors):
        return
    *scales, scale = (np.float64(t.scale) for t in tensors)
    if (2 * max(scales)) ** 2 >= 2**14 * scale:
        yield f"its output has the scale {scale:.3g}, too fine for its inputs.{_OF_ZEROS}"


def _all_scaled(tensors: list[Tensor]) -> bool:
    """Has each of them one scale?"""
    return bool(tensors) and all(isinstance(t.scale, np.floating) for t in tensors)


Danger = Callable[[Operator, list[Tensor], str], Iterator[str]]
_DANGERS: dict[str, tuple[Danger, ...]] = {
    "ADD": (_without_scales, _sum_too_fine),
    "SUB": (_without_scales,),
    "SQUARED_DIFFERENCE": (_without_scales, _difference_too_fine),
    "SOFTMAX": (_softmax_too_small,),
    "LOG_SOFTMAX": (_softmax_too_small,),
} | dict.fromkeys(_COMPARISONS, (_without_scales, _compared_at_one))
