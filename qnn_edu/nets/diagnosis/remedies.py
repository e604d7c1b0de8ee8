"""Rungs 7, 8, 10, 11: other scales, other ranges, a layer in float, 16 bits; measured on files."""

from __future__ import annotations

import numpy as np

from qnn_edu.core.range_methods import RANGE_METHODS
from qnn_edu.nets.conversion.calibration import measure_ranges
from qnn_edu.nets.conversion.quantizer import quantize_calibrated
from qnn_edu.nets.diagnosis.report import Finding, Step
from qnn_edu.nets.diagnosis.subject import Subject, first
from qnn_edu.nets.litert.comparison import Comparison
from qnn_edu.nets.litert.layer_loss import LayerLoss, layer_report

RANGED = 50  # calibration examples that range methods look at: all activations are held in memory
REPORTED = 100  # examples that the report of layers looks at
TRIED = 8  # layers that are tried in float, those that made most of the error
FREED = 3  # layers in float; with more, the conversions between them eat the gain


def weights(subject: Subject) -> Step:
    """One scale for a whole weight tensor, beside one a channel."""
    content = quantize_calibrated(subject.calibrated, io="float32", per_channel=False)
    row = subject.judged("int8, per tensor", content)
    said = f"A scale for each weight tensor: {subject.worth(row)}, {lost_by(subject, row)}."
    return step_of("Weights", said, subject, row, "keep a scale a channel: go on")


def methods(subject: Subject) -> Step:
    """Ranges that clip, by every method that has a use for data in any order."""
    some = [subject.taken(first(subject.calibration, RANGED))]
    rows = []
    for name, method in RANGE_METHODS.items():
        if method.in_order or name == "min_max":
            continue
        chosen = measure_ranges(subject.calibrated, some, method)
        content = quantize_calibrated(subject.calibrated, io="float32", ranges=chosen)
        rows.append(subject.judged(f"int8, {name}", content))
    best = max(rows, key=lambda row: row.accuracy)
    said = f"Best of {len(rows)} ways to clip: {best.name}, {subject.worth(best)}."
    found = step_of("Ranges", said, subject, best, "clipping does not help enough: go on")
    return Step(found.name, said, found.cost, found.advice, (), tuple(rows), found.stops)


def mixed(subject: Subject) -> Step:
    """The layer that helps most when it is left in float, then the next, until it is enough."""
    kept: list[str] = []
    best, rows = subject.judged("int8", subject.int8), []
    report = layer_report(
        subject.float_file, subject.int8, subject.taken(first(subject.few, REPORTED))
    )
    names = [row.name for row in sorted(report, key=_weight, reverse=True)][:TRIED]
    while len(kept) < FREED and subject.loss(best) > subject.allowed and names:
        tried = {name: _freed(subject, [*kept, name]) for name in names}
        name = max(tried, key=lambda each: tried[each].accuracy)
        if tried[name].accuracy <= best.accuracy:
            break
        best = tried[name]
        kept, names = [*kept, name], [each for each in names if each != name]
        rows.append(best)
    if not kept:
        return Step("Layers in float", "None of them helps.", advice="the fault is elsewhere")
    said = f"{', '.join(kept)} in float: {subject.worth(best)}, {lost_by(subject, best)}."
    by_name = {row.name: row for row in report}
    findings = tuple(
        _sensitive(subject, by_name[name], row) for name, row in zip(kept, rows, strict=True)
    )
    found = step_of("Layers in float", said, subject, best, "that is not enough: go on")
    return Step(found.name, said, found.cost, found.advice, findings, tuple(rows), found.stops)


def wide(subject: Subject) -> Step:
    """Activations of 16 bits, weights of 8."""
    try:
        content = quantize_calibrated(subject.calibrated, recipe="int16x8", io="float32")
    except ValueError as error:  # the converter lacks 16 bits for some operators
        return Step("16 bits", f"There is no such file: {error}", advice="train, the next step")
    row = subject.judged("int16x8", content)
    said = f"Activations in 16 bits: {subject.worth(row)}, {lost_by(subject, row)}."
    return step_of("16 bits", said, subject, row, "the weights are at fault: train, the next step")


def _weight(row: LayerLoss) -> float:
    """How much of the signal's energy the error that a layer made itself is."""
    return float(np.nan_to_num(row.share_made * 10 ** (-row.sqnr_db / 10)))


def _freed(subject: Subject, names: list[str]) -> Comparison:
    content = quantize_calibrated(subject.calibrated, io="float32", keep_float=names)
    return subject.judged(f"int8, {', '.join(names)} in float", content)


def _sensitive(subject: Subject, lost: LayerLoss, row: Comparison) -> Finding:
    return Finding(
        "sensitive_layer",
        lost.name,
        f"{lost.sqnr_db:.1f} dB, {lost.share_made:.0%} of its error made here; in float the file "
        f"is {subject.worth(row)}",
        f"{row.size:,} bytes and {row.integer_share:.0%} integer operators with it in float",
        f"keep_float=[{lost.name!r}], or look what is odd about its channels",
        (lost.name,),
    )


def lost_by(subject: Subject, row: Comparison) -> str:
    """The points that a file loses, in words."""
    return f"{subject.loss(row):.2f} points lost"


def step_of(name: str, said: str, subject: Subject, row: Comparison, otherwise: str) -> Step:
    """A rung that a file was made on: does it do?"""
    fits = subject.loss(row) <= subject.allowed
    return Step(
        name,
        said,
        cost=f"{row.size:,} bytes, {1e6 * row.time:,.1f} µs, {row.integer_share:.0%} integer",
        advice="stop: this file will do" if fits else otherwise,
        files=(row,),
        stops=fits,
    )
