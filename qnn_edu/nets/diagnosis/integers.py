"""Rung 5: 8 bits as most would make them, one scale a channel."""

from __future__ import annotations

from qnn_edu.nets.conversion.quantizer import float_operators
from qnn_edu.nets.diagnosis.report import Finding, Step
from qnn_edu.nets.diagnosis.subject import Subject
from qnn_edu.nets.diagnosis.worst_channels import worst_channels
from qnn_edu.tflite.reader import read


def integers(subject: Subject) -> Step:
    """The int8 file against the float file, and the operators that it leaves in float."""
    float_row, row = subject.float_row, subject.judged("int8", subject.int8)
    loss = subject.loss(row)
    findings = _left_in_float(subject)
    fits = loss <= subject.allowed
    said = (
        f"int8, a scale a channel: {subject.worth(row)}, float {float_row.accuracy:.2f}; "
        f"{loss:.2f} points lost, {subject.allowed:.2f} accepted.{_worst(subject)}"
    )
    return Step(
        "Integers",
        said,
        cost=f"{row.size:,} bytes for {float_row.size:,}, {row.integer_share:.0%} integer",
        advice="stop: this file will do" if fits else "go on: the loss has a cause",
        findings=findings,
        files=(float_row, row),
        stops=fits,
    )


def _worst(subject: Subject) -> str:
    """The channel that lost most, for a layer's mean does not show it."""
    found = worst_channels(subject.float_file, subject.int8, subject.taken(subject.few))
    if not found:
        return ""
    least = min(found, key=lambda each: each.worst_db)
    return (
        f" Worst channel: {least.channel} of {least.layer}, {least.worst_db:.1f} dB where the "
        f"layer has {least.sqnr_db:.1f}."
    )


def _left_in_float(subject: Subject) -> tuple[Finding, ...]:
    graph = read(subject.int8)
    return tuple(
        Finding(
            "float_operator",
            f"{graph.layer_name(op.outputs[0])} ({op.name})",
            f"operator {op.index}, {op.name}, computes in float between two conversions",
            "a chip without floats cannot run the file; elsewhere the conversions take time",
            "replace it by an operation that has an integer kernel, such as ReLU or hard swish",
            layers=(graph.layer_name(op.outputs[0]),),
        )
        for op in float_operators(graph)
    )
