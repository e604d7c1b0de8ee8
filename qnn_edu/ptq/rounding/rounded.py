"""What every way to round a layer takes and gives, and how well it did.

A layer is a matrix (inputs, outputs): a convolution's is its kernel with all but the last axis made
one, and its inputs are the patches that the kernel sees. Its outputs do not see each other, so
each column is a problem of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qnn_edu.core.check import real_array
from qnn_edu.core.params import SMALLEST_SCALE, integer_grid

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Rounded:
    """The weights of a layer in whole steps: `weight = levels * step`.

    `levels`: int32, (inputs, outputs), on the symmetric narrow grid. `step`: float64, (outputs,).
    `undecided`: the share of weights between two levels when the search was over; only AdaRound
    leaves any.

    >>> Rounded(np.int32([[1, -1]]), np.float64([0.5, 2.0])).weight.tolist()
    [[0.5, -2.0]]
    """

    levels: Array
    step: Array
    undecided: float = 0.0

    @property
    def weight(self) -> Array:
        """The real weights that the levels stand for, float64."""
        return self.levels * self.step


def output_error(weight: Any, rounded: Any, gram: Any) -> Array:
    """The mean squared error of each output: `diag(e.T @ gram @ e)`, `e = rounded - weight`.

    `weight`, `rounded`: (inputs, outputs). `gram`: (inputs, inputs), the second moments
    `x.T @ x / n` of n inputs x; then it is the mean of `(x @ e)**2`. Returns (outputs,), float64.

    Source: Nagel et al. 2020, "Up or down? Adaptive rounding for post-training quantization",
    equation 13.

    >>> output_error([[1.0]], [[1.5]], [[2.0]])
    array([0.5])
    """
    error = np.asarray(rounded, np.float64) - np.asarray(weight, np.float64)
    return np.einsum("io,io->o", error, np.asarray(gram, np.float64) @ error)


@dataclass(frozen=True, eq=False)
class Task:
    """A layer to round, checked: float64, the step (outputs,), and `highest`, the top level."""

    weight: Array
    step: Array
    gram: Array
    highest: int

    def nearest(self, levels: Array) -> Array:
        """Real numbers of levels as whole ones on the grid, halves to even."""
        return np.clip(np.rint(levels), -self.highest, self.highest)

    def rounded(self, levels: Array, *, undecided: float = 0.0) -> Rounded:
        """These levels with the step that was given."""
        return Rounded(levels.astype(np.int32), self.step, undecided)


def task(weight: Any, step: Any, gram: Any, bits: int) -> Task:
    """What the ways to round take, checked.

    Raises:
        ValueError: weights that are no matrix, a step that is not positive or neither one number
            nor one an output, a gram that is not symmetric or does not fit, NaN or infinity, bits
            outside 2..16.

    >>> task([[0.4], [1.0]], 0.5, np.eye(2), bits=2).step
    array([0.5])
    """
    weight, step, gram = (
        _finite(name, value) for name, value in (("weight", weight), ("step", step), ("gram", gram))
    )
    if weight.ndim != 2:
        raise ValueError(
            f"weight must be a matrix (inputs, outputs), got shape {weight.shape}. A convolution's "
            "is kernel.reshape(-1, outputs)."
        )
    inputs, outputs = weight.shape
    if step.shape not in ((), (1,), (outputs,)) or (step < SMALLEST_SCALE).any():
        raise ValueError(
            f"step must be above 0, one number or {outputs}, one an output; got {step!r}."
        )
    if gram.shape != (inputs, inputs) or not np.allclose(gram, gram.T, rtol=1e-4, atol=1e-6):
        raise ValueError(
            f"gram must be symmetric, ({inputs}, {inputs}), as x.T @ x / n of inputs x (n, "
            f"{inputs}) is; got shape {gram.shape}."
        )
    if (np.diag(gram) < 0).any():
        raise ValueError("gram has a negative number on its diagonal: it is no x.T @ x / n.")
    step = np.broadcast_to(step, (outputs,)).copy()
    return Task(weight, step, gram, integer_grid(bits)[1])


def damped(gram: Array, damping: float) -> Array:
    """`gram` with `damping` times its mean diagonal added to the diagonal: it has an inverse.

    A gram of zeros becomes the identity: no input, so every weight counts alike.

    >>> damped(np.diag([1.0, 3.0]), 0.5).tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    mean = float(np.trace(gram)) / len(gram)
    return gram + np.eye(len(gram)) * (damping * mean if mean > 0 else 1.0)


def _finite(name: str, value: Any) -> Array:
    array = real_array(name, value).astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinity; rounding needs finite numbers.")
    return array
