"""Numbers in cells: cells fill their grid, numbers stay in their cells."""

import numpy as np
import pytest

from qnn_edu.draw.panels import numbergrid


@pytest.mark.parametrize("side", [1.0, 5.0, 12.7, 30.3])
def test_cells_fill_their_grid_to_the_pixel(side):
    table = np.arange(256, dtype=np.uint8)[:, np.newaxis].repeat(3, axis=1)
    pixels = numbergrid.cells(np.zeros((3, 8)), table, side)
    assert pixels.shape == (round(3 * side), round(8 * side), 3)


def test_numbers_are_written_inside_their_squares():
    side = 40
    pixels = np.full((side, 2 * side, 3), 255, np.uint8)
    numbergrid.write(pixels, np.array([[-128, 0]]), side, 10.0, 100.0)
    for square in (pixels[:, :side], pixels[:, side:]):
        assert (square < 100).any()
        assert (square[[0, -1]] == 255).all() and (square[:, [0, -1]] == 255).all()


def test_a_number_too_large_for_its_square_does_not_raise():
    pixels = np.full((4, 4, 3), 255, np.uint8)
    numbergrid.write(pixels, np.array([[-32385]]), 4, 10.0, 100.0)
    assert (pixels < 255).any()
