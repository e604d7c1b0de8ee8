"""The explorers: live figures that show what quantization does to real tensors.

Each is a function that returns a `Live` figure and holds no arithmetic. One name a topic on every
floor: the explorer NAME takes its numbers from `qnn_edu.ui.numbers.NAME` and its picture from
`qnn_edu.draw.panels.NAME`.
"""

from qnn_edu.ui.explorers.affine import affine
from qnn_edu.ui.explorers.equalization import equalization
from qnn_edu.ui.explorers.folding import folding
from qnn_edu.ui.explorers.mixed_bits import mixed_bits
from qnn_edu.ui.explorers.per_channel import per_channel
from qnn_edu.ui.explorers.placement import placement
from qnn_edu.ui.explorers.range_ import range_
from qnn_edu.ui.explorers.recipe import recipe
from qnn_edu.ui.explorers.requantize import requantize
from qnn_edu.ui.explorers.rounding import rounding
from qnn_edu.ui.explorers.sensitivity import sensitivity
from qnn_edu.ui.explorers.side_by_side import side_by_side
from qnn_edu.ui.explorers.straight_through import straight_through
from qnn_edu.ui.explorers.trace import trace
from qnn_edu.ui.explorers.training import training

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
    "trace",
    "training",
]
