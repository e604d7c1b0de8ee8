"""Round to nearest: the best for each weight, seldom the best for their sum."""

from __future__ import annotations

from typing import Any

from qnn_edu.ptq.rounding.rounded import Rounded, task


def round_to_nearest(weight: Any, step: Any, gram: Any, *, bits: int) -> Rounded:
    """`clip(round(weight / step))`, halves to even; best where `gram` is a diagonal.

    Takes what its sisters take, and of `gram` (inputs, inputs) only that it fits. `weight` is
    (inputs, outputs), `step` one number or one an output, the grid symmetric and narrow.

    Raises:
        ValueError: what does not fit; see `task`.

    Source: Krishnamoorthi 2018, section 2.2, equation 10.

    >>> round_to_nearest([[0.9], [-0.3]], 0.5, [[1, 0], [0, 1]], bits=3).levels.tolist()
    [[2], [-1]]
    """
    layer = task(weight, step, gram, bits)
    return layer.rounded(layer.nearest(layer.weight / layer.step))
