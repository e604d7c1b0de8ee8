"""The elementary model of every kind of layer: it computes the same, and has the same weights."""

import subprocess
import sys
import warnings

import numpy as np
import pytest

from qnn_edu.nets.qat.copies import copy_of
from qnn_edu.nets.qat.elementary.layers import MatMul, Max, Mean, Resize, Slice, Unary, WithConstant
from qnn_edu.nets.qat.elementary.preprocessing import FOR_TRAINING
from qnn_edu.nets.qat.elementary.rewrite import elementary, rewrite
from qnn_edu.nets.quiet import load_keras, load_tensorflow

keras, tensorflow = load_keras(), load_tensorflow()
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


class Convolution(K.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(3, 3, 4, 2), name="kernel")
        self.deep = self.add_weight(shape=(2, 2, 2, 3), name="deep")
        self.matrix = self.add_weight(shape=(6, 5), name="matrix")

    def call(self, x):
        y = ops.conv(x, self.kernel, padding="same")
        return ops.tanh(ops.dot(ops.depthwise_conv(y, self.deep, 2), self.matrix))


def backbone(name="backbone"):
    x = keras.Input(IMAGE)
    y = K.BatchNormalization(name="norm")(K.Conv2D(3, 3, activation="relu", name="conv")(x))
    return keras.Model(x, y, name=name)


def pair():
    x = [keras.Input(IMAGE), keras.Input(IMAGE)]
    return keras.Model(x, K.Dense(2)(K.Add()(x)))


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
    y = ops.gelu(x) + ops.silu(x) + ops.elu(x)
    return ops.gelu(y, approximate=False) + ops.clip(x, -1, 1)


def squared_relu(x):
    return ops.relu(x) ** 2


ON_IMAGES = {
    "nested": lambda x: K.Dense(2)(K.Flatten()(backbone()(x))),
    "nested twice": lambda x: K.Add()([(one := backbone())(x), one(K.ReLU()(x))]),
    "nested, of one name within": lambda x: K.Add()([backbone("a")(x), backbone("b")(x)]),
    "nested, of two inputs": lambda x: pair()([x, K.ReLU()(x)]),
    "nested in training": lambda x: backbone()(x, training=False),
    "nested sequential": keras.Sequential([K.Conv2D(3, 3), K.ReLU(), K.Dropout(0.5)]),
    "own squeeze and excite": lambda x: Squeeze()(x),
    "own, twice": lambda x: K.Add()([(one := Factor())(x), one(K.ReLU()(x))]),
    "own convolutions": lambda x: Convolution()(x),
    "lambda": K.Lambda(ops.silu),
    "separable": K.SeparableConv2D(5, 3, depth_multiplier=2, activation="silu"),
    "separable, strides": K.SeparableConv2D(5, 3, strides=2, padding="same", use_bias=False),
    "grouped": K.Conv2D(8, 3, groups=2, activation="leaky_relu"),
    "depthwise": K.DepthwiseConv2D(3, depth_multiplier=2, activation="relu6"),
    "transposed": K.Conv2DTranspose(3, 3, strides=2, padding="same", activation="elu"),
    "activation of a layer": K.Conv2D(3, 2, activation=K.PReLU()),
    "activation of a function": lambda x: K.Conv2D(3, 2, activation=squared_relu)(x),
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
    "dense, each step": K.TimeDistributed(K.Dense(3, "silu")),
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
    if isinstance(make, K.Layer):
        make = copy_of(make)
    return shaken(keras.Model(x, make(x)))


def some(shape, count=3):
    return np.random.default_rng(1).normal(0, 1, (count, *shape)).astype(np.float32)


def assert_same(one, other, x):
    for a, b in zip(*(keras.tree.flatten(m(x, training=False)) for m in (one, other)), strict=True):
        np.testing.assert_allclose(b, a, rtol=0, atol=2e-5 * max(1, np.abs(a).max()))


def slopes(model, x, variables, training):
    """How a sum over all outputs changes with each variable."""
    with tensorflow.GradientTape() as tape:
        out = keras.tree.flatten(model(x, training=training))
        total = sum(ops.sum(ops.sin(y)) for y in out)
    return tape.gradient(total, [v.value for v in variables], unconnected_gradients="zero")


def assert_same_weights_and_slopes(model, rewritten, x):
    """The weights of pieces are those of the layer, and so are their gradients."""
    pairs = [(a, b) for a, b in rewritten.pairs if isinstance(a, keras.Variable) and a.trainable]
    assert {id(a) for a, _ in pairs} == {id(v) for v in model.trainable_weights}
    random = any(isinstance(layer, FOR_TRAINING) for layer in rewritten.model.layers)
    before = slopes(model, x, [a for a, _ in pairs], not random)
    after = slopes(rewritten.model, x, [b for _, b in pairs], not random)
    for (a, b), one, other in zip(pairs, before, after, strict=True):
        np.testing.assert_array_equal(np.ravel(a), np.ravel(b))
        off = np.abs(np.ravel(one) - np.ravel(other)).max()
        assert b.trainable and off <= 1e-4 * max(1, np.abs(one).max())


@pytest.mark.parametrize(("shape", "make"), CASES)
def test_it_computes_the_same_in_elementary_layers(shape, make):
    model, x = fresh(make, shape), some(shape)
    rewritten = rewrite(model)
    assert not [x for x in rewritten.model.layers if not isinstance(x, ELEMENTARY)]
    assert len(rewritten.model.layers) == len(rewritten.model.operations)
    assert_same(model, rewritten.model, x)
    assert_same_weights_and_slopes(model, rewritten, x)


def two_branches():
    x = {"left": keras.Input(VECTOR, name="left"), "right": keras.Input(VECTOR, name="right")}
    shared = K.Dense(4, "silu", name="shared")
    y = K.Concatenate(name="both")([shared(x["left"]), shared(x["right"] * 2)])
    return shaken(keras.Model(x, {"sum": K.Dense(2, name="sum")(y), "rest": (y, ops.relu(y))}))


def test_inputs_and_outputs_are_nested_as_they_were_and_a_shared_layer_stays_one():
    model = two_branches()
    made = elementary(model)
    x = {name: some(VECTOR) for name in ("left", "right")}
    keras.tree.assert_same_structure(model(x), made(x))
    assert_same(model, made, x)
    names = ["left", "right", "shared", "shared_sigmoid", "shared_product", "both", "sum"]
    assert [layer.name for layer in made.layers if layer.name in names] == sorted(
        names, key=[layer.name for layer in made.layers].index
    )
    assert len(made.get_layer("shared")._inbound_nodes) == 2


def test_weights_go_back_after_training():
    model = fresh(K.SeparableConv2D(5, 3, activation="silu"), IMAGE)
    rewritten = rewrite(model)
    for _, variable in rewritten.pairs:
        variable.assign(0.5 * variable + 0.1)
    with pytest.raises(AssertionError):
        assert_same(model, rewritten.model, some(IMAGE))
    rewritten.give_back()
    assert_same(model, rewritten.model, some(IMAGE))


def test_what_is_kept_is_kept():
    inner = backbone()
    x = keras.Input(IMAGE)
    model = shaken(keras.Model(x, K.Activation("silu", name="act")(inner(x))))
    made = elementary(model, keep=["backbone", "act"])
    assert [type(layer) for layer in made.layers[1:]] == [type(inner), K.Activation]
    assert_same(model, made, some(IMAGE))
    with pytest.raises(ValueError, match="no layer of the model is named 'acts'"):
        elementary(model, keep=["acts"])


def test_names_stay_where_layers_do_and_never_collide():
    x = keras.Input(IMAGE, name="image")
    y = K.Activation("silu", name="act")(K.Conv2D(2, 3, name="conv")(x))
    made = elementary(keras.Model(x, K.ReLU(name="act_product")(y), name="net"))
    names = ["image", "conv", "act_sigmoid", "act_product_", "act_product"]
    assert ([layer.name for layer in made.layers], made.name) == (names, "net")


def test_half_precision_and_whole_numbers_become_floats():
    x = keras.Input(IMAGE, dtype="uint8")
    y = K.Rescaling(1 / 255, dtype="mixed_float16")(x)
    made = elementary(keras.Model(x, K.Conv2D(2, 3, dtype="mixed_float16")(y)))
    assert {layer.dtype_policy.name for layer in made.layers} == {"float32"}
    assert made(np.full((1, *IMAGE), 255, "uint8")).dtype == "float32"


def test_what_is_frozen_stays_frozen():
    inner = backbone()
    inner.trainable = False
    x = keras.Input(IMAGE)
    made = elementary(keras.Model(x, K.SeparableConv2D(2, 2, trainable=False)(inner(x))))
    assert not made.trainable_weights


RELOAD = """
import sys
import numpy as np
from qnn_edu import nets
import qnn_edu.nets.qat.elementary.layers
for name in sys.argv[1:]:
    found = np.load(name + ".npz")
    model = nets.load_model(name + ".keras")
    np.testing.assert_allclose(model(found["x"], training=False), found["y"], atol=1e-5)
"""


@pytest.mark.slow
def test_all_of_them_are_saved_and_loaded_in_a_new_process(tmp_path):
    names = []
    for case in CASES:
        shape, make = case.values
        model, x = elementary(fresh(make, shape)), some(shape)
        names.append(str(tmp_path / str(len(names))))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Keras to numpy
            model.save(f"{names[-1]}.keras")
        np.savez(f"{names[-1]}.npz", x=x, y=model(x, training=False))
    done = subprocess.run([sys.executable, "-c", RELOAD, *names], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def on_image(layer):
    return lambda: keras.Sequential([keras.Input(IMAGE), layer])


def on_sequence(layer):
    return lambda: keras.Sequential([keras.Input(SEQUENCE), layer])


def of_operation(function):
    x = keras.Input(IMAGE)
    return lambda: keras.Model(x, function(x))


class OfTensorFlow(K.Layer):
    def call(self, x):
        return tensorflow.math.sin(x)


def masked():
    x = keras.Input(SEQUENCE)
    y = K.Masking()(x)
    return keras.Model(x, K.MultiHeadAttention(1, 2)(y, y))


def causal():
    x = keras.Input(SEQUENCE)
    return keras.Model(x, K.MultiHeadAttention(1, 2)(x, x, use_causal_mask=True))


def quantized():
    layer = K.Dense(3)
    model = keras.Sequential([keras.Input(VECTOR), layer])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras to numpy
        layer.quantize("int8")
    return model


REFUSED = {
    "'lstm', a LSTM, is not known": on_sequence(K.LSTM(2, name="lstm")),
    "'tokens', a Embedding, cannot be written as others: operation 'take": on_sequence(
        K.Embedding(3, 2, name="tokens")
    ),
    "a ZerosLike": of_operation(ops.zeros_like),
    "is quantized by Keras already": quantized,
    "'own', a OfTensorFlow, is not known": on_image(OfTensorFlow(name="own")),
    "makes a mask": masked,
    "use_causal_mask": causal,
    "has its channels first": on_image(K.Conv2D(2, 3, data_format="channels_first")),
    "a Sin, has no integer form": of_operation(ops.sin),
    "mixes the images": of_operation(lambda x: ops.reshape(x, (-1, 2))),
    "moves the first axis": of_operation(lambda x: ops.transpose(x, (3, 1, 2, 0))),
    "joins constants": of_operation(lambda x: ops.concatenate([x, x], axis=0)),
    "reduces along the first axis": of_operation(lambda x: ops.mean(x, axis=0)),
    "takes the part": of_operation(lambda x: x[0]),
    "steps backwards": of_operation(lambda x: x[:, ::-1]),
    "divides by what is computed": of_operation(lambda x: 1 / x),
    "raises to 1.5": of_operation(lambda x: x**1.5),
    "has a threshold": on_image(K.ReLU(threshold=1.0)),
    "bicubic": on_image(K.UpSampling2D(interpolation="bicubic")),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_has_no_integer_form_is_refused_by_name_with_a_way_out(words):
    with pytest.raises(ValueError, match=words) as error:
        elementary(REFUSED[words]())
    assert "leave_float=[" in str(error.value)
