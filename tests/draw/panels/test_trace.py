"""The picture of one output value: every number of the explanation stands in it."""

import numpy as np
import pytest

import qnn_edu
from qnn_edu import data, engine, tflite
from qnn_edu.draw import picture, plots, style
from qnn_edu.draw.panels import numbergrid
from qnn_edu.draw.panels.trace import Explained, MarkedMap, as_matrix, chain, place, rounded

GRAPH = tflite.read(data.asset("digits_int8.tflite"))
IMAGE = qnn_edu.quantize(data.digits("test")[0][:1], GRAPH.tensors[GRAPH.inputs[0]].params)
WEIGHTED = [op for op in GRAPH.operators if len(op.inputs) == 3]


def explained(number, channel=3):
    tensor = GRAPH.tensors[WEIGHTED[number].outputs[0]]
    index = (0, 2, 1, channel) if len(tensor.shape) == 4 else (0, channel)
    return engine.explain(GRAPH, IMAGE, tensor.index, index)


def words(ax):
    return {text.get_text() for text in ax.texts}


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


def test_a_static_picture_names_the_place_and_shows_something():
    ax = plots.explanation(explained(0))
    assert {"CONV_2D", "conv_relu", "at (0, 2, 1, 3)"} <= words(ax)
    axes = style.figure(8.8, 4.6).add_subplot()
    assert plots.explanation(explained(7), ax=axes) is axes
    assert len(np.unique(picture.pixels(axes).reshape(-1, 4), axis=0)) > 20


def test_more_products_than_can_be_read_are_refused():
    class Large:
        products = np.zeros((3, 3, 16))

    with pytest.raises(ValueError, match="up to 64 products, got 144"):
        plots.explanation(Large())


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


def test_the_marked_value_is_framed():
    shown = MarkedMap(style.figure(8.8, 4.6).add_subplot())
    shown.update(np.zeros((4, 4), np.int8), (3, 1))
    (x, y), (fx, fy) = shown.mark.get_xy(), shown.frame.get_xy()
    cell = shown.frame.get_width() / 4
    assert x == pytest.approx(fx + cell) and y == pytest.approx(fy)


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
