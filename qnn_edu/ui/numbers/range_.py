"""What a range over real activations costs: the numbers of the range explorer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from qnn_edu.core.affine import fake_quant
from qnn_edu.core.params import params_from_range
from qnn_edu.core.range_methods import RANGE_METHODS
from qnn_edu.ui.numbers.affine import affine
from qnn_edu.ui.numbers.tensors import activations

HIGHEST = 25.0
ENDS = np.linspace(0.5, HIGHEST, 50)  # upper ends of ranges, to draw errors over
ENDS.flags.writeable = False
THRESHOLDS = np.linspace(0.25, HIGHEST, 100)  # what a method that tries some has to try
NO_MORE: Mapping[str, Callable[[int, bool], tuple[float, float]]] = {}


def traded(
    *, range: tuple[float, float], bits: int, outlier: bool, more: Mapping[str, Callable] = NO_MORE
) -> dict[str, Any]:
    """What a range over the activations `x` costs: clipping traded for rounding.

    All that `affine` gives; `here`, the range's hi with its clipping and rounding error, and
    `split`, the two for each of `ends` with the same lo; `methods` as `chosen` gives them, and what
    `more` of them, functions of bits and outlier, choose; `range`.

    >>> traded(range=(0.0, 24.0), bits=4, outlier=False)["here"][:2]
    (24.0, 0.0)
    """
    x, (lo, hi) = values(outlier), range
    return {
        "x": x,
        **affine(x, lo, hi, bits=bits),
        "range": range,
        "here": (hi, *error_split(x, lo, [hi], bits=bits)[:, 0].tolist()),
        "ends": ENDS,
        "split": _split(lo, bits, outlier),
        "methods": chosen(bits, outlier)
        | {name: choose(bits, outlier) for name, choose in more.items()},
    }


@cache
def values(outlier: bool) -> np.ndarray:
    """All activations, 1-D, read-only; with `outlier`, the last of them is 24.

    >>> values(False).shape, float(values(True).max())
    ((8192,), 24.0)
    """
    x = np.concatenate([batch.ravel() for batch in activations(outlier=outlier)])
    x.flags.writeable = False
    return x


@cache
def chosen(bits: int, outlier: bool) -> dict[str, tuple[float, float]]:
    """The range that each method of calibration chooses for the activations, by its name.

    >>> chosen(4, True)["min-max"]
    (0.0, 24.0)
    """
    return calibrated(activations(outlier=outlier), bits=bits)


def up_to_threshold(
    best: Callable[[np.ndarray, np.ndarray, int], float], bits: int, outlier: bool
) -> tuple[float, float]:
    """The range up to the one of `THRESHOLDS` that `best(x, thresholds, bits)` chooses.

    `best` quantizes to a symmetric narrow grid. No activation is negative, so it is asked for one
    bit more: at zero and above, that grid has the very levels of the range `[0, t]`.

    >>> up_to_threshold(lambda x, thresholds, bits: thresholds[bits], 4, False)
    (0.0, 1.5)
    """
    return 0.0, float(best(values(outlier).copy(), THRESHOLDS.copy(), bits + 1))


@lru_cache(maxsize=256)
def _split(lo: float, bits: int, outlier: bool) -> np.ndarray:
    return error_split(values(outlier), lo, ENDS, bits=bits)


def error_split(x: np.ndarray, lo: float, hi: ArrayLike, *, bits: int) -> np.ndarray:
    """Mean squared error of clipping and of rounding for every upper end in `hi`; their sum is all.

    A value of `x` (1-D) outside the range of the quantizer is clipped, any other is rounded. Shape
    (2, len(hi)), clipping first, in real units squared; NaN where hi is below lo.

    >>> error_split(np.array([0.0, 0.5, 4.0, 9.0]), 0, [7, 14], bits=3)
    array([[1.    , 0.    ],
           [0.0625, 0.3125]])
    """
    hi = np.asarray(hi)
    params = params_from_range(np.minimum(lo, hi), hi, bits=bits, axis=0)  # one for each end
    rows = np.broadcast_to(x, (hi.size, x.size))
    squared = (fake_quant(rows, params) - rows) ** 2
    outside = (x < params.lo[:, None]) | (x > params.hi[:, None])
    clipped = np.mean(np.where(outside, squared, 0), axis=1, dtype=np.float64)
    split = np.stack([clipped, squared.mean(axis=1, dtype=np.float64) - clipped])
    return np.where(hi < lo, np.nan, split)


def calibrated(batches: Sequence[np.ndarray], *, bits: int) -> dict[str, tuple[float, float]]:
    """The range that each method of calibration chooses for `batches`, by its name.

    >>> found = calibrated([np.linspace(0, 1, 100), np.linspace(0, 3, 100)], bits=4)
    >>> found["min-max"], round(found["moving average"][1], 2)
    ((0.0, 3.0), 1.2)
    """
    found = {each.title: each(list(batches), bits=bits) for each in RANGE_METHODS.values()}
    return {title: (float(lo), float(hi)) for title, (lo, hi) in found.items()}
