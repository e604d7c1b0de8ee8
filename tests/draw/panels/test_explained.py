"""An explanation: every number of it stands in the picture."""

import numpy as np
import pytest

from qnn_edu.draw import style
from qnn_edu.draw.panels.explained import Explained, as_matrix, chain, place, rounded
from tests.draw.panels.explanations import WEIGHTED, explained


@pytest.mark.parametrize("number", range(len(WEIGHTED)))
def test_grids_and_chain_hold_the_numbers_of_the_explanation(number):
    found = explained(number)
    panel = Explained(style.figure(8.8, 4.6).add_subplot())
    panel.update(found)
    shown = [each.grid.values for each in panel.grids]
    for values, array in zip(shown, (found.inputs, found.weights, found.products), strict=True):
        np.testing.assert_array_equal(values.ravel(), array.ravel())
    numbers = [box.number.value for box in panel.boxes]
    steps = (found.total, found.accumulator, found.high, found.rounded)
    assert numbers[:4] == list(steps)
    assert numbers[-1] == found.value
    assert panel.boxes[2].by.get_text() == str(found.multiplier)
    assert all(f"{rule} {value}" in rounded(found) for rule, value in found.rules.items())


def test_the_steps_of_the_chain_follow_from_each_other():
    found = explained(1)
    total, accumulator, high, rounded, shifted, value = (n for _, n, _ in chain(found))
    assert accumulator == total + found.bias
    assert high == round(accumulator * found.multiplier / 2**31)
    assert shifted == rounded + found.zero_point
    assert value == np.clip(shifted, *found.clamp)


@pytest.mark.parametrize(
    ("shape", "matrix"),
    [((3, 3, 1), (3, 3)), ((1, 1, 16), (4, 4)), ((64,), (8, 8)), ((32,), (4, 8)), ((7,), (1, 7))],
)
def test_a_window_becomes_a_matrix_that_keeps_the_order(shape, matrix):
    values = np.arange(np.prod(shape)).reshape(shape)
    found = as_matrix(values)
    assert found.shape == matrix
    np.testing.assert_array_equal(found.ravel(), values.ravel())


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (4, 8), (8, 8), (1, 7), (2, 3)])
def test_grids_stay_in_their_square(shape):
    x, y, side = place(shape, 30.0)
    assert 30 <= x and x + shape[1] * side <= 54
    assert 19 <= y - shape[0] * side and y <= 43
