"""The numbers behind the explorers: pure functions, arrays in, named numbers out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qnn_edu.core import metrics, ranges
from qnn_edu.core.affine import fake_quant, quantize
from qnn_edu.core.params import params_from_range
from qnn_edu.core.range_methods import RANGE_METHODS


def affine(x: np.ndarray, lo: float, hi: float, **options: Any) -> dict[str, Any]:
    """What quantizing `x` over `[lo, hi]` does: params, SQNR, largest error, levels, clipped share.

    `options` as in `params_from_range`. SQNR in dB, errors in real units.

    >>> numbers = affine(np.array([-1.0, 0.2, 5.0]), -2, 2, bits=3)
    >>> numbers["levels"], round(numbers["max_error"], 3), round(numbers["clipped"], 3)
    (3, 2.714, 0.333)
    """
    params = params_from_range(lo, hi, **options)
    y = fake_quant(x, params)
    return {
        "params": params,
        "sqnr_db": metrics.sqnr_db(x, y),
        "max_error": metrics.max_abs_error(x, y),
        "levels": metrics.levels_used(quantize(x, params)),
        "clipped": float(np.mean((x < params.lo) | (x > params.hi))),
    }


def error_split(x: np.ndarray, lo: float, hi: Sequence[float], *, bits: int) -> np.ndarray:
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


def channels(weight: np.ndarray, *, bits: int) -> dict[str, np.ndarray]:
    """One quantizer for all channels of `weight` (last axis) against one for each.

    Symmetric and narrow, as LiteRT's weights are. Per channel: its range, its SQNR in dB both ways.

    >>> found = channels(np.array([[1.0, 0.01], [-0.5, 0.02]]), bits=4)
    >>> found["sqnr_per_tensor"].round(1), found["sqnr_per_channel"].round(1)
    (array([23.9,  0. ]), array([23.9, 23.9]))
    """
    options = {"bits": bits, "narrow_range": True, "symmetric": True}
    rows = weight.reshape(-1, weight.shape[-1]).T  # (channel, value)
    lo, hi = ranges.min_max(rows, axis=0)
    whole = fake_quant(rows, params_from_range(lo.min(), hi.max(), **options))
    each = fake_quant(rows, params_from_range(lo, hi, axis=0, **options))
    return {
        "weight": rows,
        "lo": lo,
        "hi": hi,
        "per_tensor": whole,
        "per_channel": each,
        "sqnr_per_tensor": np.array(list(map(metrics.sqnr_db, rows, whole))),
        "sqnr_per_channel": np.array(list(map(metrics.sqnr_db, rows, each))),
    }


def stretched(weight: np.ndarray, factor: float) -> np.ndarray:
    """`weight` with its channels (last axis) further apart: widest to narrowest grows by `factor`.

    The widest channel stays; the others shrink by a power of `factor` that follows their rank.

    >>> stretched(np.array([[1.0, 4.0, 2.0]]), 100.0)
    array([[0.01, 4.  , 0.2 ]])
    """
    width = np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0)
    rank = np.argsort(np.argsort(-width))
    return weight * factor ** (-rank / max(len(rank) - 1, 1))
