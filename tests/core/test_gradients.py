"""The gradients through a quantizer: laws, tables, and finite differences of a relaxed loss."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qnn_edu import params_from_range
from qnn_edu.core import gradients

SEEDS = st.integers(0, 2**32 - 1)
GRIDS = [(-2, 1), (-8, 7), (0, 15), (-7, 7), (-128, 127)]
SIZE = 40


@given(SEEDS, st.integers(2, 8), st.booleans())
def test_what_is_inside_passes_and_what_is_outside_is_counted_for_an_end(seed, bits, narrow):
    rng = np.random.default_rng(seed)
    params = params_from_range(-2, 3, bits=bits, narrow_range=narrow)
    x = rng.uniform(-6, 6, (4, 5)).astype(np.float32)
    x[0, :2] = params.lo, params.hi  # the ends are inside
    upstream = rng.normal(0, 1, x.shape).astype(np.float32)
    to_x = gradients.straight_through(x, upstream, params)
    inside = np.clip(x, params.lo, params.hi) == x
    np.testing.assert_array_equal(to_x[inside], upstream[inside])
    assert not to_x[~inside].any() and to_x.dtype == np.float32
    ends = gradients.range_gradients(x, upstream, params)
    total = np.float64(upstream.sum(dtype=np.float64))
    assert to_x.sum(dtype=np.float64) + sum(map(float, ends)) == pytest.approx(total, abs=1e-5)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_each_channel_has_gradients_of_its_own(axis):
    rng = np.random.default_rng(axis + 1)
    x, upstream = rng.normal(0, 2, (2, 3, 4, 5))
    hi = rng.uniform(0.5, 2, x.shape[axis])
    params = params_from_range(-hi, hi, axis=axis, bits=4)
    to_x = gradients.straight_through(x, upstream, params)
    ends = gradients.range_gradients(x, upstream, params)
    for c, bound in enumerate(hi):
        own = params_from_range(-bound, bound, bits=4)
        cut = [np.take(each, c, axis) for each in (x, upstream)]
        expected = gradients.straight_through(*cut, own)
        np.testing.assert_array_equal(np.take(to_x, c, axis), expected)
        for ours, one in zip(ends, gradients.range_gradients(*cut, own), strict=True):
            assert ours[c] == pytest.approx(one)
            assert ours.shape == (hi.size,) and ours.dtype == np.float32


def random_case(seed):
    """Values inside and outside of a grid, none near an edge or an end, and their upstream."""
    rng = np.random.default_rng(seed)
    qmin, qmax = GRIDS[rng.integers(len(GRIDS))]
    scale = float(10 ** rng.uniform(-2, 2))
    steps = rng.uniform(1.5 * qmin - 2, 1.5 * qmax + 2, SIZE)
    assume((np.abs(steps - np.floor(steps) - 0.5) > 1e-3).all())
    assume((np.abs(np.subtract.outer(steps, [qmin, qmax])) > 1e-3).all())
    return steps * scale, rng.normal(0, 1, SIZE), scale, qmin, qmax


def relaxed_step(x0, scale0, qmin, qmax):
    """LSQ's quantizer with round(u) replaced, near (x0, scale0), by u plus what it added there.

    Its derivative is 1 in place of round's 0, its value the same: the rounding error is a constant
    number of *steps*, clip and both factors `scale` are differentiated as they are.
    """
    at = np.clip(x0 / scale0, qmin, qmax)
    added = np.floor(at + 0.5) - at
    return lambda x, scale: scale * (np.clip(x / scale, qmin, qmax) + added)


def slope(function, at, by):
    """Central difference of a function of one number."""
    return (function(at + by) - function(at - by)) / (2 * by)


@given(SEEDS)
def test_learned_step_is_the_gradient_of_the_relaxed_quantizer(seed):
    x, upstream, scale, qmin, qmax = random_case(seed)
    to_x, to_scale = gradients.learned_step(x, upstream, scale, qmin, qmax)
    relaxed = relaxed_step(x, scale, qmin, qmax)
    by = 1e-6 * scale
    np.testing.assert_allclose(
        to_x, upstream * slope(lambda v: relaxed(v, scale), x, by), atol=1e-6 * abs(upstream).max()
    )
    loss = slope(lambda s: (upstream * relaxed(x, s)).sum(), scale, by)
    size = np.abs(upstream).sum() * max(-qmin, qmax)
    assert to_scale * np.sqrt(x.size * qmax) == pytest.approx(loss, abs=1e-6 * size)


def relaxed_clip(x0, alpha0, bits):
    """PACT's activation with its quantizer replaced, near (x0, alpha0), by the identity plus what
    it added there: the rounding error is a constant in *real units*."""
    clipped = np.clip(x0, 0, alpha0)
    step = alpha0 / (2**bits - 1)
    added = step * np.floor(clipped / step + 0.5) - clipped
    return lambda x, alpha: np.clip(x, 0, alpha) + added


@given(SEEDS, st.integers(1, 8))
def test_learned_clip_is_the_gradient_of_the_relaxed_activation_at_any_bits(seed, bits):
    rng = np.random.default_rng(seed)
    alpha = float(10 ** rng.uniform(-2, 2))
    x, upstream = rng.uniform(-0.5, 1.5, SIZE) * alpha, rng.normal(0, 1, SIZE)
    assume((np.abs(np.subtract.outer(x, [0, alpha])) > 1e-4 * alpha).all())
    to_x, to_alpha = gradients.learned_clip(x, upstream, alpha)
    relaxed, by = relaxed_clip(x, alpha, bits), 1e-6 * alpha
    at_x = upstream * slope(lambda v: relaxed(v, alpha), x, by)
    np.testing.assert_allclose(to_x, at_x, atol=1e-6 * abs(upstream).max())
    at_alpha = slope(lambda a: (upstream * relaxed(x, a)).sum(), alpha, by)
    assert to_alpha == pytest.approx(at_alpha, abs=1e-6 * abs(upstream).sum())


def test_learned_step_as_the_paper_writes_it():
    """Levels -2..1 of step 4; the columns are x / 4, gradient to x, and to the scale."""
    table = np.array(
        [
            [-3.0, 0, -2],
            [-2.0, 0, -2],  # at an end, the end counts
            [-1.25, 1, 0.25],
            [-0.5, 1, 0.5],  # a tie goes up, as in fake_quant
            [0.0, 1, 0],
            [0.25, 1, -0.25],
            [0.5, 1, 0.5],
            [0.75, 1, 0.25],
            [1.0, 0, 1],
            [9.0, 0, 1],
        ]
    )
    for steps, passes, to_scale in table:
        found = gradients.learned_step(4 * steps, 3.0, 4.0, -2, 1)
        assert found == (3 * passes, 3 * to_scale)


def test_the_gradient_scale_is_of_the_number_of_values_and_of_levels():
    for n, qmax in [(1, 1), (25, 4), (100, 127)]:
        _, to_scale = gradients.learned_step(np.full(n, 1e9), np.ones(n), 1.0, -qmax - 1, qmax)
        assert to_scale == pytest.approx(n * qmax / np.sqrt(n * qmax))


def test_the_ends_of_a_learned_clip():
    to_x, to_alpha = gradients.learned_clip([-0.1, 0.0, 5.9, 6.0], np.full(4, 2.0), 6.0)
    assert to_x.tolist() == [0, 2, 2, 0] and to_alpha == 2


P = params_from_range(-1, 1)
PER_CHANNEL = params_from_range([-1, -2], [1, 2], axis=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: gradients.straight_through([1.0, 2.0], 1.0, P),
            r"expected shape \(2,\), got \(\)",
        ),
        (lambda: gradients.range_gradients([1.0], [[1.0]], P), "np.broadcast_to"),
        (lambda: gradients.straight_through("x", [1.0], P), "x must hold real numbers"),
        (lambda: gradients.straight_through([1.0], [None], P), "upstream must hold real numbers"),
        (lambda: gradients.straight_through([], [], P), "x is empty"),
        (lambda: gradients.straight_through([1.0], [1.0], PER_CHANNEL), "2 channels on axis 0"),
        (lambda: gradients.range_gradients(1.0, 1.0, PER_CHANNEL), "does not fit"),
        (lambda: gradients.learned_step([1.0], [1.0], 0.0, -2, 1), "scale must be one finite"),
        (lambda: gradients.learned_step([1.0], [1.0], [1.0, 2.0], -2, 1), "scale must be one"),
        (lambda: gradients.learned_step([1.0], [1.0], np.nan, -2, 1), "above 0, got nan"),
        (lambda: gradients.learned_step([1.0], [1.0], 1.0, -2, 0), "qmin <= 0 < qmax"),
        (lambda: gradients.learned_step([1.0], [1.0], 1.0, -2.0, 1), "must be whole"),
        (lambda: gradients.learned_step([1.0], [1.0, 2.0], 1.0, -2, 1), "one number for each of x"),
        (lambda: gradients.learned_clip([1.0], [1.0], -6.0), "alpha must be one finite"),
        (lambda: gradients.learned_clip([1.0], [], 6.0), "upstream is empty"),
    ],
)
def test_mistakes_of_the_caller_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
