"""Exercises of lesson 05: a network with fake quantizers."""

from __future__ import annotations

import numpy as np

from qnn_edu.lessons.exercise import Exercise, Mistake

RNG = np.random.default_rng


def _image_range(mean, std):
    return (0 - mean) / std, (255 - mean) / std


def _one_byte_more(mean, std):
    return (0 - mean) / std, (256 - mean) / std


def _symmetric_image(mean, std):
    largest = max(mean, 255 - mean) / std
    return -largest, largest


def _signed_bytes(mean, std):
    return -128 / std, 127 / std


def _not_divided(mean, std):
    return 0 - mean, 255 - mean


def _divided_first(mean, std):
    return 0 / std - mean, 255 / std - mean


def _mean_added(mean, std):
    return mean / std, (255 + mean) / std


image_range = Exercise(
    "The range of an image",
    _image_range,
    [(128.0, 128.0), (0.0, 255.0), (117.0, 58.0), (127.5, 127.5)],
    (
        Mistake(
            _one_byte_more,
            "the largest byte is 255. With 256 the steps are no longer those of the bytes, and the "
            "fake quantizer rounds what was exact.",
        ),
        Mistake(
            _symmetric_image,
            "that is a symmetric range. It holds all values, but its steps fall between the bytes.",
        ),
        Mistake(_signed_bytes, "those are int8 numbers. The bytes of an image go from 0 to 255."),
        Mistake(_not_divided, "the mean is subtracted, but the deviation has to divide as well."),
        Mistake(_divided_first, "x = (q - mean) / std: subtract first, then divide."),
        Mistake(_mean_added, "the mean is subtracted: byte 0 becomes (0 - mean) / std."),
    ),
    (
        "Which x belongs to the smallest byte, and which to the largest?",
        "x = (q - mean) / std, for q = 0 and for q = 255.",
        "return (0 - mean) / std, (255 - mean) / std",
    ),
    tolerance=1e-6,
)


def _stored_bias(bias, image_scale, weight_scale):
    return np.rint(bias / (image_scale * weight_scale)).astype(np.int32)


def _truncated(bias, image_scale, weight_scale):
    return np.trunc(bias / (image_scale * weight_scale)).astype(np.int32)


def _not_rounded(bias, image_scale, weight_scale):
    return bias / (image_scale * weight_scale)


def _eight_bits(bias, image_scale, weight_scale):
    return np.clip(_stored_bias(bias, image_scale, weight_scale), -128, 127)


def _own_range(bias, image_scale, weight_scale):
    scale = np.abs(bias).max() / 127
    return np.rint(bias / scale).astype(np.int32)


def _weight_scale_alone(bias, image_scale, weight_scale):
    return np.rint(bias / weight_scale).astype(np.int32)


def _image_scale_alone(bias, image_scale, weight_scale):
    return np.rint(bias / image_scale).astype(np.int32)


def _multiplied(bias, image_scale, weight_scale):
    return np.rint(bias * image_scale * weight_scale).astype(np.int32)


def _bias_case(seed, channels, image_scale, per_channel, size=0.3):
    rng = RNG(seed)
    weight_scale = rng.uniform(0.002, 0.008, channels) if per_channel else 0.0051
    return rng.normal(0, size, channels), image_scale, weight_scale


stored_bias = Exercise(
    "The bias that the file stores",
    _stored_bias,
    [
        _bias_case(0, 4, 1 / 128, False),
        _bias_case(1, 8, 6 / 255, False),
        _bias_case(2, 6, 6 / 255, True, size=30),  # more than 16 bits hold
    ],
    (
        Mistake(_truncated, "cut off instead of rounded. np.rint takes the nearest whole number."),
        Mistake(_not_rounded, "the file stores whole numbers: round, and make it int32."),
        Mistake(
            _eight_bits,
            "you clipped to 8 bits. The bias is added to the sum of products, which has 32 bits, "
            "and must be as fine as that sum.",
        ),
        Mistake(
            _own_range,
            "you gave the bias a scale of its own, 8 bits over its range. It could not be added to "
            "the sum of products, whose scale is another.",
        ),
        Mistake(
            _weight_scale_alone,
            "the scale of the weights alone. A product of two integers has both scales: S_x * S_w.",
        ),
        Mistake(
            _image_scale_alone,
            "the scale of the input alone. A product of two integers has both scales: S_x * S_w.",
        ),
        Mistake(_multiplied, "that is the way back. A real number over its scale is the integer."),
    ),
    (
        "The bias is added to sums of w * x. What is one step of q_w * q_x worth?",
        "Its scale is image_scale * weight_scale, its zero point 0.",
        "np.rint(bias / (image_scale * weight_scale)).astype(np.int32)",
    ),
    dtype="int32",
)


def _filter_ranges(w):
    largest = np.abs(w).max(axis=(0, 1, 2))
    return -largest, largest


def _smallest_and_largest(w):
    return w.min(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))


def _one_for_all(w):
    largest = np.full(w.shape[-1], np.abs(w).max())
    return -largest, largest


def _each_input_channel(w):
    largest = np.abs(w).max(axis=(0, 1, 3))
    return -largest, largest


def _largest_alone(w):
    hi = w.max(axis=(0, 1, 2))
    return -hi, hi


def _one_step_more(w):
    lo, hi = _filter_ranges(w)
    return lo * 128 / 127, hi


def _mean_size(w):
    size = np.abs(w).mean(axis=(0, 1, 2))
    return -size, size


filter_ranges = Exercise(
    "A range for each filter",
    _filter_ranges,
    [(RNG(k).normal(0.05, 0.3, shape),) for k, shape in enumerate([(3, 3, 4, 4), (1, 1, 5, 5)])],
    (
        Mistake(
            _smallest_and_largest,
            "from the smallest to the largest weight: then 0 lies anywhere, the zero point is not "
            "0, and the file cannot be loaded.",
        ),
        Mistake(_one_for_all, "one size for all filters. Each has its own: leave out one axis."),
        Mistake(
            _each_input_channel,
            "a range for each input channel. Filters are on the last axis: only that one stays.",
        ),
        Mistake(
            _largest_alone,
            "the largest weight alone. If the smallest is further from 0, it is clipped: take "
            "sizes, np.abs(w).",
        ),
        Mistake(
            _one_step_more,
            "you made room for -128. Narrow means that both ends are 127 steps from 0.",
        ),
        Mistake(_mean_size, "the mean size. What is larger than that would be clipped."),
    ),
    (
        "Symmetric: from -a to a. What is a, for one filter?",
        "The largest size of its weights; the axes of a filter are 0, 1 and 2.",
        "a = np.abs(w).max(axis=(0, 1, 2)), then return -a, a",
    ),
    tolerance=1e-6,
)


def _integer_layers(known):
    return [bool(before and after) for before, after in zip(known[:-1], known[1:], strict=True)]


def _output_alone(known):
    return [bool(after) for after in known[1:]]


def _input_alone(known):
    return [bool(before) for before in known[:-1]]


def _either(known):
    return [bool(before or after) for before, after in zip(known[:-1], known[1:], strict=True)]


def _until_the_first_gap(known):
    layers = _integer_layers(known)
    return [all(layers[: k + 1]) for k in range(len(layers))]


def _all_or_nothing(known):
    return [all(known)] * (len(known) - 1)


def _float_layers(known):
    return [not layer for layer in _integer_layers(known)]


integer_layers = Exercise(
    "Which layers become integer",
    _integer_layers,
    [
        ([True, True, True],),
        ([True, False, True],),
        ([False, True, True, True],),
        ([True, True, False, False, True, True, True],),
        ([True, True, True, False],),
    ],
    (
        Mistake(
            _output_alone,
            "you asked the output alone. An integer kernel also reads integers: the input needs a "
            "range too.",
        ),
        Mistake(
            _input_alone,
            "you asked the input alone. An integer kernel also writes integers: the output needs a "
            "range too.",
        ),
        Mistake(_either, "one of the two is not enough. The kernel reads and writes integers."),
        Mistake(
            _until_the_first_gap,
            "integers do begin again behind a gap, at the next fake quantizer: the file has a "
            "QUANTIZE there.",
        ),
        Mistake(
            _all_or_nothing,
            "one gap does not spoil everything, only the layers that it touches.",
        ),
        Mistake(_float_layers, "the other way round: those are the layers left in float."),
    ),
    (
        "Layer k reads tensor k and writes tensor k + 1.",
        "It is an integer layer if both have a range.",
        "[known[k] and known[k + 1] for k in range(len(known) - 1)]",
    ),
)
