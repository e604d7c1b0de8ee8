"""Where two kernel sets part."""

import numpy as np
import pytest

from qnn_edu import data, engine, nets, quantize, tflite
from qnn_edu.data import asset


@pytest.fixture(scope="module")
def graph():
    return tflite.read(asset("digits_int8.tflite"))


@pytest.fixture(scope="module")
def x(graph):
    return quantize(data.digits("test")[0], graph.tensors[graph.inputs[0]].params)


def test_a_kernel_set_does_not_part_from_itself(graph, x):
    parting = engine.first_difference(graph, x, "xnnpack", "xnnpack")
    assert parting.first is None and parting.predictions == 0
    assert all(row.largest == 0 for row in parting.rows)


def test_it_is_what_litert_itself_shows(graph, x):
    parting = engine.first_difference(graph, x, "reference", "xnnpack")
    file = asset("digits_int8.tflite")
    both = (nets.run_tflite(file, x, kernels=k, keep=True) for k in ("reference", "xnnpack"))
    a, b = (result.tensors for result in both)
    for row in parting.rows:
        steps = np.abs(a[row.index].astype(int) - b[row.index])
        assert row.share == (steps > 0).mean() and row.largest == steps.max()
    classes = [each[graph.outputs[0]].argmax(axis=1) for each in (a, b)]
    assert parting.predictions == (classes[0] != classes[1]).sum()
    assert parting.images == len(x) and parting.first == next(r for r in parting.rows if r.share)


def test_real_numbers_are_counted_in_steps(x):
    keras_model = nets.load_model(asset("digits.keras"))
    images = data.digits("train")[0][:100]
    graph = tflite.read(nets.convert(keras_model, "int8", calibration=images, io="float32"))
    parting = engine.first_difference(graph, images, "reference", "xnnpack")
    *_, last = parting.rows
    assert last.operator == "DEQUANTIZE" and last.largest == parting.rows[-2].largest
    assert str(parting).splitlines()[-1].endswith("of 100 predictions change")
