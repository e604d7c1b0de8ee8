"""The numbers behind the explorers, against the package's own."""

import numpy as np

from qnn_edu import params_from_range
from qnn_edu.core import clipping, ranges
from qnn_edu.core.range_methods import RANGE_METHODS
from qnn_edu.ui.numbers import affine as numbers


def test_clipped_is_counted_outside_the_quantizers_own_ends():
    p = params_from_range(-2, 2, bits=3)  # zero must lie on the grid, so its ends are not -2 and 2
    assert p.lo > -1.8 and p.hi > 2.2
    x = np.array([-1.9, 0.0, 2.1, 2.2])
    assert numbers.affine(x, -2, 2, bits=3)["clipped"] == 1 / 4


def test_each_method_of_calibration_is_the_packages_own():
    batches = list(np.random.default_rng(0).normal(size=(4, 1000)) * [[1], [2], [3], [1]])
    x = np.concatenate(batches)
    found = numbers.calibrated(batches, bits=4)
    assert list(found) == [method.title for method in RANGE_METHODS.values()]
    expected = {
        "min-max": ranges.min_max(x),
        "moving average": ranges.MovingAverage(0.9)(batches),
        "percentile 99.9": ranges.percentile(x, 99.9),
        "least MSE": clipping.mse(x, bits=4),
        "least KL": clipping.kl(x, bits=4),
    }
    assert {name: found[name] for name in expected} == expected
