"""What one quantizer does to a tensor: the numbers of the affine explorer."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.core import metrics
from qnn_edu.core.affine import fake_quant, quantize
from qnn_edu.core.params import params_from_range
from qnn_edu.ui.numbers.tensors import sample


def affine(x: np.ndarray, lo: float, hi: float, **options: Any) -> dict[str, Any]:
    """What quantizing `x` over `[lo, hi]` does: params, SQNR, largest error, levels, clipped share.

    `options` as in `params_from_range`. SQNR in dB, errors in real units.

    >>> numbers = affine(np.array([-1.0, 0.2, 5.0]), -2, 2, bits=3)
    >>> numbers["levels"], round(numbers["max_error"], 3), round(numbers["clipped"], 3)
    (3, 2.714, 0.333)
    """
    params = params_from_range(lo, hi, **options)
    y = fake_quant(x, params)
    return {
        "params": params,
        "sqnr_db": metrics.sqnr_db(x, y),
        "max_error": metrics.max_abs_error(x, y),
        "levels": metrics.levels_used(quantize(x, params)),
        "clipped": float(np.mean((x < params.lo) | (x > params.hi))),
    }


def quantized(*, data: str, range: tuple[float, float], **options: Any) -> dict[str, Any]:
    """What `affine` says of the sample `x` of a law; `range`, (lo, hi), is handed on.

    Raises:
        ValueError: there is no such law.

    >>> found = quantized(data="Gaussian", range=(-2.0, 2.0), bits=8)
    >>> found["x"].shape, found["range"]
    ((10000,), (-2.0, 2.0))
    """
    x = sample(data)
    return {"x": x, "range": range, **affine(x, *range, **options)}
