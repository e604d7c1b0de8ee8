"""Shapes of images: (images, height, width, channels)."""

from __future__ import annotations

from functools import partial
from math import prod

from qnn_edu.tflite.graph import Operator
from qnn_edu.tflite.shapes.law import Inputs, Law, Shape, Unknown, first, setting


def windows(operator: Operator, inputs: Inputs) -> list[Shape]:
    """A place for each window; a convolution has a channel for each filter.

    SAME: as many as strides fit. VALID: as many as lie within the image.
    """
    options = operator.options
    images, height, width, channels = first(inputs).shape
    if len(inputs) > 1:
        filters, *kernel, each = first(inputs, 1).shape
        channels = each if operator.name == "DEPTHWISE_CONV_2D" else filters
    else:
        kernel = [options["filter_height"], options["filter_width"]]
    strides = options["stride_h"], options["stride_w"]
    dilations = (options.get(f"dilation_{way}_factor") or 1 for way in "hw")
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    if options["padding"] == "SAME":
        reach = [1, 1]
    pairs = zip((height, width), reach, strides, strict=True)
    return [(images, *(-(-(n - r + 1) // s) for n, r, s in pairs), channels)]


def resized(operator: Operator, inputs: Inputs) -> list[Shape]:
    """The second input is the new height and width."""
    images, _, _, channels = first(inputs).shape
    height, width = setting(inputs, 1)
    return [(images, height, width, channels)]


def transposed_windows(operator: Operator, inputs: Inputs) -> list[Shape]:
    """The first input is the output's shape."""
    return [tuple(setting(inputs, 0))]


def blocks(operator: Operator, inputs: Inputs, *, apart: bool) -> list[Shape]:
    """Channels hold blocks of pixels, or become such."""
    images, height, width, channels = first(inputs).shape
    size = operator.options["block_size"]
    if apart:
        return [(images, height * size, width * size, _parts(channels, size**2))]
    return [(images, _parts(height, size), _parts(width, size), channels * size**2)]


def batches(operator: Operator, inputs: Inputs, *, apart: bool) -> list[Shape]:
    """Images hold every so many pixels of one, after a frame is added, or before it is cut."""
    images, *places, channels = first(inputs).shape
    sizes, frame = setting(inputs, 1), setting(inputs, 2)
    framed = [before + after for before, after in zip(frame[::2], frame[1::2], strict=True)]
    each = list(zip(places, sizes, framed, strict=True))
    if min(frame, default=0) < 0:
        raise Unknown
    if apart:
        return [(_parts(images, prod(sizes)), *(n * size - cut for n, size, cut in each), channels)]
    return [(images * prod(sizes), *(_parts(n + more, size) for n, size, more in each), channels)]


def _parts(total: int, size: int) -> int:
    """How many parts of a size make up a total.

    Raises:
        Unknown: some are left over.
    """
    if size < 1 or total % size:
        raise Unknown
    return total // size


LAWS: dict[str, Law] = {
    "AVERAGE_POOL_2D": windows,
    "BATCH_TO_SPACE_ND": partial(batches, apart=True),
    "CONV_2D": windows,
    "DEPTHWISE_CONV_2D": windows,
    "DEPTH_TO_SPACE": partial(blocks, apart=True),
    "L2_POOL_2D": windows,
    "MAX_POOL_2D": windows,
    "RESIZE_BILINEAR": resized,
    "RESIZE_NEAREST_NEIGHBOR": resized,
    "SPACE_TO_BATCH_ND": partial(batches, apart=False),
    "SPACE_TO_DEPTH": partial(blocks, apart=False),
    "TRANSPOSE_CONV": transposed_windows,
}
