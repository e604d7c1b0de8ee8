"""What a diagram says of operators and tensors, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from qnn_edu.tflite.graph import Operator, Subgraph, Tensor

# Where the kernel's height stands in the shape of the weights; its width follows.
_KERNEL_AT = {
    "CONV_2D": 1,
    "DEPTHWISE_CONV_2D": 1,
    "TRANSPOSE_CONV": 1,
    "Conv2D": 0,
    "DepthwiseConv2dNative": 0,
}
# What an input is there for, by position; the other inputs go by their tensor's name.
_ROLES = {
    "CONV_2D": ("", "w", "bias"),
    "DEPTHWISE_CONV_2D": ("", "w", "bias"),
    "FULLY_CONNECTED": ("", "w", "bias"),
    "TRANSPOSE_CONV": ("shape", "w", "", "bias"),
    "Conv2D": ("", "w"),
    "DepthwiseConv2dNative": ("", "w"),
    "MatMul": ("", "w"),
    "BiasAdd": ("", "bias"),
    "MEAN": ("", "axes"),
    "Mean": ("", "axes"),
    "RESHAPE": ("", "shape"),
    "Reshape": ("", "shape"),
}
_PHRASES = {
    "num_bits": "{} bits",
    "axis": "axis {}",
    "alpha": "alpha {:g}",
    "epsilon": "epsilon {:g}",
}
_FLAGS = {"narrow_range": "narrow range", "keep_dims": "keep dims"}
FEW = 4  # a constant of at most so many values is written out
LONG = 28  # characters; a longer name is cut in the middle


def is_quantizer(operator: Operator) -> bool:
    """Whether an operator does nothing but move between real numbers and levels.

    >>> is_quantizer(Operator(0, "FakeQuantWithMinMaxVars", 1, (0, 1, 2), (3,)))
    True
    """
    name = operator.name.lower().replace("_", "")
    return name.startswith(("quantize", "dequantize", "fakequant"))


def details(operator: Operator, graph: Subgraph) -> list[str]:
    """Lines on an operator: its options and bias, then each other input that nobody computes.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite")).subgraphs[0]
    >>> details(graph.operators[0], graph)
    ['3×3, stride 1, SAME, bias int32', 'w 16×3×3×1 int8 per channel']
    """
    computed = {*graph.inputs, *(i for op in graph.operators for i in op.outputs)}
    words, lines = options(operator, graph.tensors), []
    for position, i in enumerate(operator.inputs):
        if i < 0 or i in computed:
            continue
        if _role(operator, position) == "bias":
            words.append(f"bias {graph.tensors[i].type.lower()}")
        else:
            lines.append(_constant(graph.tensors[i], _role(operator, position)))
    return [", ".join(words), *lines] if words else lines


def options(operator: Operator, tensors: tuple[Tensor, ...] = ()) -> list[str]:
    """The options that change what is computed: kernel, stride, padding, and so on.

    >>> options(Operator(0, "MAX_POOL_2D", 1, (0,), (1,), {"filter_height": 3, "filter_width": 2,
    ...     "stride_h": 2, "stride_w": 2, "padding": "VALID"}))
    ['3×2', 'stride 2', 'VALID']
    """
    given, words = operator.options, []
    if kernel := _kernel(operator, tensors):
        words.append(_times(kernel))
    if strides := _pair(given, "stride", "strides"):
        words.append(f"stride {_square(strides)}")
    if given.get("padding"):
        words.append(str(given["padding"]))
    dilation = _pair(given, "dilation", "dilations")
    if dilation and dilation != (1, 1):
        words.append(f"dilation {_square(dilation)}")
    words += [phrase.format(given[name]) for name, phrase in _PHRASES.items() if name in given]
    return words + [phrase for name, phrase in _FLAGS.items() if given.get(name)]


def activation(operator: Operator) -> str:
    """The activation fused into an operator; an empty word where there is none.

    >>> activation(Operator(0, "ADD", 1, (0, 1), (2,), {"fused_activation_function": "RELU6"}))
    'RELU6'
    """
    word = operator.options.get("fused_activation_function", "NONE")
    return "" if word == "NONE" else word


def shape_and_type(tensor: Tensor) -> str:
    """Shape and type of a tensor; a length that is not known is `?`.

    >>> shape_and_type(Tensor(0, "image", (-1, 8, 8, 1), np.dtype("float32")))
    '?×8×8×1 float32'
    """
    return f"{_times(tensor.shape) or 'scalar'} {tensor.type.lower()}"


def quantization(tensor: Tensor, zero_point: str = "zp") -> str:
    """Scale and zero point of a tensor; an empty word where it is not quantized.

    >>> quantization(Tensor(0, "x", (1, 4), np.dtype("int8"), np.float32(1 / 256), -128))
    'scale 0.003906, zp -128'
    """
    if tensor.scale is None:
        return ""
    if np.ndim(tensor.scale):
        return f"{len(tensor.scale)} scales on axis {tensor.axis}"
    return f"scale {tensor.scale:.4g}, {zero_point} {tensor.zero_point}"


def name(tensor: Tensor, longest: int = LONG) -> str:
    """A tensor's name: whole if it is one of at most `longest` characters, else its layer's.

    >>> name(Tensor(0, "net_1/dense_1/MatMul;net_1/dense_1/BiasAdd", (), np.dtype("float32")))
    'dense'
    """
    own = tensor.name.removesuffix(":0")
    whole = ";" not in own and len(own) <= longest
    return shortened(own if whole else tensor.short_name, longest)


def shortened(word: str, longest: int = LONG) -> str:
    """A word on one line; of a longer one than `longest` the middle is left out.

    >>> shortened("a_name_that_is_so_long_that_nobody_reads_it")
    'a_name_that_i…obody_reads_it'
    """
    word = " ".join(word.split())
    front = (longest - 1) // 2
    return word if len(word) <= longest else f"{word[:front]}…{word[front + 1 - longest :]}"


def number(value: float) -> str:
    """A value with three digits, as it stands on a box.

    >>> number(31.4159), number(12345.6), number(float("inf"))
    ('31.4', '12,346', 'inf')
    """
    return f"{value:,.0f}" if 1000 <= abs(value) < float("inf") else f"{value:.3g}"


def _role(operator: Operator, position: int) -> str:
    roles = _ROLES.get(operator.name, ())
    return roles[position] if position < len(roles) else ""


def _constant(tensor: Tensor, role: str) -> str:
    """What a constant is for, then its values if they are few, else its shape and type."""
    last = tensor.name.split(";")[0].split("/")[-1]
    role = role or shortened(last if last.isidentifier() else "constant")
    if tensor.data is not None and tensor.data.size <= FEW and tensor.scale is None:
        return f"{role} {', '.join(map(_value, tensor.data.ravel()))}"
    return f"{role} {shape_and_type(tensor)}{' per channel' * bool(np.ndim(tensor.scale))}"


def _value(value: np.generic) -> str:
    return f"{value:.4g}" if isinstance(value, np.floating) else str(value)


def _kernel(operator: Operator, tensors: tuple[Tensor, ...]) -> tuple[int, ...]:
    given = operator.options
    if "filter_height" in given:
        return given["filter_height"], given["filter_width"]
    if "ksize" in given:
        return _spatial(given["ksize"], given)
    weights = [tensors[i] for i in operator.inputs[1:2] if i >= 0]
    if operator.name not in _KERNEL_AT or not weights:
        return ()
    at = _KERNEL_AT[operator.name]
    return weights[0].shape[at : at + 2]


def _pair(given: Mapping[str, Any], short: str, listed: str) -> tuple[int, ...]:
    """(height, width) of strides or dilations: LiteRT's two options, or TensorFlow's list."""
    for suffix in ("", "_factor"):
        if f"{short}_h{suffix}" in given:
            return given[f"{short}_h{suffix}"], given[f"{short}_w{suffix}"]
    return _spatial(given.get(listed, ()), given)


def _spatial(four: Sequence[int], given: Mapping[str, Any]) -> tuple[int, ...]:
    first = 2 if given.get("data_format") == "NCHW" else 1
    return tuple(four[first : first + 2])


def _square(pair: tuple[int, ...]) -> str:
    return str(pair[0]) if len(set(pair)) == 1 else _times(pair)


def _times(shape: Iterable[int]) -> str:
    return "×".join("?" if n < 0 else str(n) for n in shape)
