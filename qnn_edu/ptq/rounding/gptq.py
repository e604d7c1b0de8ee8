"""GPTQ: weights are rounded one after the other, and each makes up for those before it."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.ptq.rounding.rounded import Rounded, damped, task


def gptq(weight: Any, step: Any, gram: Any, *, bits: int, damping: float = 0.01) -> Rounded:
    """Round the weights so that the sums `x @ weight` change little, the loudest input first.

    With `gram = R.T @ R`, R upper triangular, the error of an output is `|R @ e|**2`, and row i of
    `R @ e` holds no e of a row above. So from the last row up, each weight is rounded not where it
    was but where it makes its row 0, given those rounded before: `w[i] - R[i, i+1:] @ e[i+1:] /
    R[i, i]`. This is GPTQ's update, which has the inverse of `gram` instead, in the other order.

    `weight`: (inputs, outputs). `step`: one number or (outputs,). `gram`: (inputs, inputs), second
    moments `x.T @ x / n` of the inputs. `damping`: the share of its mean diagonal that is added to
    the diagonal. The inputs are taken by falling second moment, as the last have the least left
    to make up for.

    Raises:
        ValueError: what does not fit; see `task`.

    Source: Frantar et al. 2023, "GPTQ", equations 2 and 3, and algorithm 1; the order is that of
    its `act-order` option. The triangular form: Chen et al. 2025, "The geometry of LLM
    quantization: GPTQ as Babai's nearest plane algorithm", theorem 1.

    >>> both = [[1.0, 1.0], [1.0, 1.0]]  # two inputs that are always equal: the sum alone counts
    >>> gptq([[0.4], [0.4]], 1.0, both, bits=4).levels.tolist()
    [[0], [1]]
    """
    layer = task(weight, step, gram, bits)
    order = np.argsort(np.diag(layer.gram)[::-1], kind="stable")
    order = len(order) - 1 - order  # of equals, the first is taken first: it stands last here
    root = np.linalg.cholesky(damped(layer.gram, damping)[np.ix_(order, order)]).T
    w = layer.weight[order] / layer.step
    levels, error = np.zeros_like(w), np.zeros_like(w)
    for i in reversed(range(len(w))):
        owed = root[i, i + 1 :] @ error[i + 1 :] / root[i, i]
        levels[i] = layer.nearest(w[i] - owed)
        error[i] = levels[i] - w[i]
    return layer.rounded(levels[np.argsort(order)])
