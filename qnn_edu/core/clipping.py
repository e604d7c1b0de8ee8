"""Ranges that clip on purpose: a few large values are given up so that all others round finer.

Same signature as in `ranges`: data in, `(lo, hi)` out. The number of bits decides how much clipping
pays, so both methods take it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qnn_edu.core.affine import fake_quant
from qnn_edu.core.params import integer_grid, params_from_range
from qnn_edu.core.ranges import as_range, channel_rows

COARSE = np.geomspace(1, 2**-12, 97)  # fractions of the full range, eight to each halving
FINE = np.linspace(2 ** (1 / 8), 2 ** (-1 / 8), 25)  # and around the best of them
ROUNDS = 3
BINS = 4096
Loss = Callable[[np.ndarray], np.ndarray]  # fractions (2, channels) in, an error a channel out


def mse(
    data: Any,
    *,
    axis: int | None = None,
    bits: int = 8,
    symmetric: bool = False,
    narrow_range: bool = False,
) -> tuple[Any, Any]:
    """The range whose quantizer has the least mean squared error over the data.

    Searches by fake quantization of the data itself: both ends shrunk together, then each end on
    its own, in turn. Needs all data at once: batches are joined in memory.

    Raises:
        ValueError: NaN or infinity, text, empty data, an axis or bits that do not fit.

    Source: Banner et al. 2019, "Post training 4-bit quantization of convolutional networks for
    rapid-deployment", whose optimum for a Laplace distribution of scale b solves
    `2 a / (3 * 4**bits) = 2 b exp(-a / b)`; here the minimum is searched for on the data.

    >>> x = np.append(np.linspace(-1, 1, 10_001), 8.0)  # one outlier
    >>> lo, hi = mse(x, bits=4)
    >>> bool(hi < 2)
    True
    """
    rows = np.concatenate(list(channel_rows(data, axis)), axis=1)
    ends = np.stack([np.minimum(rows.min(axis=1), 0), np.maximum(rows.max(axis=1), 0)])
    if symmetric:
        ends = np.abs(ends).max(axis=0) * np.array([[-1], [1]], np.float32)
    options: dict[str, Any] = {"bits": bits, "symmetric": symmetric, "narrow_range": narrow_range}

    def loss(fractions: np.ndarray) -> np.ndarray:
        params = params_from_range(*(ends * fractions), axis=0, **options)
        return np.square(fake_quant(rows, params) - rows, dtype=np.float64).mean(axis=1)

    lower, upper = np.array([[True], [False]]), np.array([[False], [True]])
    best = _line_search(loss, np.ones(ends.shape), lower | upper)
    free = [] if symmetric else [side for side in (upper, lower) if (ends * side).any()]
    for side in free * ROUNDS:
        best = _line_search(loss, best, side)
    lo, hi = ends * best
    return as_range(lo, hi, axis)


def kl(data: Any, *, axis: int | None = None, bits: int = 8) -> tuple[Any, Any]:
    """The range that loses least information: least KL divergence of the quantized histogram.

    Streams over batches; the result does not depend on how the data is cut into them. The range is
    `[-t, t]` cut to the data's extremes, `t` a bin edge of the histogram of |x|. Data of one sign
    gets all `2**bits` levels, other data half of them on either side. Exact zeros are not counted:
    every range represents them.

    Raises:
        ValueError: NaN or infinity, text, empty data, an axis or bits that do not fit.

    Source: Migacz 2017, "8-bit Inference with TensorRT", slide "Entropy Calibration - pseudocode".

    >>> x = np.append(np.linspace(-1, 1, 10_001), 8.0)
    >>> lo, hi = kl(x, bits=4)
    >>> bool(hi < 2)
    True
    """
    integer_grid(bits)
    histograms: list[MagnitudeHistogram] = []
    for rows in channel_rows(data, axis):
        histograms = histograms or [MagnitudeHistogram() for _ in rows]
        for histogram, row in zip(histograms, rows, strict=True):
            histogram.add(row)
    lo, hi = zip(*(_least_kl(h, bits) for h in histograms), strict=True)
    return as_range(lo, hi, axis)


class MagnitudeHistogram:
    """Counts of |x| in `BINS` equal bins from 0 to `limit`, zeros left out, fed batch by batch.

    `limit` is the power of two above the largest |x|. When it doubles, bins merge in pairs, which
    is exact; so the counts are the same however the data is cut into batches.

    >>> h = MagnitudeHistogram().add(np.float32([0.5, -3.0, 0.0]))
    >>> h.limit, int(h.counts.sum()), h.lo, h.hi
    (4.0, 2, -3.0, 0.5)
    """

    def __init__(self) -> None:
        self.limit = 0.0
        self.lo, self.hi = np.inf, -np.inf
        self.counts = np.zeros(BINS, np.int64)

    def add(self, x: np.ndarray) -> MagnitudeHistogram:
        """Counts the finite values `x` in and returns itself."""
        self.lo, self.hi = min(self.lo, float(x.min())), max(self.hi, float(x.max()))
        size = np.abs(x[x != 0].astype(np.float64))
        if size.size == 0:
            return self
        limit = max(self.limit, float(np.exp2(np.frexp(size.max())[1])))
        while 0 < self.limit < limit and self.counts.any():
            merged = self.counts.reshape(-1, 2).sum(axis=1)
            self.counts = np.concatenate([merged, np.zeros_like(merged)])
            self.limit *= 2
        self.limit = limit
        self.counts += np.bincount((size * (BINS / limit)).astype(int), minlength=BINS)
        return self


def _line_search(loss: Loss, start: np.ndarray, side: np.ndarray) -> np.ndarray:
    """The best fractions (2, channels) with the ends of `side` moved: coarsely, then finely."""
    coarse = _best(loss, [start, *(np.where(side, f, start) for f in COARSE)])
    near = (np.where(side, np.minimum(coarse * f, 1), coarse) for f in FINE)
    return _best(loss, [coarse, *near])


def _best(loss: Loss, candidates: list[np.ndarray]) -> np.ndarray:
    """Channel by channel, the candidate of the least loss."""
    winner = np.argmin([loss(candidate) for candidate in candidates], axis=0)
    return np.take_along_axis(np.stack(candidates), winner[None, None, :], axis=0)[0]


def _least_kl(histogram: MagnitudeHistogram, bits: int) -> tuple[float, float]:
    lo, hi, counts = histogram.lo, histogram.hi, histogram.counts
    if not counts.any():
        return lo, hi
    levels = 2 ** (bits if lo >= 0 or hi <= 0 else bits - 1)
    filled = np.flatnonzero(counts)
    last = int(filled[-1]) + 1
    # An empty last bin with outliers beyond it has infinite divergence, and one filled bin alone
    # has none, however much is clipped into it: such sizes need no trial. The widest wins a tie.
    sizes = [int(i) + 1 for i in filled[1:] if i + 1 >= min(levels, last)] or [last]
    best = min(reversed(sizes), key=lambda size: divergence(counts, size, levels))
    threshold = best * histogram.limit / BINS
    return max(lo, -threshold), min(hi, threshold)


def divergence(counts: np.ndarray, size: int, levels: int) -> float:
    """KL divergence of `counts`, clipped to `size` bins, from the same counts in `levels` levels.

    Clipping adds all that lies beyond to the last bin kept. Each level spreads its sum evenly over
    its bins that are not empty. Infinite where a bin of the clipped counts is filled and its copy
    in levels is empty.

    Source: Migacz 2017, as in `kl`.

    >>> divergence(np.array([4, 4, 2, 2]), 4, 2), divergence(np.array([4, 4, 2, 0, 1]), 4, 2)
    (0.0, inf)
    """
    kept = counts[:size].astype(np.float64)
    clipped = kept.copy()
    clipped[-1] += counts[size:].sum()
    level = np.arange(size) * min(levels, size) // size
    filled = kept > 0
    share = np.bincount(level, kept) / np.maximum(np.bincount(level, filled), 1)
    levelled = np.where(filled, share[level], 0)
    held = clipped > 0
    if not levelled.any() or (levelled[held] == 0).any():
        return float("inf")
    p, q = clipped[held] / clipped.sum(), levelled[held] / levelled.sum()
    return float(np.sum(p * np.log(p / q)))
