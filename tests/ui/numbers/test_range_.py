"""What a range costs, against the package's own quantizer and its methods of calibration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qnn_edu
from qnn_edu.core import clipping, ranges
from qnn_edu.core.range_methods import RANGE_METHODS
from qnn_edu.ui import numbers


@given(st.floats(-3, 3), st.lists(st.floats(0.01, 9), min_size=1, max_size=5), st.integers(2, 8))
def test_the_error_of_every_end_is_split_into_clipping_and_rounding(lo, hi, bits):
    x = numbers.tensors.sample("Laplace")[:500]
    for end, split in zip(hi, numbers.range_.error_split(x, lo, hi, bits=bits).T, strict=True):
        if end < lo:
            assert np.isnan(split).all()
            continue
        p = qnn_edu.params_from_range(lo, end, bits=bits)
        squared = qnn_edu.metrics.error(x, qnn_edu.fake_quant(x, p)) ** 2
        clipped = squared[(x < p.lo) | (x > p.hi)].sum() / x.size
        assert split == pytest.approx([clipped, squared.mean() - clipped], rel=1e-5, abs=1e-7)


def test_each_method_of_calibration_is_the_packages_own():
    batches = list(np.random.default_rng(0).normal(size=(4, 1000)) * [[1], [2], [3], [1]])
    x = np.concatenate(batches)
    found = numbers.range_.calibrated(batches, bits=4)
    assert list(found) == [method.title for method in RANGE_METHODS.values()]
    expected = {
        "min-max": ranges.min_max(x),
        "moving average": ranges.MovingAverage(0.9)(batches),
        "percentile 99.9": ranges.percentile(x, 99.9),
        "least MSE": clipping.mse(x, bits=4),
        "least KL": clipping.kl(x, bits=4),
    }
    assert {name: found[name] for name in expected} == expected


def test_what_is_handed_out_cannot_be_spoiled():
    with pytest.raises(ValueError, match="read-only"):
        numbers.range_.values(True)[0] = 9
