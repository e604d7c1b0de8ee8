"""Exponential and reciprocal in integers, against float64."""

import numpy as np
import pytest

from qnn_edu.core.fixed_functions import ONE, exp_of_negative, logistic, reciprocal, tanh

A = np.unique(np.concatenate([np.linspace(-(2.0**31), 0, 100_001), -np.arange(5000.0)])).astype(int)


def test_exp_is_near_the_exponential():
    for bits in (4, 5):
        exact = np.exp(A / 2.0 ** (31 - bits))
        assert np.abs(exp_of_negative(A, bits) / 2.0**31 - exact).max() < 2e-6
    assert exp_of_negative(np.int64([0])) == [ONE]


def test_exp_never_falls_by_more_than_its_error():
    assert np.diff(exp_of_negative(A)).min() > -2e-6 * 2**31


def test_reciprocal_is_near_one_over_x():
    x = np.unique(np.geomspace(2.0**19, 2.0**31 - 1, 20_001).astype(np.int64))  # 1 to 4096
    y, bits = reciprocal(x, 12)
    exact = 2.0**19 / x
    assert np.abs(y / 2.0**31 / 2.0**bits / exact - 1).max() < 1e-8
    assert y.max() <= ONE and y.min() >= 2**30 - 8  # Newton stops a little short


@pytest.mark.parametrize("bits", range(1, 7))
@pytest.mark.parametrize(
    ("own", "exact"), [(logistic, lambda x: 1 / (1 + np.exp(-x))), (tanh, np.tanh)]
)
def test_of_every_int16_logistic_and_tanh_are_near_theirs(own, exact, bits):
    a = np.arange(-(2**15), 2**15)
    made = own(a, bits, width=16)
    assert np.abs(made / 2.0**15 - exact(a / 2.0 ** (15 - bits))).max() < 2.0**-10
    assert made.min() >= -(2**15) and made.max() < 2**15


def test_logistic_and_tanh_are_symmetric():
    a = np.arange(1, 2**15)
    np.testing.assert_array_equal(tanh(-a, 3, width=16), -tanh(a, 3, width=16))
    both = logistic(a, 3, width=16) + logistic(-a, 3, width=16)
    assert (both == 2**15 - 1).all()
