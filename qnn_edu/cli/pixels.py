"""An image file as a model's input: cropped, resized, and scaled to what the model was taught."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qnn_edu.core.affine import quantize
from qnn_edu.tflite import Tensor

if TYPE_CHECKING:
    from PIL import Image

_MODES = {1: "L", 3: "RGB"}  # Pillow's word for so many channels


def read_image(path: Path, height: int, width: int, channels: int) -> np.ndarray:
    """The largest part of the image's middle with the proportions asked for, resized.

    Returns uint8 (1, height, width, channels); one channel is grey, three are red, green, blue.

    Raises:
        ValueError: what Pillow cannot read, more than 8 bits a channel, another number of channels.

    >>> from qnn_edu.data import photos
    >>> cat = photos.package_file("skimage", "data/chelsea.png")
    >>> np.array_equal(read_image(cat, 128, 128, 3)[0], photos.photo("chelsea", size=128))
    True
    """
    from PIL import Image

    if channels not in _MODES:
        raise ValueError(f"An image has 1 or 3 channels, the model's input {channels}. Give .npy.")
    image = _middle(_decoded(path).convert(_MODES[channels]), height, width)
    image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image).reshape(1, height, width, channels)


def _decoded(path: Path) -> Image.Image:
    """The image of a file, turned as its camera says."""
    from PIL import Image, ImageOps

    content = io.BytesIO(path.read_bytes())
    try:
        image = ImageOps.exif_transpose(Image.open(content))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"{path} is not an image that can be read, or damaged. Give a whole PNG or JPEG file, "
            "or numbers as .npy."
        ) from error
    if image.mode[0] in "IF":  # Pillow would cut off, not scale, what lies above 255
        raise ValueError(f"{path} has more than 8 bits a pixel. Save it with 8, or give .npy.")
    return image


def _middle(image: Image.Image, height: int, width: int) -> Image.Image:
    """The largest part of an image's middle with these proportions."""
    scale = min(image.width / width, image.height / height)
    w, h = (max(1, round(scale * side)) for side in (width, height))
    left, top = (image.width - w) // 2, (image.height - h) // 2
    return image.crop((left, top, left + w, top + h))


def pixels_to_input(
    pixels: np.ndarray, tensor: Tensor, ends: tuple[float, float] | None
) -> np.ndarray:
    """Pixels 0..255 as `black + (white - black) * pixel / 255`, quantized where the model is.

    `ends` are the real values (black, white) that the model was trained to see. Where they are
    None it is 0 and 1 for a float input and, for a quantized one, the ends of its range: 8-bit
    pixels then become the integers of the grid one by one.

    Raises:
        ValueError: ends that are not finite and rising, an input that is neither.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> pixels_to_input(np.uint8([0, 51, 255]), read(asset("digits_int8.tflite")).tensors[0], None)
    array([-128,  -77,  127], dtype=int8)
    """
    params = tensor.params
    if params is None and tensor.dtype != np.float32:
        raise ValueError(f"Input {tensor.name!r} takes {tensor.dtype}, not an image. Give .npy.")
    black, white = ends or ((0.0, 1.0) if params is None else (params.lo, params.hi))
    if not (black < white and math.isfinite(white - black)):
        raise ValueError(f"--range is {black:g} {white:g}; expected black below white, as in -1 1.")
    real = np.float32(
        float(black) + (float(white) - float(black)) * pixels.astype(np.float64) / 255
    )
    return real if params is None else quantize(real, params)
