"""Rung 3: channels that are dead, stretched, or larger than all others, in the float network.

Everything is measured in bits, powers of two: a channel n bits above the one in the middle takes n
of the 8 bits from all others that share its scale, 6 dB of SQNR each.
"""

from __future__ import annotations

import numpy as np

from qnn_edu.nets.diagnosis.layers import Layer, layers
from qnn_edu.nets.diagnosis.lifting import without_activation
from qnn_edu.nets.diagnosis.report import Finding, Step
from qnn_edu.nets.diagnosis.subject import Subject
from qnn_edu.nets.litert.interpreter import run_tflite

# A quarter of the levels is left to the others, and no such channel is among the thousands of 60
# healthy networks, where the largest lies 1.1 bits above the middle.
BITS = 2.0
ODD = (
    6.0  # robust standard deviations from the middle, so that a wide layer is no crowd of outliers
)
APART = 4.0  # bits between the ends of a layer's balance: 1.6 in healthy networks
GONE = -10.0  # bits below the middle: less than a thousandth, which rounds to nothing
ASLEEP = 5.0  # deviations of the channel in the middle, below zero; training alone leads to 2.5
FEWEST = 4  # channels without which there is no middle


def channels(subject: Subject) -> Step:
    """Each channel's largest value and largest weights, where made and where read, side by side."""
    findings: list[Finding] = []
    asleep, looked_at = 0, 0
    for layer in layers(subject.graph):
        peaks = _peaks(subject, layer)
        dead, quiet = _dead(subject, layer, peaks)
        findings += [_dead_finding(layer, channel) for channel in dead]
        live = np.setdiff1d(np.flatnonzero(peaks > 0), dead)
        if len(live) >= FEWEST:
            findings += _uneven(layer, peaks, live)
        asleep, looked_at = asleep + quiet, looked_at + len(peaks)
    findings = _without_echoes(subject, findings)
    said = f"{looked_at} channels: {len(findings)} dead, stretched or far above the others."
    if asleep:
        said += f" {asleep} answer to no example here, but others may wake them."
    return Step(
        "Channels",
        said,
        advice=findings[0].advice if findings else "go on",
        findings=tuple(findings),
    )


def _peaks(subject: Subject, layer: Layer) -> np.ndarray:
    """The largest |value| of each channel."""
    values = subject.activations[layer.output]
    return np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)


def _dead(subject: Subject, layer: Layer, peaks: np.ndarray) -> tuple[np.ndarray, int]:
    """Channels whose weights are gone or that no input wakes, and how many others sleep."""
    gone = layer.made <= 2**GONE * np.median(layer.made)
    if layer.read is not None and layer.mixed:  # a depthwise reader has its own row
        product = _bits(layer.made * layer.read)
        gone |= product - np.median(product) < GONE
    silent = (peaks == 0) & ~gone
    if not silent.any():
        return np.flatnonzero(gone), 0
    content = without_activation(subject.float_file, layer.operator.index)
    came = subject.activations[layer.operator.inputs[0]]
    sums = run_tflite(content, came).outputs[0].reshape(-1, len(peaks)).astype(np.float64)
    spread = sums.std(axis=0)  # none where what comes in is dead itself
    deep = silent & (spread > 0) & (sums.max(axis=0) < -ASLEEP * np.median(spread))
    return np.flatnonzero(gone | deep), int(np.sum(silent & ~deep))


def _uneven(layer: Layer, peaks: np.ndarray, live: np.ndarray) -> list[Finding]:
    """Channels of the living that are stretched, or larger than all others."""
    found: dict[int, Finding] = {}
    if layer.read is not None:
        made, read = _bits(layer.made[live]), _bits(layer.read[live])
        balance, product = _centred((made - read) / 2), _centred(made + read)
        odd = _is_odd(balance) & (np.abs(product) < np.abs(balance))
        for k in np.flatnonzero(odd):
            found[int(live[k])] = _stretched(layer, int(live[k]), 2 ** balance[k])
        if not found and np.ptp(balance) >= APART and _is_traded(made, read):
            k = int(np.argmax(np.abs(balance)))
            return [_all_stretched(layer, int(live[k]), 2 ** np.ptp(balance))]
    height = _centred(_bits(peaks[live]))
    for k in np.flatnonzero(_is_odd(height) & (height > 0)):
        channel = int(live[k])
        found.setdefault(channel, _outlier(layer, channel, peaks[channel], 2 ** height[k]))
    return list(found.values())


def _bits(values: np.ndarray) -> np.ndarray:
    """log2, of zero too: as if it were the least positive number."""
    return np.log2(np.maximum(values, np.finfo(np.float32).tiny))


def _centred(bits: np.ndarray) -> np.ndarray:
    return bits - np.median(bits)


def _is_odd(centred: np.ndarray) -> np.ndarray:
    """Far from the middle, and far as distances go in this layer (1.4826 MAD is a deviation)."""
    deviation = 1.4826 * np.median(np.abs(centred))
    return (np.abs(centred) >= BITS) & (np.abs(centred) >= ODD * deviation)


def _is_traded(made: np.ndarray, read: np.ndarray) -> bool:
    """Is what channels gain where they are made lost where they are read?"""
    return float(np.corrcoef(made, read)[0, 1]) < -0.5


def _without_echoes(subject: Subject, findings: list[Finding]) -> list[Finding]:
    """Leave out a large channel that only passes on what a large channel before it gave."""
    depthwise = {
        layer.name for layer in layers(subject.graph) if layer.operator.name == "DEPTHWISE_CONV_2D"
    }
    kept: list[Finding] = []
    for finding in findings:
        echo = (
            finding.kind == "outlier_channel"
            and finding.layers[0] in depthwise
            and any((k.kind, k.channel) == (finding.kind, finding.channel) for k in kept)
        )
        if not echo:
            kept.append(finding)
    return kept


def _finding(kind: str, layer: Layer, channel: int, measured: str, cost: str, do: str) -> Finding:
    names = (layer.name, *(name for name in layer.names if name != layer.name))
    return Finding(kind, f"{layer.place}, channel {channel}", measured, cost, do, names, channel)


def _dead_finding(layer: Layer, channel: int) -> Finding:
    return _finding(
        "dead_channel",
        layer,
        channel,
        f"its {len(layer.made)} sisters live, it gives the same whatever comes in",
        "its weights are stored and multiplied for nothing; what it knew is lost",
        "look how it came to that (a bias? a gamma of 0?), mend or prune it, and train on",
    )


def _stretched(layer: Layer, channel: int, times: float) -> Finding:
    size, end = (times, "large") if times > 1 else (1 / times, "small")
    return _finding(
        "stretched_channel",
        layer,
        channel,
        f"{size:.3g} times too {end} for its sisters, and the next layer makes up for it",
        f"{np.log2(size):.1f} of 8 bits of "
        + ("all others, which share its scale" if times > 1 else "its own"),
        "nets.equalize(model): divided where it is made, multiplied where it is read",
    )


def _all_stretched(layer: Layer, channel: int, times: float) -> Finding:
    return _finding(
        "stretched_channel",
        layer,
        channel,
        f"the worst of many: channels are up to {times:.3g} times apart, and the next layer makes "
        "up for it",
        f"up to {np.log2(times):.1f} of 8 bits of the small ones",
        "nets.equalize(model): each divided where it is made, multiplied where it is read",
    )


def _outlier(layer: Layer, channel: int, peak: float, times: float) -> Finding:
    return _finding(
        "outlier_channel",
        layer,
        channel,
        f"reaches {peak:.4g}, {times:.3g} times the channel in the middle",
        f"{np.log2(times):.1f} of 8 bits of all others, which share its scale",
        "find what makes it so large (a bias? one weight?); clip its range or keep the layer float",
    )
