"""What the range explorer shows as LiteRT's answers is what LiteRT answers."""

import numpy as np

from qnn_edu.ui.numbers.tensors import activations
from tools.assets.activations import answers


def test_the_record_is_current():
    """But for the order of its float sums, which may be another on another processor."""
    np.testing.assert_allclose(np.stack(activations()), answers(), rtol=1e-5, atol=1e-6)
