"""One output value of the int8 digits file, for any digit, layer and place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from qnn_edu import engine
from qnn_edu.tflite.graph import Graph

MODEL = "digits_int8.tflite"


@dataclass(frozen=True)
class Layer:
    """A layer with weights: its short name, the file's number of its output, and its shape."""

    name: str
    tensor: int
    shape: tuple[int, ...]

    @property
    def channels(self) -> int:
        return self.shape[-1]

    @property
    def is_map(self) -> bool:
        """Whether the output has rows and columns."""
        return len(self.shape) == 4


@cache
def layers() -> dict[str, Layer]:
    """The layers that can be traced, by name, in order.

    >>> list(layers())[:2], layers()["dense"].shape
    (['conv', 'block1_depthwise'], (1, 10))
    """
    graph, found = _graph(), {}
    for op in graph.operators:
        if op.name in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            output = graph.tensors[op.outputs[0]]
            name = output.short_name.removesuffix("_relu")
            found[name] = Layer(name, output.index, output.shape)
    return found


def trace(digit: int, layer: str, channel: int, row: int, column: int) -> dict[str, Any]:
    """How an output value comes about, with reference kernels, and the map it is part of.

    `digit` counts all 1,797; a dense layer has no use for row and column. `explained` is what
    `engine.explain` gives, `map` the channel's integers (h, w), all channels (1, n) of a dense
    layer, `place` the value's (row, column) in it, `image` the digit (8, 8), `truth` its class.

    Raises:
        ValueError: a layer or a place that is not there.

    >>> found = trace(0, "dense", 3, 0, 0)
    >>> found["explained"].products.shape, found["map"].shape, found["place"]
    ((64,), (1, 10), (0, 3))
    """
    if layer not in layers():
        raise ValueError(f"There is no layer {layer!r}; choose one of {', '.join(layers())}.")
    chosen = layers()[layer]
    q, image, truth = _digit(digit)
    place = (0, row, column, channel) if chosen.is_map else (0, channel)
    explained = engine.explain(_graph(), q, chosen.tensor, place)
    out = _run(digit)[chosen.tensor]
    return {
        "explained": explained,
        "map": out[0, :, :, channel] if chosen.is_map else out,
        "place": (row, column) if chosen.is_map else (0, channel),
        "image": image,
        "truth": truth,
    }


def _digit(digit: int) -> tuple[np.ndarray, np.ndarray, int]:
    """A digit as the file takes it (1, 8, 8, 1), as it is (8, 8), and its class."""
    from qnn_edu.core.affine import quantize

    (x, y), graph = _digits(), _graph()
    q = quantize(x[digit : digit + 1], graph.tensors[graph.inputs[0]].params)
    return q, x[digit, :, :, 0], int(y[digit])


@lru_cache(maxsize=32)
def _run(digit: int) -> dict[int, np.ndarray]:
    return engine.run(_graph(), _digit(digit)[0], keep=True).tensors


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    from qnn_edu.data import digits

    return digits("all")


@cache
def _graph() -> Graph:
    from qnn_edu.data import asset
    from qnn_edu.tflite import read

    return read(asset(MODEL))
