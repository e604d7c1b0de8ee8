"""UNIDIRECTIONAL_SEQUENCE_LSTM in integers, of 8 bits, the cell of 16: one law for all sets.

At each step, with the input x and the state h (int8) and the cell c (int16):

- each gate (input, forget, cell, output) adds `M (sum w (x - Z_x) + b)`, the same over h, and with
  peepholes `M p c`: each rounded twice to steps of 2**-12, each sum so far saturated to int16;
- `i, f, o = logistic(a)`, `g = tanh(a)` in Q0.15, by gemmlowp's int16 functions;
- `c = sat(round(f c / 2**15) + round(i g / 2**(30 + log2 S_c)))`, `1 - f` in place of i without an
  input gate (CIFG); then clipped;
- `h = clamp(round(M o tanh(c)) + Z_h)`, `M = 2**-30 / S_h`, on the grid of the fifth intermediate.
  With a projection, that of the output: `clamp(round(M sum w (h - Z_h) + b) + Z_y)`, then clipped.

Multipliers are products of scales in float32. Source: LiteRT's `lstm_eval.cc`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log2

import numpy as np

from qnn_edu.core.fixed_functions import logistic, tanh
from qnn_edu.core.fixed_point import divide_by_power, double_rounding, quantize_multiplier
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Tensor

INPUT, FORGET, CELL, OUTPUT = range(4)  # the order of gates among the inputs
OF_INPUT, OF_STATE, PEEPHOLES, BIASES, PROJECTION = 1, 5, 9, 12, 16  # where their tensors begin
STATE, MEMORY, NORMS = 18, 19, 20
STEP = np.float32(2.0**-12)  # of the gates, before their functions
AT_ONCE = 16  # products with peepholes that a vector holds; it rounds half up

Term = Callable[[np.ndarray], np.ndarray]


def lstm(node: Node, x: np.ndarray, *tensors: np.ndarray) -> tuple[np.ndarray, ...]:
    """x (batch, time, inputs), time first if `time_major`, or (batch, inputs); output, h and c."""
    sequence = x.reshape(1, *x.shape) if x.ndim == 2 else x
    time_first = x.ndim == 2 or node.option("time_major", False)
    cell, outputs = node.once(_Cell.of), []
    h, c = (tensors[i - 1].astype(np.int64) for i in (STATE, MEMORY))
    for step in sequence if time_first else sequence.swapaxes(0, 1):
        h, c = cell.step(step.astype(np.int64), h, c)
        outputs.append(h)
    y = np.stack(outputs, axis=0 if time_first else 1)
    return y.astype(np.int8), h.astype(np.int8), c.astype(np.int16)


@dataclass(frozen=True)
class _Cell:
    """What does not depend on the input: `terms` has, for each gate, the sums that it adds."""

    terms: tuple[dict[str, Term], ...]
    exponent: int  # of the cell's scale
    clip: int
    hidden: Term
    projected: Term

    @classmethod
    def of(cls, node: Node) -> _Cell:
        exponent = round(log2(node.inputs[MEMORY].scale))
        return cls(
            tuple(_terms(node, gate) for gate in range(4)),
            exponent,
            _clip(node.option("cell_clip", 0.0), node.inputs[MEMORY].scale, np.int16),
            _hidden(node),
            _projected(node),
        )

    def step(self, x: np.ndarray, h: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        forget, new = logistic(self.gate(FORGET, x, h, c), 3, width=16), self.gate(CELL, x, h, c)
        new, kept = tanh(new, 3, width=16), divide_by_power(forget * c, 15)
        if self.terms[INPUT]:
            share = logistic(self.gate(INPUT, x, h, c), 3, width=16)
        else:
            share = np.iinfo(np.int16).max - forget
        c = _saturated(kept + divide_by_power(share * new, 30 + self.exponent), np.int16)
        c = np.clip(c, -self.clip, self.clip) if self.clip else c
        out = logistic(self.gate(OUTPUT, x, h, c), 3, width=16)
        return self.projected(self.hidden(out * tanh(c, 15 + self.exponent, width=16))), c

    def gate(self, gate: int, x: np.ndarray, h: np.ndarray, c: np.ndarray) -> np.ndarray:
        total = np.int64(0)
        for name, value in {"x": x, "h": h, "c": c}.items():
            if name in self.terms[gate]:
                total = _saturated(total + self.terms[gate][name](value), np.int16)
        return total


def _terms(node: Node, gate: int) -> dict[str, Term]:
    """The sums of a gate over input, state and cell; none where the gate is left out."""
    w, r, bias = (node.inputs[first + gate] for first in (OF_INPUT, OF_STATE, BIASES))
    if w is None or r is None:
        return {}
    terms = {
        "x": _product(w, node.inputs[0], STEP, bias),
        "h": _product(r, node.inputs[STATE], STEP),
    }
    if gate != CELL and (peephole := node.inputs[PEEPHOLES + min(gate, 2)]) is not None:
        terms["c"] = _diagonal(peephole, node.inputs[MEMORY])
    return terms


def _product(w: Tensor, x: Tensor, scale: np.float32, bias: Tensor | None = None) -> Term:
    """`round(S_w S_x / scale * (sum w (q - Z_x) + b))`."""
    weights = w.data.astype(np.int64)
    constant = -x.zero_point * weights.sum(axis=1)
    constant = constant if bias is None else constant + bias.data.ravel()
    m = quantize_multiplier(np.float64(w.scale * x.scale / scale))
    return lambda q: double_rounding(q @ weights.T + constant, *m)


def _diagonal(w: Tensor, memory: Tensor) -> Term:
    weights = w.data.ravel().astype(np.int64)
    m = quantize_multiplier(np.float64(np.float32(np.float64(memory.scale) * w.scale / STEP)))
    up = np.arange(len(weights)) < len(weights) // AT_ONCE * AT_ONCE
    return lambda c: double_rounding(c * weights, *m, ties_up=up)


def _hidden(node: Node) -> Term:
    """Q0.30 to the hidden grid; what a projection gets has no zero point yet."""
    grid, projects = node.intermediates[4], node.inputs[PROJECTION] is not None
    zero_point = -grid.zero_point if projects else grid.zero_point
    m = quantize_multiplier(np.float64(np.float32(2.0**-30 / np.float64(grid.scale))))
    return lambda q: _saturated(double_rounding(q, *m) + zero_point, np.int8)


def _projected(node: Node) -> Term:
    w, bias = node.inputs[PROJECTION : PROJECTION + 2]
    if w is None:
        return lambda h: h
    grid, state = node.intermediates[4], node.inputs[STATE]
    weights = w.data.astype(np.int64)
    constant = grid.zero_point * weights.sum(axis=1) + (0 if bias is None else bias.data.ravel())
    m = quantize_multiplier(np.float64(w.scale * grid.scale / state.scale))
    limit = _clip(node.option("proj_clip", 0.0), node.output.scale, np.int8)

    def project(h: np.ndarray) -> np.ndarray:
        sums = double_rounding(h @ weights.T + constant, *m) + state.zero_point
        y = _saturated(sums, np.int8)
        return np.clip(y, -limit, limit) if limit else y

    return project


def _clip(real: float, scale: np.float32, dtype: type) -> int:
    """The highest level that an option allows, 0 for all."""
    return int(_saturated(np.float32(real) / scale, dtype)) if real > 0 else 0


def _saturated(x: np.ndarray, dtype: type) -> np.ndarray:
    grid = np.iinfo(dtype)
    return np.clip(x, grid.min, grid.max)


def _of_known_kind(node: Node) -> Iterator[str]:
    """It has its inputs, all constants but the states, and no normalisation within."""
    inputs = node.inputs
    if len(inputs) not in (20, 24) or len(node.intermediates) != 5:
        counts = f"{len(inputs)} inputs and {len(node.intermediates)} intermediates"
        yield f"it has {counts}; expected 20 or 24, and 5"
        return
    if any(tensor is not None for tensor in inputs[NORMS:]):
        yield "it has normalisations within, which are not supported"
    for tensor, kinds in _constants(node):
        if tensor is not None and (tensor.type not in kinds or tensor.data is None):
            yield f"{tensor.short_name!r} must be a constant of type {kinds[0]}"
    for place, kind in ((STATE, "INT8"), (MEMORY, "INT16")):
        state = inputs[place]
        if state is None or state.type != kind or not state.variable or state.scale is None:
            yield f"input {place} must be a variable of type {kind}, with a scale"


def _constants(node: Node) -> Iterator[tuple[Tensor | None, tuple[str, ...]]]:
    kinds = {OF_INPUT: "INT8", PEEPHOLES: "INT16", BIASES: "INT32", PROJECTION: "INT8"}
    for place in range(OF_INPUT, PROJECTION + 2):
        first = max(begin for begin in kinds if begin <= place)
        yield node.inputs[place], (kinds[first] if place != PROJECTION + 1 else "INT32",)


def _of_fitting_scales(node: Node) -> Iterator[str]:
    """Weights are centred, each with one scale; the cell's is a power of two."""
    for tensor, _ in _constants(node):
        if tensor is not None and tensor.type == "INT8":
            if tensor.axis is not None or tensor.scale is None or tensor.zero_point != 0:
                yield f"{tensor.short_name!r} must have one scale, and zero point 0"
    if node.intermediates[4].scale is None:
        yield "its fifth intermediate has no scale"
    scale = float(node.inputs[MEMORY].scale)
    if scale not in [2.0**k for k in range(-15, -8)]:
        yield f"the cell has scale {scale:g}; expected a power of two from 2**-15 to 2**-9"


def _of_fitting_shapes(node: Node) -> Iterator[str]:
    """Gates have as many rows as the cell, states as many as the outputs."""
    x, y, h, c = (t.shape for t in (node.inputs[0], node.output, *node.inputs[STATE : MEMORY + 1]))
    if not (2 <= len(x) <= 3 and len(h) == len(c) == 2):
        yield f"it has an input {x}, states {h} and {c}; expected 2 or 3 dimensions, and 2"
        return
    rows, of_x, of_h = c[1], (c[1], x[-1]), (c[1], h[1])
    wanted = {OF_INPUT: of_x, OF_STATE: of_h, PEEPHOLES: (rows,), BIASES: (rows,)}
    wanted |= {PROJECTION: (h[1], rows), PROJECTION + 1: (h[1],)}
    for place in range(OF_INPUT, PROJECTION + 2):
        tensor, shape = node.inputs[place], wanted[max(p for p in wanted if p <= place)]
        if tensor is not None and tensor.shape != shape:
            yield f"{tensor.short_name!r} has shape {tensor.shape}; expected {shape}"
    needed = (2, 3, 4, 6, 7, 8, 13, 14, 15, *([12] if node.inputs[OF_INPUT] else []))
    if any(node.inputs[place] is None for place in needed):
        yield "weights or biases of a gate are left out"
    if y != (*x[:-1], h[1]) or (node.inputs[PROJECTION] is None and h != c):
        yield f"it makes no {y} of {x} with states {h} and {c}"
    if h != c and any(tensor is not None for tensor in node.inputs[PEEPHOLES:BIASES]):
        yield "peepholes with a projection to another size are not supported"


KERNELS = (
    Kernel(
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        lstm,
        ("INT8",),
        fused=("TANH",),
        states=(STATE, MEMORY),
        rules=(_of_known_kind, _of_fitting_scales, _of_fitting_shapes),
    ),
)
