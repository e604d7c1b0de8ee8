"""What lessons 02 and 03 show as TensorFlow's answers is what TensorFlow answers."""

import numpy as np

from qnn_edu.data import asset
from tools.assets.fake_quant import NAME, answers


def test_the_record_is_current():
    with np.load(asset(NAME)) as stored:
        fresh = answers()
        assert set(stored) == set(fresh)
        for name, values in fresh.items():
            np.testing.assert_array_equal(stored[name], values)
