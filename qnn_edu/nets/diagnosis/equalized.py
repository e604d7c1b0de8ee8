"""Rung 9: channels equalized, weights and biases chosen on the calibration data; no training."""

from __future__ import annotations

from qnn_edu.nets.conversion.converter import convert
from qnn_edu.nets.diagnosis.remedies import lost_by, step_of
from qnn_edu.nets.diagnosis.report import Step
from qnn_edu.nets.diagnosis.subject import Subject

ADVICE = {
    "int8, equalized": "nets.convert(nets.equalize(model), 'int8', calibration=...)",
    "int8, chosen": "nets.quantize_trained(nets.equalize(model), calibration, weight_bits=8)",
}


def equalized(subject: Subject) -> Step:
    """Two files that cost seconds: equalized, and equalized with means and sums kept."""
    from qnn_edu.nets.ptq.equalizing import equalize
    from qnn_edu.nets.ptq.trained import quantize_trained

    try:
        equal = equalize(subject.origin.given)
        chosen = quantize_trained(
            equal, subject.calibration, weight_bits=8, progress=lambda done, of: None
        )
    except ValueError as error:  # a function or a SavedModel has no layers; a layer has no rule
        return Step("Equalized", f"Not possible as it is: {error}")
    contents = (
        convert(equal, "int8", calibration=subject.calibration, io="float32"),
        convert(chosen, "int8", io="float32"),
    )
    rows = [subject.judged(*each) for each in zip(ADVICE, contents, strict=True)]
    best = max(rows, key=lambda row: row.accuracy)
    gained = best.accuracy > subject.judged("int8", subject.int8).accuracy
    said = (
        f"Channels equalized: {subject.worth(rows[0])}; roundings and biases chosen as well: "
        f"{subject.worth(rows[1])}, {lost_by(subject, best)} at best."
    )
    otherwise = f"a gain, not enough: {ADVICE[best.name]}; go on" if gained else "no gain: go on"
    found = step_of("Equalized", said, subject, best, otherwise)
    advice = f"{found.advice}: {ADVICE[best.name]}" if found.stops else found.advice
    return Step(found.name, said, found.cost, advice, (), tuple(rows), found.stops)
