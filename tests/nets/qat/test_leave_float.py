"""Layers that stay in float, by the name that their owner gives."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qnn_edu import nets, tflite
from qnn_edu.nets.conversion.quantizer import float_operators
from qnn_edu.nets.litert.comparison import integer_share
from qnn_edu.nets.models import digits_net
from qnn_edu.nets.qat.layers import keras
from qnn_edu.nets.qat.prepare import quantize_aware
from qnn_edu.nets.qat.prepared import is_prepared, take_weights
from tests.nets.qat.random_networks import random_network
from tests.nets.qat.steps import settled

K = keras.layers
ROOT = Path(__file__).parents[3]
LOAD = """
import sys
from qnn_edu import nets, tflite

prepared = nets.load_model(sys.argv[1])
content = nets.convert(prepared, "int8")
print(nets.left_float(prepared), len(tflite.read(content).operators))
"""


def floats(content):
    """The float operators of a file, but for what turns integers into floats."""
    return [op.name for op in float_operators(tflite.read(content)) if op.name != "REVERSE_V2"]


@pytest.mark.parametrize(
    ("left", "operators"),
    [
        (["block1_depthwise"], ["DEPTHWISE_CONV_2D"]),
        (["conv_relu", "average"], ["RELU", "MEAN"]),
        (["dense"], ["FULLY_CONNECTED"]),
        (["scores"], ["SOFTMAX"]),
    ],
)
def test_exactly_what_is_named_computes_in_float(left, operators):
    model = digits_net()
    left = [model.layers[-1].name if name == "scores" else name for name in left]
    prepared, (x,) = settled(quantize_aware(model, leave_float=left))
    assert nets.left_float(prepared) == left
    content = nets.convert(prepared, "int8", io="float32")
    assert floats(content) == floats(nets.convert(prepared, "int8")) == operators
    assert 0.5 < integer_share(tflite.read(content)) < 1
    real = prepared.predict(x, verbose=0)
    np.testing.assert_allclose(nets.run_tflite(content, x).outputs[0], real, atol=0.02)


def test_layers_side_by_side_in_float_hand_floats_on():
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            K.Conv2D(4, 3, name="first"),
            K.Conv2D(4, 3, activation="selu", name="second"),
            K.LayerNormalization(name="third"),
            K.Conv2D(2, 1, name="last"),
        ]
    )
    prepared = quantize_aware(model, leave_float=["second", "third"])
    content = nets.convert(prepared, "int8")
    names = [op.name for op in tflite.read(content).operators]
    assert names[:3] == ["CONV_2D", "DEQUANTIZE", "REVERSE_V2"]
    assert names[-2:] == ["QUANTIZE", "CONV_2D"] and names.count("REVERSE_V2") == 1


def test_a_layer_within_a_model_within_the_model_can_be_left():
    inner = keras.Sequential([keras.Input((6, 6, 2)), K.Conv2D(2, 3, name="deep"), K.ReLU()])
    image = keras.Input((6, 6, 2))
    model = keras.Model(image, K.Conv2D(1, 1)(inner(image)))
    prepared = quantize_aware(model, leave_float=["deep"])
    assert floats(nets.convert(prepared, "int8")) == ["CONV_2D"]


def test_a_name_that_no_layer_has():
    with pytest.raises(ValueError, match="leave_float names 'dens', .* there are image, conv"):
        quantize_aware(digits_net(), leave_float=["dens"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras to numpy
@pytest.mark.parametrize(
    ("seed", "left"), [(None, ["conv", "dense"]), (0, []), (7, []), (20, []), (26, [])]
)
def test_a_new_process_loads_it_and_knows_what_stays_in_float(seed, left, tmp_path):
    model = digits_net() if seed is None else random_network(seed)
    prepared, _ = settled(quantize_aware(model, leave_float=left))
    assert is_prepared(prepared)
    file, content = tmp_path / "prepared.keras", nets.convert(prepared, "int8")
    prepared.save(file)
    command = [sys.executable, "-W", "ignore", "-c", LOAD, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    operators = len(tflite.read(content).operators)
    assert done.stdout.splitlines()[-1] == f"{left} {operators}"


@pytest.mark.parametrize("seed", [7, 13, 17, 20])
def test_weights_of_pieces_go_back_to_the_layers_they_came_from(seed):
    model = random_network(seed)
    other = keras.models.clone_model(model)
    prepared = quantize_aware(model)
    for variable in other.weights:
        variable.assign(0 * variable)
    take_weights(other, prepared)
    for one, two in zip(model.weights, other.weights, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-6, err_msg=one.path)
