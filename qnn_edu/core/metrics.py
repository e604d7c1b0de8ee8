"""How much quantization changed: error in real units, signal to noise in dB, levels in use."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.core.check import real_array


def error(x: Any, y: Any) -> np.ndarray:
    """`y - x` in float64, in real units: `x` the original, `y` its quantized copy, same shape.

    Raises:
        ValueError: the shapes differ, text, an empty array.

    >>> error([1.0, 2.0], [1.5, 2.0])
    array([0.5, 0. ])
    """
    x, y = real_array("x", x), real_array("y", y)
    if x.shape != y.shape:
        raise ValueError(f"x and y must have one shape, got {x.shape} and {y.shape}.")
    return y.astype(np.float64) - x.astype(np.float64)


def mse(x: Any, y: Any) -> float:
    """Mean squared error, in real units squared. Raises what `error` raises.

    >>> mse([1.0, 2.0], [1.5, 2.0])
    0.125
    """
    return float(np.mean(error(x, y) ** 2))


def max_abs_error(x: Any, y: Any) -> float:
    """Largest absolute error, in real units. Raises what `error` raises.

    >>> max_abs_error([1.0, 2.0], [1.5, 2.0])
    0.5
    """
    return float(np.max(np.abs(error(x, y))))


def sqnr_db(x: Any, y: Any) -> float:
    """Signal to quantization noise ratio `10 log10(sum x**2 / sum (y - x)**2)`, in dB.

    Infinite where nothing changed, minus infinity where `x` is all zero and `y` is not. A uniform
    error of one step's width adds 6.02 dB for every bit. Raises what `error` raises.

    Source: Bennett 1948, "Spectra of quantized signals".

    >>> round(sqnr_db([1.0, 2.0], [1.5, 2.0]), 2)
    13.01
    """
    noise = float(np.sum(error(x, y) ** 2))
    signal = float(np.sum(np.asarray(x, np.float64) ** 2))
    if noise == 0:
        return float("inf")
    return float("-inf") if signal == 0 else 10 * float(np.log10(signal / noise))


def levels_used(q: Any) -> int:
    """Number of distinct values in `q`; a quantizer of n bits gives 2**n at most.

    Raises:
        ValueError: text, an empty array.

    >>> levels_used([3, 3, -1])
    2
    """
    return int(np.unique(real_array("q", q)).size)
