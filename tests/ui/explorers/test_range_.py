"""The range explorer: its numbers are the package's own."""

import numpy as np
import pytest

import qnn_edu
from qnn_edu.core.metrics import mse
from qnn_edu.ui import numbers
from tests.ui.explorers.laws import Laws


class TestRange(Laws):
    def is_right(self, values, found):
        (lo, hi), bits, x = values["range"], values["bits"], found["x"]
        p = qnn_edu.params_from_range(lo, hi, bits=bits)
        assert found["params"] == p
        assert found["here"][0] == hi
        assert sum(found["here"][1:]) == pytest.approx(mse(x, qnn_edu.fake_quant(x, p)))
        assert (x.max() == numbers.tensors.OUTLIER) == values["outlier"]
        assert found["methods"]["min-max"] == (0, x.max())
        least = np.nanmin(found["split"].sum(axis=0))
        lo, hi = found["methods"]["least MSE"]
        best = qnn_edu.fake_quant(x, qnn_edu.params_from_range(lo, hi, bits=bits))
        assert values["range"][0] != 0 or mse(x, best) <= 1.01 * least
