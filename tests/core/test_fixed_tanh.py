"""The hyperbolic tangent in int16, against float64."""

import numpy as np
import pytest

from qnn_edu.core.fixed_tanh import tanh

A = np.arange(-(2**15), 2**15)


@pytest.mark.parametrize("integer_bits", [1, 2, 3])
def test_it_is_near_the_tangent(integer_bits):
    exact = np.tanh(A / 2.0 ** (15 - integer_bits))
    assert np.abs(tanh(A, integer_bits) / 2.0**15 - exact).max() < 4e-4  # a dozen steps


def test_it_is_odd_and_fits_16_bits():
    y = tanh(A)
    np.testing.assert_array_equal(y[1:], -y[1:][::-1])
    assert y.min() >= -(2**15) and y.max() <= 2**15 - 1
