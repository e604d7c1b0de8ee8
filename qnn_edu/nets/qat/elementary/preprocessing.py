"""What comes before a network, and what is there for training alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.qat.elementary.arithmetic import plus, times
from qnn_edu.nets.qat.elementary.convolutions import channels_last
from qnn_edu.nets.qat.elementary.layers import AddConstant, MultiplyConstant, Resize
from qnn_edu.nets.qat.elementary.pieces import Pieces
from qnn_edu.nets.qat.elementary.registry import as_it_is, rewriting
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers
FOR_TRAINING = (
    *(K.Dropout, K.AlphaDropout, K.GaussianDropout, K.GaussianNoise, K.ActivityRegularization),
    *(K.SpatialDropout1D, K.SpatialDropout2D, K.RandomFlip, K.RandomRotation, K.RandomZoom),
    *(K.RandomTranslation, K.RandomContrast, K.RandomBrightness, K.RandomShear),
    *(K.RandomSaturation, K.RandomHue, K.RandomColorJitter, K.RandomGaussianBlur),
    *(K.RandomErasing, K.RandomPerspective, K.RandomPosterization, K.RandomSharpness),
)
rewriting(*FOR_TRAINING, "StochasticDepth")(as_it_is)


@rewriting(K.Identity, "Identity", "Cast", "StopGradient", "Copy")
def identity(layer: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """Nothing; whole numbers are floats here already."""
    return x


@rewriting(K.Rescaling)
def rescaling(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """`x * scale + offset`, of numbers or of one for each channel."""
    scale, offset = np.asarray(layer.scale), np.asarray(layer.offset)
    x = times(pieces, x, scale, "scale") if (scale != 1).any() else x
    return plus(pieces, x, offset, "offset") if (offset != 0).any() else x


@rewriting(K.Normalization)
def normalization(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """`(x - mean) / deviation`, or back: both are constants, which no training moves."""
    mean = keras.ops.convert_to_numpy(layer.mean)
    deviation = np.maximum(np.sqrt(keras.ops.convert_to_numpy(layer.variance)), 1e-7)
    factor, offset = (deviation, mean) if layer.invert else (1 / deviation, -mean / deviation)
    scaled = pieces.constant(MultiplyConstant, "scale", factor[0])(x)
    return pieces.constant(AddConstant, "offset", offset[0])(scaled)


@rewriting(K.Resizing)
def resizing(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    plain = not (layer.crop_to_aspect_ratio or layer.pad_to_aspect_ratio)
    if layer.interpolation not in ("nearest", "bilinear") or not plain or layer.antialias:
        raise pieces.refusal("resizes in a way that has no kernel: nearest and bilinear have")
    size = (layer.height, layer.width)
    return pieces(Resize, size=size, interpolation=layer.interpolation)(x)


@rewriting(K.CenterCrop)
def center_crop(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """What `Cropping2D` leaves, where the image is large enough."""
    channels_last(layer, pieces)
    spare = (x.shape[1] - layer.height, x.shape[2] - layer.width)
    if min(spare) < 0:
        raise pieces.refusal("is larger than the image, which would be resized")
    return pieces(K.Cropping2D, cropping=[(n // 2, n - n // 2) for n in spare])(x)
