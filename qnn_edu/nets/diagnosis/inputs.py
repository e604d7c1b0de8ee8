"""Rung 2: do the examples come as the network was trained on?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qnn_edu.nets.diagnosis.report import Finding, Step
from qnn_edu.nets.diagnosis.subject import Subject, surprise

# A right scale at least halves the surprise of a wrong one. Over healthy networks no other scale
# took more than a fifth away.
HALF = 0.5
SURE = 2.0  # standard errors by which the mean surprise must fall


@dataclass(frozen=True)
class Scaling:
    """A way to lay examples out: what it is called, and the examples so laid out."""

    title: str
    x: np.ndarray


def inputs(subject: Subject) -> Step:
    """Other scales, offsets, and orders of channels, each judged by how it surprises the network.

    The surprise is the mean of -log p(y): it sees a wrong scale even where the largest score stays
    the largest one, as in a network that has only ReLUs and small biases.
    """
    lo, hi = float(subject.x.min()), float(subject.x.max())
    said = f"Examples from {lo:.4g} to {hi:.4g}"
    if subject.bytes_given:
        said += ", given as integers"
    if odd := _unlike_the_others(subject.x):
        finding = _batch(odd, subject)
        return Step("Input", said + ".", advice=finding.advice, findings=(finding,), stops=True)
    if subject.y is None:
        return Step("Input", said + "; without labels nothing tells whether that is right.")
    found, here, there = _better(subject)
    said += f"; mean surprise {here:.3g} nats as they are, {there:.3g} as {found.title}."
    if not _wrong(here, there):
        return Step("Input", said)
    finding = Finding(
        "input_scale",
        "the input",
        said,
        f"{subject.float_row.accuracy:.1f} % right as it is fed now, before any quantization",
        f"feed the network as it was trained: {found.title}; then diagnose again",
    )
    return Step("Input", said, advice=finding.advice, findings=(finding,), stops=True)


def scalings(x: np.ndarray) -> list[Scaling]:
    """Examples under the conventions that people mix up; the usual ones first.

    >>> [each.title for each in scalings(np.float32([[0, 255]]))][:3]
    ['0 to 1', '-1 to 1', '0 to 255']
    """
    lo, hi, spread = float(x.min()), float(x.max()), float(x.std()) or 1.0
    unit = (x - lo) / ((hi - lo) or 1.0)
    ways = {
        "0 to 1": unit,
        "-1 to 1": 2 * unit - 1,
        "0 to 255": 255 * unit,
        "mean 0 and deviation 1": (x - x.mean()) / spread,
        "their negative": hi + lo - x,
        "a 255th": x / 255,
        "255 times as large": 255 * x,
    }
    if x.ndim == 4 and x.shape[-1] == 3:
        ways["channels in reversed order"] = x[..., ::-1]
        ways["channels in reversed order, 0 to 1"] = unit[..., ::-1]
    ways |= {f"2 to the {k} times as large": x * 2.0**k for k in range(-8, 9) if k}
    return [Scaling(title, np.asarray(way, np.float32)) for title, way in ways.items()]


def _better(subject: Subject) -> tuple[Scaling, float, float]:
    """The most fitting other scaling, and the mean surprise without and with it.

    A usual one goes before a slightly better one: networks are often a little too sure.
    """
    x, y = subject.few, subject.y[: len(subject.few)]
    here = surprise(subject.float_file, x, y)
    ways = [each for each in scalings(x) if not np.allclose(each.x, x)]
    judged = [surprise(subject.float_file, each.x, y) for each in ways]
    least = min(each.mean() for each in judged)
    chosen = next(k for k, each in enumerate(judged) if each.mean() <= 1.2 * least)
    return ways[chosen], here.mean(), _sure_mean(here, judged[chosen])


def _sure_mean(here: np.ndarray, there: np.ndarray) -> float:
    """The mean of `there`, or of `here` where they differ by less than chance."""
    gain = here - there
    error = gain.std() / np.sqrt(len(gain))
    return float(there.mean() if gain.mean() > SURE * error else max(here.mean(), there.mean()))


def _wrong(here: float, there: float) -> bool:
    return there < HALF * here


def widths(x: np.ndarray) -> np.ndarray:
    """The range that each example needs, zero included: (n,).

    >>> widths(np.float32([[0, 1], [-1, 2]])).tolist()
    [1.0, 3.0]
    """
    flat = x.reshape(len(x), -1)
    return np.maximum(flat.max(axis=1), 0) - np.minimum(flat.min(axis=1), 0)


def _unlike_the_others(x: np.ndarray) -> list[int]:
    """Examples that need four times the range of the one in the middle: two bits of eight."""
    each = widths(x)
    return np.flatnonzero(each > 4 * np.median(each)).tolist()


def _batch(odd: list[int], subject: Subject) -> Finding:
    first = f"{odd[0]}" if len(odd) == 1 else f"{odd[0]} to {odd[-1]}"
    each = widths(subject.x)
    return Finding(
        "input_scale",
        f"examples {first} of the input ({len(odd)} of {len(subject.x)})",
        f"they reach over {each[odd].max():.4g}, the middle one over {np.median(each):.4g}",
        "answers to them are worth nothing, and ranges that see them are too wide",
        "scale them as the others, then diagnose again",
    )
