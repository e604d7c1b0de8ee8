"""Every method that chooses a range, by its name: what command line, explorers and tests offer.

A new method is a function beside its sisters in `ranges` or `clipping`, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any

from qnn_edu.core import clipping, ranges


@dataclass(frozen=True)
class RangeMethod:
    """A method of the family: data in, `(lo, hi)` out, with `axis` and `bits` where it has a use.

    `title` is what pictures call it. `in_order`: the order of the batches matters, so it takes a
    stream, not one array of everything.

    >>> lo, hi = RANGE_METHODS["percentile"]([0.0, 1.0, 2.0], bits=4)
    >>> round(float(hi), 3)
    1.998
    """

    title: str
    choose: Callable[..., tuple[Any, Any]]
    in_order: bool = False

    def __call__(self, data: Any, *, axis: int | None = None, bits: int = 8) -> tuple[Any, Any]:
        """The range of `data`; `bits` for those that weigh clipping against rounding."""
        weighs = {"bits": bits} if "bits" in signature(self.choose).parameters else {}
        return self.choose(data, axis=axis, **weighs)


RANGE_METHODS = {
    "min_max": RangeMethod("min-max", ranges.min_max),
    "moving_average": RangeMethod("moving average", ranges.moving_average, in_order=True),
    "percentile": RangeMethod("percentile 99.9", ranges.percentile),
    "mse": RangeMethod("least MSE", clipping.mse),
    "kl": RangeMethod("least KL", clipping.kl),
}
