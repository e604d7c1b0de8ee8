"""All roundings of ten weights down or up, and where those that `ptq` chooses stand among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

import numpy as np

from qnn_edu.core.params import integer_grid
from qnn_edu.ptq.moments import Moments
from qnn_edu.ptq.rounding.registry import ROUNDINGS
from qnn_edu.ui.numbers import tensors

BEFORE, LAYER = "block2_depthwise", "block2_pointwise"
DIGITS = 1442  # all for training
COUNT = 10  # of an output's 32 weights, the first: 1024 roundings
BEST = "best of all"
WAYS = ("nearest", "gptq", "descend", BEST)


@dataclass(frozen=True, eq=False)
class Column:
    """The first weights of one output of a layer, in steps; `down`, the level below each.

    `weight`, `down` (weights,), `step` a real number, `gram` (weights, weights) and `mean`
    (weights,) of the inputs.
    """

    weight: np.ndarray
    down: np.ndarray
    step: float
    gram: np.ndarray
    mean: np.ndarray

    def error(self, levels: np.ndarray) -> np.ndarray:
        """`e @ gram @ e` of levels (..., weights), in squares of a step."""
        e = levels - self.weight
        return np.einsum("...i,ij,...j->...", e, self.gram, e)


def outputs() -> int:
    """How many outputs the layer has, each with weights of its own.

    >>> outputs()
    64
    """
    return len(tensors.layer(LAYER)[0])


@lru_cache(maxsize=64)
def column(output: int, bits: int) -> Column:
    """Weights of the digits network's `block2_pointwise`, the step from the output's widest weight.

    The inputs are what the int8 file gives the layer for all training digits. A weight on the
    highest level has that one above it.

    Raises:
        ValueError: there is no such output, or bits outside 2..16.

    >>> found = column(0, 3)
    >>> found.weight[:3].round(2), found.down[:3]
    (array([ 0.07, -1.48,  0.63]), array([ 0., -2.,  0.]))
    """
    if output not in range(outputs()):
        raise ValueError(f"There is no output {output!r}; choose 0 to {outputs() - 1}.")
    weight = tensors.layer(LAYER)[0][output].astype(np.float64).ravel()
    _, highest = integer_grid(bits)
    step = np.abs(weight).max() / highest
    weight = weight[:COUNT] / step
    down = np.clip(np.floor(weight), -highest, highest - 1)
    moments = _moments()
    return Column(weight, down, float(step), moments.gram(), moments.mean)


@cache
def _moments() -> Moments:
    from qnn_edu.core.affine import dequantize

    x = dequantize(*tensors.answers(BEFORE, DIGITS))
    return Moments.of(x.reshape(-1, x.shape[-1])[:, :COUNT].astype(np.float64))


def all_roundings(found: Column) -> np.ndarray:
    """Every choice of the level below or above each weight: (2**weights, weights).

    >>> len(all_roundings(column(0, 3)))
    1024
    """
    return found.down + np.array(list(product((0, 1), repeat=len(found.weight))))


def levels_of(way: str, output: int, bits: int) -> np.ndarray:
    """What a way to round makes of the weights, on the given step.

    `BEST` tries all roundings down or up. The ways of `ptq.ROUNDINGS` may go farther than to one of
    these two, and then even be better.

    Raises:
        ValueError: another way, and what `column` refuses.

    >>> levels_of("nearest", 0, 3)
    array([ 0., -1.,  1.,  0.,  1., -3., -1.,  0.,  0.,  0.])
    """
    if way not in WAYS:
        raise ValueError(f"There is no way {way!r}; choose one of {', '.join(WAYS)}.")
    return _levels_of_all(output, bits)[way]


@lru_cache(maxsize=64)
def _levels_of_all(output: int, bits: int) -> dict[str, np.ndarray]:
    found = column(output, bits)
    given = found.weight[:, np.newaxis], 1.0, found.gram
    every = all_roundings(found)
    levels = {BEST: every[found.error(every).argmin()]}
    for way in WAYS[:-1]:
        options = {"refit": False} if way == "descend" else {}  # the step stays, to compare
        levels[way] = ROUNDINGS[way](*given, bits=bits, **options).levels[:, 0].astype(float)
    return {way: levels[way] for way in WAYS}


def flipped(found: Column, levels: np.ndarray, flips: Any) -> np.ndarray:
    """`levels`, those that `flips` names turned from up to down or from down to up.

    >>> ten = column(0, 3)
    >>> once = flipped(ten, ten.down, [True] + 9 * [False])
    >>> (once - ten.down)[:2], (flipped(ten, once, [True] + 9 * [False]) - ten.down)[:2]
    (array([1., 0.]), array([0., 0.]))
    """
    other = np.where(levels > found.down, found.down, found.down + 1)
    return np.where(flips, other, levels)


def chosen(*, output: int, bits: int, way: str, **flips: bool) -> dict[str, Any]:
    """Ten weights as `way` rounds them, those of `flips` turned round: `flip_0` to `flip_9`.

    `weight` in steps, the `levels` chosen and `down`, all (10,). `parts` of the output's squared
    error, over that of round to nearest: what the errors of the weights make each by itself, what
    they add to or take from each other, and the sum. `every` has the points of all 1024 roundings,
    `marks` those of the ways, `here` this one: root mean square error of the weights in steps, and
    error of the output over that of round to nearest. `better`: how many of the 1024 are better
    than nearest, `rank` how many are better than this one. `shift`: of the output's mean, in real
    units.

    Raises:
        ValueError: another output, another way, other flips, bits outside 2..16.

    >>> settings = {"output": 0, "bits": 3, "way": "nearest"}
    >>> found = chosen(**settings)
    >>> found["parts"].round(2).tolist(), found["better"]
    ([0.76, 0.24, 1.0], 83)
    >>> chosen(**settings, flip_2=True)["parts"].round(2).tolist()
    [0.96, -0.59, 0.36]
    """
    names = [f"flip_{k}" for k in range(COUNT)]
    if unknown := sorted(flips.keys() - set(names)):
        raise ValueError(f"chosen: there is no {unknown[0]!r}; flips are flip_0 to {names[-1]}.")
    found = column(output, bits)
    ways, every = _levels_of_all(output, bits), _every(output, bits)
    levels = flipped(found, levels_of(way, output, bits), [flips.get(name) for name in names])
    e, whole = levels - found.weight, float(found.error(ways["nearest"]))
    here = _points(found, levels, whole)
    alone = float(np.diag(found.gram) @ e**2) / whole
    return {
        "weight": found.weight,
        "down": found.down,
        "levels": levels,
        "parts": np.array([alone, here[1] - alone, here[1]]),
        "every": every,
        "marks": {name: _points(found, each, whole) for name, each in ways.items()},
        "here": here,
        "better": int((every[1] < 1 - 1e-9).sum()),
        "rank": int((every[1] < here[1] - 1e-9).sum()),
        "shift": float(found.mean @ e * found.step),
    }


@lru_cache(maxsize=64)
def _every(output: int, bits: int) -> np.ndarray:
    found = column(output, bits)
    whole = float(found.error(_levels_of_all(output, bits)["nearest"]))
    return _points(found, all_roundings(found), whole)


def _points(found: Column, levels: np.ndarray, whole: float) -> np.ndarray:
    """Error of the weights in steps, and of the output over `whole`: (2, ...)."""
    of_weights = np.sqrt(np.mean((levels - found.weight) ** 2, axis=-1))
    return np.array([of_weights, found.error(levels) / whole])
