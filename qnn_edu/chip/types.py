"""Which types of values the kernels in C take."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import prod

from qnn_edu.chip.ends import End
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.refusal import require
from qnn_edu.engine.declared import kernel_for
from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Tensor

EIGHT_BITS = ("INT8", "UINT8")
INDICES = ("INT32", "INT64")  # what ARG_MAX may give
EXPECTED = "expected INT8, or UINT8"


def require_one_type(node: Node, kind: str) -> None:
    """Refuse activations of another type than `kind`, which is the program's.

    Raises:
        Refused: another type, or sizes that 32 bits do not count.
    """
    quantizes = node.operator.name == "QUANTIZE"
    places = INDICES if node.operator.name == "ARG_MAX" else ()
    for tensor in filter(None, (*node.once(kernel_for).activations(node), *node.outputs)):
        require(
            tensor.type in (*EIGHT_BITS, *places), f"it computes with {tensor.type}; {EXPECTED}"
        )
        alike = quantizes or tensor.type in (kind, *places)
        require(alike, f"it computes with {tensor.type}, and the rest of the network with {kind}")
        counted = 0 < prod(tensor.shape) < 2**31
        require(counted, f"it has a tensor of shape {tensor.shape}; expected 1 to 2**31 - 1 values")


def require_types(
    layer: Layer, tensors: Mapping[int, Tensor], kind: str, outputs: Collection[int]
) -> None:
    """Refuse what a kernel in C does not take; `outputs` are the tensors that are given back.

    Raises:
        Refused: another type.
    """
    types = EIGHT_BITS if layer.kernel == "lookup" else (kind,)
    operands = [(tensors[i], types) for i in layer.operands]
    written = INDICES if layer.kernel == "arg_max" else types
    for tensor, may in [*operands, (tensors[layer.output], written)]:
        require(tensor.type in may, f"it computes with {tensor.type}; expected {' or '.join(may)}")
    given = layer.kernel != "arg_max" or layer.output in outputs
    require(given, "what it gives is used within the network; C gives it back alone")


def why_no_end(end: End) -> str | None:
    """Why a caller cannot give or take what stands at an end, None where it can."""
    may = EIGHT_BITS if end.is_input else (*EIGHT_BITS, *INDICES)
    if end.tensor.type in may:
        return None
    who = end.parameter.replace("_", " ")
    return f"its {who}, {end.file.short_name!r}, is {end.tensor.type}; {EXPECTED}"
