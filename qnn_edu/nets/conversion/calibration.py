"""Calibration: running a float model on examples, to learn the range of every activation."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.core.params import params_from_range
from qnn_edu.nets.conversion.control_flow import require_straight
from qnn_edu.nets.conversion.examples import examples, require_shape
from qnn_edu.nets.conversion.inputs import Input, filled, open_sizes
from qnn_edu.nets.conversion.running import file_of
from qnn_edu.nets.conversion.source import Source, source
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite.flatbuffer import model_bytes, parse
from qnn_edu.tflite.graph import Graph, Tensor
from qnn_edu.tflite.reader import read

if TYPE_CHECKING:
    from qnn_edu.nets.conversion.source import Convertible

RangeOf = Callable[[np.ndarray], tuple[float, float]]  # values in, (lo, hi) out


def calibrate(model: Convertible | Source, calibration: Any, *, batch: int | None = 1) -> bytes:
    """A float32 LiteRT file of `model` in which every activation carries its smallest and largest
    value over the calibration data.

    `calibration` is one array (n, ...) or an iterable of batches (list, generator,
    `tf.data.Dataset`), read once, batch by batch. A batch is an array (n, ...); of a model with
    several inputs, a tuple or list of arrays in the model's order, or a dict by input name. Sizes
    that the model leaves open, other than the batch, are those of the first example from then on.
    `batch`: as in `convert`.

    Raises:
        ValueError: what is not a model, a model with a loop or a branch in it, a batch of another
            shape or type, or not finite.

    >>> from qnn_edu.data import digits
    >>> from qnn_edu.nets.models import digits_net
    >>> calibrated = calibrate(digits_net(), digits("train")[0][:10])
    >>> calibrated[4:8], len(read_ranges(calibrated))
    (b'TFL3', 11)
    """
    return calibrated_on(*fitting(source(model).of_batch(batch), calibration))


def fitting(origin: Source, calibration: Any) -> tuple[Source, Iterator[dict[str, np.ndarray]]]:
    """The model, with the sizes of the first example where it leaves one open, and the examples,
    each of those sizes.

    Raises:
        ValueError: what `examples` refuses.

    >>> from qnn_edu.nets.models import digits_net
    >>> origin, stream = fitting(source(digits_net()), np.ones((3, 8, 8, 1)))
    >>> len(list(stream))
    3
    """
    stream = examples(origin.inputs, calibration)
    first = next(stream)  # a mistake in the first batch shows before the long work
    stream = itertools.chain([first], stream)
    if not open_sizes(origin.inputs):
        return origin, stream
    origin = origin.of_sizes(filled(origin.inputs, first))
    return origin, (_of_sizes(origin.inputs, number, e) for number, e in enumerate(stream))


def _of_sizes(
    inputs: Sequence[Input], number: int, example: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    for each in inputs:
        require_shape(
            example[each.name],
            each,
            f"example {number} of the calibration data",
            "The model leaves sizes open; its file has one, that of the first example.",
        )
    return example


def calibrated_on(origin: Source, stream: Iterable[dict[str, np.ndarray]]) -> bytes:
    """What `calibrate` makes, of a model and `examples` that were found to fit.

    Raises:
        ValueError: a model with a loop, a branch or a state in it, one that computes nothing, and
            one in which a weight or an activation is not finite.

    >>> from qnn_edu.nets.models import digits_net
    >>> calibrated_on(source(digits_net()), [{"image": np.ones((1, 8, 8, 1), np.float32)}])[4:8]
    b'TFL3'
    """
    require_straight(origin)
    fed = (origin.fed(example) for example in stream)
    converter = origin.converter()
    converter.optimizations = [load_tensorflow().lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: fed
    converter._experimental_calibrate_only = True
    content = file_of(origin, converter)
    _require_finite(read(content), read_ranges(content))
    return content


def read_ranges(calibrated: str | Path | bytes) -> dict[int, tuple[float, float]]:
    """The (lo, hi) that `calibrate` found, by tensor index; constants have none.

    Raises:
        ValueError: a file that is not calibrated.

    >>> from qnn_edu.nets.models import digits_net
    >>> calibrated = calibrate(digits_net(), 2 * np.ones((1, 8, 8, 1)))
    >>> read_ranges(calibrated)[read(calibrated).inputs[0]]
    (2.0, 2.0)
    """
    ranges = {}
    for index, tensor in enumerate(parse(model_bytes(calibrated)).subgraphs[0].tensors):
        found = tensor.quantization
        if found is not None and found.min is not None and len(found.min):
            ranges[index] = (float(found.min[0]), float(found.max[0]))
    if not ranges:
        raise ValueError(
            "This file carries no ranges; nets.calibrate makes one that does, of a model that "
            "computes something."
        )
    return ranges


def measure_ranges(
    calibrated: str | Path | bytes, calibration: Any, method: RangeOf
) -> dict[int, tuple[float, float]]:
    """The (lo, hi) that `method` chooses for every activation, by tensor index.

    Runs the calibrated float file on the data, as `calibrate` takes it, and calls `method`, as
    `qnn_edu.ranges.percentile` or `clipping.mse`, on each tensor's values. They are all held in
    memory: some tens of images are plenty for a large network. What nobody reads, as a part of a
    split may be, keeps the range that `calibrate` found.

    Raises:
        ValueError: what `calibrate` and `method` refuse.

    >>> from qnn_edu import ranges
    >>> from qnn_edu.data import digits
    >>> from qnn_edu.nets.models import digits_net
    >>> x = digits("train")[0][:10]
    >>> measured = measure_ranges(calibrate(digits_net(), x), x, ranges.percentile)
    >>> float(measured[0][1])
    1.0
    """
    content = model_bytes(calibrated)
    if not callable(method):
        raise ValueError(
            "measure_ranges: method is a function, values -> (lo, hi), such as "
            f"qnn_edu.ranges.percentile; got {method!r}."
        )
    read_ranges(content)  # refuses a file that was not calibrated
    return _chosen(content, list(examples(_file_inputs(content), calibration)), method)


def ranges_on(
    calibrated: bytes,
    origin: Source,
    fed: Sequence[dict[str, np.ndarray]],
    method: RangeOf,
) -> dict[int, tuple[float, float]]:
    """What `measure_ranges` gives, of the `examples` on which the file was calibrated.

    >>> from qnn_edu.nets.models import digits_net
    >>> origin, twos = source(digits_net()), [{"image": 2 * np.ones((1, 8, 8, 1), np.float32)}]
    >>> ranges_on(calibrated_on(origin, twos), origin, twos, lambda x: (x.min(), x.max()))[0]
    (np.float32(2.0), np.float32(2.0))
    """
    inputs = _file_inputs(calibrated)
    ordered = [_in_order(inputs, origin.fed(example)) for example in fed]
    return _chosen(calibrated, ordered, method)


def _require_finite(graph: Graph, ranges: Mapping[int, tuple[float, float]]) -> None:
    """Refuse NaN and infinity, of which no integer can tell.

    In the file of a weight, infinity has become the largest number of float32.
    """
    for tensor in graph.tensors:
        values = np.asarray(ranges.get(tensor.index, 0) if tensor.data is None else tensor.data)
        most = np.finfo(np.float32).max if values.ndim > 1 else np.inf
        if values.dtype.kind == "f" and not (np.abs(values) < most).all():
            what = "a weight" if tensor.data is not None else "an activation"
            raise ValueError(
                f"convert: {what} of {graph.layer_name(tensor.index)!r} holds NaN or infinity, "
                "which no range covers. Look for a division by zero, a logarithm, or a training "
                "that diverged."
            )


def _chosen(
    calibrated: bytes, ordered: Sequence[dict[str, np.ndarray]], method: RangeOf
) -> dict[int, tuple[float, float]]:
    """What `method` makes of each tensor; the examples hold the file's inputs in its order."""
    joined = [_batch([example[name] for example in ordered]) for name in ordered[0]]
    # Plain float kernels, as the converter's own calibration: at most the last bit differs.
    tensors = run_tflite(calibrated, joined, kernels="optimized", keep=True).tensors
    return {
        index: range_pair(method(tensors[index]), f"the values of tensor {index}")
        if index in tensors
        else found  # of what nobody reads
        for index, found in read_ranges(calibrated).items()
    }


def range_pair(pair: Any, who: str) -> tuple[float, float]:
    """A range as it came, once it is known to be one; `who` has it.

    Raises:
        ValueError: what is no pair, not finite, or does not rise.

    >>> range_pair((0, 2), "tensor 3")
    (0, 2)
    """
    two = isinstance(pair, tuple | list | np.ndarray) and np.shape(pair) == (2,)
    if not two or not all(isinstance(end, Real) for end in pair):
        raise ValueError(f"The range of {who} must be a pair of numbers (lo, hi), got {pair!r}.")
    params_from_range(*pair)  # refuses what does not rise or is not finite
    return pair[0], pair[1]


def _batch(examples: Sequence[np.ndarray]) -> np.ndarray:
    """Examples as `run_tflite` takes them: what the file takes at once is one of many runs."""
    return np.concatenate(examples) if len(examples[0]) == 1 else np.stack(examples)


def _in_order(
    inputs: Sequence[Input], fed: dict[str, np.ndarray] | list[np.ndarray]
) -> dict[str, np.ndarray]:
    """An example by the names of a file's inputs, in the file's order."""
    if isinstance(fed, Mapping):
        return {each.name: fed[each.name] for each in inputs}
    return {each.name: array for each, array in zip(inputs, fed, strict=True)}


def _file_inputs(content: bytes) -> list[Input]:
    """The inputs of a model file; (1, ...) there stands for any number of examples."""
    graph, signatures = read(content), parse(content).signature_defs or []
    names = {each.tensor_index: each.name.decode() for s in signatures for each in s.inputs}
    tensors = [graph.tensors[i] for i in graph.inputs]
    return [
        Input(
            names.get(t.index, t.name),
            _open(t),
            t.dtype,
        )
        for t in tensors
    ]


def _open(tensor: Tensor) -> tuple[int | None, ...]:
    """An input's shape with None where any size goes; of a number alone there is one size."""
    first = tuple(None if size == 1 else size for size in tensor.shape[:1])
    return (*first, *(None if size < 0 else size for size in tensor.signature[1:]))
