"""What one quantizer does to a tensor: counted, and refused."""

import numpy as np
import pytest

from qnn_edu import params_from_range
from qnn_edu.ui import numbers


def test_clipped_is_counted_outside_the_quantizers_own_ends():
    p = params_from_range(-2, 2, bits=3)  # zero must lie on the grid, so its ends are not -2 and 2
    assert p.lo > -1.8 and p.hi > 2.2
    x = np.array([-1.9, 0.0, 2.1, 2.2])
    assert numbers.affine.affine(x, -2, 2, bits=3)["clipped"] == 1 / 4


def test_another_law_is_refused():
    with pytest.raises(ValueError, match="There is no law 'Cauchy'"):
        numbers.affine.quantized(data="Cauchy", range=(-1.0, 1.0), bits=8)
