"""Range methods: their laws over batches and channels, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu import ranges
from qnn_edu.core.range_methods import RANGE_METHODS

METHODS = {name: method for name, method in RANGE_METHODS.items() if not method.in_order}


@pytest.fixture
def activations():
    x = np.maximum(np.random.default_rng(3).normal(0, 1, (24, 5, 4)), -0.5)
    return (x * [1, 2, 5, 0.01]).astype(np.float32)


@pytest.mark.parametrize("name", METHODS)
def test_cutting_into_batches_changes_nothing(name, activations):
    whole = METHODS[name](activations)
    batches = np.array_split(activations, [1, 7, 15])
    assert METHODS[name](batches) == METHODS[name](iter(batches[::-1])) == whole
    assert METHODS[name](activations.tolist()) == whole


@pytest.mark.parametrize("name", RANGE_METHODS)
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_per_channel_is_channel_by_channel(name, axis, activations):
    method = RANGE_METHODS[name]
    lo, hi = method(activations, axis=axis)
    assert lo.shape == hi.shape == (activations.shape[axis],)
    assert lo.dtype == hi.dtype == np.float32
    for c, channel in enumerate(np.moveaxis(activations, axis, 0)):
        assert (lo[c], hi[c]) == method(channel)


@pytest.mark.parametrize("name", METHODS)
def test_ranges_lie_within_the_data_extended_to_zero(name, activations):
    lo, hi = METHODS[name](activations)
    assert min(0, activations.min()) <= lo <= hi <= max(0, activations.max())


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("value", [0.0, 2.5, -2.5])
def test_constant_tensors_work(name, value):
    lo, hi = METHODS[name](np.full(100, value, np.float32))
    assert min(lo, 0) <= value <= max(hi, 0)


@pytest.mark.parametrize("name", RANGE_METHODS)
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: np.array([1.0, np.nan]), "NaN or infinity"),
        (lambda: [np.zeros(2), np.array([np.inf])], "NaN or infinity"),
        (lambda: np.array([]), "empty"),
        (lambda: [], "empty"),
        (lambda: iter([]), "no batch"),
        (lambda: "text", "real numbers"),
    ],
)
def test_refusals(name, make, message):
    with pytest.raises(ValueError, match=message):
        RANGE_METHODS[name](make())


def test_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="axis=3 does not fit"):
        ranges.min_max(np.zeros((2, 2)), axis=3)
    with pytest.raises(ValueError, match="3 channels on axis 1, earlier ones 2"):
        ranges.min_max([np.zeros((1, 2)), np.zeros((1, 3))], axis=1)
    for percent in (50, 100.1, np.nan):
        with pytest.raises(ValueError, match="percent must be"):
            ranges.percentile([1.0], percent)
    for decay in (-0.1, 1, np.nan):
        with pytest.raises(ValueError, match="decay must be"):
            ranges.MovingAverage(decay)
    with pytest.raises(ValueError, match="seen no data yet"):
        _ = ranges.MovingAverage().range


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=60), st.floats(50.5, 100))
def test_percentile_is_numpys(values, percent):
    lo, hi = ranges.percentile(np.float32(values), percent)
    expected = np.percentile(np.float64(np.float32(values)), [100 - percent, percent])
    np.testing.assert_array_equal([lo, hi], expected.astype(np.float32))


@given(st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=20), st.floats(0, 0.999))
def test_moving_average_equals_its_sum(maxima, decay):
    """Equation: sum of (1 - d) d**(n - k) x_k, and all that is left on the first value."""
    average = ranges.MovingAverage(decay)
    for value in maxima:
        average.update(np.float32([value]))
    later = sum((1 - decay) * decay**k * v for k, v in enumerate(maxima[:0:-1]))
    expected = later + decay ** (len(maxima) - 1) * maxima[0]
    assert float(average.range[1]) == pytest.approx(expected, rel=1e-5, abs=1e-4)
    assert average.range[0] == average.range[1]


def test_a_long_moving_average_does_not_drift():
    values = np.random.default_rng(0).uniform(1, 2, 1000).astype(np.float32)
    average, expected = ranges.MovingAverage(0.999), float(values[0])
    for value in values:
        expected = 0.999 * expected + (1 - 0.999) * float(value)
        average.update(np.float32([value]))
    assert float(average.range[1]) == pytest.approx(expected, rel=1e-7)


def test_channels_may_not_change_in_number():
    average = ranges.MovingAverage(axis=1).update(np.zeros((2, 3)))
    for channels in (1, 4):
        with pytest.raises(ValueError, match=f"{channels} channels on axis 1, earlier ones 3"):
            average.update(np.zeros((2, channels)))


def test_huge_values_have_finite_percentiles():
    lo, hi = ranges.percentile(np.float32([-3e38, 3e38]), 99)
    assert np.isfinite([lo, hi]).all()


@pytest.mark.parametrize("axis", [1.0, "x", (0, 1), True])
def test_an_axis_is_a_whole_number(axis):
    with pytest.raises(ValueError, match="does not fit"):
        ranges.min_max(np.zeros((2, 2)), axis=axis)


@pytest.mark.parametrize("wrong", ["99", None, [99]])
def test_options_are_numbers(wrong):
    with pytest.raises(ValueError):
        ranges.percentile([1.0], wrong)
    with pytest.raises(ValueError):
        ranges.MovingAverage(wrong)


def test_percentile_hundred_is_min_max(activations):
    assert ranges.percentile(activations, 100) == ranges.min_max(activations)
