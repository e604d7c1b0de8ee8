"""Rung 4: layers whose activation is cut off where values still count."""

from __future__ import annotations

import numpy as np

from qnn_edu.nets.diagnosis.layers import MAKES, layers, maker_names
from qnn_edu.nets.diagnosis.lifting import lifted, upper_bound
from qnn_edu.nets.diagnosis.report import Finding, Step
from qnn_edu.nets.diagnosis.subject import Subject, count, surprise
from qnn_edu.tflite.graph import Operator

PILED = 0.01  # of the positive values at the bound: below it, there is nothing to win
SURE = 3.0  # standard errors by which the mean surprise falls without the bound
PLAIN = 0.1  # of the positive values at the bound: a fault if labels do not speak for the bound
TIED = 0.05  # of a kernel's weights that are the largest of their channel, each other's equals


def bounds(subject: Subject) -> Step:
    """Each bounded layer freed of its bound, judged by how much less labels surprise it then.

    A network that was trained with its bounds has no use for values above them. Kernels are looked
    at too: of weights that were cut off, many are equally large.
    """
    graph, name = subject.graph, "Bounds"
    bounded = [(op, upper_bound(graph, op)) for op in graph.operators]
    piles = [(op, bound, _piled(subject, op, bound)) for op, bound in bounded if bound is not None]
    findings = [
        found
        for op, bound, share in piles
        if share >= PILED and (found := _judged(subject, op, bound, share))
    ]
    findings += _cut_kernels(subject)
    most = max((share for _, _, share in piles), default=0)
    said = f"{len(piles)} layers are cut off above, {most:.1%} of the positive values at most."
    return Step(
        name,
        said,
        advice=findings[0].advice if findings else "go on",
        findings=tuple(findings),
    )


def _piled(subject: Subject, op: Operator, bound: float) -> float:
    """The share of the positive values that lie at the bound."""
    values = subject.activations[op.outputs[0]]
    positive = values[values > 0]
    return float(np.mean(positive >= np.float32(bound))) if positive.size else 0.0


def _judged(subject: Subject, op: Operator, bound: float, share: float) -> Finding | None:
    said = f"{share:.0%} of its positive values lie at its bound, {bound:.4g}"
    if subject.y is None:
        if share < PLAIN:
            return None
        cost = "what lies above is lost; without labels nobody knows whether it counts"
    else:
        x, y = subject.taken(subject.few), subject.y[: count(subject.few)]
        here = surprise(subject.float_file, x, y)
        there = surprise(lifted(subject.float_file, op.index), x, y)
        gain = here - there
        sure = SURE * gain.std() / np.sqrt(len(gain))
        if gain.mean() <= (0 if share >= PLAIN else sure):
            return None
        cost = f"mean surprise {here.mean():.3g} nats, {there.mean():.3g} without the bound"
    names = maker_names(subject.graph, op)
    return Finding(
        "clipped_layer",
        f"{names[0]} (behind {names[-1]})" if len(names) > 1 else names[0],
        said,
        cost,
        "raise the bound or take it away, or train on with it",
        names,
    )


def _cut_kernels(subject: Subject) -> list[Finding]:
    """Layers whose weights end in a wall."""
    found = []
    for layer in layers(subject.graph):
        kernel = subject.graph.tensors[layer.operator.inputs[1]].data
        rows = np.abs(np.moveaxis(kernel, MAKES[layer.operator.name], 0)).reshape(
            len(layer.made), -1
        )
        largest = rows.max(axis=1, keepdims=True)
        tied = (rows >= largest * (1 - 1e-6)) & (largest > 0)  # folding rounds them apart
        share = float(np.sum(tied[tied.sum(axis=1) > 2]) / rows.size)
        if share >= TIED:
            found.append(
                Finding(
                    "clipped_layer",
                    layer.place,
                    f"{share:.0%} of its weights are the largest of their channel, all alike",
                    "what larger weights did is lost",
                    "look who clipped the weights; train on, or restore them",
                    layer.names,
                )
            )
    return found
