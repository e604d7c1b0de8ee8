"""The picture of two answers: the image, and which bars are whose."""

import numpy as np

from qnn_edu.draw import style
from qnn_edu.draw.panels.side_by_side import OneImage, SideBySide, TwoAnswers
from tests.draw.panels.artists import assert_only_artists_move, tops, updated

FOUND = {"image": np.arange(4.0) / 4, "real": [0.75, 0.25], "quantized": [0.5, 0.125]}


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


def test_the_picture_shows_the_image_and_both_answers():
    picture = updated(SideBySide((2, 2), 2), FOUND)
    assert picture.image.pixels.get_array().ravel().tolist() == [0, 0.25, 0.5, 0.75]
    assert [[height for _, height in tops(bars)] for bars in picture.answers.bars] == [
        FOUND["real"],
        FOUND["quantized"],
    ]


def test_only_its_artists_move():
    other = {"image": np.ones(4), "real": [0.5, 0.5], "quantized": [0.25, 0.75]}
    assert_only_artists_move(lambda: SideBySide((2, 2), 2), FOUND, other)
