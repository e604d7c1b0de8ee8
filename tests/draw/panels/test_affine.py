"""The picture of a quantizer: each artist holds what `update` was given, at its place."""

from functools import partial

import numpy as np
import pytest

from qnn_edu import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.affine import Affine, Error, Staircase
from qnn_edu.draw.panels.panel import steps
from tests.draw.panels.artists import assert_only_artists_move, boxes, updated, ys

P = QuantParams(scale=0.5, zero_point=0, bits=3)  # from lo = -2 to hi = 1.5
FOUND = {"params": P, "x": np.linspace(-3, 3, 100)}


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


def test_the_picture_shows_one_quantizer_three_times_and_the_data_once():
    picture = updated(Affine(), FOUND)
    x, y = steps(P, picture.stairs.span)
    np.testing.assert_array_equal(ys(picture.stairs.curve, picture.error.curve), [y, y - x])
    assert picture.spread.bars.get_data().values.sum() == pytest.approx(1)
    assert len({tuple(boxes(panel.clipped)) for panel in (picture.stairs, picture.error)}) == 1


def test_only_its_artists_move():
    other = {"params": QuantParams(0.25, 2, bits=4), "x": np.linspace(0, 1, 100)}
    assert_only_artists_move(Affine, FOUND, other)
