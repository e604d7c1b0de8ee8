"""What each layer of a quantized model lost, and how much of that it made itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from qnn_edu.core.affine import dequantize
from qnn_edu.nets.litert.comparison import model_inputs
from qnn_edu.nets.litert.counterparts import Pair, counterparts, inputs_meant
from qnn_edu.nets.litert.runner import Runner
from qnn_edu.tflite import extract
from qnn_edu.tflite.feeding import cut, given
from qnn_edu.tflite.flatbuffer import model_bytes
from qnn_edu.tflite.graph import Graph, Tensor
from qnn_edu.tflite.reader import read


@dataclass(frozen=True)
class LayerLoss:
    """The error of one operator's output and where it comes from; see `layer_report`.

    The metadata of each field is its column's heading and number format, for `draw.table`.
    """

    name: str = field(metadata={"heading": "layer"})
    operator: str = field(metadata={"heading": "operator"})
    index: int = field(metadata={"heading": "tensor"})
    float_index: int = field(metadata={"heading": "float tensor"})
    sqnr_db: float = field(metadata={"heading": "SQNR (dB)", "format": ".1f"})
    rmse_steps: float | None = field(metadata={"heading": "made RMSE / step", "format": ".2f"})
    clipped: float | None = field(metadata={"heading": "clipped", "format": ".2%"})
    share_made: float = field(metadata={"heading": "made here", "format": ".0%"})


def layer_report(
    float_model: str | Path | bytes,
    quantized_model: str | Path | bytes,
    data: Any,
    *,
    kernels: str = "xnnpack",
) -> list[LayerLoss]:
    """`y_q - y = (y_q - y_came) + (y_came - y)`: the error made here, and the error inherited.

    For each operator of the quantized model, `y_q` is what it puts out, `y` what the float model
    has there, and `y_came` what the *float* operator makes of the inputs that really came, all in
    real units. So made here is what rounded weights and bias add, and the rounding and clipping of
    the output; inherited is the error of the inputs, passed on. A row has

    - `name`, `operator`: what a reader calls the layer, the operator's name,
    - `index`, `float_index`: the tensor in the quantized and in the float file,
    - `sqnr_db`: the energy of y over that of the whole error, in dB; infinite where there is none,
    - `rmse_steps`: the root mean square of the error made here, over the tensor's scale. Rounding
      alone gives 1/sqrt(12) = 0.289; above 0.7 look closer. None for a float tensor,
    - `clipped`: the share of y more than half a step outside [lo, hi]; None for a float tensor,
    - `share_made`: the energy made here over the sum of both energies, from 0 to 1; 0 where there
      is no error at all.

    QUANTIZE and DEQUANTIZE have no row: what they round, the next operator inherits. `data`: inputs
    (n, ...) of the float model, as `model_inputs` takes them. `kernels` as in `run_tflite`.

    Raises:
        ValueError: models that are no counterparts, a float model that is quantized itself, data
            that is empty or not real, and what `run_tflite` refuses.

    >>> from qnn_edu.data import asset, digits
    >>> files = [asset(f"digits_{name}.tflite") for name in ("float32", "int8")]
    >>> first, *_ = layer_report(*files, digits("test")[0][:50])
    >>> first.name, first.operator, first.sqnr_db > 30, first.clipped < 0.01
    ('conv_relu', 'CONV_2D', True, True)
    """
    float_model, quantized_model = model_bytes(float_model), model_bytes(quantized_model)
    real, quantized = read(float_model), read(quantized_model)
    pairs = counterparts(real, quantized)
    images = _images(real, quantized, data)
    run_real, run_quantized = (
        Runner(content, kernels, keep=True) for content in (float_model, quantized_model)
    )
    parts = [Runner(extract(float_model, [pair.float_operator.index]), kernels) for pair in pairs]
    sums = np.zeros((len(pairs), len(_Sums._fields)))
    for floats, levels in images:
        y, q = run_real(floats), run_quantized(levels)
        for row, pair, part in zip(sums, pairs, parts, strict=True):
            inputs = [_real(q[tensor.index], tensor) for tensor in pair.inputs]
            came = list(part(inputs).values())
            y_came = came[pair.operator.outputs.index(pair.output.index)]
            y_q = _real(q[pair.output.index], pair.output)
            row += _sums(y[pair.float_output.index], y_came, y_q, pair.output)
    names = [real.layer_name(pair.float_output.index) for pair in pairs]
    return [_row(*each, _Sums(*row)) for *each, row in zip(names, pairs, sums, strict=True)]


def _images(real: Graph, quantized: Graph, data: Any) -> Iterator[tuple[list, list]]:
    """What the float model takes of one image, and what the quantized one takes of it.

    The image stands in the order of the float model's inputs.
    """
    places = dict(zip(real.inputs, given(real, data), strict=True))
    meant = inputs_meant(real, quantized)
    floats = cut(real, model_inputs(real, list(places.values())))
    levels = cut(quantized, model_inputs(quantized, [places[i] for i in meant.values()]))
    return zip(*(map(list, zip(*each, strict=True)) for each in (floats, levels)), strict=True)


class _Sums(NamedTuple):
    """Sums over all values of a tensor; each measure of a row follows from these."""

    values: float
    signal: float
    error: float
    made: float
    inherited: float
    clipped: float


def _sums(y: np.ndarray, y_came: np.ndarray, y_q: np.ndarray, tensor: Tensor) -> _Sums:
    y, y_came, y_q = (each.astype(np.float64) for each in (y, y_came, y_q))
    parts = (y, y_q - y, y_q - y_came, y_came - y)
    clipped, params = 0, tensor.params
    if params is not None:
        margin = params.scale / 2
        clipped = np.count_nonzero((y < params.lo - margin) | (y > params.hi + margin))
    return _Sums(y.size, *(np.sum(part**2) for part in parts), clipped)


def _row(name: str, pair: Pair, sums: _Sums) -> LayerLoss:
    rmse, clipped = np.sqrt(sums.made / sums.values), sums.clipped / sums.values
    params, parts = pair.output.params, sums.made + sums.inherited
    return LayerLoss(
        name=name,
        operator=pair.operator.name,
        index=pair.output.index,
        float_index=pair.float_output.index,
        sqnr_db=_decibels(sums.signal, sums.error),
        rmse_steps=None if params is None else float(rmse / params.scale),
        clipped=None if params is None else float(clipped),
        share_made=float(sums.made / parts) if parts else 0.0,
    )


def _decibels(signal: float, noise: float) -> float:
    """The ratio in dB, at its ends as `metrics.sqnr_db` has them."""
    if noise == 0:
        return float("inf")
    return 10 * float(np.log10(signal / noise)) if signal else float("-inf")


def _real(values: np.ndarray, tensor: Tensor) -> np.ndarray:
    return values if tensor.params is None else dequantize(values, tensor.params)
