"""The numbers behind the explorers: pure functions, values of controls in, named numbers out.

One name a topic: the explorer NAME takes its numbers from `numbers.NAME`. `tensors` has what
several of them look at.
"""

from qnn_edu.ui.numbers import (
    affine,
    equalization,
    folding,
    mixed_bits,
    per_channel,
    placement,
    range_,
    recipe,
    requantize,
    rounding,
    sensitivity,
    side_by_side,
    straight_through,
    tensors,
    trace,
    training,
)

__all__ = [
    "affine",
    "equalization",
    "folding",
    "mixed_bits",
    "per_channel",
    "placement",
    "range_",
    "recipe",
    "requantize",
    "rounding",
    "sensitivity",
    "side_by_side",
    "straight_through",
    "tensors",
    "trace",
    "training",
]
