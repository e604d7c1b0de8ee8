"""The tensors that the explorers look at: drawn by a formula, or from the digits model."""

from __future__ import annotations

from functools import cache

import numpy as np

from qnn_edu.tflite import Graph

MODEL = "digits_float32.tflite"
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
def _model() -> Graph:
    from qnn_edu.data import asset
    from qnn_edu.tflite import read

    return read(asset(MODEL))


def _constants(graph: Graph, operator: str) -> list[np.ndarray]:
    """The weights of every `operator` of the model, in order: its second input."""
    return [graph.tensors[op.inputs[1]].data for op in graph.operators if op.name == operator]
