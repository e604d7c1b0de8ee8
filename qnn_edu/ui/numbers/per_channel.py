"""One quantizer for a tensor against one for each of its channels: the numbers of that explorer."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.core import metrics, ranges
from qnn_edu.core.affine import fake_quant
from qnn_edu.core.params import params_from_range


def compared(weight: np.ndarray, *, bits: int, channel: int, stretch: float) -> dict[str, Any]:
    """What `channels` finds in `weight`, set `stretch` times further apart; `channel` is handed on.

    >>> found = compared(np.array([[1.0, 0.5]]), bits=4, channel=1, stretch=10.0)
    >>> found["hi"].round(3), found["channel"]
    (array([1.  , 0.05], dtype=float32), 1)
    """
    return {**channels(stretched(weight, stretch), bits=bits), "channel": channel}


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
