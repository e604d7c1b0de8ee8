"""What a layer's rounding has to know of its inputs: their means and second moments.

However many inputs there are, the error of rounded weights depends on no more than that, so a layer
is rounded without its inputs in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from qnn_edu.core.check import real_array

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over `count` inputs x of a layer in the quantized network, and y in the float one.

    `total`, `float_total`: of x and y, (inputs,). `squares`: of `x x.T`, `cross`: of `x y.T`, both
    (inputs, inputs). float64. Those of two batches add up: `one + other`.

    >>> whole = Moments.of([[1.0], [3.0]])
    >>> parts = Moments.of([[1.0]]) + Moments.of([[3.0]])
    >>> whole.mean == parts.mean, whole.gram().tolist(), whole.gram(centered=True).tolist()
    (array([ True]), [[5.0]], [[1.0]])
    """

    count: int
    total: Array
    float_total: Array
    squares: Array
    cross: Array

    @classmethod
    def of(cls, x: Any, y: Any = None) -> Moments:
        """Of inputs (n, inputs), `y` those of the float layer; None says that they are the same.

        Products are summed in the type of x.

        Raises:
            ValueError: what is no matrix, or of which the shapes differ; NaN or infinity.
        """
        x = _matrix("x", x)
        y = x if y is None else _matrix("y", y)
        if x.shape != y.shape:
            raise ValueError(
                f"Moments: x and y are inputs of one layer in two networks; got shapes {x.shape} "
                f"and {y.shape}."
            )
        squares = (x.T @ x).astype(np.float64)
        cross = squares if y is x else (x.T @ y).astype(np.float64)
        total, float_total = (each.sum(axis=0, dtype=np.float64) for each in (x, y))
        return cls(len(x), total, float_total, squares, cross)

    def __add__(self, other: Moments) -> Moments:
        return Moments(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def mean(self) -> Array:
        """The mean of x, (inputs,)."""
        return self.total / self.count

    @property
    def float_mean(self) -> Array:
        """The mean of y, (inputs,)."""
        return self.float_total / self.count

    def gram(self, *, centered: bool = False) -> Array:
        """The second moments of x; `centered`, about its mean: what a free bias leaves of them."""
        gram = self.squares / self.count
        if centered:
            gram = gram - np.outer(self.mean, self.mean)
            np.fill_diagonal(gram, np.maximum(np.diag(gram), 0))  # a constant input's, but rounded
        return gram

    def cross_moments(self, *, centered: bool = False) -> Array:
        """The second moments of x with y."""
        cross = self.cross / self.count
        return cross - np.outer(self.mean, self.float_mean) if centered else cross


def matched(
    weight: Any, moments: Moments, *, centered: bool = False, damping: float = 0.1
) -> Array:
    """The weights that make of the quantized network's x what `weight` makes of the float one's y.

    `(gram + d)**-1 @ (cross + d) @ weight`, least squares with a damping d that holds them to
    `weight`: `damping` times the mean of `gram`'s diagonal. Whatever the rounding of these, its
    squared error against `y @ weight` is that against `x @` these, plus what no rounding helps.

    `weight`: (inputs, outputs). `centered`: where a bias takes care of means. Returns float64.

    Raises:
        ValueError: weights that do not fit the moments.

    Source: the normal equations; as a target for rounding in Lee et al. 2024, "GPTAQ: efficient
    finetuning-free quantization for asymmetric calibration", section 4.

    >>> half = Moments.of([[1.0], [2.0]], [[2.0], [4.0]])  # x is half of what it was
    >>> matched([[3.0]], half, damping=0).tolist()
    [[6.0]]
    """
    weight = _matrix("weight", weight).astype(np.float64)
    gram, cross = moments.gram(centered=centered), moments.cross_moments(centered=centered)
    if len(weight) != len(gram):
        raise ValueError(
            f"matched: weights (inputs, outputs) of shape {weight.shape} do not fit moments of "
            f"{len(gram)} inputs."
        )
    hold = damping * np.trace(gram) / len(gram)
    if not hold > 0:  # no input at all, or no damping
        return np.linalg.lstsq(gram, cross @ weight, rcond=None)[0] if gram.any() else weight
    eye = hold * np.eye(len(gram))
    return np.linalg.solve(gram + eye, (cross + eye) @ weight)


def _matrix(name: str, value: Any) -> Array:
    array = real_array(name, value)
    if array.ndim != 2 or not np.isfinite(array).all():
        raise ValueError(
            f"{name} must be a matrix of finite numbers; got shape {array.shape}"
            f"{'' if array.ndim != 2 else ' with NaN or infinity'}."
        )
    return array if array.dtype.kind == "f" else array.astype(np.float64)
