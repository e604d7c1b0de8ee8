"""Live figures: from a control that moves to the bytes of the new picture, in the kernel alone."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import numpy as np

BAR = 15.0  # ms, median
WALKS = {
    "affine": ("range", [(-2.5 + 0.02 * i, 2.0 + 0.02 * i) for i in range(101)]),
    "range_": ("range", [(0.0, 2.0 + 0.2 * i) for i in range(101)]),
    "equalization": ("spread", np.geomspace(1, 1000, 101).tolist()),
    "per_channel": ("stretch", np.geomspace(1, 100, 101).tolist()),
    "requantize": ("m", np.geomspace(0.002, 1, 101).tolist()),
    "trace": ("channel", list(range(16)) * 6),
    "mixed_bits": ("block1_pointwise", [2, 3] * 50),  # two mixes, seen before
    "sensitivity": ("block2_depthwise_relu", [True, False] * 50),  # two files, seen before
    "rounding": ("output", list(range(64))),
    "straight_through": ("reach", [round(2 + 0.06 * i, 2) for i in range(101)]),
    "recipe": ("images", [1, 3, 10, 30, 100, 300] * 10),  # a diagram; mostly settings seen before
}


def run() -> list[dict]:
    """One row for each explorer; times in ms."""
    from qnn_edu.ui import explorers

    rows = []
    for name, (control, values) in WALKS.items():
        times = _times(getattr(explorers, name)().controls[control], values)
        row = {"explorer": name, "control": control, "median ms": median(times)}
        rows.append(row | {"95 % ms": float(np.percentile(times, 95)), "bar (median)": BAR})
    return rows


def _times(control, values: list) -> list[float]:
    times = []
    for value in values:
        start = perf_counter()
        control.value = value
        times.append(1000 * (perf_counter() - start))
    return times[1:]  # the first value may be the one that was there
