"""SVDF in integers: each filter remembers what it saw, in int16. One law for all kernel sets.

A filter looks at features, then at time: `a = sat(round(M_1 sum w_f (q_x - Z_x)))` in int16 joins
the last such values, as many as w_t is long; `q = clamp(round(M_2 (sum w_t a + b)) + Z)`, the sum
going over the filters of a unit, too. `M_1 = S_x S_f / S_a` and `M_2 = S_a S_t / S` are computed in
float32, both roundings are double ones. Sums have 32 bits, and wrap.
Source: Nakkiran et al. 2015, section 3; LiteRT's `svdf.h`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import within_32_bits

FEATURE, TIME, BIAS, STATE = 1, 2, 3, 4


def svdf(
    node: Node,
    x: np.ndarray,
    feature: np.ndarray,
    time: np.ndarray,
    bias: np.ndarray | None = None,
    state: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """x (n, inputs), feature (filters, inputs), time (filters, memory), state (n, memory filters).

    The output (n, units), and what the state becomes; a unit has `rank` filters in a row.
    """
    to_state, to_output = (quantize_multiplier(np.float64(m)) for m in _multipliers(node))
    seen = (x.astype(np.int64) - node.inputs[0].zero_point) @ feature.T.astype(np.int64)
    new = double_rounding(seen, *to_state)
    past = state.reshape(len(x), *time.shape)[:, :, 1:].astype(np.int64)
    memory = np.concatenate([past, np.clip(new, -(2**15), 2**15 - 1)[:, :, np.newaxis]], axis=2)
    total = (memory * time).sum(axis=2).reshape(len(x), -1, node.option("rank")).sum(axis=2)
    total = (total if bias is None else total + bias.ravel()).astype(np.int32)
    q = double_rounding(total.astype(np.int64), *to_output) + node.output.zero_point
    return np.clip(q, -128, 127).astype(np.int8), memory.astype(np.int16)


def _multipliers(node: Node) -> tuple[np.float32, np.float32]:
    s, f, t, a = (node.inputs[i].scale for i in (0, FEATURE, TIME, STATE))
    return s * f / a, a * t / node.output.scale


def _of_known_types(node: Node) -> Iterator[str]:
    """Weights in time and the state have 16 bits; all have one scale."""
    *_, time, bias, state = (*node.inputs, *[None] * 5)[: STATE + 1]
    if bias is not None and (bias.type != "INT32" or bias.data is None):
        yield f"the bias is {bias.type}, and must be a constant of type INT32"
    if time is None or time.type != "INT16" or time.data is None:
        yield "its weights in time must be constants of type INT16"
    if state is None or state.type != "INT16" or not state.variable:
        yield "its input 4 must be a variable of type INT16"
    scales = [t.scale for t in (*node.inputs[FEATURE : TIME + 1], state)]
    if any(scale is None or np.ndim(scale) for scale in scales):
        yield "weights and state must have one scale each"


def _of_fitting_shapes(node: Node) -> Iterator[str]:
    """Every filter meets all inputs, and remembers; units have `rank` of them."""
    x, f, t, *_ = (tensor.shape for tensor in node.inputs[: TIME + 1])
    state, y, rank = node.inputs[STATE].shape, node.output.shape, node.option("rank", 0)
    fits = len(x) == len(f) == len(t) == 2 and x[1] == f[1] and f[0] == t[0]
    if not (fits and rank > 0 and f[0] % rank == 0):
        yield f"weights {f} and {t} of rank {rank} do not fit an input {x}"
    elif state != (x[0], t[0] * t[1]) or y != (x[0], f[0] // rank):
        yield f"it makes no {y} of {x}, with a state {state}"
    elif node.inputs[BIAS] is not None and node.inputs[BIAS].shape != (f[0] // rank,):
        yield f"the bias has shape {node.inputs[BIAS].shape}; expected {(f[0] // rank,)}"


KERNELS = (
    Kernel(
        "SVDF",
        svdf,
        ("INT8",),
        weights=("INT8",),
        fused=("RELU",),
        states=(STATE,),
        rules=(_of_known_types, _of_fitting_shapes, within_32_bits(_multipliers)),
    ),
)
