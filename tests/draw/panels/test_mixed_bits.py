"""The picture of bits for each layer: bars as long as bytes, and the mix beside others."""

import numpy as np
import pytest

from qnn_edu.draw.panels.mixed_bits import LEAST, MixedBits
from tests.draw.panels.artists import assert_only_artists_move, updated

SIZES = {"small": 100, "large": 900}
PATH = [(8.0, 1e-5), (4.4, 1e-3), (4.0, 2e-3), (2.2, 0.1), (2.0, 0.2)]
UNIFORM = [(8.0, 1e-5), (4.0, 2e-3), (2.0, 0.2)]


def picture():
    return MixedBits(SIZES, path=PATH, uniform=UNIFORM)


def found(small=4, large=2, *, average=2.2, kl=0.1):
    return {"bits": np.array([small, large]), "average": average, "kl": kl}


def test_bars_are_as_long_as_the_bytes_and_say_their_bits():
    layers = updated(picture(), found()).layers
    ends = [path.vertices[:, 0].max() for path in layers.bars.get_paths()]
    assert ends == [50, 225]
    assert [words.get_text() for words in layers.words] == ["4 bits", "2 bits"]
    labels = [label.get_text() for label in layers.ax.get_yticklabels()]
    assert labels == ["small\n10 % of weights", "large\n90 % of weights"]


def test_a_mix_stands_at_its_bits_and_its_divergence():
    mixes = updated(picture(), found(average=3.0, kl=0.05)).mixes
    assert (*mixes.now.get_xdata(), *mixes.now.get_ydata()) == (3.0, 0.05)


@pytest.mark.parametrize("kl", [-1e-9, 0.0, LEAST, 50.0])
def test_a_mix_outside_is_drawn_at_the_nearer_end(kl):
    mixes = updated(picture(), found(kl=kl)).mixes
    low, high = mixes.ax.get_ylim()
    assert low <= mixes.now.get_ydata()[0] <= high


def test_answers_that_do_not_change_have_a_place():
    mixes = MixedBits(SIZES, path=[(8.0, 0.0), (2.0, 0.1)], uniform=[(8.0, 0.0)]).mixes
    assert all(low > 0 for low in mixes.ax.get_ylim())


def test_only_its_artists_move():
    assert_only_artists_move(picture, found(), found(8, 3))
