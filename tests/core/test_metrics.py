"""Metrics against their definitions and against what theory predicts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu import fake_quant, metrics, params_from_range


@given(st.integers(0, 2**32 - 1), st.floats(-100, 100), st.floats(0.001, 1000))
def test_sqnr_does_not_change_with_units(seed, power, factor):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, 50)
    y = x + rng.normal(0, 0.1, 50)
    assert metrics.sqnr_db(factor * x, factor * y) == pytest.approx(metrics.sqnr_db(x, y))
    assert metrics.sqnr_db(x, y) == pytest.approx(
        10 * np.log10(np.sum(x**2) / np.sum((y - x) ** 2))
    )
    assert metrics.mse(x, y) <= metrics.max_abs_error(x, y) ** 2


@pytest.mark.parametrize("bits", range(4, 13))
def test_rounding_noise_is_that_of_theory(bits):
    """Uniform data: error of RMS scale / sqrt(12), and 6.02 dB a bit."""
    x = np.random.default_rng(0).uniform(-1, 1, 200_000)
    params = params_from_range(-1, 1, bits=bits)
    y = fake_quant(x, params)
    assert np.sqrt(metrics.mse(x, y)) / params.scale == pytest.approx(12**-0.5, rel=0.03)
    assert metrics.sqnr_db(x, y) == pytest.approx(20 * np.log10(2**bits - 1), abs=0.2)


def test_edges():
    assert metrics.sqnr_db([1, 2], [1, 2]) == np.inf
    assert metrics.sqnr_db([0, 0], [0, 0]) == np.inf
    assert metrics.sqnr_db([0, 0], [0, 1]) == -np.inf
    assert metrics.error(np.uint8([1]), np.uint8([0])).tolist() == [-1.0]  # no unsigned wrap-around
    assert metrics.error([1 + 1e-12], [1.0])[0] == pytest.approx(-1e-12, rel=1e-3)  # in float64
    assert np.isnan(metrics.sqnr_db([np.nan], [1.0]))
    assert metrics.levels_used(np.arange(1000) % 7) == 7


def test_refusals():
    with pytest.raises(ValueError, match="one shape"):
        metrics.mse([1, 2], [1])
    with pytest.raises(ValueError, match="empty"):
        metrics.levels_used([])
