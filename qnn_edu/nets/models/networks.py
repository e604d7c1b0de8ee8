"""Keras models of the course."""

import numpy as np

from qnn_edu.nets.quiet import load_keras

# Channels and stride of MobileNet v1's thirteen blocks, at full width.
MOBILENET_V1 = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)
)  # fmt: skip


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


def mobilenet_v1(*, classes: int = 10, width: float = 0.25, first_stride: int = 1, size: int = 32):
    """MobileNet v1 for colour images: float32 (n, size, size, 3) -> (n, classes).

    One convolution, then thirteen times a depthwise and a pointwise one, each with batch
    normalisation and ReLU6; then an average over the image, a dense layer and a softmax. `width`
    multiplies the channels of the paper (32 to 1024, at least 8 remain). Four blocks halve the
    image, and with `first_stride` 2, as in the paper, the first convolution does too: 1 suits
    images of 32x32. Images hold values from 0 to 1. ReLU6 bounds every activation between
    convolutions, so that one outlier cannot widen the range of a tensor.

    Raises:
        ValueError: a width that is not above 0, a first stride that is not 1 or 2, an image that is
            halved to less than one pixel.

    Source: Howard et al. 2017, "MobileNets", table 1; ReLU6 as in Krishnamoorthi 2018.

    >>> mobilenet_v1().count_params(), mobilenet_v1(width=1, classes=1000).count_params()
    (221114, 4253864)
    """
    if not (width > 0 and first_stride in (1, 2) and size >= 16 * first_stride):
        raise ValueError(
            "mobilenet_v1: expected a width above 0, a first stride of 1 or 2, and a size of at "
            f"least 16 times that; got {width!r}, {first_stride!r} and {size!r}."
        )
    keras = load_keras()

    image = keras.Input((size, size, 3), name="image")
    x = _norm_relu(_plain_conv(_thin(32, width), 3, "conv", first_stride), limit=6)(image)
    for number, (channels, stride) in enumerate(MOBILENET_V1, start=1):
        shape = {"channels": _thin(channels, width), "stride": stride, "limit": 6}
        x = _separable(x, name=f"block{number}", **shape)
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    x = keras.layers.Dense(classes, name="dense")(x)
    return keras.Model(image, keras.layers.Softmax(name="softmax")(x), name="mobilenet_v1")


def _thin(channels: int, width: float) -> int:
    return max(8, int(channels * width))


def _separable(x, *, channels: int, stride: int, name: str, limit: int | None = None):
    """A 3x3 filter in each channel, then a 1x1 convolution that mixes the channels."""
    keras = load_keras()

    depthwise = keras.layers.DepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )
    pointwise = keras.layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_pointwise")
    return _norm_relu(pointwise, limit)(_norm_relu(depthwise, limit)(x))


def _norm_relu(layer, limit: int | None = None):
    """`layer`, then batch normalisation, then ReLU, cut off at `limit` if there is one."""
    keras = load_keras()

    norm = keras.layers.BatchNormalization(name=f"{layer.name}_norm")
    relu = keras.layers.ReLU(limit, name=f"{layer.name}_relu")
    return lambda x: relu(norm(layer(x)))


def resnet(depth: int = 8, *, classes: int = 10, width: int = 16):
    """A residual network for 32x32 colour images: float32 (n, 32, 32, 3) -> (n, classes).

    One convolution, then three stages of `(depth - 2) / 6` residual blocks with `width`, 2 `width`
    and 4 `width` channels, each stage after the first at half the resolution; then an average
    over the image, a dense layer and a softmax. Where a block changes the shape, its shortcut is a
    1x1 convolution. Depth 8 and width 16 is the network of MLPerf Tiny's image classification:
    12.5 million multiply-adds an image. Images hold values from 0 to 1.

    Raises:
        ValueError: a depth that is not 8, 14, 20, ...

    Source: He et al. 2015, "Deep residual learning", section 4.2; Banbury et al. 2021, "MLPerf
    Tiny benchmark".

    >>> resnet(8).count_params(), resnet(20).count_params()
    (78426, 273754)
    """
    if not (isinstance(depth, int) and depth >= 8 and depth % 6 == 2):
        raise ValueError(f"resnet: depth must be 8, 14, 20, ... (6 n + 2), got {depth!r}.")
    keras = load_keras()

    image = keras.Input((32, 32, 3), name="image")
    x = _norm_relu(_plain_conv(width, 3, "conv"))(image)
    for stage in range(3):
        for block in range((depth - 2) // 6):
            stride = 2 if stage > 0 and block == 0 else 1
            x = _residual(x, width * 2**stage, stride, f"stage{stage + 1}_block{block + 1}")
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    x = keras.layers.Dense(classes, name="dense")(x)
    return keras.Model(image, keras.layers.Softmax(name="softmax")(x), name=f"resnet{depth}")


def _residual(x, channels: int, stride: int, name: str):
    """Two 3x3 convolutions, added to their input (brought to their shape by a 1x1 convolution)."""
    keras = load_keras()

    y = _norm_relu(_plain_conv(channels, 3, f"{name}_conv1", stride))(x)
    second = _plain_conv(channels, 3, f"{name}_conv2")
    y = keras.layers.BatchNormalization(name=f"{name}_conv2_norm")(second(y))
    if x.shape[-1] != channels or stride > 1:
        x = _plain_conv(channels, 1, f"{name}_shortcut", stride, use_bias=True)(x)
    return keras.layers.ReLU(name=f"{name}_relu")(keras.layers.Add(name=f"{name}_add")([x, y]))


def _plain_conv(channels: int, size: int, name: str, stride: int = 1, *, use_bias: bool = False):
    """A convolution without activation; its bias, if any, comes from the normalisation after it."""
    keras = load_keras()

    return keras.layers.Conv2D(
        channels, size, strides=stride, padding="same", use_bias=use_bias, name=name
    )


def stretch(model, norm: str, conv: str, *, spread: float, seed: int = 0):
    """The same function, the channels between two layers stretched until they differ by `spread`.

    Each channel that leaves the batch normalisation `norm` is multiplied by a factor of its own,
    and the next convolution `conv` divides by it: a ReLU between them lets positive factors
    through. The factors go from `1 / sqrt(spread)` to `sqrt(spread)` in equal ratios, dealt out at
    random. Networks get such channels by training alone (MobileNet's depthwise layers are known
    for them); here they are made on purpose, to see what they do to quantization.

    Raises:
        ValueError: no such layers, layers of other types or sizes, a spread below 1.

    Source: Nagel et al. 2019, "Data-free quantization", section 4.1, read backwards.

    >>> net = stretch(digits_net(), "block2_depthwise_norm", "block2_pointwise", spread=100)
    >>> gamma = net.get_layer("block2_depthwise_norm").get_weights()[0]
    >>> round(float(gamma.max() / gamma.min()))
    100
    """
    keras = load_keras()
    stretched = keras.models.clone_model(model)
    stretched.set_weights(model.get_weights())
    before, after = stretched.get_layer(norm), stretched.get_layer(conv)
    fits = (
        isinstance(before, keras.layers.BatchNormalization) and type(after) is keras.layers.Conv2D
    )
    if not (fits and before.gamma.shape[0] == after.kernel.shape[2] and spread >= 1):
        raise ValueError(
            f"stretch: expected a batch normalisation, a convolution that reads its channels, and "
            f"a spread of at least 1; got {norm!r}, {conv!r} and {spread!r}."
        )
    gamma, beta, *statistics = before.get_weights()
    kernel, *bias = after.get_weights()
    factors = stretch_factors(len(gamma), spread=spread, seed=seed)
    before.set_weights([gamma * factors, beta * factors, *statistics])
    after.set_weights([kernel / factors[:, np.newaxis], *bias])
    return stretched


def stretch_factors(channels: int, *, spread: float, seed: int = 0) -> np.ndarray:
    """What `stretch` multiplies each channel by: float32, (channels,).

    >>> np.sort(stretch_factors(3, spread=100)).astype(str).tolist()
    ['0.1', '1.0', '10.0']
    """
    factors = np.geomspace(spread**-0.5, spread**0.5, channels, dtype=np.float32)
    np.random.default_rng(seed).shuffle(factors)
    return factors
