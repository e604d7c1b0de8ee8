"""Functions of real numbers, of pairs and along axes."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw, draw_any
from tests.oracle.families.comparing import ORDERS, options
from tests.oracle.one_operator import Spec

REAL = np.float32
SLOPES = [0.1, 0.3, 1.5, -0.2]


def _each(options=None, *, positive=False, **choices):
    """Of one number; `choices` of the options' fields."""

    def make(rng):
        x = Spec(draw_any.shape(rng), REAL)
        given = replace(x, draw=lambda rng: np.exp(rng.normal(0, 1, x.shape))) if positive else x
        fields = {name: rng.choice(values).item() for name, values in choices.items()}
        return [given], x, options, fields

    return make


def _pair(options, *, positive=False, fused=False):
    """Of two numbers that broadcast; the second of which may have to be positive."""

    def make(rng):
        (a, b), shape = draw_any.pair(rng, REAL)
        if positive:
            b = Spec(b.shape, REAL, draw=lambda rng: np.exp(rng.normal(0, 1, b.shape)))
        fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS))} if fused else {}
        return [a, b], Spec(shape, REAL), options, fields

    return make


def _power(rng):
    """Of a positive number, to any power."""
    (power, base), *more = _pair("PowOptions", positive=True)(rng)
    return [base, power], *more


def _prelu(rng):
    x = Spec(draw_any.shape(rng), REAL)
    alpha = draw_any.constant(rng, Spec(draw_any.broadcast(rng, x.shape), REAL))
    return [x, alpha], x, None, {}


def _order(name):
    """Of whole numbers, which are often equal."""

    def make(rng):
        (a, b), shape = draw_any.pair(rng, REAL)
        few = [Spec(s.shape, REAL, draw=_few(s.shape)) for s in (a, b)]
        return few, Spec(shape, np.bool_), options(name), {}

    return make


def _few(shape):
    return lambda rng: rng.integers(-3, 4, shape)


def _along(rng):
    x = Spec(draw_any.shape(rng, (2, 4)), REAL)
    axis = int(rng.integers(len(x.shape)))
    shape = tuple(n for i, n in enumerate(x.shape) if i != axis)
    axes = Spec((1,), np.int32, data=[axis])
    return [x, axes], Spec(shape, REAL), "ReducerOptions", {"keepDims": False}


FAMILIES = {
    "ABS float": _each("AbsOptions"),
    "CEIL float": _each(),
    "COS float": _each("CosOptions"),
    "DIV float": _pair("DivOptions", positive=True, fused=True),
    "ELU float": _each(),
    "EXP float": _each("ExpOptions"),
    "FLOOR float": _each(),
    "GELU float": _each("GeluOptions", approximate=[False, True]),
    "HARD_SWISH float": _each("HardSwishOptions"),
    "L2_NORMALIZATION float": _each("L2NormOptions"),
    "LEAKY_RELU float": _each("LeakyReluOptions", alpha=SLOPES),
    "LOG float": _each(positive=True),
    "LOG_SOFTMAX float": _each("LogSoftmaxOptions"),
    "MAXIMUM float": _pair("MaximumMinimumOptions"),
    "MINIMUM float": _pair("MaximumMinimumOptions"),
    "NEG float": _each("NegOptions"),
    "POW float": _power,
    "PRELU float": _prelu,
    "REDUCE_MAX float": _along,
    "REDUCE_MIN float": _along,
    "RELU_0_TO_1 float": _each(),
    "RELU_N1_TO_1 float": _each(),
    "ROUND float": _each(),
    "RSQRT float": _each(positive=True),
    "SIGN float": _each("SignOptions"),
    "SIN float": _each(),
    "SQRT float": _each(positive=True),
    "SQUARED_DIFFERENCE float": _pair("SquaredDifferenceOptions"),
    "SQUARE float": _each("SquareOptions"),
    "SUM float": _along,
    "TANH float": _each(),
    **{f"{name} float": _order(name) for name in ORDERS},
}
