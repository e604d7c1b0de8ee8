"""The operators that can become C: for each, the function that gives its layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qnn_edu.chip import elementwise, pairs, resizing, rows, weights, windows
from qnn_edu.chip.joining import concatenation
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.moving import moved, reshaped
from qnn_edu.chip.refusal import require
from qnn_edu.chip.types import require_one_type
from qnn_edu.engine.node import Node

Made = Layer | tuple[Layer, ...]
MOVED = (
    "BATCH_TO_SPACE_ND",
    "BROADCAST_TO",
    "DEPTH_TO_SPACE",
    "GATHER",
    "GATHER_ND",
    "MIRROR_PAD",
    "PACK",
    "PAD",
    "PADV2",
    "RESIZE_NEAREST_NEIGHBOR",
    "SLICE",
    "SPACE_TO_BATCH_ND",
    "SPACE_TO_DEPTH",
    "SPLIT",
    "SPLIT_V",
    "STRIDED_SLICE",
    "TILE",
    "TRANSPOSE",
    "UNPACK",
)
RESHAPED = ("EXPAND_DIMS", "RESHAPE", "SQUEEZE")
LOOKED_UP = (
    "ABS",
    "EXP",
    "GELU",
    "HARD_SWISH",
    "LEAKY_RELU",
    "LOG",
    "LOGISTIC",
    "NEG",
    "RELU_0_TO_1",
    "RELU_N1_TO_1",
    "TANH",
)
LAYERS: dict[str, Callable[[Node], Made]] = {
    "ADD": pairs.add,
    "ARG_MAX": rows.arg_max,
    "AVERAGE_POOL_2D": windows.average_pool_2d,
    "CONCATENATION": concatenation,
    "CONV_2D": weights.conv_2d,
    "DEPTHWISE_CONV_2D": weights.depthwise_conv_2d,
    "FULLY_CONNECTED": weights.fully_connected,
    "MAXIMUM": pairs.compared("maximum"),
    "MAX_POOL_2D": windows.max_pool_2d,
    "MEAN": rows.mean,
    "MINIMUM": pairs.compared("minimum"),
    "MUL": pairs.mul,
    "PRELU": pairs.prelu,
    "QUANTIZE": elementwise.quantize_again,
    "RELU": elementwise.relu,
    "RELU6": elementwise.relu6,
    "RESIZE_BILINEAR": resizing.resize_bilinear,
    "SOFTMAX": rows.softmax,
    "SUB": pairs.sub,
    **dict.fromkeys(LOOKED_UP, elementwise.looked_up),
    **dict.fromkeys(MOVED, moved),
    **dict.fromkeys(RESHAPED, reshaped),
}


def layers_of(
    node: Node, kind: str, of_state: Mapping[str, Callable[[Node], Made]]
) -> tuple[Layer, ...]:
    """The layers of an operator in a program whose activations are of the type `kind`.

    `of_state` has the functions for what names, reads and assigns variables.

    Raises:
        Refused: an operator that has no C, another type, or what its function refuses.
    """
    name = node.operator.name
    require(name in LAYERS or name in of_state, "C lacks it")
    if name in LAYERS and name not in RESHAPED:
        require_one_type(node, kind)
    made = (LAYERS.get(name) or of_state[name])(node)
    return made if isinstance(made, tuple) else (made,)
