"""One output value of a layer with weights, step by step, as with pencil and paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from qnn_edu.core.check import is_whole
from qnn_edu.core.fixed_point import (
    double_rounding,
    high_multiply,
    quantize_multiplier,
    single_rounding,
)
from qnn_edu.engine.node import Node
from qnn_edu.engine.plan import plan
from qnn_edu.engine.requantize_shorts import rule_of_shorts
from qnn_edu.engine.run import run
from qnn_edu.engine.windows import Windows
from qnn_edu.tflite.graph import Graph

WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")


@dataclass(frozen=True, eq=False)
class Explanation:
    """`value = clamp(round(scale * (sum of products + bias)) + zero_point)`, every part of it.

    `inputs` is the window as the kernel sees it, with zero points for padding: (kernel_h, kernel_w,
    c) of a convolution, (kernel_h, kernel_w) of a depthwise one, (n,) of a dense layer. `weights`
    and `products` have its shape. `high` is the accumulator after the first rounding of double
    rounding, in steps of 2**shift, and `rounded` after the second. `rules` has the value that each
    way of rounding gives, of activations of 16 bits their own too; `value` is that of the kernel
    set asked for.
    """

    operator: str
    layer: str
    index: tuple[int, ...]
    inputs: np.ndarray
    input_zero_point: int
    weights: np.ndarray
    weight_zero_point: int
    products: np.ndarray
    total: int
    bias: int
    accumulator: int
    scale: float
    multiplier: int
    shift: int
    high: int
    rounded: int
    zero_point: int
    clamp: tuple[int, int]
    rules: dict[str, int]
    value: int

    def __str__(self) -> str:
        n, before = self.products.size, -min(self.shift, 0)
        rules = ", ".join(f"{name} {value}" for name, value in self.rules.items())
        real = self.accumulator * self.scale
        lines = {
            "inputs": f"{n} integers, each less the zero point {self.input_zero_point}",
            "weights": f"{n} integers, each less the zero point {self.weight_zero_point}",
            "sum": f"of {n} products = {self.total}",
            "bias": f"{self.total} + {self.bias} = {self.accumulator}",
            "scale": f"M = S_x S_w / S_y = {self.scale:.10g}",
            "in integers": f"M = {self.multiplier} * 2**({self.shift} - 31)",
            "first": f"{self.accumulator} * {self.multiplier} / 2**31, rounded = {self.high}",
            "second": f"{self.high} / 2**{before}, rounded = {self.rounded} (exactly {real:.6f})",
            "zero point": f"{self.rounded} + {self.zero_point} = {self.rounded + self.zero_point}",
            "clamp": f"to {self.clamp[0]}..{self.clamp[1]} = {self.rules['double']}",
            "rules": rules,
        }
        title = f"{self.operator} {self.layer!r} at {self.index}: {self.value}"
        return "\n".join([title, *(f"  {name:12}{line}" for name, line in lines.items())])


def explain(
    graph: Graph,
    inputs: ArrayLike | Sequence[ArrayLike],
    tensor: int,
    index: Sequence[int],
    *,
    kernels: str = "reference",
) -> Explanation:
    """How the value of `tensor` (the file's number) at `index` comes about, step by step.

    `inputs` and `kernels` as in `run`; `index` is a place in the tensor, its first entry the image.

    Raises:
        ValueError: a tensor that no convolution, depthwise convolution or dense layer puts out, a
            place that is not there, and what `run` refuses.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> image = np.zeros((1, 8, 8, 1), np.int8)
    >>> print(explain(graph, image, graph.operators[0].outputs[0], (0, 0, 0, 3)))
    CONV_2D 'conv_relu' at (0, 0, 0, 3): ...
    """
    makers = {t.index: node for node in plan(graph, kernels).nodes for t in node.outputs}
    layers = {i: node for i, node in makers.items() if _is_integer_layer(node)}
    node = layers.get(int(tensor)) if is_whole(tensor) else None
    if node is None:
        found = list(layers)
        raise ValueError(f"explain: expected a tensor that one of {WEIGHTED} puts out: {found}.")
    values = run(graph, inputs, kernels=kernels, keep=True).tensors
    index = _checked(index, values[tensor].shape)
    x, weights = (values[t.index] for t in node.inputs[:2])
    window, weights = _meet(node, x, weights, index)
    bias = 0 if node.bias is None else int(values[node.bias.index].ravel()[index[-1]])
    zero_points = node.inputs[0].zero_point, int(np.max(node.inputs[1].zero_point))
    products = (window.astype(np.int64) - zero_points[0]) * (weights - np.int64(zero_points[1]))
    total = int(products.sum())
    return Explanation(
        operator=node.operator.name,
        layer=node.output.short_name,
        index=index,
        inputs=window,
        input_zero_point=zero_points[0],
        weights=weights,
        weight_zero_point=zero_points[1],
        products=products,
        total=total,
        bias=bias,
        value=int(values[tensor][index]),
        **_requantized(node, total + bias, index[-1]),
    )


def _is_integer_layer(node: Node) -> bool:
    return node.operator.name in WEIGHTED and node.output.scale is not None


def _meet(
    node: Node, x: np.ndarray, weights: np.ndarray, index: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The window of inputs and the weights that meet there."""
    *place, channel = index
    if node.operator.name == "FULLY_CONNECTED":
        row = place[-1] if len(place) == 1 else np.ravel_multi_index(place, x.shape[:-1])
        return x.reshape(-1, weights.shape[1])[row], weights[channel]
    image, row, column = place
    windows = node.once(Windows.of)
    rows = slice(row, row + 1)
    seen = windows.seen(windows.padded(x, node.inputs[0].zero_point), slice(image, image + 1), rows)
    taps = np.stack([tap[0, 0, column] for tap in windows.taps(seen, rows)])
    window = taps.reshape(*windows.kernel, -1)
    if node.operator.name == "CONV_2D":
        size = weights.shape[3]
        group = channel * (x.shape[3] // size) // len(weights)
        return window[..., group * size : (group + 1) * size], weights[channel]
    multiplier = weights.shape[3] // x.shape[3]
    return window[..., channel // multiplier], weights[0, ..., channel]


def _checked(index: Sequence[int], shape: tuple[int, ...]) -> tuple[int, ...]:
    if not (isinstance(index, Sequence | np.ndarray) and all(is_whole(i) for i in index)):
        raise ValueError(f"explain: index is a place in a tensor, {shape}; got {index!r}.")
    index = tuple(int(i) for i in index)
    if len(index) != len(shape) or any(not 0 <= i < n for i, n in zip(index, shape, strict=False)):
        raise ValueError(f"explain: {index} is no place in a tensor of shape {shape}.")
    return index


def _requantized(node: Node, accumulator: int, channel: int) -> dict[str, Any]:
    x, w, y = node.inputs[0].scale, np.ravel(node.inputs[1].scale), node.output.scale
    w = w[channel if w.size > 1 else 0]
    scale = float(np.float64(x) * w / y)
    multiplier, shift = quantize_multiplier(scale)
    lowest, highest = node.clamp()
    acc = np.array(accumulator, np.int64)
    rounded = {
        "double": int(double_rounding(acc, multiplier, shift)),
        "single": int(single_rounding(acc, multiplier, shift)),
        "float32": int(np.rint(np.float32(acc) * (x * w / y))),  # M in float32 at once
    }
    if node.output.type == "INT16":
        every_channel = np.full((1, node.output.shape[-1]), acc)
        rounded["16 bits"] = int(rule_of_shorts(node)(every_channel)[0, channel])
    zero_point = node.output.zero_point
    return {
        "accumulator": accumulator,
        "scale": scale,
        "multiplier": multiplier,
        "shift": shift,
        "high": int(high_multiply(acc << max(shift, 0), multiplier)),
        "rounded": rounded["double"],
        "zero_point": zero_point,
        "clamp": (lowest, highest),
        "rules": {r: int(np.clip(q + zero_point, lowest, highest)) for r, q in rounded.items()},
    }
