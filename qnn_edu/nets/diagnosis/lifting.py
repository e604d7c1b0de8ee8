"""A float file whose layers are freed of their bounds, to see what those cut off."""

from __future__ import annotations

from qnn_edu.tflite.extract import extract
from qnn_edu.tflite.flatbuffer import pack, parse
from qnn_edu.tflite.graph import Graph, Operator
from qnn_edu.tflite.reader import read
from qnn_edu.tflite.twin import bypass

NONE, RELU = 0, 1  # the schema's numbers of fused activations
# What remains of a fused activation without its upper bound.
LIFTED = {"RELU6": RELU, "RELU_N1_TO_1": NONE}
UPPER = {"RELU6": 6.0, "RELU_N1_TO_1": 1.0}


def without_activation(content: bytes, operator: int) -> bytes:
    """One operator of a file as a file of its own, without its fused activation.

    >>> from qnn_edu.data import asset
    >>> (op,) = read(without_activation(asset("digits_float32.tflite").read_bytes(), 0)).operators
    >>> op.name, op.options["fused_activation_function"]
    ('CONV_2D', 'NONE')
    """
    parsed = parse(extract(content, [operator]))
    _fuse(parsed.subgraphs[0].operators[0], NONE)
    return pack(parsed)


def upper_bound(graph: Graph, op: Operator) -> float | None:
    """The number that an operator's output never exceeds because it is cut off there, or None.

    >>> from qnn_edu.data import asset
    >>> graph = read(asset("digits_float32.tflite"))
    >>> upper_bound(graph, graph.operators[0]) is None
    True
    """
    if op.name == "MINIMUM":
        constants = [graph.tensors[i].data for i in op.inputs]
        bounds = [float(each) for each in constants if each is not None and each.size == 1]
        return bounds[0] if bounds else None
    return UPPER.get(str(op.options.get("fused_activation_function")))


def lifted(content: bytes, operator: int) -> bytes:
    """The file without the upper bound of an operator that has one."""
    graph, parsed = read(content), parse(content)
    op = graph.operators[operator]
    if op.name != "MINIMUM":
        _fuse(
            parsed.subgraphs[0].operators[operator], LIFTED[op.options["fused_activation_function"]]
        )
        return pack(parsed)
    assert graph.tensors[op.inputs[0]].data is None  # converters put the constant second
    bypass(parsed, [op])
    return pack(parsed)


def _fuse(operator: object, activation: int) -> None:
    options = getattr(operator, "builtin_options", None)
    if options is not None and hasattr(options, "fused_activation_function"):
        options.fused_activation_function = activation
