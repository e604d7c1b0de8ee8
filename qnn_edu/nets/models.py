"""Keras models of the course."""

from qnn_edu.nets.quiet import load_keras


def digits_net(*, classes: int = 10):
    """A small depthwise-separable network for 8x8 digits: float32 (n, 8, 8, 1) -> (n, classes).

    The shape of MobileNet v1 in small: one convolution, then three times a depthwise and a
    pointwise one, each with batch normalisation and ReLU, then an average over the image, a dense
    layer and a softmax. 9,610 numbers with 10 classes. Randomness comes from
    `keras.utils.set_random_seed`.

    Source: Howard et al. 2017, "MobileNets", table 1.

    >>> digits_net().count_params()
    9610
    """
    keras = load_keras()

    image = keras.Input((8, 8, 1), name="image")
    x = _norm_relu(keras.layers.Conv2D(16, 3, padding="same", use_bias=False, name="conv"))(image)
    x = _separable(x, channels=32, stride=1, name="block1")
    x = _separable(x, channels=64, stride=2, name="block2")
    x = _separable(x, channels=64, stride=1, name="block3")
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    x = keras.layers.Dense(classes, name="dense")(x)
    return keras.Model(image, keras.layers.Softmax(name="softmax")(x), name="digits_net")


def _separable(x, *, channels: int, stride: int, name: str):
    """A 3x3 filter in each channel, then a 1x1 convolution that mixes the channels."""
    keras = load_keras()

    depthwise = keras.layers.DepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )
    pointwise = keras.layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_pointwise")
    return _norm_relu(pointwise)(_norm_relu(depthwise)(x))


def _norm_relu(layer):
    """`layer`, then batch normalisation, then ReLU."""
    keras = load_keras()

    norm = keras.layers.BatchNormalization(name=f"{layer.name}_norm")
    relu = keras.layers.ReLU(name=f"{layer.name}_relu")
    return lambda x: relu(norm(layer(x)))
