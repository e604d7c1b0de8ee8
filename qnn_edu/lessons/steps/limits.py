"""Ways in which a clip goes wrong."""

import numpy as np

from qnn_edu.lessons.steps.way import Way, rare


def wraps(q: np.ndarray, lo: float, hi: float) -> np.ndarray:
    return (np.trunc(q) - lo) % (hi - lo + 1) + lo


def zero_outside(q: np.ndarray, lo: float, hi: float) -> np.ndarray:
    return np.where((q < lo) | (q > hi), 0, q)


def swapped(q: np.ndarray, lo: float, hi: float) -> np.ndarray:
    return np.maximum(np.minimum(q, lo), hi)


CLIP = (
    Way(
        "left out", lambda q, lo, hi: q, "a forgotten clip: what is beyond {b} or {c} stays there."
    ),
    Way("below alone", lambda q, lo, hi: np.maximum(q, lo), "what is above {c} is not clipped."),
    Way("above alone", lambda q, lo, hi: np.minimum(q, hi), "what is below {b} is not clipped."),
    Way("one above", lambda q, lo, hi: np.clip(q, lo, hi + 1), "clipped one above {c}."),
    Way("one below", lambda q, lo, hi: np.clip(q, lo - 1, hi), "clipped one below {b}."),
    Way("short above", lambda q, lo, hi: np.clip(q, lo, hi - 1), "clipped one short of {c}."),
    Way("short below", lambda q, lo, hi: np.clip(q, lo + 1, hi), "clipped one short of {b}."),
    Way("from 0", lambda q, lo, hi: np.clip(q, 0, hi), "clipped at 0 below, not at {b}."),
    Way("wraps", wraps, "what is beyond an end wraps around to the other; keep it at its own."),
    *rare(
        Way(
            "mirrored", lambda q, lo, hi: np.clip(q, -hi, hi), "clipped at -{c} below, not at {b}."
        ),
        Way("swapped", swapped, "the two ends of the clip are exchanged."),
        Way("zero", zero_outside, "what is beyond an end became 0; keep it at its end."),
        Way(
            "moved", lambda q, lo, hi: np.clip(q, 0, hi - lo), "a grid from 0 on; it begins at {b}."
        ),
    ),
)

KINDS = {"clip": CLIP}
