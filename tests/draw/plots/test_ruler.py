"""A ruler has a tick for each level, and names the marks at their real values."""

import numpy as np
import pytest

import qnn_edu
from qnn_edu.draw import plots

PARAMS = qnn_edu.QuantParams(scale=0.25, zero_point=3, bits=4)


def test_each_level_has_a_tick_and_each_mark_its_two_names():
    ax = plots.ruler(PARAMS, [-8, 3, 7])
    ticks = [segment[0, 0] for segment in ax.collections[0].get_segments()]
    np.testing.assert_allclose(ticks, 0.25 * (np.arange(-8, 8) - 3))
    said = [text.get_text() for text in ax.texts]
    assert said == ["-2.75", "q = -8", "0", "q = 3", "1", "q = 7"]
    assert [text.get_weight() for text in ax.texts][2:4] == ["bold", "bold"]  # zero


@pytest.mark.parametrize("params", [PARAMS, qnn_edu.QuantParams([1, 2], [0, 0], axis=0)])
def test_other_marks_and_several_channels_are_refused(params):
    with pytest.raises(ValueError, match="ruler names levels of one quantizer"):
        plots.ruler(params, [300])
