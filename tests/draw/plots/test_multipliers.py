"""How well n bits hold a multiplier: below the bound that is drawn."""

import numpy as np
import pytest

from qnn_edu.draw import plots


def test_the_error_of_multipliers_lies_below_the_bound_that_is_drawn():
    bits = np.arange(4, 12)
    mantissa, _ = np.frexp(np.random.default_rng(0).uniform(0.001, 0.1, 50))
    nearest = [np.floor(mantissa * 2.0**n + 0.5) / 2.0**n for n in bits]
    bound, *_, worst = plots.multiplier_error(bits, np.array(nearest) / mantissa - 1).lines
    assert (worst.get_ydata() <= bound.get_ydata()).all()


def test_multiplier_error_refuses_rows_that_do_not_fit():
    with pytest.raises(ValueError, match="a row for each of 2 bits"):
        plots.multiplier_error([4, 8], [[0.1]])
