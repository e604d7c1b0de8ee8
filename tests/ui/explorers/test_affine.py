"""The affine explorer: its numbers are the package's own."""

import pytest

import qnn_edu
from qnn_edu.core.metrics import levels_used, max_abs_error, sqnr_db
from qnn_edu.ui import numbers
from tests.ui.explorers.laws import Laws


class TestAffine(Laws):
    def is_right(self, values, found):
        law, (lo, hi) = values.pop("data"), values.pop("range")
        x = numbers.tensors.sample(law)
        p = qnn_edu.params_from_range(lo, hi, **values)
        y = qnn_edu.fake_quant(x, p)
        assert found["params"] == p
        assert found["sqnr_db"] == sqnr_db(x, y)
        assert found["max_error"] == max_abs_error(x, y)
        assert found["levels"] == levels_used(qnn_edu.quantize(x, p))


def test_an_empty_range_says_so(explorer):
    assert "an empty range gets scale 1" in repr(explorer.set(range=(0.0, 0.0)))
    assert "an empty range" not in repr(explorer.set(range=(-2.5, 2.5)))


def test_a_range_turned_round_cannot_be_set(explorer):
    with pytest.raises(Exception, match="lower"):
        explorer.controls["range"].value = (1.0, -1.0)
