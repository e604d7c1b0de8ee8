"""From Keras to LiteRT files: what each recipe makes, and what is refused."""

import keras
import numpy as np
import pytest

from qnn_edu import quantize
from qnn_edu.data import asset, digits
from qnn_edu.nets import convert, models, run_tflite
from qnn_edu.tflite import read


@pytest.fixture(scope="module")
def model():
    return keras.models.load_model(asset("digits.keras"))


@pytest.fixture(scope="module")
def x():
    return digits("train")[0]


def test_float32_computes_what_keras_computes(model, x, capfd):
    content = convert(model, "float32")
    assert capfd.readouterr() == ("", "")
    for kernels in ("reference", "xnnpack"):
        outputs = run_tflite(content, x, kernels=kernels).outputs[0]
        np.testing.assert_allclose(outputs, model.predict(x, verbose=0), atol=1e-5)
    assert all(tensor.scale is None for tensor in read(content).tensors)


def test_int8_is_integer_everywhere_by_the_litert_scheme(model, x, capfd):
    graph = read(convert(model, "int8", calibration=x))
    assert capfd.readouterr() == ("", "")
    for operator in graph.operators:
        assert all(graph.tensors[i].dtype == np.int8 for i in operator.outputs)
    for operator in graph.operators[:7]:
        image, weight, bias = (graph.tensors[i] for i in operator.inputs)
        assert image.params.axis is None
        assert weight.axis == (3 if operator.name == "DEPTHWISE_CONV_2D" else 0)
        assert not np.any(weight.zero_point) and np.abs(weight.data.astype(int)).max() == 127
        assert bias.dtype == np.int32
    softmax = graph.tensors[graph.outputs[0]].params
    assert (softmax.scale, softmax.zero_point) == (1 / 256, -128)


def test_the_stored_files_are_what_the_recipes_make(model, x):
    """Near, not equal: another processor may fold batch normalisation with other last bits."""
    recipes = {"float32": None, "int8": x}
    for recipe, calibration in recipes.items():
        stored = read(asset(f"digits_{recipe}.tflite"))
        made = read(convert(model, recipe, calibration=calibration))
        assert [t.name for t in stored.tensors] == [t.name for t in made.tensors]
        for ours, again in zip(stored.tensors, made.tensors, strict=True):
            if ours.data is not None:
                step = 0 if ours.scale is None else np.max(ours.scale)
                np.testing.assert_allclose(again.real, ours.real, rtol=1e-4, atol=1e-6 + step)


def test_calibration_with_several_inputs():
    a, b = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([a, b], keras.layers.Add()([a, b]))
    ramp = np.linspace(-1, 1, 400, dtype=np.float32).reshape(100, 4)
    content = convert(model, "int8", calibration=[ramp, 2 * ramp])
    graph = read(content)
    by_scale = sorted((graph.tensors[i] for i in graph.inputs), key=lambda t: t.scale)
    assert [round(float(t.scale * 255), 2) for t in by_scale] == [2.0, 4.0]
    ones = [quantize(np.ones((1, 4), np.float32), graph.tensors[i].params) for i in graph.inputs]
    out = graph.tensors[graph.outputs[0]]
    real = out.scale * (run_tflite(content, ones).outputs[0].astype(int) - out.zero_point)
    np.testing.assert_allclose(real, 2, atol=out.scale)


def test_the_digits_net_has_the_shapes_it_promises():
    net = models.digits_net(classes=3)
    assert net.input_shape == (None, 8, 8, 1) and net.output_shape == (None, 3)
    assert models.digits_net().count_params() == 9_610


@pytest.mark.parametrize(
    ("recipe", "calibration", "message"),
    [
        ("int4", None, "no recipe 'int4'; choose one of float32, int8"),
        ("int8", None, "needs calibration"),
        ("float32", np.zeros((1, 8, 8, 1), np.float32), "leave calibration out"),
        ("int8", np.zeros((5, 8, 8), np.float32), r"shape \(5, 8, 8\); expected \(n, 8, 8, 1\)"),
        ("int8", np.zeros((0, 8, 8, 1), np.float32), "n at least 1"),
        ("int8", np.zeros((5, 8, 8, 1), np.uint8), "finite real numbers.*got uint8"),
        ("int8", np.full((5, 8, 8, 1), np.nan, np.float32), "finite real numbers"),
        ("int8", [np.zeros((5, 8, 8, 1), np.float32)] * 2, r"has 1 input\(s\), calibration 2"),
    ],
)
def test_what_a_recipe_cannot_use_is_refused(model, recipe, calibration, message):
    with pytest.raises(ValueError, match=message):
        convert(model, recipe, calibration=calibration)


def test_only_keras_models_are_converted():
    with pytest.raises(ValueError, match="expected a Keras model, got PosixPath"):
        convert(asset("digits.keras"), "float32")
