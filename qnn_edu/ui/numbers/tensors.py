"""The tensors that the explorers look at: drawn by a formula, or from the digits model."""

from __future__ import annotations

from functools import cache

import numpy as np

from qnn_edu.core.params import QuantParams
from qnn_edu.tflite import Graph

MODEL = "digits_float32.tflite"
INTEGERS = "digits_int8.tflite"
ACTIVATIONS = "digits_activations.npz"  # recorded, so that no runtime is needed to look at them
OUTLIER = 24.0  # about twice the largest activation
LAWS = ("Gaussian", "Laplace", "ReLU6", "digits weights")


@cache
def sample(law: str, *, size: int = 10_000, seed: int = 0) -> np.ndarray:
    """`size` float32 values of a known law; always the same ones.

    "Gaussian" and "Laplace" of standard deviation 1, "ReLU6" a Gaussian of deviation 3 clipped to
    [0, 6], "digits weights" the largest weight tensor of the digits model over its own deviation.

    Raises:
        ValueError: another law.

    >>> x = sample("ReLU6")
    >>> float(x.min()), float(x.max()), x.dtype
    (0.0, 6.0, dtype('float32'))
    """
    rng = np.random.default_rng(seed)
    if law == "Gaussian":
        x = rng.normal(size=size)
    elif law == "Laplace":
        x = rng.laplace(scale=np.sqrt(0.5), size=size)
    elif law == "ReLU6":
        x = np.clip(rng.normal(scale=3, size=size), 0, 6)
    elif law == "digits weights":
        weight = max(_constants(_model(), "CONV_2D"), key=np.size)
        x = weight.ravel() / weight.std()
    else:
        raise ValueError(f"There is no law {law!r}; choose one of {', '.join(LAWS)}.")
    x = x.astype(np.float32)
    x.flags.writeable = False  # it is kept, and handed out again
    return x


@cache
def depthwise_weight(layer: int = 1) -> np.ndarray:
    """The weights of a depthwise layer of the digits model, (1, 3, 3, channels), counted from 0.

    Raises:
        ValueError: there is no such layer.

    >>> depthwise_weight().shape
    (1, 3, 3, 32)
    """
    layers = _constants(_model(), "DEPTHWISE_CONV_2D")
    if layer not in range(len(layers)):
        raise ValueError(f"There is no depthwise layer {layer!r}; choose 0 to {len(layers) - 1}.")
    return layers[layer]


@cache
def activations(*, outlier: bool = False) -> tuple[np.ndarray, ...]:
    """What the last convolution of the digits model answers to eight digits, one batch for each.

    Float32, (4, 4, 64) a batch, none negative. With `outlier`, the last value becomes 24.

    >>> len(activations()), activations()[0].shape
    (8, (4, 4, 64))
    """
    from qnn_edu.data import asset

    with np.load(asset(ACTIVATIONS)) as record:
        answers = record["x"]
    if outlier:
        answers[-1, -1, -1, -1] = OUTLIER
    return tuple(answers)


@cache
def layer(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Weights, their normalisation folded, and bias of a layer of the digits model, float32.

    As LiteRT lays them out: a convolution (outputs, h, w, inputs), depthwise (1, h, w, channels).

    Raises:
        ValueError: there is no such layer.

    >>> weight, bias = layer("block2_pointwise")
    >>> weight.shape, bias.shape
    ((64, 1, 1, 32), (64,))
    """
    graph = _model()
    _, weight, bias = graph.operators[_made_by(graph)[_known(name)]].inputs
    return graph.tensors[weight].data, graph.tensors[bias].data


@cache
def answers(name: str, digits: int) -> tuple[np.ndarray, QuantParams]:
    """What a layer of the int8 digits model puts out for the first training digits, and its grid.

    Levels, int8 (digits, ...), as the engine computes them: no runtime is needed.

    Raises:
        ValueError: there is no such layer.

    >>> levels, params = answers("block2_depthwise", 16)
    >>> levels.shape, params.zero_point
    ((16, 4, 4, 32), -128)
    """
    from qnn_edu.core.affine import quantize
    from qnn_edu.data import digits as read_digits
    from qnn_edu.engine import run

    graph = _model(INTEGERS)
    output = graph.operators[_made_by(graph)[_known(name)]].outputs[0]
    x = quantize(read_digits("train")[0][:digits], graph.tensors[graph.inputs[0]].params)
    levels = run(graph, x, keep=True).tensors[output]
    levels.flags.writeable = False  # they are kept, and handed out again
    return levels, graph.tensors[output].params


@cache
def _model(file: str = MODEL) -> Graph:
    from qnn_edu.data import asset
    from qnn_edu.tflite import read

    return read(asset(file))


def _known(name: str) -> str:
    layers = _made_by(_model())
    if name not in layers:
        raise ValueError(f"There is no layer {name!r}; choose one of {', '.join(layers)}.")
    return name


def _made_by(graph: Graph) -> dict[str, int]:
    """Which operator computes each layer that has weights, by the layer's name."""
    outputs = {
        op.index: graph.tensors[op.outputs[0]].short_name.removesuffix("_relu")
        for op in graph.operators
        if op.name in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
    }
    return {name: index for index, name in outputs.items()}


def _constants(graph: Graph, operator: str) -> list[np.ndarray]:
    """The weights of every `operator` of the model, in order: its second input."""
    return [graph.tensors[op.inputs[1]].data for op in graph.operators if op.name == operator]
