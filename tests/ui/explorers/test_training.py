"""The explorer of ranges in training, a batch at a time."""

import numpy as np
import pytest

import qnn_edu
from qnn_edu.core.metrics import sqnr_db
from qnn_edu.core.ranges import MovingAverage
from qnn_edu.ui import numbers
from tests.ui.explorers.laws import Laws


class TestTraining(Laws):
    ever_idle, idle_at = True, {"momentum": 0.0}

    def is_right(self, values, found):
        """Against the package's own moving average and quantizer, a batch at a time."""
        x = numbers.training.stream().copy()
        x[numbers.training.OUTLIER_AT, x[numbers.training.OUTLIER_AT].argmax()] *= values["outlier"]
        average = MovingAverage(values["momentum"])
        if values["start"] == "zero":
            average.update(np.zeros(1))
        np.testing.assert_array_equal(found["extremes"], x.max(axis=1))
        for number, batch in enumerate(x):
            lo, hi = average.update(batch).range
            assert found["range"][number] == pytest.approx(hi, rel=1e-5)
            if number < values["delay"]:
                assert np.isnan(found["sqnr_db"][number]) and np.isnan(found["clipped"][number])
                continue
            p = qnn_edu.params_from_range(0, found["range"][number], bits=values["bits"])
            y = qnn_edu.fake_quant(batch, p)
            assert found["sqnr_db"][number] == pytest.approx(sqnr_db(batch, y), abs=1e-3)
            assert found["clipped"][number] == np.mean(batch > found["range"][number])
