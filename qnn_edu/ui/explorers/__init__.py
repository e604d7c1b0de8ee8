"""The explorers: live figures that show what quantization does to real tensors.

Each is a function that returns a `Live` figure and holds no arithmetic: the numbers come from
`qnn_edu.ui.numbers`, the tensors from `qnn_edu.ui.tensors` and `answers`, the files from
`qnn_edu.ui.recipes`, the artists from `qnn_edu.draw`.
"""

from qnn_edu.ui.explorers.affine import affine
from qnn_edu.ui.explorers.per_channel import per_channel
from qnn_edu.ui.explorers.range_ import range_
from qnn_edu.ui.explorers.recipe import recipe
from qnn_edu.ui.explorers.side_by_side import side_by_side

__all__ = ["affine", "per_channel", "range_", "recipe", "side_by_side"]
