"""Matrices and images side by side: what is written and shown, and what is refused."""

import numpy as np
import pytest

from qnn_edu.draw import plots


def test_matrices_write_every_number():
    q = np.int8([[-128, 3], [127, 0]])
    ax = plots.matrices({"q": q, "x": q / 4})
    words = [text.get_text() for text in ax.texts]
    assert words == ["q", "-128", "3", "127", "0", "x", "-32.00", "0.75", "31.75", "0.00"]
    colours = [mesh.get_array().ravel().tolist() for mesh in ax.collections]
    assert colours == [[-128, 3, 127, 0], [-32, 0.75, 31.75, 0]]
    # A bound of -128 taken in int8 would wrap around.
    assert [mesh.get_clim() for mesh in ax.collections] == [(-256, 256), (-64, 64)]


@pytest.mark.parametrize("named", [{}, {"x": [1, 2]}, {"x": [[1]], "y": [[1], [2]]}])
def test_matrices_refuse_what_does_not_stand_side_by_side(named):
    with pytest.raises(ValueError, match="two dimensions and one height"):
        plots.matrices(named)


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
