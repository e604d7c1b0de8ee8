"""Half away from zero, at ties and one float beside them."""

import numpy as np
import pytest

from qnn_edu.core.rounding import half_away


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_what_lies_below_a_half_never_jumps_over_it(kind):
    ties = np.arange(1000, dtype=kind) + kind(0.5)
    np.testing.assert_array_equal(half_away(ties), np.arange(1, 1001))
    np.testing.assert_array_equal(half_away(-ties), -np.arange(1, 1001))
    below = np.nextafter(ties, kind(0))
    np.testing.assert_array_equal(half_away(below), np.arange(1000))
    np.testing.assert_array_equal(half_away(-below), -np.arange(1000))
    assert half_away(ties).dtype == kind
