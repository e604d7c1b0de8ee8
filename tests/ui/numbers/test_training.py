"""A range that follows made-up batches: against the package, and the claims of lesson 07."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.core.ranges import MovingAverage
from qnn_edu.ui.numbers.training import OUTLIER_AT, STARTS, follow, followed, stream

EXTREMES = st.lists(st.floats(0.1, 100), min_size=1, max_size=30)
AS_MADE = {"momentum": 0.9, "start": "first batch", "delay": 0, "outlier": 1.0, "bits": 4}


@given(EXTREMES, st.floats(0, 0.99))
def test_it_is_the_moving_average_of_the_package(extremes, momentum):
    average = MovingAverage(momentum)
    ranges = [float(average.update(np.array([0.0, value])).range[1]) for value in extremes]
    np.testing.assert_allclose(follow(extremes, momentum), ranges, rtol=1e-5)


@given(EXTREMES, st.floats(0, 0.99))
def test_begun_at_zero_it_stays_below_and_comes_nearer(extremes, momentum):
    right, low = (follow(extremes, momentum, start=start) for start in STARTS)
    gap = right - low
    expected = extremes[0] * momentum ** np.arange(1, len(extremes) + 1)
    np.testing.assert_allclose(gap, expected, rtol=1e-6, atol=1e-9)


def test_another_start_is_refused():
    with pytest.raises(ValueError, match="There is no start 'one'"):
        follow([1.0], 0.9, start="one")


def test_only_batches_after_the_delay_are_rounded():
    found = followed(**AS_MADE | {"delay": 30})
    assert np.isnan(found["sqnr_db"][:30]).all() and np.isfinite(found["sqnr_db"][30:]).all()


def test_an_outlier_changes_no_batch_before_it():
    plain, other = (followed(**AS_MADE | {"outlier": o}) for o in (1.0, 10.0))
    before = slice(0, OUTLIER_AT)
    np.testing.assert_array_equal(plain["range"][before], other["range"][before])
    assert (other["range"][OUTLIER_AT:] > plain["range"][OUTLIER_AT:]).all()


def test_what_is_handed_out_cannot_be_spoiled():
    with pytest.raises(ValueError, match="read-only"):
        stream()[0, 0] = 9
