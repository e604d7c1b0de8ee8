"""Rung 2: do the examples come as the network was trained on?"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from qnn_edu.nets.diagnosis.bounds import bounds
from qnn_edu.nets.diagnosis.channels import channels
from qnn_edu.nets.diagnosis.report import Finding, Step
from qnn_edu.nets.diagnosis.subject import Subject, count, first, probabilities, scores

# When another scale is the right one: if it halves the surprise and that is sure, or leaves a third
# and that is likely, or if it surely helps and answers get better, or if the network is surprised
# far more than it expects to be itself (by the entropy of its scores), as it is when they are 16
# times too large. Over healthy networks no other scale took more than a fifth of the surprise away,
# which was at most 1.2 times the expected one.
HALF, THIRD = 1 / 2, 1 / 3
VERY_SURE, SURE = 5.0, 2.0  # standard errors of the mean by which the surprise falls
TOO_SURE = 20.0  # times the surprise that the network expects
OF_A_GUESS = 1 / 2  # of the surprise of who knows nothing: what a right scale must go below
KNOWS = 1 / 4  # of the surprise of a guess: less than that, and the network sees what it should
EXPECTED = 3.0  # times the surprise that the network expects, at most, where it is not fooled
WIDER = 1.5  # times the range of the calibration data, or a part of it: the two disagree


@dataclass(frozen=True)
class Scaling:
    """A way to lay examples out: what it is called, and the examples so laid out."""

    title: str
    x: np.ndarray


@dataclass(frozen=True)
class Trial:
    """Mean surprise as examples are fed, and laid out otherwise; by how many standard errors the
    second is less and the answers are better; how many times the expected surprise the first is."""

    scaling: Scaling
    here: float
    there: float
    errors: float
    better: float
    excess: float

    @property
    def wins(self) -> bool:
        return (
            (self.there < HALF * self.here and self.errors > VERY_SURE)
            or (self.there < THIRD * self.here and self.errors > SURE)
            or (self.excess > TOO_SURE and self.errors > SURE)
            or (self.errors > VERY_SURE and self.better > SURE)
        )

    def is_sound(self, guess: float) -> bool:
        """Does the network know as much as it thinks, and answer as well as it would otherwise?

        Any network of ReLUs is surer of larger inputs, right or wrong: that alone is no gain.
        """
        return self.here < KNOWS * guess and self.excess < EXPECTED and self.better < SURE


def inputs(subject: Subject) -> Step:
    """Other scales, offsets, and orders of channels, each judged by how it surprises the network.

    The surprise is the mean of -log p(y): it sees a wrong scale even where the largest score stays
    the largest one, as in a network that has only ReLUs and small biases.
    """
    steps = []
    # Of two inputs, scaling the sound one to the wrong one may fit as well: the widest goes first.
    for name in sorted(subject.real_inputs, key=lambda name: -float(np.ptp(subject.x[name]))):
        steps.append(_input(subject, name))
        if steps[-1].stops:
            return steps[-1]
    return Step("Input", " ".join(step.measured for step in steps) or "It has no real numbers.")


def _input(subject: Subject, name: str) -> Step:
    """One of the inputs, the others as they are."""
    x, where = subject.x[name], subject.place(name)
    said = "Examples" if where == "the input" else f"Examples of {where}"
    said += f" from {x.min():.4g} to {x.max():.4g}"
    if subject.bytes_given:
        said += ", given as integers"
    if odd := _unlike_the_others(x):
        finding = _batch(odd, x, where)
        return Step("Input", said + ".", advice=finding.advice, findings=(finding,), stops=True)
    if subject.y is None:
        return Step("Input", said + "; without class numbers nothing tells whether that is right.")
    best, as_calibrated = _best(subject, name), _as_calibrated(subject, name)
    if best is None:
        return Step("Input", said + ": constant.")
    if as_calibrated is not None and as_calibrated.errors > 1:  # two speak for it
        best = as_calibrated
    said += (
        f"; mean surprise {best.here:.3g} nats as they are, {best.there:.3g} as "
        f"{best.scaling.title}."
    )
    guess = _guess(subject)
    wins = best.wins and not best.is_sound(guess)
    if not (best.there < OF_A_GUESS * guess and (best is as_calibrated or wins)):
        return Step("Input", said)
    if _has_fault_of_its_own(subject.on(subject.few | {name: best.scaling.x})):
        return Step("Input", said, advice="go on: the fault is in a layer, not here")
    finding = Finding(
        "input_scale",
        where,
        said,
        f"{subject.float_row.accuracy:.1f} % right as it is fed now, before any quantization",
        f"feed the network as it was trained: {best.scaling.title}; then diagnose again",
    )
    return Step("Input", said, advice=finding.advice, findings=(finding,), stops=True)


def _has_fault_of_its_own(subject: Subject) -> bool:
    """Does a layer explain the surprise, since another scale does not take its fault away?"""
    found = (*channels(subject).findings, *bounds(subject).findings)
    return any(finding.kind in ("outlier_channel", "clipped_layer") for finding in found)


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
    ways |= {f"{Fraction(2) ** k} times as large": x * 2.0**k for k in range(-8, 9) if k}
    return [Scaling(title, np.asarray(way, np.float32)) for title, way in ways.items()]


def _best(subject: Subject, name: str) -> Trial | None:
    """The most fitting other scaling.

    A usual one goes before a slightly better one: networks are often a little too sure.
    """
    x = subject.few[name]
    ways = [each for each in scalings(x) if not np.allclose(each.x, x)]
    trials = [_tried(subject, name, each) for each in ways]
    least = min((trial.there for trial in trials), default=0)
    return next((trial for trial in trials if trial.there <= 1.2 * least), None)


def _as_calibrated(subject: Subject, name: str) -> Trial | None:
    """The examples with the range of the calibration data, if theirs is another; its examples in
    the middle tell it, so that a few that are spoiled do not."""
    x, calibration = subject.few[name], subject.calibration[name]
    flat = calibration.reshape(len(calibration), -1)
    lo, hi = float(np.median(flat.min(axis=1))), float(np.median(flat.max(axis=1)))
    wide, theirs = float(np.ptp(x)), hi - lo
    if not (wide and theirs and (wide > WIDER * theirs or theirs > WIDER * wide)):
        return None
    laid_out = np.float32((x - x.min()) / wide * theirs + lo)
    title = f"{lo:.4g} to {hi:.4g}, as the calibration data"
    return _tried(subject, name, Scaling(title, laid_out))


def _tried(subject: Subject, name: str, scaling: Scaling) -> Trial:
    few = subject.few
    y = subject.y[: count(few)]
    p, q = (
        probabilities(subject.float_file, subject.taken(x)) for x in (few, few | {name: scaling.x})
    )
    here, there = (-np.log(each[np.arange(len(y)), y]) for each in (p, q))
    expected = -np.sum(p * np.log(p), axis=1).mean()
    gain = here - there
    right = (q.argmax(axis=1) == y).astype(float) - (p.argmax(axis=1) == y)
    errors, better = (
        each.mean() / (each.std() / np.sqrt(len(each)) + 1e-12) for each in (gain, right)
    )
    return Trial(scaling, here.mean(), there.mean(), errors, better, here.mean() / expected)


def _guess(subject: Subject) -> float:
    """The surprise of who knows nothing: log of the number of classes."""
    return float(np.log(scores(subject.float_file, subject.taken(first(subject.x, 1))).shape[1]))


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


def _batch(odd: list[int], x: np.ndarray, where: str) -> Finding:
    those = f"{odd[0]}" if len(odd) == 1 else f"{odd[0]} to {odd[-1]}"
    each = widths(x)
    return Finding(
        "input_scale",
        f"examples {those} of {where} ({len(odd)} of {len(x)})",
        f"they reach over {each[odd].max():.4g}, the middle one over {np.median(each):.4g}",
        "answers to them are worth nothing, and ranges that see them are too wide",
        "scale them as the others, then diagnose again",
    )
