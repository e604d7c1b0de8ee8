"""Stretched channels: another network that computes the same, and that quantizes worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras


def stretch(
    model: keras.Model, norm: str, conv: str, *, spread: float, seed: int = 0
) -> keras.Model:
    """The same function, the channels between two layers stretched until they differ by `spread`.

    Each channel that leaves the batch normalisation `norm` is multiplied by a factor of its own,
    and the next convolution `conv` divides by it: a ReLU between them lets positive factors
    through. The factors go from `1 / sqrt(spread)` to `sqrt(spread)` in equal ratios, dealt out at
    random. Networks get such channels by training alone (MobileNet's depthwise layers are known
    for them); here they are made on purpose, to see what they do to quantization.

    Raises:
        ValueError: no such layers, layers of other types or sizes, a spread below 1.

    Source: Nagel et al. 2019, "Data-free quantization", section 4.1, read backwards.

    >>> from qnn_edu.nets.models import digits_net
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
