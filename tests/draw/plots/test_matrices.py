"""Matrices side by side: what is written and shown, and what is refused."""

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
