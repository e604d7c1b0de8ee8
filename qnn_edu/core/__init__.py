"""Floor 0: the arithmetic of quantization, on numpy alone."""

from qnn_edu.core import (
    affine,
    clipping,
    fixed_functions,
    fixed_logarithms,
    fixed_point,
    fixed_roots,
    gradients,
    metrics,
    params,
    range_methods,
    ranges,
)

__all__ = [
    "affine",
    "clipping",
    "fixed_functions",
    "fixed_logarithms",
    "fixed_point",
    "fixed_roots",
    "gradients",
    "metrics",
    "params",
    "range_methods",
    "ranges",
]
