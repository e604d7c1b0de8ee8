"""Activations batch by batch, and a range that follows them: the numbers of that explorer."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from qnn_edu.core.affine import fake_quant
from qnn_edu.core.params import params_from_range

BATCHES, VALUES = 120, 100
GROWING = 40  # batches over which the activations grow, as they do early in training
OUTLIER_AT = 70
STARTS = ("first batch", "zero")


@cache
def stream() -> np.ndarray:
    """Made-up activations behind a ReLU, float32 (120, 100), a row for each batch; always the same.

    A Gaussian cut off at 0, whose deviation grows from 1 to 2.5 over the first 40 batches.

    >>> x = stream()
    >>> x.shape, float(x.min()), bool(x[:5].max() < x[60:].max())
    ((120, 100), 0.0, True)
    """
    deviation = np.interp(np.arange(BATCHES), [0, GROWING], [1, 2.5])[:, np.newaxis]
    x = np.random.default_rng(7).normal(size=(BATCHES, VALUES)) * deviation
    x = np.maximum(x, 0).astype(np.float32)
    x.flags.writeable = False
    return x


def follow(extremes: Any, momentum: float, *, start: str = "first batch") -> np.ndarray:
    """A moving average of each batch's largest value, after each batch: float64, as `extremes`.

    `range = momentum * range + (1 - momentum) * extreme`. `start`: "first batch" begins at the
    first extreme, "zero" at 0, which is a mistake that one can see.

    Raises:
        ValueError: another start.

    >>> follow([4.0, 8.0, 8.0], 0.5).tolist(), follow([4.0, 8.0], 0.5, start="zero").tolist()
    ([4.0, 6.0, 7.0], [2.0, 5.0])
    """
    if start not in STARTS:
        raise ValueError(f"There is no start {start!r}; choose one of {', '.join(STARTS)}.")
    range_ = float(extremes[0]) if start == STARTS[0] else 0.0
    track = []
    for extreme in extremes:
        range_ = momentum * range_ + (1 - momentum) * float(extreme)
        track.append(range_)
    return np.array(track)


def followed(
    *, momentum: float, start: str, delay: int, outlier: float, bits: int
) -> dict[str, np.ndarray | int]:
    """Every batch of `stream` rounded to `bits` bits in the range of that moment.

    `outlier`: what the largest value of batch 70 is multiplied by. `delay`: batches that pass
    unrounded first. `extremes`, `range`, `sqnr_db` and `clipped` have an entry a batch; the last
    two are NaN where nothing is rounded yet. `clipped` is the share of values above the range.

    >>> options = {"start": "zero", "outlier": 1.0, "bits": 4}
    >>> early = followed(momentum=0.98, delay=0, **options)["sqnr_db"]
    >>> late = followed(momentum=0.98, delay=100, **options)["sqnr_db"]
    >>> bool(np.nanmin(early) < 1), bool(np.nanmin(late) > 10)
    (True, True)
    """
    x = stream().copy()
    x[OUTLIER_AT, x[OUTLIER_AT].argmax()] *= outlier
    extremes = x.max(axis=1)
    range_ = follow(extremes, momentum, start=start)
    params = params_from_range(np.zeros(BATCHES), range_, bits=bits, axis=0)
    noise = ((fake_quant(x, params) - x).astype(float) ** 2).sum(axis=1)
    signal = (x.astype(float) ** 2).sum(axis=1)
    waiting = np.arange(BATCHES) < delay
    return {
        "extremes": extremes,
        "range": range_,
        "sqnr_db": np.where(waiting, np.nan, 10 * np.log10(signal / noise)),
        "clipped": np.where(waiting, np.nan, (x > range_[:, np.newaxis]).mean(axis=1)),
        "delay": delay,
    }
