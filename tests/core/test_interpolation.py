"""Tables with lines between: near the curve on both sides, and nearer than tables of its values."""

import numpy as np
import pytest

from qnn_edu.core.interpolation import SHORT, interpolated, sigmoid_table, table_of
from qnn_edu.core.rounding import half_away

EVERY = np.arange(SHORT.min, SHORT.max + 1)
SEEN = SHORT.min + (EVERY - SHORT.min) * (65535 / 65536)  # what a table has at these places
ONE = np.float64(2**-15)  # the scale of an output up to 1
CURVES = {
    "exp": (np.exp, 10 / 65535, SHORT.max),  # from -10 to 0
    "inverse": (lambda x: 1 / (1 + x), 1 / 65535, SHORT.min),  # from 0 to 1
    "tanh": (lambda x: 0.9 * np.tanh(x), 4 / 32768, 0),  # no line ends in a clip
    "square": (np.square, 1 / 32768, 0),
}
each_curve = pytest.mark.parametrize(
    ("curve", "scale", "zero_point"), CURVES.values(), ids=list(CURVES)
)
each_type = pytest.mark.parametrize("kind", [np.float32, np.float64])


@each_type
@each_curve
def test_lines_are_within_two_steps_and_a_half_of_the_curve(curve, scale, zero_point, kind):
    made = interpolated(EVERY, table_of(curve, kind(scale), zero_point, kind(ONE)))
    exact = curve((SEEN - zero_point) * scale) / ONE
    assert np.abs(made - np.clip(exact, SHORT.min, SHORT.max)).max() < 2.5


def test_moving_halves_the_largest_error():
    """A cosine of 32 lines a unit misses up to 4 steps of 2**-15 in the middle of a line."""
    scale = np.float64(2.0**-12)

    def curve(x):
        return 0.9 * np.cos(x)

    plain = half_away(curve((np.arange(513) * 65535 / 512 - 2**15) * scale) / ONE)
    plain = plain.astype(np.int16)
    moved, exact = table_of(curve, scale, 0, ONE), curve(SEEN * scale) / ONE
    worst, best = (np.abs(interpolated(EVERY, t) - exact).max() for t in (plain, moved))
    assert 4 < worst < 6 and best < worst / 2 + 1.5


def test_a_place_on_the_table_gives_its_value_and_a_line_is_straight():
    table = (np.arange(513) * 20 - 5000).astype(np.int16)
    np.testing.assert_array_equal(interpolated(np.arange(-256, 256) * 128, table), table[:-1])
    exact = (EVERY - SHORT.min) / 128 * 20 - 5000
    assert np.abs(interpolated(EVERY, table) - exact).max() <= 0.5


def test_the_sigmoid_is_a_step_and_a_tenth_above_at_most_and_never_below():
    exact = 2**16 / (1 + np.exp(-np.arange(255) / 24))
    over = sigmoid_table()[:-1] - exact
    assert over.min() > -0.5 and over.max() < 1.2
    assert (np.diff(sigmoid_table()) >= 0).all()


def test_a_step_of_the_whole_grid_wraps_around():
    table = np.full(513, SHORT.min, np.int16)
    table[257] = SHORT.max  # the step up is -1, and the step down 1
    made = interpolated(np.int16([0, 64, 127, 128, 192]), table)
    np.testing.assert_array_equal(made, [-(2**15), -(2**15), 2**15 - 1, 2**15 - 1, -(2**15)])
