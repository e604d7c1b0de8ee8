"""A note above a picture: the picture stays as it is, and the words have room."""

import numpy as np
import pytest

from qnn_edu.draw.note import HEIGHT, noted

WORDS = "A sentence that needs some three hundred pixels."


@pytest.mark.parametrize("width", [40, 300, 880])
def test_the_picture_stands_unchanged_below_the_words(width):
    picture = np.random.default_rng(0).integers(0, 256, (30, width, 4), np.uint8)
    both = noted(picture, WORDS)
    np.testing.assert_array_equal(both[HEIGHT:, :width], picture)
    assert (both[HEIGHT:, width:] == 255).all()
    strip = both[:HEIGHT]
    ends = strip[:, -8:]  # words that are cut off would end here
    assert (ends == ends[0, 0]).all() and not (strip[:, 12:-8] == ends[0, 0]).all()


def test_every_strip_says_what_it_is_given():
    picture = np.full((5, 400, 4), 255, np.uint8)
    assert (noted(picture, WORDS) != noted(picture, WORDS[::-1])).any()
