"""Rung 5: is the calibration data like the examples, and is there enough of it?"""

from __future__ import annotations

import numpy as np

from qnn_edu.core import ranges
from qnn_edu.core.metrics import sqnr_db
from qnn_edu.nets.conversion.calibration import calibrate, measure_ranges
from qnn_edu.nets.conversion.quantizer import quantize_calibrated
from qnn_edu.nets.diagnosis.report import Finding, Step
from qnn_edu.nets.diagnosis.subject import Examples, Subject, count, first, scores

# Times the range of all examples: beyond it, an example of the calibration data takes more than
# half a bit from all the others.
WIDER = 1.5
CUT = 0.01  # of the examples' values outside the range of the calibration data
SPREAD_DB = 1.0  # between two halves of the data, beyond which there is too little of it


def calibration_data(subject: Subject) -> Step:
    """Calibration examples against test examples, and one half of them against the other."""
    names = subject.real_inputs
    spans = (_span(subject.calibration[name]) for name in names)
    said = f"{count(subject.calibration)} examples"
    said += " and".join(f" from {lo:.4g} to {hi:.4g}" for lo, hi in spans)
    found = (_wide(subject, name) or _narrow(subject, name) for name in names)
    finding = next(filter(None, found), None)
    if finding is not None:
        return Step(
            "Calibration", said + ".", advice=finding.advice, findings=(finding,), stops=True
        )
    halves = _halves(subject)
    if not halves:
        return Step("Calibration", said + ".", advice="give some hundred: ranges need them")
    said += f"; calibrated on one half of them {halves[0]:.1f} dB, on the other {halves[1]:.1f}."
    enough = abs(halves[0] - halves[1]) < SPREAD_DB
    return Step(
        "Calibration", said, advice="go on" if enough else "go on, but more examples may help"
    )


def _span(x: np.ndarray) -> tuple[float, float]:
    return float(x.min()), float(x.max())


def _wide(subject: Subject, name: str) -> Finding | None:
    """Examples that reach far beyond all test examples."""
    lo, hi = _span(subject.x[name])
    lo, hi = min(lo, 0.0), max(hi, 0.0)
    room = (WIDER - 1) * (hi - lo)
    flat = subject.calibration[name].reshape(count(subject.calibration), -1)
    outside = (flat.max(axis=1) > hi + room) | (flat.min(axis=1) < lo - room)
    odd = np.flatnonzero(outside)
    if not odd.size:
        return None
    reach = np.abs(flat[odd]).max()
    rest = {key: values[~outside] for key, values in subject.calibration.items()}
    return Finding(
        "calibration_scale",
        _called(odd, len(flat)) + _of(subject, name),
        f"up to {reach:.4g}, where the examples go from {lo:.4g} to {hi:.4g}",
        _cost(subject, rest),
        "scale the calibration data as the examples" + (", or leave these out" * bool(count(rest))),
    )


def _narrow(subject: Subject, name: str) -> Finding | None:
    """Calibration data that many values of the test examples lie outside of."""
    lo, hi = _span(subject.calibration[name])
    x = subject.x[name]
    cut = float(np.mean((x < lo) | (x > hi)))
    narrow = np.ptp(x) > WIDER * (hi - lo)
    if not (narrow and cut >= CUT):
        return None
    return Finding(
        "calibration_scale",
        "all of the calibration data" + _of(subject, name),
        f"from {lo:.4g} to {hi:.4g}, and {cut:.0%} of the examples' values lie outside",
        _cost(subject, first(subject.x, 0)),
        "scale the calibration data as the examples",
    )


def _called(odd: np.ndarray, of: int) -> str:
    if len(odd) == of:
        return "all of the calibration data"
    if len(odd) == 1:
        return f"calibration example {odd[0]}"
    some = ", ".join(map(str, odd[:5])) + ", ..." * (len(odd) > 5)
    return f"calibration examples {some} ({len(odd)} of {of})"


def _of(subject: Subject, name: str) -> str:
    return "" if len(subject.x) == 1 else f" of {subject.place(name)}"


def _cost(subject: Subject, rest: Examples) -> str:
    """What int8 loses with the data as they are, and with the sound part of them."""
    spoiled = subject.judged("spoiled", subject.int8).accuracy
    said = f"int8 is {spoiled:.2f} % {subject.right}, float {subject.float_row.accuracy:.2f}"
    if not count(rest):
        return said
    sound = quantize_calibrated(calibrate(subject.origin, rest), io="float32")
    return said + f"; without them int8 is {subject.judged('sound', sound).accuracy:.2f}"


def _halves(subject: Subject) -> list[float]:
    """The SQNR of the outputs, calibrated on every other example, and on the rest, in dB."""
    if count(subject.calibration) < 2:
        return []
    few = subject.taken(subject.few)
    real = scores(subject.float_file, few)
    found = []
    for start in (0, 1):
        half = {name: values[start::2] for name, values in subject.calibration.items()}
        chosen = measure_ranges(subject.calibrated, [subject.taken(half)], ranges.min_max)
        content = quantize_calibrated(subject.calibrated, io="float32", ranges=chosen)
        found.append(sqnr_db(real, scores(content, few)))
    return found
