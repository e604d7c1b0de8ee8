"""What is examined: a model, examples, what is true of them, and what is made of them once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from qnn_edu.core.affine import dequantize
from qnn_edu.nets.conversion.calibration import calibrate
from qnn_edu.nets.conversion.converter import convert
from qnn_edu.nets.conversion.quantizer import quantize_calibrated
from qnn_edu.nets.conversion.source import Source
from qnn_edu.nets.litert.comparison import Comparison, compare, model_inputs
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.tflite.graph import Graph
from qnn_edu.tflite.reader import read

LOOKED_AT = 400  # examples whose activations are looked at; all are judged
REPEATS = 5  # runs that a time is the median of
A_POINT = 1.0  # of what is explained, where no class is right or wrong

Examples = dict[str, np.ndarray]  # arrays (n, ...) by input name


@dataclass(frozen=True, eq=False)
class Training:
    """What to train on: `x` (n, ...) by input name, `y` as the subject's, and how many epochs."""

    x: Examples
    y: np.ndarray
    epochs: int


@dataclass(frozen=True, eq=False)
class Subject:
    """A model; `x` and `calibration`, arrays (n, ...) by input name; `y` int (n,) or None.

    `targets`: real numbers (n, values) in place of `y`, as a network of no classes learns them.
    `bytes_given`: the examples came as integers. `tolerance`: points; None is chance.
    """

    origin: Source
    x: Examples
    y: np.ndarray | None
    calibration: Examples
    tolerance: float | None = None
    bytes_given: bool = False
    targets: np.ndarray | None = None
    train: Training | None = None

    @property
    def name(self) -> str:
        name = getattr(self.origin.given, "name", None)
        return name if isinstance(name, str) else "the network"  # functions have made-up ones

    @property
    def few(self) -> Examples:
        """The examples whose activations are looked at."""
        return first(self.x, LOOKED_AT)

    def taken(self, x: Examples) -> Any:
        """Examples as the files of this model take them."""
        return self.origin.fed(x)

    def place(self, name: str) -> str:
        """How an input is called."""
        return "the input" if len(self.x) == 1 else f"input {name!r}"

    @property
    def real_inputs(self) -> list[str]:
        """The inputs that hold real numbers: class numbers have no scale."""
        return [name for name, values in self.x.items() if values.dtype.kind == "f"]

    @cached_property
    def has_classes(self) -> bool:
        """Is an answer the place of the largest score, one score for each class?"""
        if self.y is not None or self.targets is not None:
            return self.targets is None
        output = run_tflite(self.float_file, self.taken(first(self.x, 1))).outputs[0]
        return sum(size > 1 for size in output.shape) == 1

    @property
    def right(self) -> str:
        """What a file is so many percent of."""
        return "right" if self.has_classes else "explained"

    @cached_property
    def float_file(self) -> bytes:
        return convert(self.origin, "float32")

    @cached_property
    def graph(self) -> Graph:
        return read(self.float_file)

    def on(self, x: Examples) -> Subject:
        """The same network on as many other examples; its file is not made again."""
        other = replace(self, x=x, y=None if self.y is None else self.y[: count(x)])
        other.__dict__["float_file"] = self.float_file
        return other

    @cached_property
    def activations(self) -> dict[int, np.ndarray]:
        """Every tensor of the float file on `few`."""
        return run_tflite(self.float_file, self.taken(self.few), keep=True).tensors

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
        """What a file costs and what it is worth.

        Without labels its accuracy is its agreement with the float file; where there are no
        classes, the percentage of the variance that its outputs explain, R squared.
        """
        x = self.taken(self.x)
        if self.y is not None:
            y = self.y
        elif self.has_classes:
            y = scores(self.float_file, x).argmax(axis=1)
        else:
            y = np.zeros(count(self.x), int)
        (row,) = compare({name: content}, (x, y), repeats=REPEATS)
        if self.has_classes:
            return row
        true = scores(self.float_file, x) if self.targets is None else self.targets
        return replace(row, accuracy=explained(true, scores(content, x)))

    def worth(self, row: Comparison) -> str:
        """A file's accuracy, and what it is a percentage of."""
        return f"{row.accuracy:.2f} % {self.right}"

    @cached_property
    def allowed(self) -> float:
        """The loss of accuracy that is accepted, in points: `tolerance`, or the standard error.

        Of k right answers among n, with one of each kind added, so that a perfect score is not
        taken for a certain one. Where there are no classes, a point of the variance.
        """
        if self.tolerance is not None:
            return self.tolerance
        if not self.has_classes:
            return A_POINT
        n = count(self.x)
        p = (self.float_row.accuracy / 100 * n + 1) / (n + 2)
        return 100 * float(np.sqrt(p * (1 - p) / n))

    def loss(self, row: Comparison) -> float:
        """Points that a file loses against the float file."""
        return self.float_row.accuracy - row.accuracy


def count(x: Examples) -> int:
    """The number of examples.

    >>> count({"image": np.zeros((3, 8, 8, 1))})
    3
    """
    return len(next(iter(x.values())))


def first(x: Examples, n: int) -> Examples:
    """The first n examples.

    >>> first({"image": np.zeros((3, 2))}, 2)["image"].shape
    (2, 2)
    """
    return {name: values[:n] for name, values in x.items()}


def explained(true: np.ndarray, found: np.ndarray) -> float:
    """R squared: the percentage of the variance of `true` (n, values) that `found` explains.

    >>> explained(np.array([[0.0], [2.0]]), np.array([[0.0], [1.0]]))
    50.0
    """
    spread = np.sum(np.square(true - true.mean(axis=0)))
    missed = np.sum(np.square(true - found))
    return 100 * (1 - float(missed / max(spread, np.finfo(np.float32).tiny)))


def scores(content: bytes, x: Any) -> np.ndarray:
    """The first output of a file as real numbers, (n, classes); `x` as `model_inputs` takes it.

    >>> from qnn_edu.data import asset, digits
    >>> scores(asset("digits_int8.tflite").read_bytes(), digits("test")[0][:3]).shape
    (3, 10)
    """
    graph = read(content)
    inputs = model_inputs(graph, x)
    output = run_tflite(content, inputs).outputs[0]
    params = graph.tensors[graph.outputs[0]].params
    real = output if params is None else dequantize(output, params)
    return np.asarray(real, np.float64).reshape(len(inputs[0]), -1)


def sums_to_one(p: np.ndarray) -> bool:
    """Are scores (n, classes) probabilities?

    >>> sums_to_one(np.array([[0.25, 0.75]])), sums_to_one(np.array([[-1.0, 2.0]]))
    (True, False)
    """
    return bool(p.min() >= 0 and np.abs(p.sum(axis=1) - 1).max() <= 1e-3)


def probabilities(content: bytes, x: Any) -> np.ndarray:
    """What a file says of each class, (n, classes); scores that are none get a softmax.

    >>> from qnn_edu.data import asset, digits
    >>> p = probabilities(asset("digits_float32.tflite").read_bytes(), digits("test")[0][:3])
    >>> p.sum(axis=1).round(6).tolist()
    [1.0, 1.0, 1.0]
    """
    most = float(np.finfo(np.float32).max)
    p = np.nan_to_num(scores(content, x), posinf=most, neginf=-most)
    if not sums_to_one(p):
        p = np.exp(p - p.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
    return np.maximum(p, 1e-12)


def surprise(content: bytes, x: Any, y: np.ndarray) -> np.ndarray:
    """`-log p(y)` of each example, in nats: (n,).

    >>> from qnn_edu.data import asset, digits
    >>> x, y = digits("test")
    >>> float(surprise(asset("digits_float32.tflite").read_bytes(), x, y).mean()) < 0.05
    True
    """
    return -np.log(probabilities(content, x)[np.arange(len(y)), y])
