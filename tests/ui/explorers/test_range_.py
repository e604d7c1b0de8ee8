"""The range explorer: its numbers are the package's own."""

import numpy as np
import pytest

import qnn_edu
from qnn_edu.core.metrics import mse
from qnn_edu.ui import explorers, numbers
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


def first_above_three(x, thresholds, bits):
    x[:] = thresholds[:] = thresholds[thresholds > 3][0]  # a reader may write into what she gets
    return thresholds[0]


def test_a_reader_has_a_mark_of_her_own():
    explorer = explorers.range_(first_above_three)
    assert explorer.values["methods"]["yours"] == (0, 3.25)
    assert "yours: hi: 3.25" in repr(explorer)
    assert explorer.picture != explorers.range_().picture
    others = dict(explorer.values["methods"])
    del others["yours"]
    assert others == explorers.range_().values["methods"]


def test_her_mark_is_asked_for_once_a_setting_and_stands_under_its_name():
    asked = []
    explorer = explorers.range_(lambda x, t, bits: asked.append(bits) or t[bits], named="ours")
    explorer.set(range=(0.0, 3.0)).set(bits=8).set(bits=4)
    assert explorer.values["methods"]["ours"] == (0, numbers.range_.THRESHOLDS[5])
    assert asked == [5, 9]


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_a_narrow_grid_of_one_bit_more_has_the_levels_of_a_range_from_zero(bits):
    x = numbers.range_.values(True)
    whole = qnn_edu.params_from_range(0, 7.25, bits=bits)
    narrow = qnn_edu.params_from_range(
        -7.25, 7.25, bits=bits + 1, symmetric=True, narrow_range=True
    )
    assert mse(qnn_edu.fake_quant(x, whole), qnn_edu.fake_quant(x, narrow)) < 1e-12
