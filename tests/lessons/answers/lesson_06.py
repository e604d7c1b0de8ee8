"""Other answers to the exercises of lesson 06, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import numpy as np

import qnn_edu
from qnn_edu.core import gradients


def stepped(x, g, s, a, b, inside):
    steps = x / s
    slope = np.where(inside(steps), np.round(steps) - steps, np.clip(np.round(steps), a, b))
    return np.sum(g * slope) / np.sqrt(x.size * b)


def value_by_value(x, upstream, scale, qmin, qmax):
    out = []
    for value, gradient in zip(x, upstream, strict=True):
        if value < scale * qmin or value > scale * qmax:
            out.append(0.0)
        else:
            out.append(gradient)
    return out


def in_float32(x, upstream, scale, qmin, qmax):
    x, upstream = x.astype(np.float32), upstream.astype(np.float32)
    return upstream * ((x >= np.float32(scale * qmin)) & (x <= np.float32(scale * qmax)))


def zeroed(x, upstream, scale, qmin, qmax):
    gradient = upstream.copy()
    gradient[x < scale * qmin] = 0
    gradient[x > scale * qmax] = 0
    return gradient


def zeroed_above(x, upstream, scale, qmin, qmax):
    gradient = upstream.copy()
    gradient[x > scale * qmax] = 0
    return gradient


def asks_the_rounded(x, upstream, scale, qmin, qmax):
    q = np.round(x / scale)
    return np.where((q >= qmin) & (q <= qmax), upstream, 0.0)


def sends_the_clipped(x, upstream, scale, qmin, qmax):
    return np.clip(x, scale * qmin, scale * qmax)


straight_through = {
    "right": [
        lambda x, g, s, a, b: [d * (np.clip(v, s * a, s * b) == v) for v, d in np.c_[x, g]],
        value_by_value,
        in_float32,
        zeroed,
        lambda x, g, s, a, b: g * (x / s >= a) * (x / s <= b),
        lambda x, g, s, a, b: np.where(np.logical_or(x < s * a, x > s * b), 0, g),
        lambda x, g, s, a, b: gradients.straight_through(x, g, counted_from_below(s, a, b)),
    ],
    "wrong": [
        lambda x, g, s, a, b: np.where((x > s * a) & (x <= s * b), g, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x < s * b), g, 0.0),
        lambda x, g, s, a, b: np.where(x <= s * b, g, 0.0),
        lambda x, g, s, a, b: np.where(x >= s * a, g, 0.0),
        lambda x, g, s, a, b: np.where(np.abs(x) <= s * b, g, 0.0),
        lambda x, g, s, a, b: np.clip(g, s * a, s * b),
        lambda x, g, s, a, b: np.where((x >= s * (a - 0.5)) & (x <= s * (b + 0.5)), g, 0.0),
        zeroed_above,
        asks_the_rounded,
        sends_the_clipped,
        lambda x, g, s, a, b: g,
        lambda x, g, s, a, b: np.zeros_like(x),
        lambda x, g, s, a, b: np.where((x >= a) & (x <= b), g, 0.0),
        lambda x, g, s, a, b: np.where((x > s * a) & (x < s * b), g, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x <= s * b), 1.0, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x <= s * b), 0.0, g),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x <= s * b), g * s, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x <= s * b), g / s, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x <= s * b), x, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) | (x <= s * b), g, 0.0),
        lambda x, g, s, a, b: np.where((g >= s * a) & (g <= s * b), g, 0.0),
        lambda x, g, s, a, b: np.where((x >= a / s) & (x <= b / s), g, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x <= s * b), g, 1.0),
        lambda x, g, s, a, b: np.where((x > a) & (x < b), g, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x <= s * b), -g, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x <= s * b), g * np.round(x / s), 0.0),
        lambda x, g, s, a, b: np.where(x >= s * a, g, 0.0) + np.where(x <= s * b, g, 0.0),
        lambda x, g, s, a, b: g * np.clip(np.round(x / s), a, b) * s,
        lambda x, g, s, a, b: np.where((x >= s * a) & (x <= s * b), g, 0.0).sum(),
    ],
}


def counted_from_below(scale, qmin, qmax):
    """Parameters whose grid has these levels about a zero point of 0, counted from below."""
    bits = (qmax - qmin).bit_length()
    return qnn_edu.QuantParams(scale, -qmin, bits=bits, signed=False)


def both_in_a_loop(x, upstream, lo, hi):
    to_lo = to_hi = 0.0
    for value, gradient in zip(x, upstream, strict=True):
        if value < lo:
            to_lo += gradient
        elif value > hi:
            to_hi += gradient
    return to_lo, to_hi


def ends_included(x, upstream, lo, hi):
    to_lo = to_hi = 0.0
    for value, gradient in zip(x, upstream, strict=True):
        if value <= lo:
            to_lo += gradient
        if value >= hi:
            to_hi += gradient
    return to_lo, to_hi


def inside_of_both(x, upstream, lo, hi):
    return upstream[x > lo].sum(), upstream[x < hi].sum()


range_gradients = {
    "right": [
        lambda x, g, lo, hi: [g @ (x < lo), g @ (x > hi)],
        both_in_a_loop,
        lambda x, g, lo, hi: np.array([np.sum(g * (x < lo)), np.sum(g * (x > hi))]),
        lambda x, g, lo, hi: (
            np.where(x < lo, g, 0).astype(np.float32).sum(),
            np.where(x > hi, g, 0).astype(np.float32).sum(),
        ),
        lambda x, g, lo, hi: (sum(g[x < lo]), sum(g[x > hi])),
        lambda x, g, lo, hi: (
            np.dot(np.clip(x, lo, None) != x, g),
            np.dot(np.clip(x, None, hi) != x, g),
        ),
    ],
    "wrong": [
        lambda x, g, lo, hi: (g[x <= lo].sum(), g[x > hi].sum()),  # NEAR
        lambda x, g, lo, hi: (g[x < lo].sum(), g[x >= hi].sum()),  # NEAR
        lambda x, g, lo, hi: g[x < lo].sum() + g[x > hi].sum(),
        lambda x, g, lo, hi: (np.where(x < lo, g, 0), np.where(x > hi, g, 0)),
        lambda x, g, lo, hi: ((x * g)[x < lo].sum(), (x * g)[x > hi].sum()),
        lambda x, g, lo, hi: (np.abs(g[x < lo]).sum(), np.abs(g[x > hi]).sum()),
        ends_included,
        inside_of_both,
        lambda x, g, lo, hi: (g[x > hi].sum(), g[x < lo].sum()),
        lambda x, g, lo, hi: (-g[x < lo].sum(), g[x > hi].sum()),
        lambda x, g, lo, hi: (-g[x < lo].sum(), -g[x > hi].sum()),
        lambda x, g, lo, hi: (
            g[x < lo].sum() / max(1, (x < lo).sum()),
            g[x > hi].sum() / max(1, (x > hi).sum()),
        ),
        lambda x, g, lo, hi: ((g * (x < lo)).mean(), (g * (x > hi)).mean()),
        lambda x, g, lo, hi: ((x < lo).sum(), (x > hi).sum()),
        lambda x, g, lo, hi: (g[g < lo].sum(), g[g > hi].sum()),
        lambda x, g, lo, hi: (x[x < lo].sum(), x[x > hi].sum()),
        lambda x, g, lo, hi: (lo * g[x < lo].sum(), hi * g[x > hi].sum()),
        lambda x, g, lo, hi: (((x - lo) * g)[x < lo].sum(), ((x - hi) * g)[x > hi].sum()),
        lambda x, g, lo, hi: (g.sum(), g.sum()),
        lambda x, g, lo, hi: (g[(x >= lo) & (x <= hi)].sum(),) * 2,
        lambda x, g, lo, hi: (g[x < lo].sum(), g[x < hi].sum()),
        lambda x, g, lo, hi: (g[x > lo].sum(), g[x > hi].sum()),
        lambda x, g, lo, hi: (g[x < lo], g[x > hi]),
        lambda x, g, lo, hi: (g[x < -hi].sum(), g[x > hi].sum()),
        lambda x, g, lo, hi: (0.0, g[x > hi].sum()),
        lambda x, g, lo, hi: (g[x <= lo].sum() / x.size, g[x >= hi].sum() / x.size),
        lambda x, g, lo, hi: (
            g[x < lo].max(initial=0),
            g[x > hi].max(initial=0),
        ),
        lambda x, g, lo, hi: (g[x > hi].sum() / x.size, g[x < lo].sum() / x.size),
    ],
}


def leaks_value_by_value(x, upstream, lo, hi, leak):
    out = np.empty(len(x))
    for k in range(len(x)):
        out[k] = upstream[k] if lo <= x[k] <= hi else leak * upstream[k]
    return out


def subtracts_the_leak(x, upstream, lo, hi, leak):
    out = upstream.copy()
    out[(x < lo) | (x > hi)] -= leak
    return out


leaky = {
    "right": [
        lambda x, g, lo, hi, leak: leak * g + (1 - leak) * g * (np.clip(x, lo, hi) == x),
        leaks_value_by_value,
        lambda x, g, lo, hi, leak: g * np.where((x < lo) | (x > hi), leak, 1),
        lambda x, g, lo, hi, leak: np.where(
            (x >= lo) & (x <= hi), g.astype(np.float32), np.float32(leak) * g.astype(np.float32)
        ),
        lambda x, g, lo, hi, leak: [
            d if lo <= v <= hi else d * leak for v, d in zip(x, g, strict=True)
        ],
        lambda x, g, lo, hi, leak: np.select([x < lo, x > hi], [leak * g, leak * g], g),
    ],
    "wrong": [
        lambda x, g, lo, hi, leak: np.where((x > lo) & (x < hi), g, leak * g),
        lambda x, g, lo, hi, leak: np.where(x <= hi, g, leak * g),
        lambda x, g, lo, hi, leak: np.where(x >= lo, g, leak * g),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), (1 - leak) * g, leak * g),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, g + leak),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, 0.1 * g),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, -leak * g),
        subtracts_the_leak,
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, 0),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, leak),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), leak * g, g),
        lambda x, g, lo, hi, leak: leak * g,
        lambda x, g, lo, hi, leak: g,
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), x, leak * x),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), 1, leak),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, (1 - leak) * g),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, g / leak),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, leak * x),
        lambda x, g, lo, hi, leak: np.where((x > lo) & (x <= hi), g, leak * g),
        lambda x, g, lo, hi, leak: np.where((x >= lo) | (x <= hi), g, leak * g),
        lambda x, g, lo, hi, leak: np.where(np.abs(x) <= hi, g, leak * g),
        lambda x, g, lo, hi, leak: np.where(x < lo, 0, np.where(x > hi, leak * g, g)),
        lambda x, g, lo, hi, leak: np.where(x > hi, 0, np.where(x < lo, leak * g, g)),
        lambda x, g, lo, hi, leak: np.where((g >= lo) & (g <= hi), g, leak * g),
        lambda x, g, lo, hi, leak: np.where((x > lo) & (x < hi), leak * g, g),
        lambda x, g, lo, hi, leak: np.where(
            x < lo, leak * (x - lo), np.where(x > hi, leak * (x - hi), g)
        ),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, leak**2 * g),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g + leak * g, leak * g),
    ],
}


def step_in_a_loop(x, upstream, scale, qmin, qmax):
    total = 0.0
    for value, gradient in zip(x, upstream, strict=True):
        v = value / scale
        if v <= qmin:
            slope = qmin
        elif v >= qmax:
            slope = qmax
        else:
            slope = round(v) - v
        total += gradient * slope
    return total / (len(x) * qmax) ** 0.5


def without_the_scale_in_a_loop(x, upstream, scale, qmin, qmax):
    total = 0.0
    for value, gradient in zip(x, upstream, strict=True):
        v = value / scale
        if v <= qmin:
            slope = qmin
        elif v >= qmax:
            slope = qmax
        else:
            slope = v - round(v)
        total += gradient * slope
    return total


def pieces(x, g, s, a, b, *, inside=None, below=None, above=None, norm=None, v=None):
    """The gradient to the step, any piece of it replaced."""
    v = x / s if v is None else v
    inside = np.round(v) - v if inside is None else inside
    below, above = a if below is None else below, b if above is None else above
    slope = np.where(v <= a, below, np.where(v >= b, above, inside))
    return np.sum(g * slope) / (np.sqrt(x.size * b) if norm is None else norm)


step_gradient = {
    "right": [
        lambda x, g, s, a, b: (
            g
            @ (np.clip(np.rint(x / s), a, b) - x / s * (a * s < x) * (x < b * s))
            / (len(x) * b) ** 0.5
        ),
        step_in_a_loop,
        lambda x, g, s, a, b: gradients.learned_step(x, g, s, a, b)[1],
        lambda x, g, s, a, b: pieces(
            x.astype(np.float32), g.astype(np.float32), np.float32(s), a, b
        ),
        lambda x, g, s, a, b: pieces(x, g, s, a, b),
        lambda x, g, s, a, b: np.dot(g, gradients.step_slope(x, s, a, b)) / np.sqrt(b * len(g)),
        lambda x, g, s, a, b: np.array(
            np.sum(
                g
                / np.sqrt(x.size * b)
                * np.where(x / s <= a, a, np.where(x / s >= b, b, np.floor(x / s + 0.5) - x / s))
            )
        ),
    ],
    "wrong": [
        lambda x, g, s, a, b: stepped(x, g, s, a, b, lambda v: (v >= a) & (v <= b)),  # NEAR
        lambda x, g, s, a, b: stepped(x, g, s, a, b, lambda v: (v >= a) & (v < b)),  # NEAR
        lambda x, g, s, a, b: stepped(x, g, s, a, b, lambda v: (v > a) & (v <= b)),  # NEAR
        lambda x, g, s, a, b: stepped(x, g, s, a, b, lambda v: (x > a) & (x < b)),
        lambda x, g, s, a, b: stepped(x, 1.0, s, a, b, lambda v: (v > a) & (v < b)),
        lambda x, g, s, a, b: (
            stepped(x, g, s, a, b, lambda v: (v > a) & (v < b)) * np.sqrt(b / (b - a))
        ),
        without_the_scale_in_a_loop,
        lambda x, g, s, a, b: pieces(x, g, s, a, b, inside=x / s - np.round(x / s)),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, inside=0.0),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, below=0, above=0),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, norm=1),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, norm=x.size),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, norm=x.size * b),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, norm=np.sqrt(x.size)),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, norm=np.sqrt(b)),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, inside=np.round(x / s)),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, below=b, above=a),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, below=s * a, above=s * b),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, below=-a, above=-b),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, inside=np.floor(x / s) - x / s),
        lambda x, g, s, a, b: np.sum(g * (np.round(x / s) - x / s)) / np.sqrt(x.size * b),
        lambda x, g, s, a, b: (
            np.sum(g * (np.clip(np.round(x / s), a, b) - x / s)) / np.sqrt(x.size * b)
        ),
        lambda x, g, s, a, b: (
            np.sum(g * (s * np.clip(np.round(x / s), a, b) - x)) / np.sqrt(x.size * b)
        ),
        lambda x, g, s, a, b: np.mean(g) * pieces(x, 1.0, s, a, b),
        lambda x, g, s, a, b: s * pieces(x, g, s, a, b),
        lambda x, g, s, a, b: pieces(x, g, s, a, b) / s,
        lambda x, g, s, a, b: pieces(x, g, s, a, b, v=x),
        lambda x, g, s, a, b: pieces(x, g, s, a, b, below=0),
        lambda x, g, s, a, b: (
            g * np.where((x / s > a) & (x / s < b), np.round(x / s) - x / s, np.clip(x / s, a, b))
        ),
        lambda x, g, s, a, b: pieces(x, g, s, a, b) * np.sqrt(x.size * b) ** 2,
        lambda x, g, s, a, b: pieces(x, g, s, a, b, norm=np.sqrt(x.size * (b - a))),
    ],
}
