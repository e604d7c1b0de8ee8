"""The picture of layers left in float: two marks a layer, and a dot for each file shown so far."""

import numpy as np
import pytest

from qnn_edu.draw.panels.sensitivity import LIMITS, Sensitivity
from tests.draw.panels.artists import assert_only_artists_move, updated, ys

MARKS = {"float32": (4000, 99.0), "int8 per tensor": (1000, 50.0), "int8 per channel": (1500, 98.0)}


def picture():
    return Sensitivity(["a", "b", "c"], ["a"], marks=MARKS, chance=(97.0, 99.5), count=1000)


def found(*, size=1200, accuracy=98.0, sure=True):
    return {
        "sqnr": [30.0, 20.0, np.inf],
        "worst": [25.0, -50.0, 40.0],
        "floats": [False, True, False],
        "size": size,
        "accuracy": accuracy,
        "sure": sure,
    }


def test_each_layer_has_its_mean_and_its_worst_channel_inside_the_axes():
    layers = updated(picture(), found()).layers
    mean, worst = ys(layers.mean, layers.worst)
    assert mean[:2].tolist() == [30, 20] and worst[[0, 2]].tolist() == [25, 40]
    assert LIMITS[0] < worst[1] < -10 and 40 < mean[2] < LIMITS[1]
    assert [band.get_visible() for band in layers.floats] == [False, True, False]
    assert [len(gap) for gap in layers.gaps.get_segments()] == [2, 2, 2]


def test_a_layer_that_a_file_does_not_have_shows_no_mark():
    layers = updated(picture(), found() | {"sqnr": [np.nan] * 3, "worst": [np.nan] * 3}).layers
    assert np.isnan(layers.mean.get_ydata()).all()


def test_files_stay_as_dots_and_the_smallest_within_chance_has_a_ring():
    shown = picture()
    for size, accuracy, sure in ((3000, 98.5, True), (1100, 60.0, False), (2000, 98.0, True)):
        shown.update(found(size=size, accuracy=accuracy, sure=sure))
    tried = shown.tried
    assert tried.before.get_xdata() == (1.1, 2.0, 3.0)
    assert list(tried.now.get_xdata()) == list(tried.best.get_xdata()) == [2.0]
    shown.update(found(size=1100, accuracy=60.0, sure=False))
    assert list(tried.now.get_xdata()) == [1.1] and list(tried.best.get_xdata()) == [2.0]


def test_heights_are_decades_of_wrong_answers():
    tried = picture().tried
    assert tried.height(99) - tried.height(90) == pytest.approx(1)
    assert tried.height(100) == pytest.approx(np.log10(2000))  # half an answer of 1,000


def test_of_many_layers_only_those_to_choose_from_are_named():
    layers, free = [f"layer{k}" for k in range(40)], ["layer3", "layer4", "layer8"]
    shown = Sensitivity(layers, free, marks=MARKS, chance=(97, 99), count=100)
    labels = [label.get_text() for label in shown.layers.ax.get_xticklabels()]
    assert labels == ["layer3", "layer8"]  # 4 would cover 3


@pytest.mark.parametrize("accuracies", [(99.0, 50.0), (5.0, 5.0), (100.0, 100.0)])
def test_all_marks_and_dots_are_inside_and_no_tick_covers_another(accuracies):
    real, int8 = accuracies
    marks = {"float32": (4000, real), "int8 per tensor": (1000, int8)}
    tried = Sensitivity(["a"], ["a"], marks=marks, chance=(max(real - 5, 0), real), count=40).tried
    tried.update(900, 0.0, sure=False)
    low, high = tried.ax.get_ylim()
    assert all(low <= tried.height(each) <= high for each in accuracies)
    assert low <= tried.now.get_ydata()[0] <= high
    ticks = np.sort(tried.ax.get_yticks())
    assert len(ticks) and (np.diff(ticks) > 0.04 * (high - low)).all()


def test_only_its_artists_move():
    """Apart from the dots of files shown before, which stay."""
    one, other = found(), found(size=1200, accuracy=98.0) | {"floats": [True, False, True]}
    assert_only_artists_move(picture, one, other)
