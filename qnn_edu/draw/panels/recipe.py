"""The graph of a converted network, coloured by what is left of each operator's output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qnn_edu.draw.graphs.diagrams import diagram
from qnn_edu.draw.graphs.picture.drawing import Diagram

LIMITS = (0, 40)  # dB: where the colours begin and end


def recipe_diagram(found: Mapping[str, Any]) -> Diagram:
    """The `graph` with the `sqnr` of each operator, in dB by tensor index.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> found = {"graph": read(asset("digits_int8.tflite")), "sqnr": {18: 31.4159}}
    >>> recipe_diagram(found).text.count("SQNR (dB) 31.4")
    1
    """
    return diagram(found["graph"], values=found["sqnr"], label="SQNR (dB)", limits=LIMITS)
