"""Running a network in integers, operator by operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from qnn_edu.core.check import flag
from qnn_edu.engine.compute import outputs_of
from qnn_edu.engine.node import KERNEL_SETS
from qnn_edu.engine.plan import Plan, plan
from qnn_edu.engine.state import Memory, State, require_state
from qnn_edu.tflite.feeding import cut, join
from qnn_edu.tflite.graph import Graph, Tensor

__all__ = ["KERNEL_SETS", "Result", "plan", "run"]


@dataclass(frozen=True, eq=False)
class Result:
    """What a run gave: `outputs` in the model's order, `tensors` by the file's tensor index.

    `in_float` has the operators that computed with real numbers, because the file says so: a
    network is an integer one only if it is empty. `state` is what the network remembers after a
    single image, None after several.
    """

    outputs: list[np.ndarray]
    tensors: dict[int, np.ndarray] = field(default_factory=dict)
    in_float: tuple[int, ...] = ()
    state: State | None = None


def run(
    graph: Graph,
    inputs: ArrayLike | Sequence[ArrayLike],
    *,
    kernels: str = "reference",
    keep: bool = False,
    state: State | None = None,
) -> Result:
    """A quantized model on one input array, or on a list with one for each input, in integers.

    Inputs and results are those of `nets.run_tflite`, which runs LiteRT: shapes and types of the
    file, or a batch (n, ...) where the file has (1, ...). `kernels`: whose rounding, "reference",
    "optimized" or "xnnpack". With `keep`, `tensors` has every tensor.

    A network that remembers begins each image with `state`, a new one if None: give one image at a
    time, and the state of its result to the next, to run a stream.

    Every tensor is equal to that of LiteRT 2.3 on x86-64, bit for bit. Other processors have other
    vector units: "reference" does not depend on them. Float is used where a kernel set itself does,
    and for whole numbers that it holds exactly.

    Raises:
        ValueError: other kernels, inputs or a state that do not fit; all that `blockers` finds,
            before anything runs.

    Source: Jacob et al. 2018, section 2.

    >>> from qnn_edu.data import asset, digits
    >>> from qnn_edu.core.affine import quantize
    >>> from qnn_edu.tflite import read
    >>> graph, (x, y) = read(asset("digits_int8.tflite")), digits("test")
    >>> q = quantize(x[:3], graph.tensors[graph.inputs[0]].params)
    >>> run(graph, q).outputs[0].argmax(axis=1) == y[:3]
    array([ True,  True,  True])
    """
    keep = flag("keep", keep)
    ready = plan(graph, kernels)
    state, arrays = require_state(graph, state), cut(graph, inputs)
    count = len(arrays[0]) if arrays else 1
    if ready.images_stay_apart:
        memory = _memory(ready, state)
        values = _compute(ready, 0, [a.reshape(-1, *a.shape[2:]) for a in arrays], memory, count)
        values |= {i: join([value] * count) for i, value in ready.subgraphs[0].constants.items()}
    else:
        each = []
        for k in range(count):
            memory = _memory(ready, state)
            each.append(_compute(ready, 0, [array[k] for array in arrays], memory))
        values = {i: join([one[i] for one in each]) for i in each[0]}
    values = {i: value for i, value in values.items() if value.dtype != object}  # no handles
    constants = {t.index: t.data for t in graph.tensors if t.data is not None}
    outputs = [values[i] if i in values else constants[i] for i in graph.outputs]
    after = memory.state if count == 1 else None
    return Result(outputs, constants | values if keep else {}, ready.in_float, after)


def _memory(ready: Plan, state: State) -> Memory:
    """What one run remembers, and how it runs a subgraph."""

    def call(subgraph: int, memory: Memory) -> None:
        _compute(ready, subgraph, [], memory)

    return Memory(state, call)


def _compute(
    ready: Plan, subgraph: int, arrays: Sequence[np.ndarray], memory: Memory, images: int = 1
) -> dict[int, np.ndarray]:
    """Every computed tensor, by index; image k at index k where there are several."""
    prepared, inputs = ready.subgraphs[subgraph], ready.graph.subgraphs[subgraph].inputs
    values = prepared.constants | dict(zip(inputs, arrays, strict=True))
    for node in prepared.nodes:
        read = [_value(tensor, values, memory) for tensor in node.inputs]
        made = outputs_of(node, read, memory, images)
        values |= {tensor.index: array for tensor, array in zip(node.outputs, made, strict=True)}
    return values


def _value(
    tensor: Tensor | None, values: dict[int, np.ndarray], memory: Memory
) -> np.ndarray | None:
    """What an operator finds in an input: nothing, a variable, a value or a constant."""
    if tensor is None:
        return None
    return memory.read(tensor) if tensor.variable else values.get(tensor.index, tensor.data)
