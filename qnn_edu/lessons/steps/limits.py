"""Ways in which a clip goes wrong."""

import numpy as np

from qnn_edu.lessons.steps.way import Way, rare


def wrapped(q, lo, hi):
    return (np.trunc(q) - lo) % (hi - lo + 1) + lo


def zero_outside(q, lo, hi):
    return np.where((q < lo) | (q > hi), 0, q)


CLIP = (
    Way(
        "no clip", lambda q, lo, hi: q, "a forgotten clip: what lies beyond {b} or {c} stays there."
    ),
    Way(
        "no upper end",
        lambda q, lo, hi: np.maximum(q, lo),
        "clipped below alone: what lies above {c} stays there.",
    ),
    Way(
        "no lower end",
        lambda q, lo, hi: np.minimum(q, hi),
        "clipped above alone: what lies below {b} stays there.",
    ),
    Way(
        "one above",
        lambda q, lo, hi: np.clip(q, lo, hi + 1),
        "the upper end of the clip is one too high.",
    ),
    Way(
        "one below",
        lambda q, lo, hi: np.clip(q, lo - 1, hi),
        "the lower end of the clip is one too low.",
    ),
    Way(
        "one short above",
        lambda q, lo, hi: np.clip(q, lo, hi - 1),
        "the upper end of the clip is one too low: a level is lost.",
    ),
    Way(
        "one short below",
        lambda q, lo, hi: np.clip(q, lo + 1, hi),
        "the lower end of the clip is one too high: a level is lost.",
    ),
    Way(
        "from zero",
        lambda q, lo, hi: np.clip(q, 0, hi),
        "clipped at 0 below, and not at {b}.",
    ),
    Way(
        "wrapped",
        wrapped,
        "what lies beyond an end wraps around to the other one; a clip keeps it at its own end.",
    ),
    *rare(
        Way(
            "mirrored",
            lambda q, lo, hi: np.clip(q, -hi, hi),
            "clipped to -{c} below, and not to {b}.",
        ),
        Way(
            "mirrored below",
            lambda q, lo, hi: np.clip(q, lo, -lo),
            "clipped to -({b}) above, and not to {c}.",
        ),
        Way(
            "swapped",
            lambda q, lo, hi: np.maximum(np.minimum(q, lo), hi),
            "the ends of the clip are swapped.",
        ),
        Way("zero", zero_outside, "what lies beyond an end became 0; it belongs to its end."),
        Way(
            "from zero on",
            lambda q, lo, hi: np.clip(q, 0, hi - lo),
            "the grid is taken to begin at 0; it begins at {b}.",
        ),
    ),
)

KINDS = {"clip": CLIP}
