"""Ranges read straight off the data: extremes, moving averages of extremes, percentiles.

A range method takes data and gives `(lo, hi)`, for `params_from_range` to turn into a quantizer.
Data is one array, or an iterable of arrays (batches). With `axis` set, `lo` and `hi` are 1-D arrays
of one entry per channel of that axis; otherwise single float32 numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from qnn_edu.core.check import channel_axis, real_array


def min_max(data: Any, *, axis: int | None = None) -> tuple[Any, Any]:
    """The smallest and the largest value: nothing is clipped, one outlier decides.

    Streams over batches, and the result does not depend on how the data is cut into them.

    Raises:
        ValueError: NaN or infinity, text, empty data, an axis that does not fit.

    >>> lo, hi = min_max([np.array([0.5, -1.0]), np.array([2.0])])
    >>> float(lo), float(hi)
    (-1.0, 2.0)
    """
    lo, hi = zip(*(_extremes(batch) for batch in channel_rows(data, axis)), strict=True)
    return as_range(np.min(lo, axis=0), np.max(hi, axis=0), axis)


def percentile(data: Any, percent: float = 99.9, *, axis: int | None = None) -> tuple[Any, Any]:
    """The values that leave `100 - percent` per cent of the data outside, at each end.

    `percent` lies above 50 and at most at 100 (which is min-max). Linear between neighbors, as
    `numpy.percentile`. Needs all data at once: batches are joined in memory.

    Raises:
        ValueError: a percent outside (50, 100], and what `min_max` refuses.

    Source: Wu et al. 2020, "Integer Quantization for Deep Learning Inference", section 3
    (calibration).

    >>> lo, hi = percentile(np.arange(1001.0), 99)
    >>> float(lo), float(hi)
    (10.0, 990.0)
    """
    if not (real_array("percent", percent).ndim == 0 and 50 < percent <= 100):
        raise ValueError(f"percent must be above 50 and at most 100, got {percent!r}.")
    rows = np.concatenate(list(channel_rows(data, axis)), axis=1).astype(np.float64)
    lo, hi = np.percentile(rows, [100 - percent, percent], axis=1)
    return as_range(lo, hi, axis)


def moving_average(data: Any, decay: float = 0.9, *, axis: int | None = None) -> tuple[Any, Any]:
    """The extremes as a `MovingAverage` of this decay has them after the last batch.

    Raises:
        ValueError: a decay outside [0, 1), and what `min_max` refuses.

    >>> lo, hi = moving_average([np.array([0.0, 1.0]), np.array([0.0, 3.0])])
    >>> round(float(hi), 2)
    1.2
    """
    return MovingAverage(decay, axis=axis)(data)


class MovingAverage:
    """Follows the extremes of a stream: `range = decay * range + (1 - decay) * (min, max)`.

    It starts at the first batch's extremes, not at zero. Call it on data like any range method, or
    `update` it batch by batch and read `range`. `decay` lies in [0, 1): 0 sees only the last batch.

    Raises:
        ValueError: a decay outside [0, 1), a `range` read before any batch, and what `min_max`
            refuses.

    Source: Jacob et al. 2018, section 3.1.

    >>> lo, hi = MovingAverage(decay=0.5)([np.array([0.0, 4.0]), np.array([-2.0, 8.0])])
    >>> float(lo), float(hi)
    (-1.0, 6.0)
    """

    def __init__(self, decay: float = 0.99, *, axis: int | None = None) -> None:
        if not (real_array("decay", decay).ndim == 0 and 0 <= decay < 1):
            raise ValueError(f"decay must be at least 0 and below 1, got {decay!r}.")
        self.decay, self.axis = decay, axis
        self._range: tuple[np.ndarray, np.ndarray] | None = None

    def update(self, batch: Any) -> MovingAverage:
        """Takes in one batch (an array, or several batches in turn) and returns itself.

        >>> MovingAverage(0.9).update(np.array([1.0, 2.0])).range
        (np.float32(1.0), np.float32(2.0))
        """
        channels = None if self._range is None else len(self._range[0])
        for rows in channel_rows(batch, self.axis, channels=channels):
            new = _extremes(rows)
            old = new if self._range is None else self._range
            pairs = zip(old, new, strict=True)
            lo, hi = (self.decay * o + (1 - self.decay) * n for o, n in pairs)
            self._range = lo, hi
        return self

    @property
    def range(self) -> tuple[Any, Any]:
        """The range so far, as `(lo, hi)`."""
        if self._range is None:
            raise ValueError("This moving average has seen no data yet; update it with a batch.")
        return as_range(*self._range, self.axis)

    def __call__(self, data: Any) -> tuple[Any, Any]:
        return self.update(data).range


def channel_rows(
    data: Any, axis: int | None, *, channels: int | None = None
) -> Iterator[np.ndarray]:
    """Each batch as float32 rows of shape (channels, values); one row without an axis.

    Raises:
        ValueError: what `min_max` refuses, or batches whose channels differ in number, from each
            other or from `channels`.

    >>> [rows.shape for rows in channel_rows(np.zeros((2, 3, 5)), axis=-1)]
    [(5, 6)]
    """
    empty = True
    for batch in _batches(data):
        x = real_array("data", batch)
        with np.errstate(over="ignore"):
            x = x.astype(np.float32, copy=False)
        if not np.isfinite(x).all():
            raise ValueError(
                "data holds NaN or infinity (in float32); a range needs finite numbers."
            )
        if axis is None:
            rows = x.reshape(1, -1)
        else:
            first = channel_axis(axis, x.ndim)
            rows = np.moveaxis(x, first, 0).reshape(x.shape[first], -1)
        channels = channels or len(rows)
        if len(rows) != channels:
            raise ValueError(
                f"A batch has {len(rows)} channels on axis {axis}, earlier ones {channels}."
            )
        empty = False
        yield rows
    if empty:
        raise ValueError("data holds no batch; at least one number is needed.")


def as_range(lo: Any, hi: Any, axis: int | None) -> tuple[Any, Any]:
    """Per-channel results as `(lo, hi)` in float32: arrays with an axis, else single numbers.

    >>> as_range([-1.0], [2.0], axis=None)
    (np.float32(-1.0), np.float32(2.0))
    """
    lo, hi = np.asarray(lo, np.float32), np.asarray(hi, np.float32)
    return (lo[0], hi[0]) if axis is None else (lo, hi)


def _extremes(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return rows.min(axis=1).astype(np.float64), rows.max(axis=1).astype(np.float64)


def _batches(data: Any) -> Iterator[Any]:
    """One array (or numbers that make one) is one batch; anything else iterable holds batches."""
    of_arrays = isinstance(data, list | tuple) and data and isinstance(data[0], np.ndarray)
    is_array = isinstance(data, list | tuple | str | bytes) or hasattr(data, "__array__")
    if of_arrays or (hasattr(data, "__iter__") and not is_array):
        yield from data
    else:
        yield data
