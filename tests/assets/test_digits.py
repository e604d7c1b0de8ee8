"""The digits models that travel with the package: their size and how well they read digits."""

import numpy as np
import pytest

from qnn_edu import quantize
from qnn_edu.data import asset, digits
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.nets import run_tflite
from qnn_edu.nets.quiet import load_keras
from qnn_edu.tflite import read
from tools.assets.digits import accuracy, shifts

FILES = ["digits.keras", "digits_float32.tflite", "digits_int8.tflite"]


def test_together_they_are_small():
    assert sum(asset(name).stat().st_size for name in FILES) < 210_000


@pytest.mark.parametrize("kernels", KERNEL_SETS)
def test_they_read_digits(kernels):
    float32 = accuracy(asset("digits_float32.tflite").read_bytes(), "test", kernels)
    int8 = accuracy(asset("digits_int8.tflite").read_bytes(), "test", kernels)
    assert float32 >= 98 and int8 >= float32 - 0.5


@pytest.mark.parametrize("kernels", KERNEL_SETS)
def test_they_disagree_on_one_digit(kernels):
    """Lesson 01 looks for it: test digit 290, an 8 that int8 calls a 3."""
    float32, int8 = (asset(f"digits_{kind}.tflite") for kind in ("float32", "int8"))
    x, y = digits("all")
    graph = read(int8)
    x_i8 = quantize(x, graph.tensors[graph.inputs[0]].params)
    says = run_tflite(float32, x, kernels=kernels).outputs[0].argmax(axis=1)
    says_i8 = run_tflite(int8, x_i8, kernels=kernels).outputs[0].argmax(axis=1)
    (where,) = np.flatnonzero(says != says_i8)
    assert (y[where], says[where], says_i8[where]) == (8, 8, 3)
    np.testing.assert_array_equal(x[where], digits("test")[0][290])


def test_shifts_move_by_one_pixel_and_keep_what_stays_inside():
    x, _ = digits("test")
    moved = shifts(x).reshape(3, 3, *x.shape)  # row shift, column shift, image, h, w, 1
    np.testing.assert_array_equal(moved[1, 1], x)
    np.testing.assert_array_equal(moved[0, 1][:, 1:], x[:, :-1])
    np.testing.assert_array_equal(moved[1, 2][:, :, :-1], x[:, :, 1:])
    assert not moved[2, 0][:, -1].any() and not moved[2, 0][:, :, 0].any()


def test_folding_spreads_the_channels():
    """Lesson 03 says so of the second depthwise layer: a factor of 1.8 became one of 47."""
    model = load_keras().models.load_model(asset("digits.keras"))
    (trained,) = model.get_layer("block2_depthwise").get_weights()
    graph = read(asset("digits_float32.tflite"))
    layers = [op for op in graph.operators if op.name == "DEPTHWISE_CONV_2D"]
    folded = graph.tensors[layers[1].inputs[1]].data
    widths = [np.abs(trained).max(axis=(0, 1, 3)), np.abs(folded).max(axis=(0, 1, 2))]
    assert [len(width) for width in widths] == [32, 32]
    spread = [width.max() / width.min() for width in widths]
    assert [round(spread[0], 1), round(spread[1])] == [1.8, 47]
