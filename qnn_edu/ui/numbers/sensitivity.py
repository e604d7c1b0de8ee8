"""What each choice of layers to leave in float costs and brings: real files, run by LiteRT."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from math import prod, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.core.affine import dequantize
from qnn_edu.core.params import QuantParams
from qnn_edu.ui.numbers.recipe import calibration as digits_seen
from qnn_edu.ui.numbers.recipe import network

if TYPE_CHECKING:
    from qnn_edu.nets.conversion.source import Convertible
    from qnn_edu.tflite import Graph, Tensor

PER_TENSOR, PER_CHANNEL, WIDE = RECIPES = ("int8 per tensor", "int8 per channel", "int16x8")
IMAGES = 100  # that ranges are measured on
MOST = 12  # layers that can be chosen from
HELD = 2**24  # values of all tensors at a time: 64 MB of float32
SURE = 1.96  # standard errors: 95 % of a normal distribution


@dataclass(frozen=True, eq=False)
class Subject:
    """A network to be tried: its float file, the same with ranges, and data to judge files on.

    `layers`: every one that puts out real numbers, in order; `free`: those that may stay in float.
    """

    real: bytes
    calibrated: bytes
    x: np.ndarray
    y: np.ndarray
    layers: tuple[str, ...]
    free: tuple[str, ...]

    @cached_property
    def outputs(self) -> dict[int, np.ndarray]:
        """What the float file computes: tensor index -> values, for as many `x` as can be held."""
        from qnn_edu.nets import run_tflite
        from qnn_edu.tflite import read

        graph = read(self.real)
        held = sum(prod(t.shape) for t in graph.tensors if t.data is None)
        x = self.x[: max(1, HELD // held)]
        tensors = run_tflite(self.real, x, keep=True).tensors
        return {i: tensors[i] for i in _real_outputs(graph)}

    @cached_property
    def accuracy(self) -> float:
        """Right answers of the float file, in percent."""
        return self.judged(self.real)

    def judged(self, file: bytes) -> float:
        """Right answers of a file, in percent."""
        from qnn_edu.nets import run_tflite

        scores = run_tflite(file, self.x).outputs[0].reshape(len(self.y), -1)
        return 100 * float((scores.argmax(axis=1) == self.y).mean())


def subject(
    model: Convertible | None = None,
    data: tuple[Any, Any] | None = None,
    *,
    calibration: Any = None,
    layers: Iterable[str] | None = None,
) -> Subject:
    """A model, the inputs and labels it is judged on, and what may stay in float.

    Without a model: the digits network with the channels of block 2 stretched by 100, and the test
    digits. `calibration`: None for the first 100 of the inputs. `layers`, by their names in
    `nets.layer_report`: None for all that have weights, of more than 12 those that make the largest
    error for their signal.

    Raises:
        ValueError: a model without data, a layer that is not there, what `nets.convert` and
            `nets.compare` refuse.

    >>> len(subject().layers), subject().free[3]
    (10, 'block2_depthwise_relu')
    """
    if model is None:
        return _of_digits() if layers is None else _of(*_digits(), layers)
    if data is None:
        raise ValueError("sensitivity: a model needs data=(x, y) to be judged on, labelled inputs.")
    x, y = (np.asarray(each) for each in data)
    return _of(model, x, y, x[:IMAGES] if calibration is None else calibration, layers)


def tried(subject: Subject, /, *, recipe: str, **kept: bool) -> dict[str, Any]:
    """The file by this recipe that leaves the layers `kept` in float, and what it is worth.

    "int16x8" can leave none in float: the converter has it for a whole file only. Found are

    - `size` in bytes, `accuracy` in percent, `integer_share` of the operators from 0 to 1,
    - `sure`: whether the accuracy lies within chance of that of the float file, by `chance`,
    - a value for each of `subject.layers`: `sqnr` of its output in dB against the float file,
      `worst`, that of the channel with the lowest, `channel`, which one that is, and `floats`,
      whether its output is float; NaN, -1 and False for a layer that this file does not have.

    >>> broken = tried(subject(), recipe="int8 per tensor")
    >>> mended = tried(subject(), recipe="int8 per tensor", block2_depthwise_relu=True)
    >>> broken["accuracy"] < 50, mended["accuracy"] > 98, mended["size"] > broken["size"]
    (True, True, True)
    """
    wanted = [] if recipe == WIDE else [name for name, chosen in kept.items() if chosen]
    return _judged(subject, recipe, frozenset(wanted))


@cache
def marks(subject: Subject) -> dict[str, tuple[int, float]]:
    """Size and accuracy of the float file, and of those that are all int8.

    >>> {name: f"{size / 1000:.0f} kB" for name, (size, _) in marks(subject()).items()}
    {'float32': '42 kB', 'int8 per tensor': '18 kB', 'int8 per channel': '25 kB'}
    """
    found = {"float32": (len(subject.real), subject.accuracy)}
    for recipe in (PER_TENSOR, PER_CHANNEL):
        judged = tried(subject, recipe=recipe)
        found[recipe] = judged["size"], judged["accuracy"]
    return found


def chance(accuracy: float, count: int) -> tuple[float, float]:
    """The accuracies, in percent, that 95 of 100 other test sets of `count` would lie between.

    `(p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)`, z = 1.96: unlike
    `p -+ z sqrt(p (1 - p) / n)` it holds where hardly any answer is wrong.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".

    >>> low, high = chance(100 * 354 / 355, 355)
    >>> round(low, 2), round(high, 2)
    (98.42, 99.95)
    """
    p, shift = accuracy / 100, SURE**2 / count
    half = SURE * sqrt(p * (1 - p) / count + SURE**2 / (4 * count**2))
    low, high = ((p + shift / 2 + side * half) / (1 + shift) for side in (-1, 1))
    return 100 * low, 100 * high


@cache
def _of_digits() -> Subject:
    return _of(*_digits(), None)


def _digits() -> tuple[Convertible, np.ndarray, np.ndarray, np.ndarray]:
    from qnn_edu.data import digits

    return network("stretched"), *digits("test"), digits_seen(IMAGES)


def _of(
    model: Convertible, x: np.ndarray, y: np.ndarray, seen: Any, layers: Iterable[str] | None
) -> Subject:
    from qnn_edu import nets
    from qnn_edu.tflite import read

    real = nets.convert(model, "float32")
    nets.compare({"float32": real}, (x, y), repeats=1)  # refuses data that does not fit
    graph = read(real)
    names = tuple(graph.layer_name(i) for i in _real_outputs(graph))
    if "recipe" in names:
        raise ValueError("sensitivity: 'recipe' is a control of its own; rename the layer.")
    wanted = None if layers is None else tuple(dict.fromkeys(layers))
    if strangers := [name for name in wanted or () if name not in names]:
        there = ", ".join(names)
        raise ValueError(f"sensitivity: no layer {', '.join(strangers)}; there are {there}.")
    calibrated = nets.calibrate(model, seen)
    free = _with_weights(real, calibrated, x) if wanted is None else wanted
    return Subject(real, calibrated, x, y, names, free)


def _real_outputs(graph: Graph) -> list[int]:
    """The tensors of real numbers that operators of a float file put out, in their order."""
    outputs = (i for op in graph.operators for i in op.outputs)
    return [i for i in outputs if graph.tensors[i].dtype == np.float32]


def _with_weights(real: bytes, calibrated: bytes, x: np.ndarray) -> tuple[str, ...]:
    """The layers with weights; of too many those whose own error is largest beside the signal."""
    from qnn_edu import nets
    from qnn_edu.tflite import read

    graph = read(real)
    weighted = [
        graph.layer_name(op.outputs[0])
        for op in graph.operators
        if any(i >= 0 and _is_weight(graph.tensors[i]) for i in op.inputs)
    ]
    names = list(dict.fromkeys(weighted))
    if len(names) <= MOST:
        return tuple(names)
    int8 = nets.quantize_calibrated(calibrated, io="float32")
    rows = nets.layer_report(real, int8, x[:IMAGES])
    made = {row.name: row.share_made * 10 ** (-row.sqnr_db / 10) for row in rows}
    largest = sorted(names, key=lambda name: -made.get(name, 0))[:MOST]
    return tuple(name for name in names if name in largest)


def _is_weight(tensor: Tensor) -> bool:
    return tensor.data is not None and tensor.dtype == np.float32 and len(tensor.shape) > 1


@cache
def _judged(subject: Subject, recipe: str, kept: frozenset[str]) -> dict[str, Any]:
    from qnn_edu import nets
    from qnn_edu.nets.litert.comparison import integer_share
    from qnn_edu.tflite import read

    if recipe not in RECIPES:
        raise ValueError(f"There is no recipe {recipe!r}; choose one of {', '.join(RECIPES)}.")
    options = {"recipe": WIDE} if recipe == WIDE else {"per_channel": recipe == PER_CHANNEL}
    file = nets.quantize_calibrated(
        subject.calibrated, io="float32", keep_float=sorted(kept), **options
    )
    accuracy = subject.judged(file)
    return {
        "size": len(file),
        "accuracy": accuracy,
        "integer_share": integer_share(read(file)),
        "sure": accuracy >= chance(subject.accuracy, len(subject.y))[0],
        **_losses(subject, file),
    }


def _losses(subject: Subject, file: bytes) -> dict[str, np.ndarray]:
    """`sqnr`, `worst`, `channel` and `floats` of each layer of a file."""
    from qnn_edu.nets import run_tflite
    from qnn_edu.nets.litert.counterparts import counterparts
    from qnn_edu.tflite import read

    outputs = subject.outputs
    count = len(next(iter(outputs.values())))
    pairs = counterparts(read(subject.real), read(file))
    found = {pair.float_output.index: pair.output for pair in pairs}
    tensors = run_tflite(file, subject.x[:count], keep=True).tensors
    rows = [
        _row(real, tensors[found[index].index], found[index].params)
        if index in found
        else (np.nan, np.nan, -1, False)
        for index, real in outputs.items()
    ]
    columns = map(np.array, zip(*rows, strict=True))
    return dict(zip(("sqnr", "worst", "channel", "floats"), columns, strict=True))


def _row(
    real: np.ndarray, values: np.ndarray, params: QuantParams | None
) -> tuple[float, float, int, bool]:
    return *_sqnr(real, values if params is None else dequantize(values, params)), params is None


def _sqnr(real: np.ndarray, values: np.ndarray) -> tuple[float, float, int]:
    """SQNR in dB over all channels, that of the worst, and which that is, the last axis counted.

    Channels without signal have none.
    """
    rows = real.reshape(-1, real.shape[-1]).astype(np.float64)
    noise = np.sum((values.reshape(rows.shape) - rows) ** 2, axis=0)
    signal = np.sum(rows**2, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = 10 * np.log10(signal / noise)
        whole = 10 * np.log10(signal.sum() / noise.sum())
    each[signal == 0] = np.inf
    worst = int(each.argmin())
    return float(whole), float(each[worst]), worst
