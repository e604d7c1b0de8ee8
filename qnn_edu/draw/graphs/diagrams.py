"""Diagrams of networks: operators as boxes, tensors as arrows, drawn by Graphviz."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qnn_edu.core.check import is_whole
from qnn_edu.draw.graphs.patterns.shown import Merge
from qnn_edu.draw.graphs.picture.drawing import Diagram
from qnn_edu.draw.graphs.sheets.composing import composed
from qnn_edu.draw.graphs.sheets.plans import Look, Network
from qnn_edu.tflite.graph import Graph, Subgraph, require_graph
from qnn_edu.tflite.shapes import infer_shapes

Values = Mapping[int, float]
Limits = tuple[float, float] | None


def diagram(
    graph: Graph | Subgraph,
    *,
    title: str = "",
    values: Values | None = None,
    label: str = "",
    limits: Limits = None,
    merge: Merge = None,
    collapse: bool | None = None,
    columns: int | None = None,
) -> Diagram:
    """A network as a diagram: on one sheet up to some 100 operators, above that an outline.

    An operator is a box: its number and name, its options and constants (w: weights), the fused
    activation at its foot; what only quantizes or dequantizes is orange. Constants are told as the
    file stores them, whatever unpacks them (DEQUANTIZE of float16), what steers an operator as
    numpy would write it, variables by name. An arrow is a tensor: shape, type, scale and zero point
    (zp); quantized ones are thick and blue, whole numbers that are not quantized dashed. An arrow
    that would pass by many boxes is two ends, "to 75" and "from 24"; on a high sheet arrows have no
    scales. Subgraphs stand beside the operators that run them. An outline has a sheet in each fold.

    `values`: a number for tensors of the main subgraph, by index, such as an SQNR in dB. The
    operator that makes the tensor carries it and is coloured by it; `label` says what it is, and
    `limits` where the colours begin and end, if not at the lowest and the highest value.
    `merge`: which patterns are one box each, framed in purple: all (True), none (False, which also
    shows what unpacks constants), or those of the names in `qnn_edu.draw.PATTERNS`, such as
    `["SiLU"]`. By default all in models of more than 40 operators, none in smaller ones. What
    carries a value is never hidden.
    `collapse`: draw blocks that repeat once, with "× 5" (same operators, options, shapes and
    values; scales may differ); by default in graphs of more than 40 operators.
    `columns`: how many the network is wrapped into; by default as many as fit.

    Raises:
        ValueError: what is not a graph, a value for a tensor that is not there, limits that are
            none, no column, a pattern that has no name here.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> diagram(read(asset("digits_int8.tflite")), title="digits")
    digits
    input serving_default_image: 1×8×8×1 int8, scale 0.003922, zero point -128
    0  CONV_2D  3×3, stride 1, SAME, bias int32, w 16×3×3×1 int8 per channel, RELU ...
    """
    main, *called = _subgraphs(graph)
    _require_sane(limits, columns)
    first = Network((main.name or "main") if called else "", main, _made(main, values), 0)
    others = [
        Network(other.name or f"subgraph {k}", other, number=k) for k, other in enumerate(called, 1)
    ]
    return composed([first, *others], Look(title, label, limits, merge, collapse, columns))


def side_by_side(
    graphs: Mapping[str, Graph | Subgraph],
    *,
    values: Mapping[str, Values] | None = None,
    label: str = "",
    limits: Limits = None,
    merge: Merge = None,
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
    _require_sane(limits, columns)
    mains = {title: _subgraphs(graph)[0] for title, graph in graphs.items()}
    networks = [Network(t, main, _made(main, values.get(t))) for t, main in mains.items()]
    return composed(networks, Look("", label, limits, merge, collapse, columns))


def _told(thing: Any) -> str:
    """The keys of a dict; of anything else its type."""
    return f"for {list(thing)}" if isinstance(thing, Mapping) else f"of {type(thing).__name__}"


def _subgraphs(graph: Graph | Subgraph) -> tuple[Subgraph, ...]:
    """The subgraphs with the shapes that a runtime works out, where a file has none."""
    whole = Graph((graph,), 0) if isinstance(graph, Subgraph) else graph
    require_graph(whole, "diagram")
    return infer_shapes(whole).subgraphs


def _require_sane(limits: Any, columns: Any) -> None:
    if limits is not None and not _rises(limits):
        raise ValueError(f"diagram: limits must be (low, high) with low < high, got {limits!r}.")
    if columns is not None and not (is_whole(columns) and columns >= 1):
        raise ValueError(f"diagram: columns must be 1 or more, got {columns!r}.")


def _rises(limits: Any) -> bool:
    pair = isinstance(limits, tuple | list) and len(limits) == 2 and all(map(_is_number, limits))
    return pair and bool(limits[0] < limits[1])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating)


def _made(graph: Subgraph, values: Values | None) -> dict[int, float]:
    """The values of tensors that an operator makes: those a box can carry."""
    values = {} if values is None else values
    if not isinstance(values, Mapping) or not all(_is_number(v) for v in values.values()):
        raise ValueError(f"diagram: values are numbers by tensor index; got {values!r}.")
    if unknown := [i for i in values if i not in range(len(graph.tensors))]:
        raise ValueError(
            f"diagram: values go by tensor index, 0 to {len(graph.tensors) - 1}; got {unknown[:5]}."
        )
    return {i: values[i] for op in graph.operators for i in op.outputs if i in values}
