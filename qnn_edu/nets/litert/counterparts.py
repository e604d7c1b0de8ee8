"""Which operator of a float model each operator of its quantized form stands for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from qnn_edu.tflite.feeding import input_names
from qnn_edu.tflite.graph import Graph, Operator, Tensor

PASS_THROUGH = ("QUANTIZE", "DEQUANTIZE")  # they change the type of numbers, and compute nothing


class Pair(NamedTuple):
    """An operator of the quantized model and its counterpart, with what flows in and one output.

    `inputs` are the quantized model's tensors that stand for the computed inputs of
    `float_operator`, in its order.
    """

    operator: Operator
    float_operator: Operator
    inputs: tuple[Tensor, ...]
    output: Tensor
    float_output: Tensor


def counterparts(real: Graph, quantized: Graph) -> list[Pair]:
    """A pair for each tensor of real numbers that operators of `quantized` put out, and `real` has.

    What nobody reads is left out.

    Operators are matched by the names of their outputs. Converters keep these, but for the ends of
    a model; there the order of the operators tells, if it is the same in both. QUANTIZE and
    DEQUANTIZE are passed through.

    Raises:
        ValueError: `real` is quantized itself, the two have no operator in common, or an operator
            reads other tensors in one than in the other.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> real, quantized = (read(asset(f"digits_{name}.tflite")) for name in ("float32", "int8"))
    >>> [pair.float_operator.name for pair in counterparts(real, quantized)][-3:]
    ['MEAN', 'FULLY_CONNECTED', 'SOFTMAX']
    """
    _check_float(real)
    twins = _twins(real, quantized)
    if not twins:
        raise _mismatch("they have no operator in common: no output has the same name and shape")
    meant = inputs_meant(real, quantized)  # the float tensor that a tensor stands for
    read = {*quantized.outputs, *(i for op in quantized.operators for i in op.inputs)}
    pairs = []
    for op in quantized.operators:
        if op.name in PASS_THROUGH and op.inputs[0] in meant:
            meant[op.outputs[0]] = meant[op.inputs[0]]
        elif op.index in twins:
            twin = twins[op.index]
            came = {meant[i]: quantized.tensors[i] for i in op.inputs if i in meant}
            meant |= zip(op.outputs, twin.outputs, strict=True)
            inputs = _inputs(real, twin, came)
            for k, i in zip(op.outputs, twin.outputs, strict=True):
                if real.tensors[i].dtype == np.float32 and k in read:
                    pairs.append(Pair(op, twin, inputs, quantized.tensors[k], real.tensors[i]))
    return pairs


def inputs_meant(real: Graph, quantized: Graph) -> dict[int, int]:
    """The input of the float model that each input of the quantized one stands for.

    They are told by their names, which may come in another order; without names in common, the
    order tells.

    Raises:
        ValueError: another number of inputs, or of another shape.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> real, quantized = (read(asset(f"digits_{name}.tflite")) for name in ("float32", "int8"))
    >>> inputs_meant(real, quantized)
    {0: 0}
    """
    names, others = input_names(real), input_names(quantized)
    indices = dict(zip(names, real.inputs, strict=True))
    if set(others) != set(names):
        indices = dict(zip(others, real.inputs, strict=len(others) == len(names)))
    meant = {i: indices.get(name, -1) for i, name in zip(quantized.inputs, others, strict=True)}
    for ours, theirs in meant.items():
        if theirs < 0 or not _alike(quantized.tensors[ours], real.tensors[theirs]):
            took = [[g.tensors[i].signature for i in g.inputs] for g in (real, quantized)]
            raise _mismatch(f"the one takes {took[0]}, the other {took[1]}")
    return meant


def _alike(one: Tensor, other: Tensor) -> bool:
    """Whether both take the same arrays; a size that one leaves open may be any."""
    sizes = list(zip(one.signature, other.signature, strict=False))
    return len(one.shape) == len(other.shape) and all(a == b or -1 in (a, b) for a, b in sizes)


def _twins(real: Graph, quantized: Graph) -> dict[int, Operator]:
    """The float operator for each operator of the quantized model that has one, by index."""
    ours, theirs = (
        [op for op in graph.operators if op.name not in PASS_THROUGH] for graph in (quantized, real)
    )
    named = {real.tensors[op.outputs[0]].name: op for op in theirs}
    same_order = [op.name for op in ours] == [op.name for op in theirs]
    twins = {}
    for place, op in enumerate(ours):
        output = quantized.tensors[op.outputs[0]]
        twin = named.get(output.name, theirs[place] if same_order else None)
        if twin and twin.name == op.name and _alike(real.tensors[twin.outputs[0]], output):
            twins[op.index] = twin
    return twins


def _inputs(real: Graph, operator: Operator, came: dict[int, Tensor]) -> tuple[Tensor, ...]:
    """What stands for each computed input of a float operator; one read twice counts once."""
    constants = {-1, *(t.index for t in real.tensors if t.data is not None)}
    computed = [i for i in dict.fromkeys(operator.inputs) if i not in constants]
    if strangers := [real.tensors[i].short_name for i in computed if i not in came]:
        raise _mismatch(
            f"operator {operator.index} of the float model, {operator.name}, reads "
            f"{', '.join(strangers)}, and its counterpart reads something else"
        )
    return tuple(came[i] for i in computed)


def _check_float(real: Graph) -> None:
    for tensor in real.tensors:
        if tensor.scale is not None or tensor.dtype == np.float16:
            raise ValueError(
                f"Expected a float32 model to compare with; its tensor {tensor.short_name!r} is "
                f"{tensor.dtype}. nets.convert(model, 'float32') makes one from a Keras model, "
                f"tflite.float_twin(file) from a quantized file."
            )


def _mismatch(reason: str) -> ValueError:
    return ValueError(
        f"The two models are no counterparts: {reason}. Give the float and the quantized file of "
        f"one network, made by the same converter."
    )
