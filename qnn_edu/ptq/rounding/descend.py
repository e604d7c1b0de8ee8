"""Coordinate descent: every weight is looked at again until no single one can do better."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from qnn_edu.core.params import SMALLEST_SCALE
from qnn_edu.ptq.rounding.gptq import gptq
from qnn_edu.ptq.rounding.nearest import round_to_nearest
from qnn_edu.ptq.rounding.rounded import Array, Rounded, Task, output_error, task

SWEEPS = 20  # over all weights; most layers stand still after five
STARTS = (1.0, 0.75, 0.87, 1.15)  # times the step that is given, where the step follows


def descend(
    weight: Any, step: Any, gram: Any, *, bits: int, refit: bool = True, sweeps: int = SWEEPS
) -> Rounded:
    """From the better of nearest and GPTQ, move one weight at a time to its best level.

    All others fixed, the error of an output is a parabola in weight i, least at
    `w[i] - gram[i] @ e / gram[i, i]` with e[i] = 0; the nearest level to that is the best. With
    `refit`, the step follows after each sweep: for levels q the best is `q.T @ gram @ w / (q.T @
    gram @ q)`, shared by all outputs where `step` is one number; and since levels and step hold
    each other where they are, descent begins from some wider and narrower steps as well, and the
    best end is taken. No move raises the error, which is never above that of either start.

    `weight`, `step`, `gram` as in `gptq`. Ends when no weight moves, or after `sweeps`.

    Raises:
        ValueError: what does not fit; see `task`.

    Source: Zhang et al. 2023, "COMQ: a backpropagation-free algorithm for post-training
    quantization", equations 4 and 6; Nair and Suggala 2024, "CDQuant", algorithm 1.

    >>> found = descend([[0.7], [-0.7]], 1.0, [[1, 0], [0, 1]], bits=4)
    >>> found.levels.tolist(), found.step.tolist()
    ([[1], [-1]], [0.7])
    """
    layer = task(weight, step, gram, bits)
    shared = np.size(step) == 1
    starts = [replace(layer, step=layer.step * f) for f in (STARTS if refit else STARTS[:1])]
    found = [_descended(start, bits, refit, shared, sweeps) for start in starts]
    errors = np.array([output_error(layer.weight, each.weight, layer.gram) for each in found])
    if shared:
        errors = np.broadcast_to(errors.sum(axis=1, keepdims=True), errors.shape)
    best, outputs = errors.argmin(axis=0), np.arange(errors.shape[1])
    levels, steps = (np.stack([getattr(f, name) for f in found]) for name in ("levels", "step"))
    return Rounded(levels[best, :, outputs].T, steps[best, outputs])


def _descended(layer: Task, bits: int, refit: bool, shared: bool, sweeps: int) -> Rounded:
    """Where descent from one step ends."""
    levels, steps = _better(layer, bits).levels.astype(np.float64), layer.step
    for _ in range(sweeps):
        moved = _swept(layer, levels, steps)
        still = (moved == levels).all()
        levels = moved
        if refit:
            steps = _refitted(layer, levels, steps, shared)
        if still:
            break
    return Rounded(levels.astype(np.int32), steps)


def _better(layer: Task, bits: int) -> Rounded:
    """For each output the better of two starts."""
    given = (layer.weight, layer.step, layer.gram)
    one, other = round_to_nearest(*given, bits=bits), gptq(*given, bits=bits)
    errors = [output_error(layer.weight, each.weight, layer.gram) for each in (one, other)]
    return layer.rounded(np.where(errors[0] <= errors[1], one.levels, other.levels))


def _swept(layer: Task, levels: Array, step: Array) -> Array:
    """The levels after each row was moved once, to where it is best given all others."""
    levels = levels.copy()
    error = levels * step - layer.weight
    slope = layer.gram @ error
    for i in np.flatnonzero(np.diag(layer.gram) > 0):
        best = layer.nearest(levels[i] - slope[i] / layer.gram[i, i] / step)
        change = (best - levels[i]) * step
        moves = np.flatnonzero(change)
        if len(moves):
            slope[:, moves] += np.outer(layer.gram[i], change[moves])
            levels[i] = best
    return levels


def _refitted(layer: Task, levels: Array, step: Array, shared: bool) -> Array:
    """The step of least error for these levels; as it was where all of them are 0."""
    seen = layer.gram @ levels
    along = np.einsum("io,io->o", seen, layer.weight)
    power = np.einsum("io,io->o", seen, levels)
    if shared:
        along, power = (np.broadcast_to(x.sum(), x.shape) for x in (along, power))
    with np.errstate(divide="ignore", invalid="ignore"):
        best = along / power
    return np.where(np.isfinite(best) & (best >= SMALLEST_SCALE), best, step)
