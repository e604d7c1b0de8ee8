"""The SQNR of each channel of each layer: a mean weighed by energy is blind to small channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qnn_edu.core.affine import dequantize
from qnn_edu.nets.litert.comparison import model_inputs
from qnn_edu.nets.litert.counterparts import counterparts
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.tflite.reader import read


@dataclass(frozen=True)
class WorstChannel:
    """A layer's SQNR over all channels, and that of its channel that lost most, both in dB."""

    layer: str
    sqnr_db: float
    channel: int
    worst_db: float


def worst_channels(float_model: bytes, quantized_model: bytes, x: Any) -> list[WorstChannel]:
    """For each layer with a signal in each of several channels, the one with the least SQNR.

    Channels without a signal, those of a ReLU that never opens, are left out. `x`: real inputs
    (n, ...), as `model_inputs` takes them.

    >>> from qnn_edu.data import asset, digits
    >>> files = [asset(f"digits_{name}.tflite").read_bytes() for name in ("float32", "int8")]
    >>> first, *_ = worst_channels(*files, digits("test")[0][:50])
    >>> first.layer, bool(first.worst_db < first.sqnr_db)
    ('conv_relu', True)
    """
    real, quantized = read(float_model), read(quantized_model)
    y = run_tflite(float_model, model_inputs(real, x), keep=True).tensors
    q = run_tflite(quantized_model, model_inputs(quantized, x), keep=True).tensors
    found = []
    for pair in counterparts(real, quantized):
        ours, theirs = y[pair.float_output.index], q[pair.output.index]
        params = pair.output.params
        came = theirs if params is None else dequantize(theirs, params)
        signal, noise = (_energies(each) for each in (ours, came - ours))
        live = np.flatnonzero(signal > 0)
        if len(live) > 1 and noise[live].all():
            ratio = 10 * np.log10(signal[live] / noise[live])
            overall = 10 * float(np.log10(signal.sum() / noise.sum()))
            worst = int(np.argmin(ratio))
            name = real.layer_name(pair.float_output.index)
            found.append(WorstChannel(name, overall, int(live[worst]), float(ratio[worst])))
    return found


def _energies(values: np.ndarray) -> np.ndarray:
    """The energy of each channel, the last axis."""
    return np.sum(np.square(values.reshape(-1, values.shape[-1]), dtype=np.float64), axis=0)
