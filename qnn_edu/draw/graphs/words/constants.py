"""What a diagram says of an operator's constants: its weights, and the numbers that steer it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from qnn_edu.draw.graphs.words.indexing import strided, window
from qnn_edu.draw.graphs.words.notation import name, shape_and_type, shortened, stored, times
from qnn_edu.tflite.graph import Operator, Subgraph, Tensor

_LAYER = ("", "w", "bias")
_REDUCTION = ("", "axes")
_BLOCKS = ("", "blocks of", "pad")
# What an input is there for, by position; the other inputs go by their tensor's name.
_ROLES = {
    "CONV_2D": _LAYER,
    "DEPTHWISE_CONV_2D": _LAYER,
    "FULLY_CONNECTED": _LAYER,
    "TRANSPOSE_CONV": ("shape", "w", "", "bias"),
    "BATCH_MATMUL": ("w", "w"),
    "EMBEDDING_LOOKUP": ("", "w"),
    "Conv2D": ("", "w"),
    "DepthwiseConv2dNative": ("", "w"),
    "MatMul": ("", "w"),
    "BiasAdd": ("", "bias"),
    "PRELU": ("", "alpha"),
    **dict.fromkeys(
        ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ALL", "REDUCE_ANY"),
        _REDUCTION,
    ),
    "Mean": _REDUCTION,
    "REVERSE_V2": _REDUCTION,
    "RESHAPE": ("", "shape"),
    "Reshape": ("", "shape"),
    "BROADCAST_TO": ("", "shape"),
    "FILL": ("shape", "value"),
    "TRANSPOSE": ("", "perm"),
    "PAD": ("", "pad"),
    "PADV2": ("", "pad", "with"),
    "MIRROR_PAD": ("", "pad"),
    "SPACE_TO_BATCH_ND": _BLOCKS,
    "BATCH_TO_SPACE_ND": (*_BLOCKS[:2], "crop"),
    "TILE": ("", "times"),
    "GATHER": ("", "indices"),
    "GATHER_ND": ("", "indices"),
    "EXPAND_DIMS": ("", "axis"),
    "ARG_MAX": ("", "axis"),
    "ARG_MIN": ("", "axis"),
    "CUMSUM": ("", "axis"),
    "SPLIT": ("axis",),
    "SPLIT_V": ("", "sizes", "axis"),
    "RESIZE_BILINEAR": ("", "size"),
    "RESIZE_NEAREST_NEIGHBOR": ("", "size"),
    "TOPK_V2": ("", "k"),
    "ONE_HOT": ("", "depth", "on", "off"),
    "RANGE": ("from", "to", "step"),
    "READ_VARIABLE": ("variable",),
    "ASSIGN_VARIABLE": ("variable", "value"),
}
_VALUES = ("", "w", "alpha", "value")  # what is computed with; all other roles steer
FEW = 4  # a constant of at most so many values is written out
WHOLE = 16  # one that steers, such as a shape, is up to so many
MOST = 5  # lines; of more constants, as an LSTM has, only their number is told


def constants(
    operator: Operator, graph: Subgraph, *, brief: bool = False
) -> tuple[list[str], list[str]]:
    """(words on the bias, lines on each other input that nobody computes).

    What steers an operator is written as numpy would write it, an index for one. In `brief`
    without the bias, and without how weights are quantized.
    """
    if index := _index(operator, graph.tensors):
        return [], [index]
    computed = {*graph.inputs, *(i for op in graph.operators for i in op.outputs)}
    bias, rows = [], []
    for position, i in enumerate(operator.inputs):
        role = _role(operator, position)
        if role == "variable" and i >= 0:
            rows.append((graph.tensors[i], f"variable {name(graph.tensors[i])}"))
        elif i < 0 or i in computed:
            continue
        elif role == "bias":
            bias += [f"bias {graph.tensors[i].type.lower()}"] * (not brief)
        else:
            rows.append((graph.tensors[i], _line(graph.tensors[i], role, brief)))
    if len(rows) <= MOST:
        return bias, [line for _, line in rows]
    return bias, _counted(tensor for tensor, _ in rows)


def weights(operator: Operator, tensors: tuple[Tensor, ...]) -> Tensor | None:
    """The constant weights of a layer, which have two axes or more; None where there are none."""
    if _ROLES.get(operator.name) is not _LAYER or len(operator.inputs) < 2:
        return None
    tensor = tensors[operator.inputs[1]]
    known = operator.inputs[1] >= 0 and tensor.data is not None and len(tensor.shape) > 1
    return tensor if known else None


def _role(operator: Operator, position: int) -> str:
    roles = _ROLES.get(operator.name, ())
    return roles[position] if position < len(roles) else ""


def _index(operator: Operator, tensors: tuple[Tensor, ...]) -> str:
    """What STRIDED_SLICE or SLICE takes, if constants say it."""
    wanted = {"STRIDED_SLICE": 4, "SLICE": 3}.get(operator.name)
    if len(operator.inputs) != wanted or min(operator.inputs) < 0:
        return ""
    source, *arguments = (tensors[i] for i in operator.inputs)
    given = [t.data for t in arguments if t.data is not None and t.data.dtype.kind == "i"]
    rows = [values.ravel().tolist() for values in given]
    if len(rows) != wanted - 1 or len({len(row) for row in rows}) > 1:
        return ""
    if operator.name == "SLICE":
        return window(*rows, source.signature)
    return strided(*rows, source.signature, operator.options)


def _line(tensor: Tensor, role: str, brief: bool) -> str:
    """What a constant is for, then its real values if they are few, else its shape and type."""
    last = tensor.name.split(";")[0].split("/")[-1]
    called = role or shortened(last if last.isidentifier() else "constant")
    steers = role not in _VALUES
    if tensor.data is not None and role != "w":
        whole = steers and tensor.data.dtype.kind in "iu"
        if tensor.data.size <= (WHOLE if whole else FEW):
            values = tensor.real if whole else tensor.real.ravel()
            kind = "" if steers or tensor.scale is None else f" {tensor.type.lower()}"
            return f"{called} {_numbers(values)}{kind}"
    if brief:
        return f"{called} {shape_and_type(tensor)}"
    return f"{called} {times(tensor.shape) or 'scalar'} {stored(tensor)}"


def _numbers(values: np.ndarray) -> str:
    """Numbers with commas between them; rows, as of paddings, in brackets."""
    if values.ndim > 1:
        return ", ".join(f"({_numbers(row)})" for row in values)
    return ", ".join(map(_number, values.ravel()))


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, np.floating) else shortened(str(value))


def _counted(tensors: Iterable[Tensor]) -> list[str]:
    """Constants by type: how many there are.

    >>> _counted([Tensor(0, "x", (4,), np.dtype("int8"))] * 6)
    ['6 constants int8']
    """
    counts = Counter(tensor.type.lower() for tensor in tensors)
    return [f"{count} constants {kind}" for kind, count in counts.items()]
