"""Running a network in integers, operator by operator."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from qnn_edu.core.check import flag, is_choice
from qnn_edu.engine.declared import kernel_for
from qnn_edu.engine.node import Node
from qnn_edu.engine.support import require_closed, require_supported
from qnn_edu.tflite.feeding import cut, join
from qnn_edu.tflite.graph import Graph, require_graph

KERNEL_SETS = ("reference", "optimized", "xnnpack")


@dataclass(frozen=True, eq=False)
class Result:
    """What a run gave: `outputs` in the model's order, `tensors` by the file's tensor index."""

    outputs: list[np.ndarray]
    tensors: dict[int, np.ndarray] = field(default_factory=dict)


def run(
    graph: Graph,
    inputs: ArrayLike | Sequence[ArrayLike],
    *,
    kernels: str = "reference",
    keep: bool = False,
) -> Result:
    """A quantized model on one input array, or on a list with one for each input, in integers.

    Inputs and results are those of `nets.run_tflite`, which runs LiteRT: shapes and types of the
    file, or a batch (n, ...) where the file has (1, ...). `kernels`: whose rounding, "reference",
    "optimized" or "xnnpack". With `keep`, `tensors` has every tensor.

    Every tensor is equal to that of LiteRT 2.3 on x86-64, bit for bit. Other processors have other
    vector units: "reference" does not depend on them. Float is used where a kernel set itself does,
    and for whole numbers that it holds exactly.

    Raises:
        ValueError: other kernels, inputs that do not fit, an operator or a type that is not
            supported: named before anything runs.

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
    require_closed(graph)
    nodes = plan(graph, kernels)
    arrays = cut(graph, inputs)
    if _images_stay_apart(nodes):
        values = _run(graph, nodes, [a.reshape(-1, *a.shape[2:]) for a in arrays], len(arrays[0]))
    else:
        each = [_run(graph, nodes, image, 1) for image in zip(*arrays, strict=True)]
        values = {i: join([one[i] for one in each]) for i in each[0]}
    constants = {t.index: t.data for t in graph.tensors if t.data is not None}
    outputs = [values[i] if i in values else constants[i] for i in graph.outputs]
    return Result(outputs, constants | values if keep else {})


def plan(graph: Graph, kernels: str) -> list[Node]:
    """Every operator with its tensors, once all of them are known to have a kernel.

    Those of the last few graphs are kept, with what their kernels have prepared.

    Raises:
        ValueError: other kernels, an operator that has none, or a tensor that is needed and that
            nothing computes.
    """
    require_graph(graph, "engine")
    if not is_choice(kernels, KERNEL_SETS):
        raise ValueError(f"No kernels {kernels!r}; choose one of {', '.join(KERNEL_SETS)}.")
    return _plan(graph, kernels)


@functools.lru_cache(maxsize=4)
def _plan(graph: Graph, kernels: str) -> list[Node]:
    nodes = [Node.of(graph, operator, kernels) for operator in graph.operators]
    there = {t.index for t in graph.tensors if t.data is not None} | set(graph.inputs)
    for node in nodes:
        require_supported(node, there)
        there.update(tensor.index for tensor in node.outputs)
    if missing := [i for i in graph.outputs if i not in there]:
        raise ValueError(f"engine: nothing computes the tensors {missing}, the model's outputs.")
    return nodes


def _images_stay_apart(nodes: Sequence[Node]) -> bool:
    """Whether a batch can run at once: the first dimension is 1 and no operator works along it."""
    tensors = [t for n in nodes for t in (*n.inputs, *n.outputs) if t is not None]
    apart = all(t.shape[:1] == (1,) for t in tensors if t.data is None)
    return apart and not any(n.once(kernel_for).along_batch(n) for n in nodes)


def _run(graph: Graph, nodes: Sequence[Node], arrays: Sequence[np.ndarray], images: int) -> dict:
    """Every computed tensor, by index; image k at index k where there are several."""
    values = dict(zip(graph.inputs, arrays, strict=True))
    for node in nodes:
        inputs = [
            None if tensor is None else values.get(tensor.index, tensor.data)
            for tensor in node.inputs
        ]
        made = node.once(kernel_for).compute(node, *inputs)
        made = made if isinstance(made, tuple) else (made,)
        for tensor, array in zip(node.outputs, made, strict=True):
            shape = tensor.shape if images == 1 else (images, *tensor.shape[1:])
            values[tensor.index] = array.reshape(shape)
    return values
