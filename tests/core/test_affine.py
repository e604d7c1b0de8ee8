"""The laws of quantize, dequantize and fake_quant, for every grid."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qnn_edu import QuantParams, dequantize, fake_quant, params_from_range, quantize


@st.composite
def quantizers(draw):
    """Per-tensor parameters of every kind, with scales from 2**-20 to 2**20."""
    bits, signed, narrow = draw(st.integers(2, 16)), draw(st.booleans()), draw(st.booleans())
    scale = draw(st.floats(2.0**-20, 2.0**20, width=32))
    blank = QuantParams(scale, 0 if signed else 1, bits, signed, narrow)
    zero_point = draw(st.integers(blank.qmin, blank.qmax))
    return QuantParams(scale, zero_point, bits, signed, narrow)


def inside(params, draw_unit):
    """Real numbers inside the range of `params`, from numbers in [0, 1]."""
    lo, hi = np.float64(params.lo), np.float64(params.hi)
    return np.float32(lo + draw_unit * (hi - lo)).clip(params.lo, params.hi)


@given(quantizers(), st.floats(0, 1))
def test_round_trip_stays_within_half_a_step(params, unit):
    x = inside(params, np.float64(unit))
    error = abs(np.float64(dequantize(quantize(x, params), params)) - np.float64(x))
    assert error <= float(params.scale) * (0.5 + 2**-6)


@given(quantizers())
def test_every_integer_of_the_grid_comes_back(params):
    q = np.arange(params.qmin, params.qmax + 1)
    np.testing.assert_array_equal(quantize(dequantize(q, params), params), q)
    assert quantize(dequantize(q, params), params).dtype == params.dtype


@given(quantizers(), st.integers(0, 2**32 - 1))
def test_quantize_is_monotone_and_stays_on_the_grid(params, seed):
    x = np.sort(np.random.default_rng(seed).normal(0, 2 * max(-params.lo, params.hi), 200))
    q = quantize(x, params).astype(int)
    assert (np.diff(q) >= 0).all()
    assert q.min() >= params.qmin and q.max() <= params.qmax


@given(quantizers(), st.integers(0, 2**32 - 1))
def test_fake_quant_differs_from_the_round_trip_on_ties_and_the_last_ulp_only(params, seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(params.lo - params.scale, params.hi + params.scale, 500).astype(np.float32)
    fake, real = fake_quant(x, params), dequantize(quantize(x, params), params)
    steps = np.clip(x, params.lo, params.hi).astype(np.float64) / np.float64(params.scale)
    # float32 knows a position on the grid to about 2**-23 of the number of steps
    near_a_tie = np.abs(steps - np.floor(steps) - 0.5) < 2.0 ** (params.bits - 20)
    same = np.isclose(fake, real, rtol=2**-22, atol=0)
    assert (same | near_a_tie).all()
    assert (np.abs(fake - real) <= params.scale * (1 + 2**-6)).all()


@given(quantizers(), st.integers(0, 2**32 - 1))
def test_fake_quant_is_idempotent(params, seed):
    x = np.random.default_rng(seed).normal(0, max(-params.lo, params.hi), 200)
    once = fake_quant(x, params)
    np.testing.assert_array_equal(fake_quant(once, params), once)


@pytest.mark.parametrize(
    ("x", "away", "half_up"),
    [(0.5, 1, 1), (1.5, 2, 2), (2.5, 3, 3), (-0.5, -1, 0), (-1.5, -2, -1), (-2.5, -3, -2)],
)
def test_ties_go_away_from_zero_or_half_up(x, away, half_up):
    params = QuantParams(1.0, 0)
    assert quantize(x, params) == away
    assert fake_quant(x, params) == half_up


def test_the_number_just_below_one_half_rounds_down():
    below = np.nextafter(np.float32(0.5), np.float32(0))
    assert quantize([below, -below], QuantParams(1.0, 0)).tolist() == [0, 0]


def test_large_values_saturate():
    params = QuantParams(1e-30, 5)
    assert quantize([3e38, -3e38], params).tolist() == [127, -128]
    assert fake_quant([np.inf, -np.inf], params).tolist() == [params.hi, params.lo]
    assert np.isnan(fake_quant(np.nan, params))


@settings(max_examples=50)
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple),
    st.data(),
    st.booleans(),
)
def test_per_channel_equals_channel_by_channel(shape, data, narrow):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    x = rng.normal(0, 1, shape).astype(np.float32)
    hi = rng.uniform(0.1, 2, shape[axis]).astype(np.float32)
    params = params_from_range(-hi, 2 * hi, narrow_range=narrow, axis=axis)
    for function in (quantize, fake_quant):
        whole = np.moveaxis(function(x, params), axis, 0)
        for c, channel in enumerate(np.moveaxis(x, axis, 0)):
            alone = QuantParams(params.scale[c], params.zero_point[c], narrow_range=narrow)
            np.testing.assert_allclose(whole[c], function(channel, alone), rtol=0, atol=1e-6)
    np.testing.assert_array_equal(dequantize(quantize(x, params), params).shape, np.shape(x))


@pytest.mark.parametrize(
    "shape", [(150_000,), (600, 400), (2, 140_000, 3), (3, 2, 140_000), (33, 1100, 2)]
)
@pytest.mark.parametrize("axis", [None, 0, -1])
def test_blocks_cover_every_value_once(shape, axis):
    x = np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)
    channels = 1 if axis is None else shape[axis]
    limit = np.linspace(0.5, 3, channels, dtype=np.float32)
    params = params_from_range(*((-1, 1) if axis is None else (-limit, limit)), axis=axis)
    difference = fake_quant(x, params) - dequantize(quantize(x, params), params)
    scale = np.max(params.scale)
    assert np.abs(difference).max() <= scale * 1.01
    assert np.mean(np.abs(difference) > scale / 4) < 1e-3


def test_inputs_are_not_changed_and_views_work():
    x = np.random.default_rng(0).normal(0, 1, (6, 8)).astype(np.float32)
    before, params = x.copy(), params_from_range(-1, 1)
    turned = fake_quant(x.T[::2], params)
    np.testing.assert_array_equal(turned, fake_quant(x, params).T[::2])
    np.testing.assert_array_equal(x, before)
    assert isinstance(fake_quant(0.3, params), np.float32)
    assert isinstance(quantize(0.3, params), np.int8)


def test_constant_and_zero_tensors():
    for value in (0.0, 3.7, -2.0):
        x = np.full(5, value, np.float32)
        params = params_from_range(x.min(), x.max())
        np.testing.assert_allclose(dequantize(quantize(x, params), params), x, rtol=1e-6)
        np.testing.assert_allclose(fake_quant(x, params), x, rtol=1e-6)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([np.nan], "NaN or infinity"),
        ([np.inf], "NaN or infinity"),
        ([1e300], "NaN or infinity"),
        ([], "empty"),
        ("text", "real numbers"),
        ([1j], "real numbers"),
        ([[1], [1, 2]], "not a regular array"),
        (None, "real numbers"),
        (np.ma.array([1, 2], mask=[True, False]), "masked"),
    ],
)
def test_quantize_refuses(x, message):
    with pytest.raises(ValueError, match=message):
        quantize(x, QuantParams(1.0, 0))


@pytest.mark.parametrize("function", [quantize, dequantize, fake_quant])
def test_an_axis_that_does_not_fit_is_refused(function):
    params = params_from_range([-1, -2], [1, 2], axis=2)
    with pytest.raises(ValueError, match="axis=2 does not fit"):
        function(np.zeros((2, 2), int), params)
    with pytest.raises(ValueError, match="Is it the right axis"):
        function(np.zeros((2, 2, 3), int), params)


@pytest.mark.parametrize(
    ("q", "message"),
    [
        ([0.5], "Did you mean quantize"),
        ([128], "grid -128..127"),
        ([-129], "grid -128..127"),
        ([], "empty"),
        ("q", "real numbers"),
    ],
)
def test_dequantize_refuses(q, message):
    with pytest.raises(ValueError, match=message):
        dequantize(q, QuantParams(1.0, 0))


@given(quantizers())
def test_fake_quant_of_the_ends_is_the_ends(params):
    assume(params.bits <= 8)
    ends = fake_quant([params.lo, params.hi, 0.0], params)
    np.testing.assert_allclose(ends, [params.lo, params.hi, 0.0], rtol=1e-6)
