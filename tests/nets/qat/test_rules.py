"""Each rule, proved on the file of a network that has little else."""

import numpy as np
import pytest

from qnn_edu import nets, tflite
from qnn_edu.nets.qat.elementary import layers as ours
from qnn_edu.nets.qat.layers import FakeQuantActivation, keras
from qnn_edu.nets.qat.prepare import quantize_aware
from qnn_edu.nets.qat.rules import RULES, register, rule_of
from tests.nets.qat.steps import beyond, roundings, settled

K = keras.layers


def relued(x):
    return K.ReLU()(K.Conv2D(4, 1)(x))


def constant(kind):
    """A layer that reckons with a constant for each channel."""
    layer = kind(shape=(4,))
    layer.build((None, 6, 6, 4))
    layer.set_weights([np.linspace(-0.7, 1.1, 4, dtype=np.float32)])
    return layer


def of_two(kind):
    return lambda x: kind()([relued(x), K.Conv2D(4, 3, padding="same")(x)])


def norm(x):
    layer = K.BatchNormalization()
    y = layer(relued(x))
    layer.set_weights(list(np.random.default_rng(0).uniform(0.5, 1.5, (4, 4))))
    return y


# For each rule a network around it, and the operators of its file behind the first convolution.
NETWORKS = {
    "grouped": (lambda x: K.Conv2D(4, 3, groups=2)(relued(x)), "CONV_2D"),
    "dilated": (lambda x: K.Conv2D(4, 2, dilation_rate=2)(relued(x)), "CONV_2D"),
    "depthwise": (lambda x: K.DepthwiseConv2D(3)(relued(x)), "DEPTHWISE_CONV_2D"),
    "transposed": (lambda x: K.Conv2DTranspose(3, 3, strides=2)(relued(x)), "TRANSPOSE_CONV"),
    "transposed, valid and wide": (
        lambda x: K.Conv2DTranspose(2, 2, strides=3, padding="same")(relued(x)),
        "TRANSPOSE_CONV",
    ),
    "dense on images": (lambda x: K.Dense(3)(relued(x)), "FULLY_CONNECTED"),
    "add": (of_two(K.Add), "CONV_2D ADD"),
    "subtract": (of_two(K.Subtract), "CONV_2D SUB"),
    "multiply": (of_two(K.Multiply), "CONV_2D MUL"),
    "maximum": (of_two(K.Maximum), "CONV_2D MAXIMUM"),
    "minimum": (of_two(K.Minimum), "CONV_2D MINIMUM"),
    "concatenate": (of_two(K.Concatenate), "CONV_2D CONCATENATION"),
    "add a constant": (lambda x: constant(ours.AddConstant)(relued(x)), "ADD"),
    "multiply by a constant": (lambda x: constant(ours.MultiplyConstant)(relued(x)), "MUL"),
    "the larger of it and a constant": (
        lambda x: ours.MaximumConstant(0.3)(relued(x)),
        "MAXIMUM",
    ),
    "the smaller of it and a constant": (
        lambda x: ours.MinimumConstant(0.3)(relued(x)),
        "MINIMUM",
    ),
    "a norm that nothing takes in": (norm, "MUL ADD"),
    "a relu behind that norm": (lambda x: K.ReLU()(norm(x)), "MUL ADD"),
    "mean": (lambda x: K.GlobalAveragePooling2D()(relued(x)), "MEAN"),
    "mean over channels": (lambda x: ours.Mean((3,), keepdims=True)(relued(x)), "MEAN"),
    "matrix product": (
        lambda x: ours.MatMul()([K.Reshape((36, 4))(relued(x)), K.Reshape((4, 36))(relued(x))]),
        "RESHAPE CONV_2D RESHAPE BATCH_MATMUL",
    ),
    "leaky relu": (lambda x: K.LeakyReLU(0.2)(K.Conv2D(4, 1)(x)), "LEAKY_RELU"),
    "gelu": (lambda x: K.Activation("gelu")(K.Conv2D(4, 1)(x)), "GELU"),
    "hard swish": (lambda x: K.Activation("hard_silu")(K.Conv2D(4, 1)(x)), "HARD_SWISH"),
    "exp": (lambda x: ours.Unary("exp")(K.Conv2D(4, 1)(x)), "EXP"),
    "inverse root": (lambda x: ours.Unary("rsqrt")(relued(x)), "RSQRT"),
    "root": (lambda x: ours.Unary("sqrt")(relued(x)), "SQRT"),
    "absolute": (lambda x: ours.Unary("abs")(K.Conv2D(4, 1)(x)), "ABS"),
    "sigmoid": (lambda x: K.Conv2D(2, 1)(K.Activation("sigmoid")(relued(x))), "LOGISTIC CONV_2D"),
    "tanh": (lambda x: K.Conv2D(2, 1)(K.Activation("tanh")(relued(x))), "TANH CONV_2D"),
    "softmax": (lambda x: K.Conv2D(2, 1)(K.Softmax()(relued(x))), "SOFTMAX CONV_2D"),
    "bounded relu": (lambda x: K.ReLU(max_value=0.5)(K.Conv2D(4, 1)(x)), ""),
    "average": (lambda x: K.AveragePooling2D(2)(relued(x)), "AVERAGE_POOL_2D"),
    "average, padded": (
        lambda x: K.AveragePooling2D(3, strides=1, padding="same")(relued(x)),
        "AVERAGE_POOL_2D",
    ),
    "largest": (lambda x: K.MaxPooling2D(2)(relued(x)), "MAX_POOL_2D"),
    "largest of all": (lambda x: K.GlobalMaxPooling2D()(relued(x)), "REDUCE_MAX"),
    "nearest": (
        lambda x: K.UpSampling2D(2)(relued(x)),
        "RESIZE_NEAREST_NEIGHBOR",
    ),
    "bilinear": (
        lambda x: K.UpSampling2D(2, interpolation="bilinear")(relued(x)),
        "RESIZE_BILINEAR",
    ),
    "pad, crop, transpose": (
        lambda x: K.Permute((2, 1, 3))(K.Cropping2D(1)(K.ZeroPadding2D(2)(relued(x)))),
        "PAD STRIDED_SLICE TRANSPOSE",
    ),
    "a fixed range in a shared one": (
        lambda x: K.Concatenate()([K.Activation("tanh")(relued(x)), x]),
        "TANH RESHAPE MEAN CONCATENATION",
    ),
}


def network(build):
    keras.utils.set_random_seed(1)
    image = keras.Input((6, 6, 3), name="image")
    return keras.Model(image, build(image))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_rule_is_what_the_kernels_do(name):
    build, operators = NETWORKS[name]
    prepared, xs = settled(quantize_aware(network(build)))
    graph = tflite.read(nets.convert(prepared, "int8"))
    assert " ".join(op.name for op in graph.operators[1:]) == operators
    for kernels in ("reference", "xnnpack"):
        assert not beyond(roundings(prepared, xs, kernels=kernels))


@pytest.mark.parametrize("kernels", ["reference", "optimized", "xnnpack"])
def test_halves_of_averages_go_the_kernels_way(kernels):
    build, _ = NETWORKS["average"]
    prepared, xs = settled(quantize_aware(network(build)))
    assert roundings(prepared, xs, kernels=kernels)[-1].share < 0.01


def test_what_is_joined_shares_a_range_as_wide_as_the_widest_needs():
    image = keras.Input((4, 4, 1), name="image")
    narrow, wide = K.ReLU(name="narrow"), K.Conv2D(1, 1, name="wide")
    model = keras.Model(image, K.Concatenate()([narrow(image), wide(image), image]))
    wide.set_weights([np.float32([[[[3.0]]]]), np.float32([0.0])])
    prepared = quantize_aware(model)
    (quant,) = [x for x in prepared.layers if isinstance(x, FakeQuantActivation)]
    x = np.linspace(-1, 1, 16, dtype=np.float32).reshape(1, 4, 4, 1)
    for _ in range(3):
        prepared(x, training=True)
    lo, hi, _ = quant.grid()
    assert quant.members == 3 and (lo, hi) == pytest.approx((-3, 3), abs=0.02)


def test_a_rule_depends_on_how_a_layer_is_set():
    assert rule_of(K.Activation("selu")) is None
    assert rule_of(K.ReLU(threshold=1.0)) is None
    assert rule_of(K.ReLU(max_value=4.0)).top == 4
    assert rule_of(K.Conv2DTranspose(1, 1, activation="relu")) is None
    assert rule_of(K.BatchNormalization(axis=1)) is None
    assert set(RULES) >= {K.Conv2D, K.Add, ours.MatMul}


@pytest.mark.parametrize(
    ("kind", "rule", "message"),
    [
        (3, nets.Rule("own"), "expected a class of Keras layers, got 3"),
        (K.Dense, "own", "expected a nets.Rule.* got 'own'"),
    ],
)
def test_what_cannot_be_registered(kind, rule, message):
    with pytest.raises(ValueError, match=message):
        register(kind, rule)


@pytest.mark.parametrize("options", [{"rounds": "up"}, {"rounds": "fixed"}])
def test_rules_that_are_none(options):
    with pytest.raises(ValueError, match="Rule: rounds is one of own, fixed"):
        nets.Rule(**options)
