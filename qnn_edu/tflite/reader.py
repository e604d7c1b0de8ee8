"""Reading a LiteRT file (a flatbuffer) into a `Graph`, without TensorFlow and without a runtime."""

import functools
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from qnn_edu.tflite.flatbuffer import ints, model_bytes, parse, text
from qnn_edu.tflite.graph import Graph, Subgraph
from qnn_edu.tflite.operators import read_operator
from qnn_edu.tflite.table import Table
from qnn_edu.tflite.tensors import Constant, read_tensor
from qnn_edu.tflite.types import decode


def read(model: str | Path | bytes) -> Graph:
    """A model file as tensors and operators, its constants as numpy arrays.

    What comes back is consistent: every tensor, subgraph and channel that is named is there, and
    scales and zero points are possible. Constants are views of the file's bytes where numpy has
    their type; all are read-only.

    Raises:
        ValueError: what is not a model, a damaged model, and storage that is not read yet (sparse
            tensors, scales for blocks, data in other files).

    Source: LiteRT's schema, `schema.fbs`.

    >>> from qnn_edu.data import asset
    >>> graph = read(asset("digits_int8.tflite"))
    >>> graph.operators[0].name, graph.operators[0].options["padding"]
    ('CONV_2D', 'SAME')
    >>> image = graph.tensors[graph.inputs[0]]
    >>> image.shape, image.dtype, image.zero_point
    ((1, 8, 8, 1), dtype('int8'), -128)
    """
    content = model_bytes(model)
    parsed = parse(content)

    @functools.cache  # tensors may share a buffer
    def constant(buffer: int, word: str, count: int) -> np.ndarray | None:
        return _constant(parsed.buffers, buffer, word, count)

    subgraphs = [_subgraph(each, parsed.operator_codes, constant) for each in parsed.subgraphs]
    for subgraph in subgraphs:
        _require_joined(subgraph, len(subgraphs))
    return Graph(tuple(subgraphs), len(content))


def _constant(buffers: list[Table], index: int, word: str, count: int) -> np.ndarray | None:
    """A buffer's values; None for an empty one, which a tensor that is computed has."""
    if index >= len(buffers):
        raise ValueError(f"its data is buffer {index}; the file has {len(buffers)} buffers")
    raw = buffers[index].data
    if raw is None or len(raw) == 0:
        return None
    values = decode(raw, word, count)
    values.flags.writeable = False
    return values


def _subgraph(stored: Table, codes: list[Table], constant: Constant) -> Subgraph:
    return Subgraph(
        text(stored.name),
        tuple(read_tensor(i, tensor, constant) for i, tensor in enumerate(stored.tensors)),
        tuple(read_operator(i, operator, codes) for i, operator in enumerate(stored.operators)),
        ints(stored.inputs),
        ints(stored.outputs),
    )


def _require_joined(subgraph: Subgraph, subgraphs: int) -> None:
    """Refuse references to tensors and subgraphs that are not there."""
    count = len(subgraph.tensors)
    _require_below(count, subgraph.inputs + subgraph.outputs, "A subgraph's inputs and outputs")
    for operator in subgraph.operators:
        who = f"Operator {operator.index}, {operator.name},"
        present = [i for i in operator.inputs if i != -1]
        named = [*present, *operator.outputs, *operator.intermediates]
        _require_below(count, named, f"{who} and its tensors")
        _require_below(subgraphs, operator.subgraphs, f"{who} and its subgraphs")


def _require_below(count: int, numbers: Iterable[int], who: str) -> None:
    """Refuse a number that is no index into `count` things."""
    if wrong := [i for i in numbers if not 0 <= i < count]:
        raise ValueError(f"{who}: there is no {wrong[0]}; the file has {count} of them.")
