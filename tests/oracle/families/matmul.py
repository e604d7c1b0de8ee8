"""Products of computed matrices."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _shapes(rng):
    """(a, b, output, adjoint options): some dimensions in front, of which some are broadcast."""
    m, k, n = (int(size) for size in rng.integers(1, 20, 3))
    front = [1, *(int(size) for size in rng.integers(1, 4, int(rng.integers(3))))]
    kinds = rng.integers(0, 6, len(front))
    first = [1 if kind == 0 else size for size, kind in zip(front, kinds, strict=True)]
    second = [1 if kind == 1 else size for size, kind in zip(front, kinds, strict=True)]
    adjoint = {"adjX": bool(rng.random() < 0.3), "adjY": bool(rng.random() < 0.4)}
    a, b = (k, m) if adjoint["adjX"] else (m, k), (n, k) if adjoint["adjY"] else (k, n)
    return (*first, *a), (*second, *b), (*front, m, n), adjoint


def _batch_matmul(rng):
    shape, other, made, fields = _shapes(rng)
    a, b = draw.activation(rng, shape, np.int8), draw.activation(rng, other, np.int8)
    b = Spec(other, np.int8, b.scale, int(rng.choice([0, b.zero_point])))
    if rng.random() < 0.3:
        b = Spec(other, np.int8, b.scale, b.zero_point, data=draw.values(rng, b))
    deviation = a.scale * b.scale * 75 * 75 * shape[-1] ** 0.5
    fitting = np.float32(deviation / 100 * np.exp(rng.uniform(-0.5, 1)))
    output = Spec(made, np.int8, fitting, draw.zero_point(rng, np.int8))
    return [a, b], output, "BatchMatMulOptions", fields | {"version": 2}


def _sums(rng):
    shape, other, made, fields = _shapes(rng)
    inputs = [draw.activation(rng, each, np.int8) for each in (shape, other)]
    output = Spec(made, np.int32)
    return inputs, output, "BatchMatMulOptions", fields | {"version": 3}


def _float(rng):
    shape, other, made, fields = _shapes(rng)
    inputs = [Spec(each, np.float32) for each in (shape, other)]
    return inputs, Spec(made, np.float32), "BatchMatMulOptions", fields


FAMILIES = {
    "BATCH_MATMUL": _batch_matmul,
    "BATCH_MATMUL sums": _sums,
    "BATCH_MATMUL float": _float,
}
