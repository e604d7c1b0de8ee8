"""Exercises of lesson 01: a quantized model at work."""

from __future__ import annotations

import numpy as np

from qnn_edu.lessons.exercise import Exercise, Mistake


def _model_input(image, scale, zero_point):
    q = np.round(image / scale) + zero_point
    return np.clip(q, -128, 127).astype(np.int8)


def _raw(image, scale, zero_point):
    return image.astype(np.int8)


def _input_without_zero_point(image, scale, zero_point):
    return np.clip(np.round(image / scale), -128, 127).astype(np.int8)


def _truncated_input(image, scale, zero_point):
    return np.clip((image / scale).astype(int) + zero_point, -128, 127).astype(np.int8)


def _multiplied(image, scale, zero_point):
    return np.clip(np.round(image * scale) + zero_point, -128, 127).astype(np.int8)


def _wrapped(image, scale, zero_point):
    return np.round(image / scale).astype(np.uint8).astype(np.int8)


def _unclipped(image, scale, zero_point):
    return (np.round(image / scale) + zero_point).astype(int).astype(np.int8)


_IMAGE = np.random.default_rng(1).uniform(0, 1, (8, 8)).astype(np.float32)

model_input = Exercise(
    "The model's input",
    _model_input,
    [(_IMAGE, 1 / 255, -128), (_IMAGE, 0.006, -100), (2 * _IMAGE - 0.5, 1 / 255, -128)],
    (
        Mistake(
            _raw,
            "astype(np.int8) cuts 0.7 down to 0: the image goes black. Divide by the scale first.",
        ),
        Mistake(
            _input_without_zero_point,
            "the zero point is missing. Black (0.0) has to become the zero point, -128 here.",
        ),
        Mistake(_truncated_input, "a conversion to int cuts fractions off. Round first."),
        Mistake(
            _multiplied,
            "you multiplied by the scale. The way from real numbers to integers divides by it.",
        ),
        Mistake(
            _wrapped,
            "those are unsigned values from 0 to 255, wrapped into int8. Shift them by the zero "
            "point instead.",
        ),
        Mistake(
            _unclipped,
            "a forgotten clip: a pixel outside the range wrapped around, from very bright to very "
            "dark. Clip before you convert.",
        ),
    ),
    (
        "x = scale * (q - zero_point), solved for q.",
        "Round to the nearest integer, add the zero point, clip to -128..127, convert to np.int8.",
        "np.clip(np.round(image / scale) + zero_point, -128, 127).astype(np.int8)",
    ),
    dtype="int8",
)


def _probabilities(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


def _overflowing(q, scale, zero_point):
    return scale * (q - np.int8(zero_point))


def _output_without_zero_point(q, scale, zero_point):
    return scale * q.astype(float)


def _divided(q, scale, zero_point):
    return (q.astype(np.int32) - zero_point) / scale


def _by_255(q, scale, zero_point):
    return (q.astype(np.int32) - zero_point) / 255


_OUTPUT = np.array([-128, -127, 5, 107, -128, -20, 127, -64, 0, 1], np.int8)

probabilities = Exercise(
    "Probabilities from the output",
    _probabilities,
    [(_OUTPUT, 1 / 256, -128), (_OUTPUT, 0.05, 12)],
    (
        Mistake(
            _overflowing,
            "q - zero_point overflowed: int8 minus int8 does not fit into int8. Convert q to int32 "
            "first.",
        ),
        Mistake(
            _output_without_zero_point,
            "the zero point is missing, and some probabilities are negative.",
        ),
        Mistake(_divided, "the way back to real numbers multiplies by the scale."),
        Mistake(
            _by_255,
            "the scale of this output is 1/256, and another model has another one. Use scale.",
        ),
    ),
    (
        "It is the law itself: x = scale * (q - zero_point).",
        "How large can q - zero_point get, and does int8 hold that?",
        "scale * (q.astype(np.int32) - zero_point)",
    ),
    tolerance=1e-6,
)


def _top(p, k):
    return np.argsort(-p, kind="stable")[:k]


def _lowest(p, k):
    return np.argsort(p, kind="stable")[:k]


def _ascending(p, k):
    return np.argsort(p, kind="stable")[-k:]


def _values(p, k):
    return np.sort(p)[::-1][:k]


def _first_only(p, k):
    return np.argsort(-p, kind="stable")[:1]


top = Exercise(
    "Top k",
    _top,
    [
        (np.array([0.1, 0.6, 0.05, 0.25]), 3),
        (np.array([0.02, 0.03, 0.9, 0.05]), 2),
        (np.random.default_rng(2).permutation(50) / 1225, 5),
    ],
    (
        Mistake(_lowest, "those are the k least likely classes: argsort sorts upwards."),
        Mistake(
            _ascending, "the right classes, the most likely one last. Turn the order round: [::-1]."
        ),
        Mistake(_values, "those are the probabilities. The classes (their indices) are asked for."),
        Mistake(_first_only, "that is the first class alone; k are asked for."),
    ),
    (
        "np.argsort gives the indices that would sort an array, smallest first.",
        "Sort the negative probabilities, or turn the result round, and keep the first k.",
        "np.argsort(-p)[:k]",
    ),
)
