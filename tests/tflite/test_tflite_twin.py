"""The float twin of a quantized model: the same network without the rounding."""

import warnings

import numpy as np
import pytest
from ai_edge_litert.schema_py_generated import ModelT

from qnn_edu import dequantize, metrics, quantize
from qnn_edu.data import PHOTOS, asset, digits, photo
from qnn_edu.nets import run_tflite
from qnn_edu.nets.quiet import load_keras, load_tensorflow, quiet_stderr
from qnn_edu.tflite import float_twin, read

parse = ModelT.InitFromPackedBuf  # LiteRT's own classes


def run_real(model: bytes, x: np.ndarray) -> np.ndarray:
    """Real numbers in, real numbers out, whatever the model computes in."""
    graph = read(model)
    into, out = (graph.tensors[i[0]].params for i in (graph.inputs, graph.outputs))
    result = run_tflite(model, x if into is None else quantize(x, into)).outputs[0]
    return result if out is None else dequantize(result, out)


def test_the_twin_of_our_int8_model_is_nearly_the_float_model():
    x, _ = digits("all")
    original = run_real(asset("digits_float32.tflite").read_bytes(), x)
    int8 = asset("digits_int8.tflite").read_bytes()
    twin, quantized = run_real(float_twin(int8), x), run_real(int8, x)
    assert metrics.sqnr_db(original, twin) > metrics.sqnr_db(original, quantized) > 30
    assert (twin.argmax(1) == original.argmax(1)).mean() > 0.999


def test_the_twin_has_real_constants_and_nothing_quantized():
    quantized = read(asset("digits_int8.tflite"))
    twin = read(float_twin(asset("digits_int8.tflite")))
    for before, after in zip(quantized.tensors, twin.tensors, strict=True):
        assert after.scale is None and after.name == before.name
        if before.data is not None:
            np.testing.assert_array_equal(after.data, before.real)
    assert [op.options for op in twin.operators] == [op.options for op in quantized.operators]


def test_quantize_and_dequantize_vanish_at_both_ends():
    """The converter's own choice, real numbers in and out, puts one at each end."""
    tf = load_tensorflow()
    x, _ = digits("train")
    converter = tf.lite.TFLiteConverter.from_keras_model(
        load_keras().models.load_model(asset("digits.keras"))
    )
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([image[None]] for image in x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter's notes on its own insides
        model = converter.convert()
    names = [op.name for op in read(model).operators]
    twin = float_twin(model)
    assert (names[0], names[-1]) == ("QUANTIZE", "DEQUANTIZE")
    assert [op.name for op in read(twin).operators] == names[1:-1]
    (signature,) = parse(twin).signatureDefs
    assert tuple(output.tensorIndex for output in signature.outputs) == read(twin).outputs
    plain = float_twin(asset("digits_int8.tflite"))
    np.testing.assert_allclose(run_real(twin, x), run_real(plain, x), atol=1e-5)


def test_the_twin_of_half_precision_weights_is_single_precision():
    tf, keras = load_tensorflow(), load_keras()
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, bias_initializer="ones")])
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    with warnings.catch_warnings(), quiet_stderr():
        warnings.simplefilter("ignore")
        half = converter.convert()
    assert np.float16 in {tensor.dtype.type for tensor in read(half).tensors}
    twin = float_twin(half)
    assert np.float16 not in {tensor.dtype.type for tensor in read(twin).tensors}
    x = np.random.default_rng(0).normal(0, 1, (5, 4)).astype(np.float32)
    np.testing.assert_allclose(run_real(twin, x), run_real(half, x), rtol=1e-6)


def test_the_twin_of_a_float_model_computes_the_same():
    x, _ = digits("test")
    model = asset("digits_float32.tflite").read_bytes()
    np.testing.assert_array_equal(run_real(float_twin(model), x), run_real(model, x))


@pytest.mark.parametrize(("size", "name"), [(128, "0.25_128"), (160, "0.5_160")])
def test_the_twins_of_mobilenets_see_the_same_in_photographs(size, name, real_data):
    model = (real_data / "models" / f"mobilenet_v1_{name}_uint8.tflite").read_bytes()
    params = read(model).tensors[read(model).inputs[0]].params
    x = dequantize(np.stack([photo(one, size) for one in PHOTOS]), params)
    quantized, twin = run_real(model, x), run_real(float_twin(model), x)
    assert metrics.max_abs_error(twin, quantized) < 0.1
    clear = quantized.max(axis=1) > 0.3
    assert clear.sum() >= 4
    np.testing.assert_array_equal(quantized[clear].argmax(1), twin[clear].argmax(1))


def test_the_twin_of_resnet8_is_nearly_its_float_original(real_data):
    x = np.stack([photo(name, 32) for name in PHOTOS]).astype(np.float32)
    models = real_data / "models"
    twin = float_twin(models / "resnet8_cifar10_int8.tflite")
    original = run_real((models / "resnet8_cifar10_float.tflite").read_bytes(), x)
    assert metrics.max_abs_error(original, run_real(twin, x)) < 0.1
