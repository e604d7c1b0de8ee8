"""The panels: each artist holds what `update` was given, at its place and under its own name."""

from functools import partial

import numpy as np
import pytest

from qnn_edu import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.affine import Error, Staircase
from qnn_edu.draw.panels.per_channel import ChannelRanges, ChannelSqnr, OneChannel
from qnn_edu.draw.panels.range_ import ErrorSplit, Marks
from qnn_edu.draw.panels.side_by_side import OneImage, TwoAnswers
from qnn_edu.draw.plots.images import images

P = QuantParams(scale=0.5, zero_point=0, bits=3)  # from lo = -2 to hi = 1.5


def updated(panel, *args, **options):
    panel.update(*args, **options)
    return panel


def boxes(bands, across="x"):
    """Start and size of each band."""
    size = {"x": "width", "y": "height"}[across]
    return [(getattr(b, f"get_{across}")(), getattr(b, f"get_{size}")()) for b in bands]


def ys(*lines):
    return [line.get_ydata() for line in lines]


def tops(bars):
    """Where each upright bar stands, and the height of its top."""
    return [tuple(end) for _, end in bars.get_segments()]


@pytest.mark.parametrize(
    "panel", [Staircase, partial(Error, height=1.0)], ids=["staircase", "error"]
)
def test_what_lies_outside_lo_and_hi_is_shaded(panel):
    wide, narrow = (updated(panel(style.axes(), span), P) for span in ((-4, 5), (-1, 1)))
    assert boxes(wide.clipped) == [(-4, 2), (1.5, 3.5)]
    assert [width for _, width in boxes(narrow.clipped)] == [0, 0]


def test_the_band_of_the_error_is_one_step_high():
    panel = updated(Error(style.axes(), (-4, 5), 1.0), P)
    assert boxes([panel.band], "y") == [(-0.25, 0.5)]


def split():
    hi, errors = np.array([1.0, 2, 3]), [[3, 2, 1], [0.1, 0.2, 0.3]]
    return updated(ErrorSplit(style.axes(), (0, 4), (0.01, 10)), hi, errors, (1.5, 2.5, 0.125))


def test_clipping_rounding_and_their_sum_each_have_a_curve_and_a_dot():
    panel = split()
    np.testing.assert_allclose(ys(*panel.curves), [[3, 2, 1], [0.1, 0.2, 0.3], [3.1, 2.2, 1.3]])
    assert [dot.get_xydata().tolist() for dot in panel.dots] == [
        [[1.5, 2.5]],
        [[1.5, 0.125]],
        [[1.5, 2.625]],
    ]
    colors = [curve.get_color() for curve in panel.curves]
    assert colors == [dot.get_color() for dot in panel.dots]
    names = [name.get_color() for name in panel.names]
    assert names == [style.ink(colors[0]), style.ink(colors[1]), colors[2]]
    assert [name.get_text().split()[0] for name in panel.names] == ["clipping", "rounding", "sum"]


def sqnr(per_channel, per_tensor):
    return updated(ChannelSqnr(style.axes(), 2, 50), per_channel, per_tensor, chosen=1)


def weights(*versions):
    return updated(OneChannel(style.axes(), 2), *versions, note="n")


def test_the_cursors_stand_at_what_is_chosen():
    assert split().cursor.get_xdata() == [1.5, 1.5]
    assert sqnr([30, 31], [10, 11]).cursor.get_xdata() == [1, 1]


def test_marks_stand_at_their_places_under_their_names():
    panel = Marks(style.axes(), ["a", "b"])
    panel.ax.set_xlim(0, 10)
    updated(panel, {"a": 2.0, "b": 9.0})
    assert {name: line.get_xdata() for name, line in panel.lines.items()} == {
        "a": [2, 2],
        "b": [9, 9],
    }
    assert panel.texts["a"].get_position()[0] > 2 and panel.texts["b"].get_position()[0] < 9


@pytest.mark.parametrize(
    ("panel", "args", "shown"),
    [
        (sqnr, ([30, 31], [10, 11]), ([30, 31], [10, 11])),
        (weights, ([4, -2], [4, -1], [2, 0]), ([1, -0.25], [0.5, 0])),
    ],
)
def test_per_channel_is_a_circle_and_per_tensor_a_square(panel, args, shown):
    panel = panel(*args)
    assert (panel.per_channel.get_marker(), panel.per_tensor.get_marker()) == ("o", "s")
    np.testing.assert_array_equal(ys(panel.per_channel, panel.per_tensor), shown)


def test_the_real_weights_of_a_channel_are_bars_of_its_largest():
    panel = weights([4, -2], [4, -1], [2, 0])
    assert tops(panel.real) == [(0, 1), (1, -0.5)]
    assert panel.note.get_text() == "n"


def test_the_chosen_channel_is_black_before_the_band_of_the_tensor():
    panel = updated(ChannelRanges(style.axes(), 2), [-1, -3], [2, 1], chosen=1)
    assert [bar.tolist() for bar in panel.chosen.get_segments()] == [[[1, -3], [1, 1]]]
    assert boxes([panel.band], "y") == [(-3, 5)]


def test_float_bars_stand_left_and_int8_bars_right_as_the_title_says():
    panel = updated(TwoAnswers(style.axes(), 2), [0.75, 0.25], [0.5, 0.125])
    real, quantized = panel.bars
    assert tops(real) == [(-0.17, 0.75), (0.83, 0.25)]
    assert tops(quantized) == [(0.17, 0.5), (1.17, 0.125)]
    assert "left bars: float, right bars: int8" in panel.ax.get_title(loc="left")


def test_one_image_holds_its_pixels():
    panel = updated(OneImage(style.axes(), (2, 2)), np.arange(4.0).reshape(2, 2, 1) / 4)
    assert panel.pixels.get_array().tolist() == [[0, 0.25], [0.5, 0.75]]
    assert panel.pixels.get_clim() == (0, 1)


@pytest.mark.parametrize(("dtype", "white_to_black"), [("uint8", (0, 255)), ("float32", (0, 1))])
@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 1)])
def test_a_grey_image_is_as_dark_as_its_numbers_say(shape, dtype, white_to_black):
    ax = images([np.ones(shape, dtype), np.zeros(shape, dtype)], ["ones", "zeros"])
    assert [image.get_clim() for image in ax.images] == [white_to_black] * 2
