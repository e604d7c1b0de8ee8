"""What a model's output says about classes: probabilities, and the most likely ones."""

import numpy as np

from qnn_edu.core.affine import dequantize
from qnn_edu.tflite import Graph

_PROBABILITIES = ("SOFTMAX", "LOGISTIC")
_INSTEAD = "What is no classes, Python shows: qnn_edu.nets.run_tflite(file, inputs).outputs."
_KEEPS_VALUES = ("RESHAPE", "SQUEEZE", "QUANTIZE", "DEQUANTIZE")


def probabilities(graph: Graph, output: np.ndarray) -> np.ndarray:
    """The probability of each class: (n, classes), from a model's only output (n, ..., classes).

    Integers are dequantized. Softmax is taken only where the model did not take it (or a logistic
    function) itself.

    Raises:
        ValueError: several outputs, or one that holds more than one row of classes an image.

    >>> from qnn_edu.data import asset, digits
    >>> from qnn_edu.nets import run_tflite
    >>> from qnn_edu.tflite import read
    >>> file = asset("digits_float32.tflite")
    >>> output = run_tflite(file, digits("test")[0][:2]).outputs[0]
    >>> probabilities(read(file), output).shape
    (2, 10)
    """
    if len(graph.outputs) != 1:
        raise ValueError(
            f"The model has {len(graph.outputs)} outputs; one with classes is expected. {_INSTEAD}"
        )
    tensor = graph.tensors[graph.outputs[0]]
    if output.ndim < 2 or output.size != len(output) * output.shape[-1]:
        raise ValueError(
            f"The model's output has shape {tensor.shape}; expected (1, classes), a number a "
            f"class. {_INSTEAD}"
        )
    real = output.astype(np.float64)
    if tensor.params is not None:
        real = np.float64(dequantize(output, tensor.params))
    scores = real.reshape(len(output), -1)
    return scores if ends_in_probabilities(graph) else softmax(scores)


def ends_in_probabilities(graph: Graph) -> bool:
    """Does the last operator that changes values turn scores into probabilities?

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> ends_in_probabilities(read(asset("digits_int8.tflite")))
    True
    """
    maker = {i: op for op in graph.operators for i in op.outputs}
    operator = maker.get(graph.outputs[0])
    while operator is not None and operator.name in _KEEPS_VALUES:
        operator = maker.get(operator.inputs[0])
    return operator is not None and operator.name in _PROBABILITIES


def softmax(scores: np.ndarray) -> np.ndarray:
    """`exp(s) / sum(exp(s))` along the last axis, safe for large scores.

    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def top_classes(p: np.ndarray, k: int, labels: list[str] | None) -> list[list[dict]]:
    """For each row of `p` (n, classes) the k most likely classes, the likeliest first.

    Raises:
        ValueError: another number of labels than of classes.

    >>> top_classes(np.array([[0.2, 0.7, 0.1]]), 1, ["cat", "dog", "cow"])
    [[{'class': 1, 'label': 'dog', 'probability': 0.7}]]
    """
    classes = p.shape[-1]
    if labels is not None and len(labels) != classes:
        raise ValueError(
            f"{len(labels)} labels for {classes} classes. Give one line a class, in the model's "
            "order; some models count a background class first."
        )
    names = labels or [str(c) for c in range(classes)]
    order = np.argsort(-p, axis=-1, kind="stable")[:, :k]
    return [
        [{"class": int(c), "label": names[c], "probability": float(row[c])} for c in chosen]
        for row, chosen in zip(p, order, strict=True)
    ]
