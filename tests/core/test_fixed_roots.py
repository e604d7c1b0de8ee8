"""The inverse square root in integers, against float64."""

import numpy as np

from qnn_edu.core.fixed_point import INT32_MAX
from qnn_edu.core.fixed_roots import inverse_square_root

X = np.unique(np.concatenate([np.arange(1.0, 70_000), np.geomspace(1, 2**31 - 1, 20_001)]))
X = X.astype(np.int64)


def test_it_is_near_the_inverse_root():
    multiplier, shift = inverse_square_root(X)
    assert np.abs(multiplier * 2.0 ** (shift - 31) * np.sqrt(X) - 1).max() < 2e-6


def test_multiplier_and_shift_fit_32_bits():
    multiplier, shift = inverse_square_root(X)
    assert multiplier.min() > 0 and multiplier.max() <= INT32_MAX
    assert shift.max() <= 0 and shift.min() >= -31


def test_zero_counts_as_one():
    assert [each.tolist() for each in inverse_square_root(np.int64([0, 1]))] == [
        [INT32_MAX, INT32_MAX],
        [0, 0],
    ]
