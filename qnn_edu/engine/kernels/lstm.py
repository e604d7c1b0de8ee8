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
from typing import Any

import numpy as np

from qnn_edu.core.fixed_functions import logistic, tanh
from qnn_edu.core.fixed_point import divide_by_power, double_rounding, quantize_multiplier
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules_of_lstm import (
    BIASES,
    MEMORY,
    OF_INPUT,
    OF_STATE,
    PEEPHOLES,
    PROJECTION,
    STATE,
    of_fitting_scales,
    of_fitting_shapes,
    of_known_kind,
)

INPUT, FORGET, CELL, OUTPUT = range(4)  # the order of gates among the inputs
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
        total = np.zeros_like(c)
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


def _product(w: Any, x: Any, scale: np.float32, bias: Any = None) -> Term:
    """`round(S_w S_x / scale * (sum w (q - Z_x) + b))`."""
    weights = w.data.astype(np.int64)
    constant = -x.zero_point * weights.sum(axis=1)
    constant = constant if bias is None else constant + bias.data.ravel()
    m = quantize_multiplier(np.float64(w.scale * x.scale / scale))
    return lambda q: double_rounding(q @ weights.T + constant, *m)


def _diagonal(w: Any, memory: Any) -> Term:
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
    return int(_saturated(np.asarray(np.float32(real) / scale), dtype)) if real > 0 else 0


def _saturated(x: np.ndarray, dtype: type) -> np.ndarray:
    grid = np.iinfo(dtype)
    return np.clip(x, grid.min, grid.max)


def _of_fitting_multipliers(node: Node) -> Iterator[str]:
    """What scales make of it fits 32 bits: all of that is known before anything runs."""
    try:
        node.once(_Cell.of)
    except ValueError as error:
        yield str(error)


KERNELS = (
    Kernel(
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        lstm,
        ("INT8",),
        fused=("TANH",),
        states=(STATE, MEMORY),
        rules=(of_known_kind, of_fitting_scales, of_fitting_shapes, _of_fitting_multipliers),
    ),
)
