"""Calibration: running a float model on examples, to learn the range of every activation."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from qnn_edu.nets.conversion.source import Input, source
from qnn_edu.nets.conversion.toolchain import converted
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite.flatbuffer import parse
from qnn_edu.tflite.reader import read


def calibrate(model, calibration) -> bytes:
    """A float32 LiteRT file of `model` in which every activation carries its smallest and largest
    value over the calibration data.

    `calibration` is one array (n, ...) or an iterable of batches (list, generator,
    `tf.data.Dataset`), read once, batch by batch. A batch is an array (n, ...); of a model with
    several inputs, a tuple or list of arrays in the model's order, or a dict by input name.

    Raises:
        ValueError: what is not a model, a batch of another shape or type, or not finite.

    >>> from qnn_edu.data import digits
    >>> from qnn_edu.nets.models import digits_net
    >>> calibrated = calibrate(digits_net(), digits("train")[0][:10])
    >>> calibrated[4:8], len(read_ranges(calibrated))
    (b'TFL3', 11)
    """
    tf, origin = load_tensorflow(), source(model)
    stream = examples(origin.inputs, calibration)
    first = next(stream)  # a mistake in the first batch shows before the long work
    fed = (origin.fed(example) for example in itertools.chain([first], stream))
    converter = origin.converter()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: fed
    converter._experimental_calibrate_only = True
    return converted(converter.convert)


def read_ranges(calibrated: bytes) -> dict[int, tuple[float, float]]:
    """The (lo, hi) that `calibrate` found, by tensor index; constants have none.

    Raises:
        ValueError: a file that is not calibrated.

    >>> from qnn_edu.nets.models import digits_net
    >>> calibrated = calibrate(digits_net(), 2 * np.ones((1, 8, 8, 1)))
    >>> read_ranges(calibrated)[read(calibrated).inputs[0]]
    (2.0, 2.0)
    """
    ranges = {}
    for index, tensor in enumerate(parse(calibrated).subgraphs[0].tensors):
        found = tensor.quantization
        if found is not None and found.min is not None and len(found.min):
            ranges[index] = (float(found.min[0]), float(found.max[0]))
    if not ranges:
        raise ValueError("This file carries no ranges; nets.calibrate makes one that does.")
    return ranges


def measure_ranges(
    calibrated: bytes, calibration, method: Callable[[np.ndarray], tuple[float, float]]
) -> dict[int, tuple[float, float]]:
    """The (lo, hi) that `method` chooses for every activation, by tensor index.

    Runs the calibrated float file on the data, as `calibrate` takes it, and calls `method`, as
    `qnn_edu.ranges.percentile` or `clipping.mse`, on each tensor's values. They are all held in
    memory: some tens of images are plenty for a large network.

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
    each = list(examples(_file_inputs(calibrated), calibration))
    joined = [np.concatenate([example[name] for example in each]) for name in each[0]]
    # Plain float kernels, as the converter's own calibration: at most the last bit differs.
    tensors = run_tflite(calibrated, joined, kernels="optimized", keep=True).tensors
    return {index: method(tensors[index]) for index in read_ranges(calibrated)}


def examples(inputs: Sequence[Input], calibration) -> Iterator[dict[str, np.ndarray]]:
    """Calibration data as single examples: arrays (1, ...) by input name, in the inputs' order.

    An input whose first dimension is fixed at b gets examples (b, ...).

    Raises:
        ValueError: a batch that does not fit the inputs, or no batch at all.

    >>> image = Input("image", (None, 2), np.dtype(np.float32))
    >>> [e["image"].shape for e in examples([image], np.zeros((3, 2)))]
    [(1, 2), (1, 2), (1, 2)]
    """
    if not inputs:
        raise ValueError("convert: this model has not said what inputs it takes; call it once.")
    empty = True
    for number, batch in enumerate(_batches(calibration)):
        arrays = _checked(inputs, batch, f"batch {number} of the calibration data")
        step = inputs[0].shape[0] or 1
        for start in range(0, len(arrays[0]), step):
            cut = (array[start : start + step] for array in arrays)
            yield {each.name: array for each, array in zip(inputs, cut, strict=True)}
        empty = False
    if empty:
        raise ValueError("convert: the calibration data holds no batch; give at least one.")


def _file_inputs(content: bytes) -> list[Input]:
    """The inputs of a model file; (1, ...) there stands for any number of examples."""
    graph, signatures = read(content), parse(content).signature_defs or []
    names = {each.tensor_index: each.name.decode() for s in signatures for each in s.inputs}
    tensors = [graph.tensors[i] for i in graph.inputs]
    return [
        Input(
            names.get(t.index, t.name),
            (None if t.shape[0] == 1 else t.shape[0], *t.shape[1:]),
            t.dtype,
        )
        for t in tensors
    ]


def _batches(calibration) -> Iterable:
    if isinstance(calibration, Mapping) or hasattr(calibration, "__array__"):
        return [calibration]
    if not isinstance(calibration, Iterable):
        raise ValueError(
            "convert: calibration must be an array (n, ...) or an iterable of batches, got "
            f"{type(calibration).__name__}."
        )
    return calibration


def _checked(inputs: Sequence[Input], batch, where: str) -> list[np.ndarray]:
    """One batch as arrays in the inputs' order, of their types, once everything fits."""
    names = [each.name for each in inputs]
    if isinstance(batch, Mapping):
        if set(batch) != set(names):
            raise ValueError(f"convert: {where} has inputs {sorted(batch)}, the model {names}.")
        batch = [batch[name] for name in names]
    arrays = list(batch) if isinstance(batch, (tuple, list)) else [batch]
    if len(arrays) != len(inputs):
        raise ValueError(
            f"convert: {where} has {len(arrays)} array(s), the model {len(inputs)} input(s) "
            f"({', '.join(names)}). A batch is a tuple of one array an input, or a dict by name."
        )
    arrays = [_fitting(np.asarray(a), i, where) for a, i in zip(arrays, inputs, strict=True)]
    if len({len(array) for array in arrays}) > 1:
        raise ValueError(
            f"convert: {where} has {[len(a) for a in arrays]} examples; every input needs as many."
        )
    return arrays


def _fitting(array: np.ndarray, wanted: Input, where: str) -> np.ndarray:
    """One array of a batch in the input's type."""
    expected = f"({', '.join(str(size or 'n') for size in wanted.shape)})"
    sizes = list(zip(array.shape, wanted.shape, strict=False))
    fits = array.ndim == len(wanted.shape) > 0 and all(w in (None, s) for s, w in sizes[1:])
    if not fits or len(array) == 0 or len(array) % (wanted.shape[0] or 1):
        raise ValueError(
            f"convert: {where} has shape {array.shape} for input {wanted.name!r}; expected "
            f"{expected}, n at least 1."
        )
    if wanted.dtype.kind == "f" and array.dtype.kind == "f":
        with np.errstate(over="ignore"):
            array = array.astype(wanted.dtype)
    if array.dtype != wanted.dtype or not np.isfinite(array).all():
        wrong = "NaN or infinity" if array.dtype == wanted.dtype else array.dtype
        raise ValueError(
            f"convert: {where} must hold finite {wanted.dtype} numbers for input {wanted.name!r}, "
            f"as the model saw in training; got {wrong}."
        )
    return array
