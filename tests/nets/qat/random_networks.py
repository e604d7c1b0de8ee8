"""Networks drawn at random from all layers that can be prepared."""

import numpy as np

from qnn_edu.nets.qat.layers import keras

K = keras.layers
ACTIVATIONS = (
    *("relu", "relu6", "sigmoid", "tanh", "swish", "gelu", "leaky_relu", "hard_swish"),
    *("hard_sigmoid", "elu", "softplus", "mish"),
)


class Draw:
    """A network being drawn: each method adds a layer or a block to an image or a vector."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def one_of(self, *choices):
        return choices[self.rng.integers(len(choices))]

    def chance(self, share):
        return self.rng.random() < share

    def number(self, lo, hi):
        return int(self.rng.integers(lo, hi + 1))


def random_network(seed, *, blocks=4):
    """A network of `blocks` blocks drawn with this seed, its weights and statistics too."""
    keras.utils.set_random_seed(seed)
    draw = Draw(seed)
    size, channels = draw.one_of(6, 8), draw.number(1, 4)
    image = x = keras.Input((size, size, channels), name="image")
    inputs = [image]
    if draw.chance(0.2):
        inputs.append(keras.Input((size, size, draw.number(1, 3)), name="other"))
        x = K.Concatenate()(inputs)
    if draw.chance(0.2):
        x = K.Rescaling(2.0, -1.0)(x)
    for _ in range(blocks):
        x = draw.one_of(*BLOCKS)(draw, x)
    outputs = [draw.one_of(*HEADS)(draw, x)]
    if draw.chance(0.2):
        outputs.append(K.Dense(2, name="second")(K.GlobalMaxPooling2D()(x)))
    model = keras.Model(inputs, outputs)
    for layer in model.layers:
        if isinstance(layer, K.BatchNormalization):
            _settle(draw, layer)
    return model


def _settle(draw, norm):
    """Statistics and factors as a trained normalisation has them."""
    n = norm.moving_mean.shape[0]
    norm.moving_mean.assign(draw.rng.normal(0, 0.3, n))
    norm.moving_variance.assign(draw.rng.uniform(0.3, 1.5, n))
    norm.gamma.assign(draw.rng.uniform(0.5, 1.5, n))
    norm.beta.assign(draw.rng.normal(0, 0.3, n))


def weighted(draw, x):
    """A convolution of some kind, perhaps normalised and bounded."""
    groups = 2 if x.shape[-1] % 2 == 0 and draw.chance(0.3) else 1
    how = {"padding": draw.one_of("same", "valid") if x.shape[1] > 4 else "same"}
    bias = draw.chance(0.5)
    kind = draw.number(0, 5)
    if kind == 0:
        layer = K.Conv2D(2 * draw.number(1, 4), draw.number(1, 3), groups=groups, **how)
    elif kind == 1:
        layer = K.DepthwiseConv2D(3, depth_multiplier=draw.number(1, 2), use_bias=bias, **how)
    elif kind == 2:
        layer = K.SeparableConv2D(draw.number(2, 6), 3, **how)
    elif kind == 3 and x.shape[1] <= 6:
        layer = K.Conv2DTranspose(draw.number(2, 4), draw.number(2, 3), strides=2, padding="same")
    elif kind == 4:
        layer = K.Conv2D(draw.number(2, 6), 3, dilation_rate=2, padding="same", use_bias=bias)
    else:
        layer = K.Dense(draw.number(2, 8))
    x = layer(x)
    if draw.chance(0.5):
        x = K.BatchNormalization()(x)
    return activated(draw, x) if draw.chance(0.7) else x


def activated(draw, x):
    kind = draw.number(0, 4)
    if kind == 0:
        return K.ReLU(max_value=draw.one_of(None, 6.0, 4.0, 1.0))(x)
    if kind == 1:
        return K.ReLU()(x)
    if kind == 2:
        return draw.one_of(K.LeakyReLU(0.1), K.PReLU(shared_axes=[1, 2]))(x)
    return K.Activation(draw.one_of(*ACTIVATIONS))(x)


def normalised(draw, x):
    """A normalisation that nothing takes in."""
    x = draw.one_of(K.BatchNormalization, K.LayerNormalization)()(x)
    return activated(draw, x)


def pooled(draw, x):
    kinds = (K.MaxPooling2D, K.AveragePooling2D)
    return draw.one_of(*kinds)(2, strides=draw.number(1, 2), padding="same")(x)


def moved(draw, x):
    """What passes integers on."""
    kind = draw.number(0, 4)
    if kind == 0:
        return K.ZeroPadding2D(1)(x)
    if kind == 1 and x.shape[1] > 3:
        return K.Cropping2D(1)(x)
    if kind == 2 and x.shape[1] <= 6:
        return K.UpSampling2D(2, interpolation=draw.one_of("nearest", "bilinear"))(x)
    if kind == 3:
        return K.Permute((2, 1, 3))(x)
    return K.Dropout(0.1)(x)


def residual(draw, x):
    """A sum, difference, product, or extreme with what a branch makes of the same."""
    y = K.Conv2D(x.shape[-1], 3, padding="same")(x)
    y = K.BatchNormalization()(y) if draw.chance(0.5) else y
    kinds = (K.Add, K.Add, K.Subtract, K.Multiply, K.Maximum, K.Minimum, K.Average)
    x = draw.one_of(*kinds)()([x, y])
    return activated(draw, x) if draw.chance(0.5) else x


def joined(draw, x):
    """Branches side by side, the input perhaps among them."""
    branches = [activated(draw, K.Conv2D(draw.number(1, 3), 1)(x))]
    branches.append(x if draw.chance(0.5) else K.MaxPooling2D(3, strides=1, padding="same")(x))
    if draw.chance(0.3):
        branches.append(K.AveragePooling2D(3, strides=1, padding="same")(x))
    return K.Concatenate()(branches)


def squeezed(draw, x):
    """Squeeze and excite."""
    y = K.GlobalAveragePooling2D(keepdims=True)(x)
    y = K.Conv2D(max(1, x.shape[-1] // 2), 1, activation="relu")(y)
    gate = draw.one_of("sigmoid", "hard_sigmoid")
    return K.Multiply()([x, K.Conv2D(x.shape[-1], 1, activation=gate)(y)])


def shared(draw, x):
    """A layer used twice."""
    conv = K.Conv2D(x.shape[-1], 3, padding="same", activation=draw.one_of("relu", None))
    return K.Add()([conv(conv(x)), x]) if draw.chance(0.5) else conv(conv(x))


def attentive(draw, x):
    """Attention among the places of an image; with one channel the converter itself gives up."""
    if x.shape[-1] == 1:
        return x
    rows = K.Reshape((x.shape[1] * x.shape[2], x.shape[3]))(x)
    y = K.MultiHeadAttention(draw.number(1, 2), 3)(rows, rows)
    return K.Reshape(x.shape[1:])(K.Add()([rows, y]))


BLOCKS = (
    *(weighted, weighted, weighted, normalised, pooled, moved, residual, residual, joined),
    *(squeezed, shared, attentive),
)


def scores(draw, x):
    x = draw.one_of(K.GlobalAveragePooling2D, K.GlobalMaxPooling2D, K.Flatten)()(x)
    return K.Dense(3, activation=draw.one_of(None, "softmax", "sigmoid", "tanh"), name="scores")(x)


def sequence(draw, x):
    """Along one axis: a sequence of columns."""
    x = K.Reshape((x.shape[1], x.shape[2] * x.shape[3]))(x)
    x = draw.one_of(K.Conv1D(4, 3, padding="same"), K.SeparableConv1D(4, 3, padding="same"))(x)
    x = draw.one_of(K.MaxPooling1D, K.AveragePooling1D)(2, padding="same")(x)
    return K.Dense(3, name="scores")(K.GlobalAveragePooling1D()(x))


def image_out(draw, x):
    return K.Conv2D(2, 1, name="scores")(x)


HEADS = (scores, scores, sequence, image_out)
