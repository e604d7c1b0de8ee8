"""The logarithm in integers, against float64."""

import numpy as np

from qnn_edu.core.fixed_logarithms import logarithm

X = np.unique(np.geomspace(2**19, 2**31 - 1, 50_001).astype(np.int64))  # 1 to 4096 in Q12.19


def test_it_is_near_the_logarithm():
    assert np.abs(logarithm(X, 12) / 2.0**26 - np.log(X / 2.0**19)).max() < 1e-7


def test_it_never_falls_by_more_than_its_error():
    assert np.diff(logarithm(X, 12)).min() > -1e-7 * 2**26
