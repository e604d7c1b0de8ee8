"""fake_quant equals TensorFlow's ops bit for bit: all widths, narrow and wide, 10**6 values."""

import numpy as np
import pytest
import tensorflow as tf

from qnn_edu import fake_quant, params_from_range

MILLION = 1_000_000
GRIDS = [(bits, narrow) for bits in range(2, 17) for narrow in (False, True)]


def random_range(rng):
    """Ends of sizes from 1e-6 to 1e6; one in eight lacks a side, one in eight misses zero."""
    lo, hi = np.float32([-1, 1]) * np.float32(10.0 ** rng.uniform(-6, 6, 2))
    kind = rng.integers(8)
    if kind == 0:
        lo, hi = (lo, np.float32(0)) if rng.integers(2) else (np.float32(0), hi)
    elif kind == 1:
        lo, hi = sorted([hi, hi * np.float32(3)])
    return lo, hi


def values(params, shape, rng):
    """Half anywhere in the range and beyond, half on ties and beside them, and what is odd."""
    lo, hi, scale = (np.broadcast_to(v, shape) for v in (params.lo, params.hi, params.scale))
    anywhere = rng.uniform(1.2 * lo - 0.1 * hi, 1.2 * hi - 0.1 * lo, shape).astype(np.float32)
    zero_point = np.broadcast_to(params.zero_point, shape)
    ties = (rng.integers(params.qmin, params.qmax, shape) + 0.5 - zero_point) * scale
    ties = ties.astype(np.float32)
    beside = np.nextafter(ties, rng.choice(np.float32([-np.inf, np.inf]), shape))
    x = np.select([rng.random(shape) < p for p in (0.5, 0.6)], [anywhere, beside], ties)
    odd = np.float32([0.0, -0.0, 1e-45, -1e-45, 1e-39, -1e-39, 3e38, -3e38, np.inf, -np.inf])
    x.reshape(-1)[: odd.size] = odd
    return x


def assert_same_bits(ours, theirs):
    np.testing.assert_array_equal(ours.view(np.int32), theirs.numpy().view(np.int32))


@pytest.mark.parametrize(("bits", "narrow"), GRIDS)
def test_per_tensor(bits, narrow):
    rng = np.random.default_rng([bits, narrow])
    for signed in (False, True):
        lo, hi = random_range(rng)
        params = params_from_range(lo, hi, bits=bits, narrow_range=narrow, signed=signed)
        x = values(params, (MILLION,), rng)
        lo, hi = min(lo, 0), max(hi, 0)  # the op would shift a range that misses zero
        expected = tf.quantization.fake_quant_with_min_max_vars(x, lo, hi, bits, narrow)
        assert_same_bits(fake_quant(x, params), expected)


@pytest.mark.parametrize(("bits", "narrow"), GRIDS)
@pytest.mark.parametrize("shape", [(10, 10, 100, 100), (10_000, 100)])
def test_per_channel(bits, narrow, shape):
    rng = np.random.default_rng([bits, narrow, len(shape)])
    lo, hi = np.float32([random_range(rng) for _ in range(shape[-1])]).T
    params = params_from_range(lo, hi, bits=bits, narrow_range=narrow, axis=-1)
    x = values(params, shape, rng)
    lo, hi = np.minimum(lo, 0), np.maximum(hi, 0)
    expected = tf.quantization.fake_quant_with_min_max_vars_per_channel(x, lo, hi, bits, narrow)
    assert_same_bits(fake_quant(x, params), expected)


def test_symmetric_narrow_weights():
    rng = np.random.default_rng(5)
    w = rng.normal(0, 1, (3, 3, 64, 128)).astype(np.float32)
    bound = np.abs(w).max((0, 1, 2))
    params = params_from_range(-bound, bound, symmetric=True, narrow_range=True, axis=-1)
    expected = tf.quantization.fake_quant_with_min_max_vars_per_channel(
        w, -bound, bound, narrow_range=True
    )
    assert_same_bits(fake_quant(w, params), expected)


def test_a_range_that_misses_zero_is_shifted_by_the_op_and_extended_by_us():
    """A fact that lesson 03 shows."""
    x = np.linspace(0, 5, 11, dtype=np.float32)
    shifted = tf.quantization.fake_quant_with_min_max_vars(x, 2.0, 4.0).numpy()
    assert shifted.max() == 2.0  # [2, 4] became [0, 2]
    assert fake_quant(x, params_from_range(2, 4)).max() == pytest.approx(4.0)


def test_an_all_zero_range_differs():
    """The op answers zero to everything; our scale 1 keeps a working grid."""
    x = np.float32([0.0, 0.7])
    assert tf.quantization.fake_quant_with_min_max_vars(x, 0.0, 0.0).numpy().tolist() == [0, 0]
    assert fake_quant(x, params_from_range(0, 0)).tolist() == [0, 1]


def test_nan_stays_nan():
    ours = fake_quant([np.nan], params_from_range(-1, 1))
    theirs = tf.quantization.fake_quant_with_min_max_vars([np.nan], -1.0, 1.0).numpy()
    assert np.isnan(ours).all() and np.isnan(theirs).all()
