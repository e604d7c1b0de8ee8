"""A graph with fake quantizers, and the file that the converter makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qnn_edu.draw.graphs.diagrams import side_by_side
from qnn_edu.draw.graphs.picture.drawing import Diagram


def placement_diagram(found: Mapping[str, Any]) -> Diagram:
    """The graphs `before` and after, `graph`; if all kernels have `refusals`, the title says so.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> found = {"before": graph, "graph": graph, "refusals": {"xnnpack": "Cannot."}}
    >>> "LiteRT, after: cannot be loaded" in placement_diagram(found).text
    True
    """
    loads = not all(found["refusals"].values())
    after = "LiteRT, after" if loads else "LiteRT, after: cannot be loaded"
    graphs = {"TensorFlow, before": found["before"], after: found["graph"]}
    return side_by_side(graphs, columns=1)  # with two, a laptop shows them too small
