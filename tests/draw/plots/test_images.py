"""Images side by side: what they show, how dark they are, and what is refused."""

import numpy as np
import pytest

from qnn_edu.draw import plots


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (8, 8, 3)])
def test_images_show_their_pixels(shape):
    pixels = np.random.default_rng(0).uniform(0, 1, shape)
    ax = plots.images([pixels, pixels / 2], ["left", "right"])
    assert [text.get_text() for text in ax.texts] == ["left", "right"]
    shown = [image.get_array() for image in ax.images]
    np.testing.assert_array_equal(shown[0].reshape(shape), pixels)
    np.testing.assert_array_equal(shown[1].reshape(shape), pixels / 2)


def test_images_refuse_a_missing_title():
    with pytest.raises(ValueError, match="Each picture needs a title: got 2 and 1"):
        plots.images([np.eye(2), np.eye(2)], ["one"])


@pytest.mark.parametrize(("dtype", "white_to_black"), [("uint8", (0, 255)), ("float32", (0, 1))])
@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 1)])
def test_a_grey_image_is_as_dark_as_its_numbers_say(shape, dtype, white_to_black):
    ax = plots.images([np.ones(shape, dtype), np.zeros(shape, dtype)], ["ones", "zeros"])
    assert [image.get_clim() for image in ax.images] == [white_to_black] * 2
