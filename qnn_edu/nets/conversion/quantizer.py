"""From a calibrated float file to an integer one: the second half of the integer recipes."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from qnn_edu.core.check import flag, is_choice, words
from qnn_edu.nets.conversion.calibration import range_pair, read_ranges
from qnn_edu.nets.conversion.toolchain import converted
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite.flatbuffer import model_bytes, pack, parse
from qnn_edu.tflite.graph import Graph, Operator, require_graph
from qnn_edu.tflite.reader import read

IO = {"int8": ("int8", "uint8", "float32"), "int16x8": ("int16", "float32")}  # the first: default


def quantize_calibrated(
    calibrated: str | Path | bytes,
    *,
    recipe: str = "int8",
    io: str | None = None,
    per_channel: bool = True,
    ranges: Mapping[int | str, tuple[float, float]] | None = None,
    keep_float: Iterable[str] = (),
) -> bytes:
    """An integer LiteRT file from the float file that `calibrate` made; milliseconds, not seconds.

    `ranges`, by tensor index or name, replaces (lo, hi) of some activations or all. Where an
    operator fixes its output's range (softmax: 0 to 1) or keeps its input's (pooling, reshape),
    that rule goes first. The other arguments are those of `convert`.

    Raises:
        ValueError: a file without ranges, a tensor or operator that is not there, a range that is
            none, and what `convert` refuses.

    >>> from qnn_edu.data import digits
    >>> from qnn_edu.nets.conversion.calibration import calibrate
    >>> from qnn_edu.nets.models import digits_net
    >>> calibrated = calibrate(digits_net(), digits("train")[0][:10])
    >>> wide = read(quantize_calibrated(calibrated, ranges={0: (0, 2)}))
    >>> round(255 * float(wide.tensors[wide.inputs[0]].scale), 4)
    2.0
    """
    if not is_choice(recipe, IO):
        raise ValueError(f"No integer recipe {recipe!r}; choose one of {', '.join(IO)}.")
    io = checked_io(recipe, io, IO[recipe])
    content = model_bytes(calibrated)
    graph, recorded = read(content), read_ranges(content)
    kept = _operator_names(graph, words("keep_float", keep_float))
    per_channel = flag("per_channel", per_channel)
    if recipe == "int16x8" and (kept or not per_channel):
        raise ValueError("Recipe 'int16x8' has no use for keep_float or per_channel=False.")
    if ranges is not None:
        content = _with_ranges(content, graph, recorded, ranges)
    quantize = {"int8": _to_int8, "int16x8": _to_int16x8}[recipe]
    result = converted(lambda: quantize(content, io, per_channel, kept))
    if io != "float32" and not kept:
        _require_integers(read(result), recipe)
    return result


def checked_io(recipe: str, io: str | None, choices: tuple[str, ...]) -> str:
    """`io`, or the recipe's own type of inputs and outputs, the first of `choices`, for None.

    >>> checked_io("int8", None, IO["int8"])
    'int8'
    """
    if io is not None and not is_choice(io, choices):
        raise ValueError(
            f"Recipe {recipe!r} makes inputs and outputs {' or '.join(choices)}; got io={io!r}."
        )
    return io or choices[0]


def float_operators(graph: Graph) -> list[Operator]:
    """The operators of a file that read or put out real numbers stored as float.

    QUANTIZE and DEQUANTIZE, which only change the type, are left out.

    >>> from qnn_edu.data import asset
    >>> [len(float_operators(read(asset(f"digits_{name}.tflite")))) for name in ("float32", "int8")]
    [10, 0]
    """
    require_graph(graph, "float_operators")
    return [
        op
        for op in graph.operators
        if op.name not in ("QUANTIZE", "DEQUANTIZE") and _computes_in_float(graph, op)
    ]


def _to_int8(content: bytes, io: str, per_channel: bool, kept: set[str]) -> bytes:
    from tensorflow.lite.python.convert import mlir_quantize

    dtype = load_tensorflow().as_dtype(io)
    return mlir_quantize(
        content,
        disable_per_channel=not per_channel,
        disable_per_channel_for_dense_layers=not per_channel,
        input_data_type=dtype,
        output_data_type=dtype,
        denylisted_nodes=kept,
    )


def _to_int16x8(content: bytes, io: str, per_channel: bool, kept: set[str]) -> bytes:
    from tensorflow.lite.python.optimize.calibrator import Calibrator

    tf = load_tensorflow()
    dtype = tf.as_dtype(io)
    return Calibrator(content).calibrate_and_quantize(
        lambda: iter(()),  # no further examples: the ranges in the file stand
        dtype,
        dtype,
        allow_float=io == "float32",
        activations_type=tf.int16,
        bias_type=tf.int64,
    )


def _with_ranges(content: bytes, graph: Graph, recorded: Mapping, ranges: Mapping) -> bytes:
    """The same float file with other ranges."""
    if not isinstance(ranges, Mapping):
        raise ValueError(
            f"ranges is a dict from a tensor's index or name to (lo, hi); got {ranges!r}."
        )
    parsed = parse(content)
    for key, pair in ranges.items():
        lo, hi = range_pair(pair, f"tensor {key!r}")
        for index in _tensor_indices(graph, recorded, key):
            stored = parsed.subgraphs[0].tensors[index].quantization
            stored.min, stored.max = np.float32([lo]), np.float32([hi])
    return pack(parsed)


def _tensor_indices(graph: Graph, recorded: Mapping, key: int | str) -> list[int]:
    """The calibrated tensors that an index, a name or a short name means."""
    tensors = [graph.tensors[i] for i in recorded]
    found = [t.index for t in tensors if key in (t.index, t.name, t.short_name)]
    if not found:
        there = ", ".join(f"{t.index} {t.short_name!r}" for t in tensors)
        raise ValueError(f"No calibrated tensor {key!r}; there are {there}.")
    return found


def _operator_names(graph: Graph, keep_float: Iterable[str]) -> set[str]:
    """The full names, as the converter knows operators, that names of any kind mean."""
    outputs = [graph.tensors[i] for op in graph.operators for i in op.outputs]
    kept = set()
    for wanted in keep_float:
        found = {
            t.name for t in outputs if wanted in (t.name, t.short_name, graph.layer_name(t.index))
        }
        if not found:
            there = ", ".join(repr(graph.layer_name(t.index)) for t in outputs)
            raise ValueError(f"keep_float: no operator puts out {wanted!r}; there are {there}.")
        kept |= found
    return kept


def _require_integers(graph: Graph, recipe: str) -> None:
    """Refuse a file in which an operator still computes in float."""
    floats = [
        f"operator {op.index}, {op.name}, whose output is "
        + ", ".join(repr(graph.tensors[i].short_name) for i in op.outputs)
        for op in float_operators(graph)
    ]
    if floats:
        raise ValueError(
            f"convert: {recipe!r} found no integer form of {'; '.join(floats)}. A Keras "
            "model's layers may have one in other words: convert nets.elementary(model). Or leave "
            "it in float: name its output in keep_float or ask for io='float32'."
        )


def _computes_in_float(graph: Graph, operator: Operator) -> bool:
    used = (i for i in operator.inputs + operator.outputs if i >= 0)
    return any(graph.tensors[i].dtype.kind == "f" for i in used)
