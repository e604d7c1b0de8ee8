"""The elementary model of every kind of layer: it computes the same, and has the same weights."""

import numpy as np
import pytest

from qnn_edu.nets.qat.elementary.layers import MatMul, Max, Mean, Resize, Slice, Unary, WithConstant
from qnn_edu.nets.qat.elementary.preprocessing import FOR_TRAINING
from qnn_edu.nets.qat.elementary.rewrite import elementary
from qnn_edu.nets.quiet import load_keras

keras = load_keras()
K, ops = keras.layers, keras.ops
ELEMENTARY = (
    *(K.InputLayer, K.Conv2D, K.DepthwiseConv2D, K.Conv2DTranspose, K.Dense, K.BatchNormalization),
    *(K.Add, K.Subtract, K.Multiply, K.Maximum, K.Minimum, K.Concatenate, MatMul, Mean, Max),
    *(K.Activation, K.ReLU, K.LeakyReLU, K.Softmax, Unary, WithConstant, Resize, Slice),
    *(K.MaxPooling2D, K.AveragePooling2D, K.GlobalAveragePooling2D, K.GlobalMaxPooling2D),
    *(K.Flatten, K.Reshape, K.Permute, K.Cropping1D, K.Cropping2D, K.ZeroPadding1D),
    *(K.ZeroPadding2D, *FOR_TRAINING),
)
IMAGE, SEQUENCE, VECTOR = (6, 8, 4), (8, 6), (5,)
FUNCTIONS = """linear relu relu6 sigmoid tanh softmax leaky_relu gelu hard_silu silu hard_sigmoid
    hard_tanh elu selu celu exponential softplus log_sigmoid softsign mish""".split()


class Squeeze(K.Layer):
    """A squeeze and excite block, as somebody writes one."""

    def __init__(self, **options):
        super().__init__(**options)
        self.down, self.up = K.Dense(2, "relu"), K.Dense(4, "hard_sigmoid")

    def call(self, x):
        return x * self.up(self.down(ops.mean(x, axis=(1, 2), keepdims=True)))


class Factor(K.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), initializer="uniform", name="factor")

    def call(self, x):
        return ops.relu(x - 0.5) * self.factor


def backbone(name="backbone"):
    x = keras.Input(IMAGE)
    y = K.BatchNormalization(name="norm")(K.Conv2D(3, 3, activation="relu", name="conv")(x))
    return keras.Model(x, y, name=name)


def cut(x):
    return ops.concatenate([x[:, 1:, ::2], x[:, :-1, 1::2]], axis=-1)


def reckoned(x):
    y = ops.relu(2 * x - 1) / 4 + ops.square(1 - x)
    return ops.maximum(y, 0.1) - ops.clip(x, 0.2, 0.4) * ops.sigmoid(-x)


def moved(x):
    y = ops.transpose(ops.reshape(x, (-1, 4, 12, 4)), (0, 2, 1, 3))
    y = ops.squeeze(ops.expand_dims(ops.mean(y, axis=2), 1), 1)
    return ops.stack([y, ops.swapaxes(ops.swapaxes(y, 1, 2), 1, 2)], axis=1)


def attends(x):
    q, k = ops.split(x, 2, axis=-1)
    return ops.matmul(ops.softmax(ops.matmul(q, ops.transpose(k, (0, 2, 1)))), x)


def summed(x):
    return ops.sum(x, axis=1) + ops.max(x, axis=1) - ops.min(x, axis=1) + x[:, 1]


def rooted(x):
    return ops.log(ops.exp(x) + 1) * ops.rsqrt(ops.abs(x) + 1) + ops.sqrt(x * x + 1) + x**2


def gelus(x):
    return ops.gelu(x) + ops.gelu(x, approximate=False) + ops.silu(x) + ops.elu(x)


def squared_relu(x):
    return ops.relu(x) ** 2


ON_IMAGES = {
    "nested": lambda x: K.Dense(2)(K.Flatten()(backbone()(x))),
    "nested twice": lambda x: K.Add()([(one := backbone())(x), one(K.ReLU()(x))]),
    "nested, of one name within": lambda x: K.Add()([backbone("a")(x), backbone("b")(x)]),
    "nested in training": lambda x: backbone()(x, training=False),
    "nested sequential": keras.Sequential([K.Conv2D(3, 3), K.ReLU(), K.Dropout(0.5)]),
    "own squeeze and excite": Squeeze(),
    "own, twice": lambda x: K.Add()([(one := Factor())(x), one(K.ReLU()(x))]),
    "separable": K.SeparableConv2D(5, 3, depth_multiplier=2, activation="silu"),
    "separable, strides": K.SeparableConv2D(5, 3, strides=2, padding="same", use_bias=False),
    "grouped": K.Conv2D(8, 3, groups=2, activation="leaky_relu"),
    "depthwise": K.DepthwiseConv2D(3, depth_multiplier=2, activation="relu6"),
    "transposed": K.Conv2DTranspose(3, 3, strides=2, padding="same", activation="elu"),
    "activation of a layer": K.Conv2D(3, 2, activation=K.PReLU()),
    "activation of a function": K.Conv2D(3, 2, activation=squared_relu),
    "shared separable": lambda x: K.Add()([(one := K.SeparableConv2D(3, 3))(x), one(K.ReLU()(x))]),
    "batch normalisation": K.BatchNormalization(),
    "layer normalisation": K.LayerNormalization(),
    "layer normalisation, axes": K.LayerNormalization(axis=(1, 3), scale=False),
    "group normalisation": K.GroupNormalization(2),
    "instance normalisation": K.GroupNormalization(-1),
    "unit normalisation": K.UnitNormalization(),
    "rms normalisation": K.RMSNormalization(),
    "prelu": K.PReLU(shared_axes=(1, 2)),
    "elu": K.ELU(0.5),
    "relu of a slope": K.ReLU(max_value=1.0, negative_slope=0.1),
    "relu bounded": K.ReLU(max_value=0.5),
    "softmax of an axis": K.Softmax(axis=1),
    "rescaling": K.Rescaling(1 / 255, offset=-0.5),
    "rescaling of channels": K.Rescaling([0.1, 0.2, 0.3, 0.4], offset=[1, 2, 3, 4]),
    "normalization": K.Normalization(mean=[1, 2, 3, 4], variance=[1, 4, 9, 16]),
    "normalization back": K.Normalization(mean=1, variance=4, invert=True),
    "up": K.UpSampling2D((2, 3)),
    "up, bilinear": K.UpSampling2D(interpolation="bilinear"),
    "resizing": K.Resizing(5, 11),
    "resizing, nearest": K.Resizing(12, 8, interpolation="nearest"),
    "center crop": K.CenterCrop(3, 5),
    "for training": keras.Sequential([K.GaussianNoise(1.0), K.SpatialDropout2D(0.5)]),
    "augmentation": keras.Sequential([K.RandomFlip(), K.RandomRotation(0.1), K.RandomZoom(0.1)]),
    "cropping, padding": keras.Sequential([K.Cropping2D(1), K.ZeroPadding2D((1, 2))]),
    "pooling": keras.Sequential([K.MaxPooling2D(2), K.AveragePooling2D(3, 1, "same")]),
    "global": lambda x: K.Add()([K.GlobalMaxPooling2D()(x), K.GlobalAveragePooling2D()(x)]),
    "average": lambda x: K.Average()([x, K.ReLU()(x), K.Conv2D(4, 3, padding="same")(x)]),
    "extremes": lambda x: K.Maximum()([x, K.Minimum()([x, K.ReLU()(x)]), K.ELU()(x)]),
    "products": lambda x: K.Subtract()([K.Multiply()([x, x, x]), K.Add()([x, x, x])]),
    "concatenate": lambda x: K.Concatenate(1)([x, K.ReLU()(x)]),
    "einsum": K.EinsumDense("abcd,cdef->abef", (6, 2, 3), bias_axes="ef"),
    "operations: arithmetic": reckoned,
    "operations: shapes": moved,
    "operations: parts": cut,
    "operations: reductions": summed,
    "operations: functions": rooted,
    "operations: activations": gelus,
    "operations: images": lambda x: ops.max_pool(ops.image.resize(x, (9, 9)), 2),
    "operation with an array": lambda x: x * np.float32([1, 2, 3, 4]) + np.ones((6, 1, 1), "f"),
} | {f"activation: {name}": K.Activation(name) for name in FUNCTIONS}
ON_SEQUENCES = {
    "conv": K.Conv1D(5, 3, padding="same", activation="gelu"),
    "conv, causal": K.Conv1D(4, 3, padding="causal", dilation_rate=2),
    "conv, grouped": K.Conv1D(4, 3, strides=2, groups=2),
    "depthwise": K.DepthwiseConv1D(3, depth_multiplier=2),
    "separable": K.SeparableConv1D(5, 3, depth_multiplier=2, activation="softplus"),
    "transposed": K.Conv1DTranspose(3, 3, strides=2),
    "pooling": keras.Sequential([K.MaxPooling1D(2), K.AveragePooling1D(3, 1, "same")]),
    "global": lambda x: K.Add()([K.GlobalMaxPooling1D()(x), K.GlobalAveragePooling1D()(x)]),
    "cropping, padding, up": keras.Sequential(
        [K.Cropping1D(1), K.ZeroPadding1D(2), K.UpSampling1D(3)]
    ),
    "dense": K.Dense(3, "sigmoid"),
    "einsum": K.EinsumDense("...x,xy->...y", (8, 3), bias_axes="y", activation="tanh"),
    "attention": lambda x: K.Attention(use_scale=True)([x, K.Dense(6)(x)]),
    "heads": lambda x: K.MultiHeadAttention(2, 3, dropout=0.1)(x, K.ReLU()(x)),
    "heads, scores": lambda x: K.MultiHeadAttention(2, 3)(x, x, return_attention_scores=True)[1],
    "dot": lambda x: K.Dot((2, 2))([x, K.ReLU()(x)]),
    "layer normalisation": K.LayerNormalization(epsilon=0.1),
    "operations: attention": attends,
}
ON_VECTORS = {
    "repeat": K.RepeatVector(3),
    "dense": keras.Sequential([K.Dense(3, "mish"), K.Dropout(0.5), K.Dense(2, "softmax")]),
}
CASES = [
    pytest.param(shape, make, id=f"{len(shape)}d: {name}")
    for shape, table in ((IMAGE, ON_IMAGES), (SEQUENCE, ON_SEQUENCES), (VECTOR, ON_VECTORS))
    for name, make in table.items()
]


def shaken(model, seed=0):
    """`model` with random weights, as if it were trained; variances stay above 0."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if "count" not in weight.path and "seed" not in weight.path:
            size = rng.uniform(0.5, 2, weight.shape) if "variance" in weight.path else None
            weight.assign(rng.normal(0, 0.5, weight.shape) if size is None else size)
    return model


def fresh(make, shape):
    """A model of what the table has: a layer, of which a copy is made, or a function."""
    x = keras.Input(shape, name="given")
    if isinstance(make, keras.Sequential):
        make = keras.models.clone_model(make)
    elif isinstance(make, K.Layer) and not isinstance(make, Squeeze | Factor):
        make = type(make).from_config(make.get_config())
    return shaken(keras.Model(x, make(x)))


def some(shape, count=3):
    return np.random.default_rng(1).normal(0, 1, (count, *shape)).astype(np.float32)


def assert_same(one, other, x):
    for a, b in zip(*(keras.tree.flatten(m(x, training=False)) for m in (one, other)), strict=True):
        np.testing.assert_allclose(b, a, rtol=0, atol=2e-5 * max(1, np.abs(a).max()))


@pytest.mark.parametrize(("shape", "make"), CASES)
def test_it_computes_the_same_in_elementary_layers(shape, make):
    model = fresh(make, shape)
    made = elementary(model)
    assert not [x for x in made.layers if not isinstance(x, ELEMENTARY)]
    assert len(made.layers) == len(made.operations)
    assert_same(model, made, some(shape))
