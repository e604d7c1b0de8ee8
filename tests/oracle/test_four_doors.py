"""What Keras and TensorFlow's converter do with `int8`, as lesson 10 tells it.

A test that fails here says that a new version does otherwise: then the lesson's table is to be
measured again.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf

from qnn_edu import nets, tflite
from qnn_edu.data import asset, digits

pytestmark = [
    pytest.mark.slow,
    # Keras of layers that do not matter here and to numpy, the converter each time.
    pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize`:UserWarning"),
    pytest.mark.filterwarnings("ignore:Invalid quantization mode:UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Statistics for quantized inputs:UserWarning"),
]
X, Y = digits("test")
SEEN = digits("train")[0][:100]
FLOATS = 4 * (64 * 256 + 256 + 256 * 10 + 10)  # bytes of the weights of `dense_network`


def digits_network():
    return keras.models.load_model(asset("digits.keras"))


def dense_network():
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(256, activation="relu"), keras.layers.Dense(10)]
    return keras.Sequential([keras.Input((64,)), *layers])


def network_with_elu():
    layers = [keras.layers.Conv2D(4, 3, activation="elu"), keras.layers.GlobalAveragePooling2D()]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers, keras.layers.Dense(10)])


def exported(model, folder):
    """The file that Keras itself writes."""
    path = folder / "model.tflite"
    model.export(path, format="litert", verbose=False)
    return path.read_bytes()


def converted(model, *, calibration=None, strict=False):
    """The file of TensorFlow's converter, asked as its guide says."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if calibration is not None:
        converter.representative_dataset = lambda: ([x[np.newaxis]] for x in calibration)
    if strict:
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def quantized(**how):
    model = dense_network()
    model.quantize(**how)
    return model


def test_keras_leaves_convolutions_in_float_and_says_so_once_a_kind_of_layer():
    model = digits_network()
    with pytest.warns(UserWarning, match="does not have a `quantize` method") as told:
        assert model.quantize("int8") is None
    kinds = {str(each.message).split()[1] for each in told if each.category is UserWarning}
    assert {"Conv2D", "DepthwiseConv2D"} < kinds and "Dense" not in kinds
    modes = {layer.name: layer.quantization_mode for layer in model.layers if layer.weights}
    assert [name for name, mode in modes.items() if mode] == ["dense"]
    held = sum(w.size for layer in model.layers for w in layer.get_weights() if w.dtype == np.int8)
    assert held == 640  # of 8,448 weights in kernels


def test_keras_int8_cannot_be_exported_unless_weights_alone_are_quantized(tmp_path):
    with pytest.raises(Exception, match="tfl.fully_connected"):
        exported(quantized(mode="int8"), tmp_path)
    weights = keras.quantizers.Int8QuantizationConfig(activation_quantizer=None)
    file = exported(quantized(config=weights), tmp_path)
    assert len(file) < 0.3 * FLOATS
    (row,) = nets.compare({"int8": file}, (X.reshape(len(X), 64), Y), repeats=1)
    assert row.integer_share == 0  # int8 weights, float arithmetic


def test_keras_int4_is_exported_larger_than_float(tmp_path):
    file = exported(quantized(mode="int4"), tmp_path)
    assert len(file) > 1.4 * FLOATS


def test_keras_gptq_gives_the_same_kernels_whatever_it_is_calibrated_on():
    """Its hooks stand where no call comes by, so it rounds to the nearest."""

    def kernels(text):
        keras.utils.set_random_seed(0)
        embed, block = keras.layers.Embedding(32, 6), dense_block()
        tokens = keras.Input((8,), dtype="int32")
        model = keras.Model(tokens, block(embed(tokens)))
        config = keras.quantizers.GPTQConfig(
            dataset=[np.frombuffer(text, np.uint8) % 32],
            tokenizer=object(),
            num_samples=2,
            sequence_length=8,
            group_size=-1,
            quantization_layer_structure={
                "pre_block_layers": [embed],
                "sequential_blocks": [block],
            },
        )
        model.quantize("gptq", config=config)
        return [layer.get_weights() for layer in block.layers]

    def dense_block():
        return keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(6)])

    first, second = kernels(b"abcdefghijklmnopqrstuvwxyz"), kernels(b"aaaaaaaab")
    for one, other in zip(first, second, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_the_converter_without_calibration_makes_weights_small_and_nothing_integer():
    file = converted(digits_network())
    (row,) = nets.compare({"dynamic": file}, (X, Y), repeats=1)
    assert row.integer_share == 0 and row.size < 26_000
    (row,) = nets.compare(
        {"int8": converted(digits_network(), calibration=SEEN)}, (X, Y), repeats=1
    )
    assert row.integer_share == 1


@pytest.mark.parametrize("strict", [False, True])
def test_the_converter_leaves_elu_in_float_even_where_integers_were_demanded(strict):
    graph = tflite.read(converted(network_with_elu(), calibration=SEEN, strict=strict))
    assert [op.name for op in nets.float_operators(graph)] == ["ELU"]


def test_ours_refuses_what_it_cannot_make_integer():
    with pytest.raises(ValueError, match="no integer form of operator 2, ELU"):
        nets.convert(network_with_elu(), "int8", calibration=SEEN)
