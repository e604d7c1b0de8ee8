"""The explorer of channels: its numbers are the package's own."""

import numpy as np
import pytest

import qnn_edu
from qnn_edu.core.metrics import sqnr_db
from qnn_edu.ui import explorers, numbers
from tests.ui.explorers.laws import Laws


class TestPerChannel(Laws):
    def is_right(self, values, found):
        bits = values["bits"]
        rows = found["weight"]
        width = np.abs(rows).max(axis=1)
        original = np.abs(numbers.tensors.depthwise_weight()).max(axis=(0, 1, 2))
        spread, before = width.max() / width.min(), original.max() / original.min()
        assert spread == pytest.approx(before * values["stretch"])
        options = {"bits": bits, "narrow_range": True, "symmetric": True}
        for c in (0, 7, len(rows) - 1):
            p = qnn_edu.params_from_range(rows[c].min(), rows[c].max(), **options)
            assert found["sqnr_per_channel"][c] == sqnr_db(rows[c], qnn_edu.fake_quant(rows[c], p))
        whole = qnn_edu.params_from_range(rows.min(), rows.max(), **options)
        np.testing.assert_array_equal(found["per_tensor"], qnn_edu.fake_quant(rows, whole))
        assert found["channel"] == values["channel"]


def test_per_tensor_never_beats_per_channel_by_much_and_stretch_ruins_it(explorer):
    found = explorer.at(bits=4, stretch=100.0)
    worst, best = np.median(found["sqnr_per_tensor"]), np.median(found["sqnr_per_channel"])
    assert worst < 3 < 20 < best


def test_another_layer_is_refused():
    with pytest.raises(ValueError, match="There is no depthwise layer 9"):
        explorers.per_channel(9)
