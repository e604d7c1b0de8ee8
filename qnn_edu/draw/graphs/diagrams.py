"""Diagrams of networks: operators as boxes, tensors as arrows, drawn by Graphviz."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qnn_edu.core.check import is_whole
from qnn_edu.draw.graphs import boxes, layout
from qnn_edu.draw.graphs.boxes import Scale
from qnn_edu.draw.graphs.drawing import Diagram
from qnn_edu.draw.graphs.listing import listing, sentence
from qnn_edu.draw.graphs.sheet import Sheet
from qnn_edu.tflite.graph import Graph, Subgraph

Values = Mapping[int, float]
WIDTH = 750.0  # points: 1000 pixels on a screen
FONT = "Arial"  # one name: of a list of fonts the WebAssembly build would not know the widths


def diagram(
    graph: Graph | Subgraph,
    *,
    title: str = "",
    values: Values | None = None,
    label: str = "",
    limits: tuple[float, float] | None = None,
    collapse: bool | None = None,
    columns: int | None = None,
) -> Diagram:
    """A network as a diagram that a laptop's screen shows whole, up to about 40 operators.

    An operator is a box: its number and name, its options and constants (w: weights), the fused
    activation at its foot; what only quantizes or dequantizes is orange. An arrow is a tensor:
    shape, type, scale and zero point (zp); quantized ones are thick and blue, whole numbers that
    are not quantized dashed. All subgraphs of a model are drawn, the main one first.

    `values`: a number for tensors of the main subgraph, by index, such as an SQNR in dB. The
    operator that makes the tensor carries it and is coloured by it; `label` says what it is, and
    `limits` where the colours begin and end, if not at the lowest and the highest value.
    `collapse`: draw blocks that repeat once, with "× 5" (same operators, options, shapes and
    values; scales may differ); by default in graphs of more than 40 operators.
    `columns`: how many the network is wrapped into; by default as many as fit.

    Raises:
        ValueError: what is not a graph, a value for a tensor that is not there, limits that are
            none, no column.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> diagram(read(asset("digits_int8.tflite")), title="digits")
    digits
    input serving_default_image: 1×8×8×1 int8, scale 0.003922, zero point -128
    0  CONV_2D  3×3, stride 1, SAME, bias int32, w 16×3×3×1 int8 per channel, RELU ...
    """
    main, *called = _subgraphs(graph)
    values = {} if values is None else values
    if not called:
        return _drawn([("", main, values)], title, label, limits, collapse, columns)
    parts = [(main.name or "main", main, values)]
    parts += [(other.name or f"subgraph {k}", other, {}) for k, other in enumerate(called, 1)]
    return _drawn(parts, title, label, limits, collapse, columns)


def side_by_side(
    graphs: Mapping[str, Graph | Subgraph],
    *,
    values: Mapping[str, Values] | None = None,
    label: str = "",
    limits: tuple[float, float] | None = None,
    collapse: bool | None = None,
    columns: int | None = None,
) -> Diagram:
    """Networks beside each other under their titles, such as one before and after conversion.

    Of each graph the main subgraph is drawn, as `diagram` draws it. `values` has the title's own
    values; one scale of colours serves all. `columns` holds for each graph.

    Raises:
        ValueError: what `diagram` refuses, no graphs, values for a title that is not there.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> files = {name: read(asset(f"digits_{name}.tflite")) for name in ("float32", "int8")}
    >>> side_by_side(files).alt
    'float32: 10 operators (4 CONV_2D, ... int8: 10 operators (4 CONV_2D, ...'
    """
    values = {} if values is None else values
    maps = isinstance(graphs, Mapping) and isinstance(values, Mapping)
    if not maps or not graphs or not values.keys() <= graphs.keys():
        raise ValueError(
            f"side_by_side: expected graphs by title, and values for those titles only; got "
            f"{_told(graphs)} and values {_told(values)}."
        )
    parts = [
        (title, _subgraphs(graph)[0], values.get(title, {})) for title, graph in graphs.items()
    ]
    return _drawn(parts, "", label, limits, collapse, columns)


def _told(thing: Any) -> str:
    """The keys of a dict; of anything else its type."""
    return f"for {list(thing)}" if isinstance(thing, Mapping) else f"of {type(thing).__name__}"


def _subgraphs(graph: Graph | Subgraph) -> tuple[Subgraph, ...]:
    if isinstance(graph, Graph):
        return graph.subgraphs
    if isinstance(graph, Subgraph):
        return (graph,)
    raise ValueError(
        f"diagram: expected a graph, got {type(graph).__name__}. A model file becomes one with "
        "qnn_edu.tflite.read, a Keras model with qnn_edu.nets.tensorflow_graph."
    )


def _drawn(
    parts: list[tuple[str, Subgraph, Values]],
    title: str,
    label: str,
    limits: tuple[float, float] | None,
    collapse: bool | None,
    columns: int | None,
) -> Diagram:
    """One picture of all parts (title, graph, values), from left to right."""
    if limits is not None and not _rises(limits):
        raise ValueError(f"diagram: limits must be (low, high) with low < high, got {limits!r}.")
    if columns is not None and not (is_whole(columns) and columns >= 1):
        raise ValueError(f"diagram: columns must be 1 or more, got {columns!r}.")
    parts = [(name, graph, _made(graph, values)) for name, graph, values in parts]
    numbers = [value for _, _, values in parts for value in values.values()]
    scale = Scale(numbers, limits)
    dot = _empty(boxes.heading(title, scale.legend(label) if numbers else ""))
    total = sum(len(graph.operators) for _, graph, _ in parts)
    texts, sentences = [title] * bool(title), []
    for k, (name, graph, values) in enumerate(parts):
        width = WIDTH * len(graph.operators) / max(total, 1)
        wrapped = layout.wrapped(graph, values, width=width, collapse=collapse, count=columns)
        alone = len(parts) == 1
        sheet = Sheet(graph, wrapped, values, scale, "" if alone else f"{k}. ")
        if alone:
            sheet.draw(dot)
        else:
            frame = {"label": boxes.heading(name), "labeljust": "l", "peripheries": "0"}
            with dot.subgraph(name=f"cluster {k}", graph_attr=frame) as cluster:
                sheet.draw(cluster)
        texts.append(listing(graph, title=name, values=values, label=label))
        sentences.append(f"{name or title or 'Network'}: {sentence(graph)}")
    dot.text, dot.alt = "\n".join(texts), " ".join(sentences)
    return dot


def _rises(limits: Any) -> bool:
    pair = isinstance(limits, tuple | list) and len(limits) == 2 and all(map(_is_number, limits))
    return pair and bool(limits[0] < limits[1])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating)


def _empty(heading: str) -> Diagram:
    above = {"label": heading, "labelloc": "t", "labeljust": "l"}
    downwards = {"rankdir": "TB", "newrank": "true"}
    apart = {"nodesep": "0.12", "ranksep": "0.16", "pad": "0.05"}  # inches
    look = {"bgcolor": "white", "fontname": FONT}
    return Diagram(
        "network",
        graph_attr=above | downwards | apart | look,
        node_attr={"shape": "plain", "fontname": FONT, "fontsize": str(boxes.TEXT)},
        edge_attr={"fontname": FONT, "fontsize": str(boxes.SMALL), "arrowsize": "0.5"},
    )


def _made(graph: Subgraph, values: Values) -> dict[int, float]:
    """The values of tensors that an operator makes: those a box can carry."""
    if not isinstance(values, Mapping) or not all(_is_number(v) for v in values.values()):
        raise ValueError(f"diagram: values are numbers by tensor index; got {values!r}.")
    if unknown := [i for i in values if i not in range(len(graph.tensors))]:
        raise ValueError(
            f"diagram: values go by tensor index, 0 to {len(graph.tensors) - 1}; got {unknown[:5]}."
        )
    return {i: values[i] for op in graph.operators for i in op.outputs if i in values}
