"""What is examined: a model, examples with class numbers, and what is made of them once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from qnn_edu.core.affine import dequantize
from qnn_edu.nets.conversion.calibration import calibrate
from qnn_edu.nets.conversion.converter import convert
from qnn_edu.nets.conversion.quantizer import quantize_calibrated
from qnn_edu.nets.conversion.source import Source
from qnn_edu.nets.litert.comparison import Comparison, compare, model_input
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.tflite.graph import Graph
from qnn_edu.tflite.reader import read

LOOKED_AT = 400  # examples whose activations are looked at; all are judged
REPEATS = 5  # runs that a time is the median of


@dataclass(frozen=True, eq=False)
class Subject:
    """A model with one input; `x` float32 (n, ...), `y` int (n,) or None, `calibration` (m, ...).

    `bytes_given`: the examples came as integers. `tolerance`: points; None is chance.
    """

    origin: Source
    x: np.ndarray
    y: np.ndarray | None
    calibration: np.ndarray
    tolerance: float | None = None
    bytes_given: bool = False

    @property
    def name(self) -> str:
        return getattr(self.origin.given, "name", "the network")

    @property
    def few(self) -> np.ndarray:
        """The examples whose activations are looked at."""
        return self.x[:LOOKED_AT]

    @cached_property
    def float_file(self) -> bytes:
        return convert(self.origin, "float32")

    @cached_property
    def graph(self) -> Graph:
        return read(self.float_file)

    def fed(self, x: np.ndarray) -> Subject:
        """The same network on as many other examples; its file is not made again."""
        other = replace(self, x=x, y=None if self.y is None else self.y[: len(x)])
        other.__dict__["float_file"] = self.float_file
        return other

    @cached_property
    def activations(self) -> dict[int, np.ndarray]:
        """Every tensor of the float file on `few`."""
        return run_tflite(self.float_file, self.few, keep=True).tensors

    @cached_property
    def calibrated(self) -> bytes:
        return calibrate(self.origin, self.calibration)

    @cached_property
    def int8(self) -> bytes:
        """The file that most would make: one scale a channel, smallest to largest value.

        Its ends are float, so that an operator that has no integer form is left, not refused.
        """
        return quantize_calibrated(self.calibrated, io="float32")

    @cached_property
    def float_row(self) -> Comparison:
        return self.judged("float32", self.float_file)

    def judged(self, name: str, content: bytes) -> Comparison:
        """What a file costs and what it is worth; without labels its accuracy is its agreement
        with the float file, or NaN where there are no classes."""
        y = self.y if self.y is not None else scores(self.float_file, self.x).argmax(axis=1)
        (row,) = compare({name: content}, (self.x, y), repeats=REPEATS)
        return row

    @cached_property
    def allowed(self) -> float:
        """The loss of accuracy that is accepted, in points: `tolerance`, or the standard error.

        Of k right answers among n, with one of each kind added, so that a perfect score is not
        taken for a certain one.
        """
        if self.tolerance is not None:
            return self.tolerance
        n = len(self.x)
        p = (self.float_row.accuracy / 100 * n + 1) / (n + 2)
        return 100 * float(np.sqrt(p * (1 - p) / n))

    def loss(self, row: Comparison) -> float:
        """Points that a file loses against the float file."""
        return self.float_row.accuracy - row.accuracy


def scores(content: bytes, x: np.ndarray) -> np.ndarray:
    """The first output of a file as real numbers, (n, classes).

    >>> from qnn_edu.data import asset, digits
    >>> scores(asset("digits_int8.tflite").read_bytes(), digits("test")[0][:3]).shape
    (3, 10)
    """
    graph = read(content)
    output = run_tflite(content, model_input(graph, x)).outputs[0]
    params = graph.tensors[graph.outputs[0]].params
    real = output if params is None else dequantize(output, params)
    return np.asarray(real, np.float64).reshape(len(x), -1)


def probabilities(content: bytes, x: np.ndarray) -> np.ndarray:
    """What a file says of each class, (n, classes); scores that are none get a softmax.

    >>> from qnn_edu.data import asset, digits
    >>> p = probabilities(asset("digits_float32.tflite").read_bytes(), digits("test")[0][:3])
    >>> p.sum(axis=1).round(6).tolist()
    [1.0, 1.0, 1.0]
    """
    p = scores(content, x)
    if p.min() < 0 or np.abs(p.sum(axis=1) - 1).max() > 1e-3:
        p = np.exp(p - p.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
    return np.maximum(p, 1e-12)


def surprise(content: bytes, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """`-log p(y)` of each example, in nats: (n,).

    >>> from qnn_edu.data import asset, digits
    >>> x, y = digits("test")
    >>> float(surprise(asset("digits_float32.tflite").read_bytes(), x, y).mean()) < 0.05
    True
    """
    return -np.log(probabilities(content, x)[np.arange(len(y)), y])
