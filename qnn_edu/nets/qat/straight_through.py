"""Rounding to train through, in `keras.ops`: it runs on TensorFlow and on JAX.

Forwards each function rounds to a grid. Backwards each is a straight-through estimator: rounding
counts as the identity, and what was clipped gets no gradient. They differ in where the range comes
from. Tensors are `Any`: those of the backend that Keras runs on, or what it makes one of.
"""

from __future__ import annotations

from typing import Any

from qnn_edu.nets.quiet import load_keras

SMALLEST = 1e-8  # no range is narrower: a tensor of zeros has to stay one
HALF = 1e-3  # how near a half, in steps, is one that float arithmetic missed


def fixed_range(x: Any, lo: Any, hi: Any, *, bits: int) -> Any:
    """`x` on the grid of 2**bits levels from `lo` to `hi`, moved so that 0 is on it.

    `x`: any shape; `lo` <= 0 <= `hi` single numbers. On TensorFlow this is its fake-quant op.

    >>> fixed_range(load_keras().ops.convert_to_tensor([-1.0, 0.4, 9.0]), 0.0, 3.0, bits=2).numpy()
    array([0., 0., 3.], dtype=float32)
    """
    return load_keras().quantizers.fake_quant_with_min_max_vars(x, lo, hi, num_bits=bits)


def same_grid(x: Any, lo: Any, hi: Any, *, bits: int) -> Any:
    """What was reckoned from levels of `fixed_range`'s grid, rounded to it as integer kernels do.

    They see int8 numbers, 127 the highest level, and take halves away from their zero, whatever
    level that is. Halves are frequent: among averages of four there is one in four. What float
    arithmetic put an ulp or two beside one counts as one.

    >>> halves = load_keras().ops.convert_to_tensor([0.5, 126.5, 127.5, 128.5])
    >>> same_grid(halves, 0.0, 255.0, bits=8).numpy()  # in int8: -127.5, -1.5, -0.5, 0.5
    array([  0., 126., 127., 129.], dtype=float32)
    """
    ops = load_keras().ops
    step = (hi - lo) / (2**bits - 1)
    lowest = -ops.floor(0.5 - lo / step)  # how many steps from 0
    int8 = 128 - 2**bits - lowest  # what 0 is in int8
    q = x / step + int8
    rounded = ops.sign(q) * ops.floor(ops.abs(q) + 0.5 + HALF)
    y = (ops.clip(rounded, 128 - 2**bits, 127) - int8) * step
    return x + ops.stop_gradient(y - x)


def min_max(w: Any, *, bits: int, axis: tuple[int, ...] | None = None) -> Any:
    """Weights on the symmetric narrow grid of -max|w| to max|w|: 2**bits - 1 levels, 0 among them.

    `axis`: what one scale is shared along; None for one scale altogether. The range is taken as a
    constant, so nothing is clipped and every weight gets its gradient.

    Source: Krishnamoorthi 2018, section 2.2, equation 10.

    >>> min_max(load_keras().ops.convert_to_tensor([-0.9, 0.2, 0.6]), bits=2).numpy()
    array([-0.9,  0. ,  0.9], dtype=float32)
    """
    ops = load_keras().ops
    largest = ops.max(ops.abs(w), axis=axis, keepdims=True)
    step = ops.stop_gradient(ops.maximum(largest, SMALLEST) / (2 ** (bits - 1) - 1))
    return _round(w / step) * step


def learned_step(x: Any, step: Any, *, bits: int, positive: bool) -> Any:
    """LSQ: `x` on the grid of a step that learns, `step * clip(round(x / step), qmin, qmax)`.

    `step` > 0 is one number, or broadcasts against `x`. `positive`: levels 0 to 2**bits - 1;
    otherwise symmetric and narrow. The gradient to the step is scaled by 1 / sqrt(n qmax), n values
    of `x` sharing one step.

    Source: Esser et al. 2020, "Learned step size quantization", equations 1 to 3, section 2.2.

    >>> ops = load_keras().ops
    >>> x = ops.convert_to_tensor([-1.0, 0.4, 9.0])
    >>> learned_step(x, ops.convert_to_tensor(0.5), bits=2, positive=True).numpy()
    array([0. , 0.5, 1.5], dtype=float32)
    """
    ops = load_keras().ops
    step = ops.maximum(step, SMALLEST)
    qmax = 2**bits - 1 if positive else 2 ** (bits - 1) - 1
    shared = ops.cast(ops.size(x), "float32") / ops.cast(ops.size(step), "float32")
    scale = ops.rsqrt(shared * qmax)
    # The same to its last bit, the gradient scaled. Trained weights often lie where levels meet: a
    # step that is one bit off would round them to another level than the file has.
    step = ops.stop_gradient(step) + (step * scale - ops.stop_gradient(step * scale))
    if positive and len(step.shape) == 0:
        return _positive_step(x, step, bits)
    qmin = 0 if positive else -qmax
    return _round(ops.clip(x / step, qmin, qmax)) * step


def first_step(x: Any, highest: int, *, axis: tuple[int, ...] | None = None) -> Any:
    """What a learned step begins with, 2 mean|x| / sqrt(highest).

    `axis`: what shares a step; the sizes of these axes become 1. With 8 bits that is a grid some
    eight times as wide as weights are.

    Source: Esser et al. 2020, section 2.1.

    >>> x = load_keras().ops.convert_to_tensor([-1.0, 1.0])
    >>> [float(first_step(x, highest)[0]) for highest in (1, 4)]
    [2.0, 1.0]
    """
    ops = load_keras().ops
    return 2 * ops.mean(ops.abs(x), axis=axis, keepdims=True) / highest**0.5


def _positive_step(x: Any, step: Any, bits: int) -> Any:
    """The same for one step and levels from 0, in fewer passes over a large `x`.

    Of y = step * level, level being constant outside the range, the derivative to the step is
    level - x / step inside and level outside. Summed with the upstream gradient g, that is (g . y -
    g_x . x) / step, where g_x is the gradient to x: g inside, 0 outside.
    """
    ops = load_keras().ops

    @ops.custom_gradient
    def function(x: Any, step: Any) -> Any:
        top = step * (2**bits - 1)
        y = fixed_range(x, 0.0, top, bits=bits)

        def gradient(*arguments: Any, upstream: Any = None) -> tuple[Any, Any]:
            g = arguments[0] if upstream is None else upstream
            g_x = g * ops.cast(ops.logical_and(x > 0, x < top), "float32")
            return g_x, (ops.sum(g * y) - ops.sum(g_x * x)) / step

        return y, gradient

    return function(x, step)


def learned_clip(x: Any, alpha: Any, *, bits: int) -> Any:
    """PACT: `x` clipped to 0 .. alpha, which learns, on 2**bits levels.

    The gradient to `alpha` is 1 where `x` is clipped, 0 below.

    Source: Choi et al. 2018, "PACT", equations 2 and 3.

    >>> ops = load_keras().ops
    >>> x = ops.convert_to_tensor([-1.0, 0.4, 9.0])
    >>> learned_clip(x, ops.convert_to_tensor(1.5), bits=2).numpy()
    array([0. , 0.5, 1.5], dtype=float32)
    """
    ops = load_keras().ops
    alpha = ops.maximum(alpha, SMALLEST)
    clipped = ops.minimum(ops.relu(x), alpha)
    step = ops.stop_gradient(alpha / (2**bits - 1))
    return clipped + ops.stop_gradient(ops.round(clipped / step) * step - clipped)


def _round(x: Any) -> Any:
    """The nearest whole number, half to even; backwards the identity."""
    ops = load_keras().ops
    return x + ops.stop_gradient(ops.round(x) - x)
