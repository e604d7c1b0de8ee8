"""Multipliers of n bits: normalised, and nearest to what they stand for."""

import numpy as np
import pytest

from qnn_edu.ui.numbers.requantize import multiplier_of_bits


@pytest.mark.parametrize("bits", [2, 8, 31])
def test_multipliers_are_normalised_and_nearest(bits):
    for m in np.random.default_rng(bits).uniform(1e-4, 4, 200):
        multiplier, shift = multiplier_of_bits(m, bits)
        assert 2 ** (bits - 1) <= multiplier < 2**bits
        assert abs(multiplier * 2.0 ** (shift - bits) - m) <= 2.0 ** (shift - bits - 1) * 1.0001
