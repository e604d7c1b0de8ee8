"""The gradients of TensorFlow's fake-quant ops: to x bit for bit, to the ends closely."""

import numpy as np
import pytest
import tensorflow as tf

from qnn_edu import params_from_range
from qnn_edu.core.gradients import range_gradients, straight_through
from qnn_edu.core.params import SMALLEST_SCALE

GRIDS = [(bits, narrow) for bits in range(2, 17) for narrow in (False, True)]
CLOSE = 1e-6  # of the sum of |upstream|: the op sums in float32, we in float64


def random_range(rng):
    """Ends of sizes from 1e-6 to 1e6 that hold zero; one in four lacks a side."""
    lo, hi = np.float32([-1, 1]) * np.float32(10.0 ** rng.uniform(-6, 6, 2))
    kind = rng.integers(8)
    return (np.float32(0), hi) if kind == 0 else (lo, np.float32(0)) if kind == 1 else (lo, hi)


def values(params, shape, rng):
    """A third in and beyond the range, a third exactly on lo or hi, a third just beside them."""
    lo, hi = (np.broadcast_to(end, shape) for end in (params.lo, params.hi))
    anywhere = rng.uniform(1.5 * lo - 0.5 * hi, 1.5 * hi - 0.5 * lo, shape).astype(np.float32)
    ends = np.where(rng.random(shape) < 0.5, lo, hi)
    beside = np.nextafter(ends, rng.choice(np.float32([-np.inf, np.inf]), shape))
    beside = np.where(np.abs(beside) < SMALLEST_SCALE, beside * 2**24, beside)  # no denormals
    return np.choose(rng.integers(3, size=shape), [anywhere, ends, beside])


def of_tensorflow(op, x, upstream, lo, hi, bits, narrow):
    x, lo, hi = (tf.constant(each, tf.float32) for each in (x, lo, hi))
    with tf.GradientTape() as tape:
        tape.watch([x, lo, hi])
        y = op(x, lo, hi, bits, narrow)
    upstream = tf.constant(upstream, tf.float32)
    return [g.numpy() for g in tape.gradient(y, [x, lo, hi], output_gradients=upstream)]


def assert_same(op, x, upstream, lo, hi, params):
    grid = params.bits, params.narrow_range
    to_x, *to_ends = of_tensorflow(op, x, upstream, lo, hi, *grid)
    ours = straight_through(x, upstream, params)
    np.testing.assert_array_equal(ours.view(np.int32), to_x.view(np.int32))
    size = np.abs(upstream).reshape(-1, params.scale.size).sum(axis=0)
    for mine, theirs in zip(range_gradients(x, upstream, params), to_ends, strict=True):
        assert (np.abs(mine - theirs) <= CLOSE * size).all()
        assert mine.dtype == theirs.dtype and mine.shape == theirs.shape


@pytest.mark.parametrize(("bits", "narrow"), GRIDS)
def test_per_tensor(bits, narrow):
    rng = np.random.default_rng([bits, narrow, 6])
    for size in (1, 30, 1_000, 300_000):
        lo, hi = random_range(rng)
        params = params_from_range(lo, hi, bits=bits, narrow_range=narrow)
        x = values(params, (size,), rng)
        upstream = rng.normal(0, 1, size).astype(np.float32)
        op = tf.quantization.fake_quant_with_min_max_vars
        assert_same(op, x, upstream, lo, hi, params)


@pytest.mark.parametrize(("bits", "narrow"), GRIDS)
@pytest.mark.parametrize("shape", [(64,), (500, 64), (3, 3, 20, 64)])
def test_per_channel(bits, narrow, shape):
    rng = np.random.default_rng([bits, narrow, len(shape)])
    lo, hi = np.float32([random_range(rng) for _ in range(shape[-1])]).T
    params = params_from_range(lo, hi, bits=bits, narrow_range=narrow, axis=-1)
    x, upstream = values(params, shape, rng), rng.normal(0, 1, shape).astype(np.float32)
    op = tf.quantization.fake_quant_with_min_max_vars_per_channel
    assert_same(op, x, upstream, lo, hi, params)


def test_what_is_odd_comes_out_as_it_does_from_the_op():
    x = np.float32([np.nan, np.inf, -np.inf, 5, -9, 0, -9])
    upstream = np.float32([7, -8, np.nan, np.inf, -1, -0.0, 0])
    op, params = tf.quantization.fake_quant_with_min_max_vars, params_from_range(-6, 6, bits=2)
    theirs = of_tensorflow(op, x, upstream, -6.0, 6.0, 2, False)
    ours = straight_through(x, upstream, params), *range_gradients(x, upstream, params)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(np.signbit(a) & ~np.isnan(a), np.signbit(b) & ~np.isnan(b))


def test_the_op_takes_denormal_numbers_as_zero():
    """Processors do so while TensorFlow runs, so a range that begins at 0 lets them through."""
    x, one = np.float32([-1e-45, -1.5e-38]), np.ones(2)
    op, params = tf.quantization.fake_quant_with_min_max_vars, params_from_range(0, 6)
    assert of_tensorflow(op, x, one, 0.0, 6.0, 8, False)[0].tolist() == [1, 0]
    assert straight_through(x, one, params).tolist() == [0, 0]


def test_the_window_of_two_bits_is_the_nudged_one():
    """A fact that lesson 06 shows."""
    x = np.float32([-8.1, -8, -6, 4, 4.1, 6])
    op = tf.quantization.fake_quant_with_min_max_vars
    to_x, *_ = of_tensorflow(op, x, np.ones(6), -6.0, 6.0, 2, False)
    assert to_x.tolist() == [0, 1, 1, 1, 0, 0]


def test_ranges_that_hold_nothing_differ_as_their_quantizers_do():
    """[0, 0]: the op lets all through, ours is a grid of scale 1. [2, 4]: the op shifts it."""
    op, one = tf.quantization.fake_quant_with_min_max_vars, np.ones(2)
    assert of_tensorflow(op, [1.0, 500.0], one, 0.0, 0.0, 8, False)[0].tolist() == [1, 1]
    assert straight_through([1.0, 500.0], one, params_from_range(0, 0)).tolist() == [1, 0]
    assert of_tensorflow(op, [1.0, 3.0], one, 2.0, 4.0, 8, False)[0].tolist() == [1, 0]
    assert straight_through([1.0, 3.0], one, params_from_range(2, 4)).tolist() == [1, 1]
