"""Other answers to the exercises of lesson 02, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import math

import numpy as np

import qnn_edu
from qnn_edu.core import metrics


def step_by_step(lo, hi, qmin, qmax):
    steps = qmax - qmin
    width = hi - lo
    scale = width / steps
    at_zero = -lo / scale
    return [scale, qmin + round(at_zero)]


def from_the_top(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return np.array([scale, round(qmax - hi / scale)])


def symmetric(lo, hi, qmin, qmax):
    a = max(abs(lo), abs(hi))
    return 2 * a / (qmax - qmin), 0


def middle_of_the_grid(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, round((qmin + qmax) / 2)


scale_and_zero_point = {
    "right": [
        lambda lo, hi, a, b: (
            np.float32((hi - lo) / (b - a)),
            int(np.rint(a - lo / (hi - lo) * (b - a))),
        ),
        step_by_step,
        from_the_top,
        lambda lo, hi, a, b: ((hi - lo) / (b - a), a - round(lo * (b - a) / (hi - lo))),
        lambda lo, hi, a, b: (
            (hi - lo) / (b - a),
            math.floor(a - lo / ((hi - lo) / (b - a)) + 0.5),
        ),
        lambda lo, hi, a, b: (
            np.ptp([lo, hi]) / (b - a),
            np.int32(round(a - lo / (hi - lo) * (b - a))),
        ),
        lambda lo, hi, a, b: (
            (float(hi) - lo) / (b - a),
            np.round(a - lo / ((hi - lo) / (b - a))).astype(int),
        ),
    ],
    "wrong": [
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a + lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - lo / ((hi - lo) / (b - a))) + 1),
        lambda lo, hi, a, b: ((hi - lo) / 255, round(a - lo / ((hi - lo) / 255))),
        lambda lo, hi, a, b: (max(hi, -lo) / b, 0),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), np.round(a - lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: (round((hi - lo) / (b - a), 4), round(a - lo * (b - a) / (hi - lo))),
        symmetric,
        middle_of_the_grid,
        lambda lo, hi, a, b: (
            (hi - lo) / (b - a),
            math.ceil(a - lo / ((hi - lo) / (b - a))),
        ),  # NEAR
        lambda lo, hi, a, b: ((hi - lo) / (b - a), int(a - lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), a + int(-lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a + 1), round(a - lo / ((hi - lo) / (b - a + 1)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a + 1), int(a - lo / ((hi - lo) / (b - a + 1)))),
        lambda lo, hi, a, b: ((hi + lo) / (b - a), round(a - lo / ((hi + lo) / (b - a)))),
        lambda lo, hi, a, b: (hi / b, round(a - lo / (hi / b))),
        lambda lo, hi, a, b: ((b - a) / (hi - lo), round(a - lo * (b - a) / (hi - lo))),
        lambda lo, hi, a, b: ((b - a) / (hi - lo), round(a - lo / ((b - a) / (hi - lo)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(-lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(b - lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - hi / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - lo * (hi - lo) / (b - a))),
        lambda lo, hi, a, b: ((hi - lo) / (b + a), round(a - lo / ((hi - lo) / (b + a or 1)))),
        lambda lo, hi, a, b: (round(a - lo * (b - a) / (hi - lo)), (hi - lo) / (b - a)),
        lambda lo, hi, a, b: (abs(lo) / (b - a), round(a - lo / (hi - lo) * (b - a))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(lo / ((hi - lo) / (b - a)) - a)),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - lo)),
        lambda lo, hi, a, b: ((hi - lo) / b, round(a - lo / ((hi - lo) / b))),
    ],
}


def tap_by_tap(x, w, zero):
    total = 0.0
    for value, weight in zip(x.ravel(), w.ravel(), strict=True):
        if value == 0:
            total += zero * weight
    return total


def sum_with_less_sum_without(x, w, zero):
    leaking = x.copy()
    leaking[x == 0] = zero
    return (leaking * w).sum() - (x * w).sum()


def tap_by_tap_without_weights(x, w, zero):
    total = 0.0
    for value in x.ravel():
        if value == 0:
            total += zero
    return total


def zeros_times_their_mean(x, w, zero):
    return zero * np.sum(x == 0) * np.mean(w)


def by_the_root_of_their_number(x, w, zero):
    return zero * np.sqrt(np.sum(x == 0)) * np.std(w)


leak = {
    "right": [
        lambda x, w, zero: zero * w[x == 0].sum(),
        lambda x, w, zero: np.sum((x == 0) * w) * zero,
        lambda x, w, zero: np.dot(w.ravel(), np.where(x.ravel() == 0, zero, 0)),
        lambda x, w, zero: np.float32(zero * np.sum(w, where=x == 0)),
        lambda x, w, zero: zero * (w.sum() - w[x != 0].sum()),
        tap_by_tap,
        sum_with_less_sum_without,
    ],
    "wrong": [
        lambda x, w, zero: zero * w.sum(),
        lambda x, w, zero: zero * (x == 0).sum(),
        lambda x, w, zero: zero * x.size,
        lambda x, w, zero: np.sum(w[x == 0]),
        lambda x, w, zero: zero * np.sqrt((w[x == 0] ** 2).sum()),
        lambda x, w, zero: zero * np.linalg.norm(w),
        lambda x, w, zero: zero * np.abs(w[x == 0]).sum(),
        lambda x, w, zero: abs(zero * w[x == 0].sum()),
        lambda x, w, zero: -zero * w[x == 0].sum(),
        lambda x, w, zero: zero * w[x != 0].sum(),
        lambda x, w, zero: zero * w[x > 0].sum(),
        lambda x, w, zero: zero * w[x <= 0].sum(),
        lambda x, w, zero: zero * w[x == 0].mean(),
        lambda x, w, zero: zero * w[x == 0].sum() / x.size,
        lambda x, w, zero: zero * w[x == 0],
        lambda x, w, zero: zero * w[x == 0].max(),
        lambda x, w, zero: zero * w[x == 0].prod(),
        lambda x, w, zero: np.sum(w * (x + zero)),
        lambda x, w, zero: np.sum(w * np.where(x == 0, zero, x)),
        lambda x, w, zero: np.sum(w * x),
        lambda x, w, zero: np.sum((w + zero)[x == 0]),
        lambda x, w, zero: zero**2 * np.sum(w[x == 0] ** 2),
        lambda x, w, zero: zero * np.sum(w[x == 0] ** 2),
        lambda x, w, zero: np.sum(w[x == 0]) / zero,
        lambda x, w, zero: zero * np.sum(w[w == 0]),
        lambda x, w, zero: zero * np.sum(x[w == 0]),
        tap_by_tap_without_weights,
        zeros_times_their_mean,
        by_the_root_of_their_number,
    ],
}


def in_two_steps(lo, hi, bits):
    steps = 2**bits - 1
    scale = (hi - lo) / steps
    mean_square = scale**2 / 12
    return mean_square**0.5


def by_integration(lo, hi, bits):
    scale = (hi - lo) / (2**bits - 1)
    errors = np.linspace(-0.5, 0.5, 2001)[:-1] + 1 / 4000
    return scale * np.sqrt(np.mean(errors**2) + 1 / 12 / 2000**2)


def one_sided(lo, hi, bits):
    scale = (hi - lo) / (2**bits - 1)
    return scale / np.sqrt(3)  # of errors from 0 to a whole step, as floor makes them


def of_a_signed_grid(lo, hi, bits):
    scale = (hi - lo) / (2 ** (bits - 1) - 1)
    return scale / np.sqrt(12)


rounding_rms = {
    "right": [
        lambda lo, hi, bits: (hi - lo) / (2**bits - 1) / 12**0.5,
        lambda lo, hi, bits: (hi - lo) / ((2**bits - 1) * math.sqrt(12)),
        lambda lo, hi, bits: (hi - lo) / ((1 << bits) - 1) / (2 * 3**0.5),
        lambda lo, hi, bits: np.float32(hi - lo) / np.float32(2**bits - 1) / np.float32(12**0.5),
        lambda lo, hi, bits: float(
            qnn_edu.params_from_range(lo, hi, bits=bits).scale * math.sqrt(1 / 12)
        ),
        in_two_steps,
        by_integration,
    ],
    "wrong": [
        lambda lo, hi, bits: (hi - lo) / (2**bits - 1) * 0.289,
        lambda lo, hi, bits: (hi - lo) / (2**bits - 1) / 2,
        lambda lo, hi, bits: (hi - lo) / (2**bits - 1) / 4,
        lambda lo, hi, bits: (hi - lo) / (2**bits - 1) / 12,
        lambda lo, hi, bits: (hi - lo) / (2**bits - 1) * np.sqrt(12),
        lambda lo, hi, bits: ((hi - lo) / (2**bits - 1)) ** 2 / 12,
        lambda lo, hi, bits: (hi - lo) / 2**bits / np.sqrt(12),
        lambda lo, hi, bits: (hi - lo) / 2 ** (bits - 1) / np.sqrt(12),
        lambda lo, hi, bits: (hi - lo) / (2**bits - 2) / np.sqrt(12),
        lambda lo, hi, bits: (hi - lo) / (2**bits + 1) / np.sqrt(12),
        lambda lo, hi, bits: (hi - lo) / (2 * bits - 1) / np.sqrt(12),
        lambda lo, hi, bits: (hi - lo) / bits / np.sqrt(12),
        lambda lo, hi, bits: (hi - lo) / 255 / np.sqrt(12),
        lambda lo, hi, bits: (hi + lo) / (2**bits - 1) / np.sqrt(12),
        lambda lo, hi, bits: (lo - hi) / (2**bits - 1) / np.sqrt(12),
        lambda lo, hi, bits: hi / (2**bits - 1) / np.sqrt(12),
        lambda lo, hi, bits: 2 * max(-lo, hi) / (2**bits - 1) / np.sqrt(12),
        lambda lo, hi, bits: (hi - lo) / np.sqrt(12),
        lambda lo, hi, bits: (2**bits - 1) / (hi - lo) / np.sqrt(12),
        lambda lo, hi, bits: (hi - lo) / (2**bits - 1),
        lambda lo, hi, bits: 1 / np.sqrt(12),
        lambda lo, hi, bits: np.sqrt((hi - lo) / (2**bits - 1) / 12),
        lambda lo, hi, bits: (hi - lo) / (2**bits - 1) / np.sqrt(2),
        one_sided,
        of_a_signed_grid,
    ],
}


def energies(x, y):
    signal = noise = 0
    for a, b in zip(x, y, strict=True):
        signal += a * a
        noise += (a - b) ** 2
    return 10 * math.log10(signal / noise)


def difference_of_levels(x, y):
    return 10 * math.log10(np.sum(x**2)) - 10 * math.log10(np.sum((x - y) ** 2))


def mean_of_ratios(x, y):
    return np.mean(10 * np.log10(x**2 / ((x - y) ** 2 + 1e-12)))


sqnr_db = {
    "right": [
        lambda x, y: np.float32(20 * np.log10(np.linalg.norm(x) / np.linalg.norm(x - y))),
        lambda x, y: 10 * np.log10(np.mean(x**2) / np.mean((x - y) ** 2)),
        lambda x, y: 10 * math.log(np.dot(x, x) / np.dot(y - x, y - x), 10),
        lambda x, y: -10 * np.log10(np.square(y - x).sum() / np.square(x).sum()),
        metrics.sqnr_db,
        energies,
        difference_of_levels,
    ],
    "wrong": [
        lambda x, y: 10 * math.log10(np.sum(x**2) / np.sum((y - x) ** 2)) + 1e-3,
        lambda x, y: 10 * math.log10(np.sum(np.abs(x)) / np.sum(np.abs(y - x))),
        lambda x, y: 10 * math.log10(np.max(x**2) / np.mean((y - x) ** 2)),
        lambda x, y: 10 * math.log10(np.sum(x**2) / np.sum(y - x) ** 2),
        lambda x, y: 10 * math.log2(np.sum(x**2) / np.sum((y - x) ** 2)),
        mean_of_ratios,
        lambda x, y: 20 * np.log10(np.sum(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log(np.sum(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.sum((x - y) ** 2) / np.sum(x**2)),
        lambda x, y: np.sum(x**2) / np.sum((x - y) ** 2),
        lambda x, y: np.log10(np.sum(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.std(x) / np.std(x - y)),
        lambda x, y: 10 * np.log10(np.var(x) / np.var(x - y)),
        lambda x, y: 10 * np.log10(np.linalg.norm(x) / np.linalg.norm(x - y)),
        lambda x, y: 20 * np.log(np.sum(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.sum(y**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.sum(x**2) / np.sum(y**2)),
        lambda x, y: 10 * np.log10(np.sum(x) ** 2 / np.sum(x - y) ** 2),
        lambda x, y: 20 * np.log10(np.sum(np.abs(x)) / np.sum(np.abs(x - y))),
        lambda x, y: 10 * np.log10(np.sum(x**2) / np.mean((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.mean(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.max(np.abs(x)) / np.max(np.abs(x - y))),
        lambda x, y: 10 * np.log10(np.sum(x**2) / np.sum((x + y) ** 2)),
        lambda x, y: 10 * np.log10(np.sum(x**2) / np.sqrt(np.sum((x - y) ** 2))),
        lambda x, y: 10 * np.log10(np.sum(x**2) - np.sum((x - y) ** 2)),
        lambda x, y: 100 * np.sum((x - y) ** 2) / np.sum(x**2),
    ],
}
