"""Two layers whose channels are scaled: what they compute, in float and in int8."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from qnn_edu.core.metrics import sqnr_db
from qnn_edu.ptq.equalization import equalize
from qnn_edu.ui.numbers import tensors

BEFORE, FIRST, SECOND = "block1_pointwise", "block2_depthwise", "block2_pointwise"
DIGITS = 16  # the training digits that both layers are tried on
CAP = 6.0
RELU, RELU6, SCALED = ACTIVATIONS = ("ReLU", "ReLU6", "ReLU6, caps scaled")
WAY = np.linspace(0, 2, 21).round(1)  # shares of the way to equal channels, and as far beyond
SHOWN = 23  # of the outputs every so many is drawn


@dataclass(frozen=True, eq=False)
class Pair:
    """A depthwise layer, a ReLU with caps, a pointwise layer and its ReLU; float32.

    `first` (9, channels), `bias` and `cap` (channels,), infinite for a plain ReLU, `second`
    (channels, outputs), `last` its bias (outputs,).
    """

    first: np.ndarray
    bias: np.ndarray
    cap: np.ndarray
    second: np.ndarray
    last: np.ndarray


@cache
def trained(activation: str = RELU) -> Pair:
    """The second block of the trained digits network, normalisations folded, nothing scaled.

    Raises:
        ValueError: another activation.

    >>> pair = trained("ReLU6")
    >>> pair.first.shape, pair.second.shape, float(pair.cap[0])
    ((9, 32), (32, 64), 6.0)
    """
    if activation not in ACTIVATIONS:
        raise ValueError(
            f"There is no activation {activation!r}; choose one of {', '.join(ACTIVATIONS)}."
        )
    (first, bias), (second, last) = tensors.layer(FIRST), tensors.layer(SECOND)
    cap = np.full_like(bias, np.inf if activation == RELU else CAP)
    return Pair(first.reshape(9, -1), bias, cap, second.reshape(len(last), -1).T, last)


def rescaled(
    activation: str, *, spread: float = 1.0, channel: int = 0, times: float = 1.0, share: float = 0
) -> Pair:
    """The trained pair, its channels multiplied where they are made, and divided where read.

    First by factors from `1 / sqrt(spread)` for channel 0 to `sqrt(spread)` for the last, in equal
    ratios, and `channel` by `times`. Then by a `share` of the way to the factors of
    `ptq.equalize`: 0 leaves all as it is, 1 equalizes, 2 has both layers change places. Caps are
    multiplied, too, but for "ReLU6", whose cap stays at 6.

    >>> pair = rescaled("ReLU", spread=1000.0, share=1)
    >>> made, read = np.abs(pair.first).max(axis=0), np.abs(pair.second).max(axis=1)
    >>> bool(np.allclose(made, read))
    True
    """
    pair = trained(activation)
    factor = np.geomspace(spread**-0.5, spread**0.5, len(pair.bias))
    factor[channel] *= times
    pair = _multiplied(pair, factor, activation)
    return _multiplied(pair, _to_equal(pair) ** share, activation) if share else pair


def _to_equal(pair: Pair) -> np.ndarray:
    """By what each channel is multiplied where it is made, to be equal where it is read."""
    return 1 / equalize(pair.first, None, pair.second, first_axis=1, second_axis=0).factor


def _multiplied(pair: Pair, factor: np.ndarray, activation: str) -> Pair:
    cap = pair.cap if activation == RELU6 else pair.cap * factor
    scaled = pair.first * factor, pair.bias * factor, cap, pair.second / factor[:, np.newaxis]
    return Pair(*(array.astype(np.float32) for array in scaled), pair.last)


def in_float(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    """What comes between both layers (n, channels) and what comes out (n, outputs), float32.

    >>> between, outputs = in_float(trained())
    >>> between.shape, outputs.shape
    ((256, 32), (256, 64))
    """
    patches, step = _inputs()
    between = np.clip(_depthwise(patches, pair.first * step) + pair.bias, 0, pair.cap)
    return between, np.maximum(_pointwise(between, pair.second) + pair.last, 0)


def in_int8(pair: Pair, per_channel: bool, between: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """What comes out in integers of 8 bits (n, outputs), as real values; bias and sums of 32.

    Weights have a symmetric narrow grid, one for all or one a channel that is made; what comes
    between and what comes out has the range of the float values that are given.

    >>> pair = trained()
    >>> real = in_float(pair)
    >>> round(sqnr_db(real[1], in_int8(pair, False, *real)), 1)
    23.5
    """
    patches, step = _inputs()
    sums, fine = _sums(_depthwise, patches, pair.first, pair.bias, step, per_channel)
    coarse = between.max() / 255
    levels = np.clip(np.rint(sums * fine / coarse), 0, np.rint(pair.cap / coarse).clip(max=255))
    sums, fine = _sums(_pointwise, levels, pair.second, pair.last, coarse, per_channel)
    coarse = outputs.max() / 255
    return np.clip(np.rint(sums * fine / coarse), 0, 255) * coarse


def _depthwise(patches: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return np.einsum("npc,pc->nc", patches, weight)


def _pointwise(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """`x @ weight` in one thread: those of BLAS wait for each other where other work has a core."""
    return np.einsum("nc,co->no", x, weight)


def _sums(
    layer: Callable[..., np.ndarray],
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    step: Any,
    per_channel: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of whole numbers and the real value of 1 of them; float32 holds all below 2**24."""
    fine = steps(weight, per_channel)
    levels = np.rint(weight / fine).astype(np.float32)
    return layer(x, levels) + np.rint(bias / (step * fine)), step * fine


def steps(weight: np.ndarray, per_channel: bool) -> np.ndarray:
    """The step of 8 bits, 127 of them to the largest weight of all, or of each column.

    >>> steps(np.array([[127.0, -254.0]]), True)
    array([1., 2.])
    """
    largest = np.abs(weight).max(axis=0)
    return (largest if per_channel else np.full_like(largest, largest.max())) / 127


@cache
def _inputs() -> tuple[np.ndarray, float]:
    """The windows of 3 by 3 that the first layer sees: levels (n, 9, channels), and their step."""
    levels, params = tensors.answers(BEFORE, DIGITS)
    levels = levels.astype(np.float32) - params.zero_point
    padded = np.pad(levels, ((0, 0), (0, 1), (0, 1), (0, 0)))  # stride 2: SAME adds on one side
    views = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::2, ::2]
    patches = views.reshape(-1, levels.shape[-1], 9).transpose(0, 2, 1)
    return np.ascontiguousarray(patches), float(params.scale)


def scaled(
    *, spread: float, share: float, channel: int, times: float, activation: str, per_channel: bool
) -> dict[str, Any]:
    """The pair as `rescaled`, judged by what the trained one answers to 16 digits in float.

    For each place, "made" (weights of the first layer), "between" (activations) and "read" (weights
    of the second): `widths` of all channels and `halves`, half a step in each, over the largest
    width; `lost`, how many channels lie below. `sqnr_db` of the int8 answers, `float_db` and
    `moved` (the largest change over the largest answer) of the float ones. `way`: both SQNR for
    each share in `WAY`. `answers`: some as trained, float now, and int8 now.

    Raises:
        ValueError: another activation.

    >>> options = {"channel": 0, "times": 1.0, "activation": "ReLU", "per_channel": False}
    >>> broken, equal = (scaled(spread=100.0, share=share, **options) for share in (0, 1))
    >>> round(broken["sqnr_db"], 1), round(equal["sqnr_db"], 1), equal["moved"] < 1e-6
    (3.3, 31.2, True)
    """
    how = {"spread": spread, "channel": channel, "times": times}
    pair = rescaled(activation, **how, share=share)
    between, outputs = in_float(pair)
    integer = in_int8(pair, per_channel, between, outputs)
    before = in_float(trained(activation))[1]
    widths, halves = _places(pair, between, per_channel)
    some = slice(None, None, SHOWN)
    return {
        "widths": widths,
        "halves": halves,
        "lost": {place: int((widths[place] < halves[place]).sum()) for place in widths},
        "channel": channel,
        "share": share,
        "sqnr_db": sqnr_db(before, integer),
        "float_db": sqnr_db(before, outputs),
        "moved": float(np.abs(outputs - before).max() / before.max()),
        "way": _way(activation, per_channel, spread, channel, times),
        "answers": tuple(y.ravel()[some] for y in (before, outputs, integer)),
    }


def _places(
    pair: Pair, between: np.ndarray, per_channel: bool
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Widths of the channels and halves of their steps, over the largest width of each place."""
    made, read = np.abs(pair.first).max(axis=0), np.abs(pair.second).max(axis=1)
    passed = between.max(axis=0)
    # A channel that is read is a row of weights: where each column has a step, take the median.
    fine = np.median(steps(pair.second, per_channel))
    halves = {
        "made": steps(pair.first, per_channel) / 2 / made.max(),
        "between": np.full_like(passed, 1 / 510),
        "read": np.full_like(read, fine / 2 / read.max()),
    }
    widths = {"made": made, "between": passed, "read": read}
    return {place: width / width.max() for place, width in widths.items()}, halves


@lru_cache(maxsize=64)
def _way(
    activation: str, per_channel: bool, spread: float, channel: int, times: float
) -> tuple[np.ndarray, np.ndarray]:
    """The SQNR in dB of int8 and float answers for each share in `WAY`."""
    before = in_float(trained(activation))[1]
    start, found = rescaled(activation, spread=spread, channel=channel, times=times), []
    equal = _to_equal(start)
    for share in WAY:
        pair = _multiplied(start, equal**share, activation) if share else start
        real = in_float(pair)
        found.append((sqnr_db(before, in_int8(pair, per_channel, *real)), sqnr_db(before, real[1])))
    integer, real = np.array(found).T
    return integer, real
