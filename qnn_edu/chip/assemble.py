"""From a model to its program, or to all that keeps it from becoming one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from math import prod

from qnn_edu.chip.arena import Buffer, plan
from qnn_edu.chip.copies import without_copies
from qnn_edu.chip.ends import End, ends
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.layers import layers_of
from qnn_edu.chip.program import Program
from qnn_edu.chip.refusal import Refused, refusal
from qnn_edu.chip.state import Variables
from qnn_edu.chip.types import EIGHT_BITS, require_types, why_no_end
from qnn_edu.engine.blockers import Blocker
from qnn_edu.engine.blockers import blockers as engine_blockers
from qnn_edu.engine.node import Node
from qnn_edu.engine.prepare import prepared
from qnn_edu.tflite.graph import Graph, Tensor, require_graph


def program(graph: Graph, name: str = "model") -> Program:
    """The program of an int8 model (or of a uint8 one of 2018), as reference kernels compute it.

    Raises:
        ValueError: a name that is no C identifier; all that keeps the model from becoming C.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> digits = program(read(asset("digits_int8.tflite")))
    >>> digits.layers[0].kernel, digits.arena_bytes
    ('conv_2d', 3072)
    """
    require_graph(graph, "export_c")
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise ValueError(
            f"{name!r} is no name for C; expected a letter, then letters, digits and underscores."
        )
    made, found = _assembled(graph, name)
    if found:
        raise ValueError(refusal(found, len(graph.operators)))
    return made


def blockers(graph: Graph) -> list[Blocker]:
    """All that keeps a model from becoming C, in the order of its operators.

    Raises:
        ValueError: what is no graph.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> print(blockers(read(asset("digits_float32.tflite")))[0])
    operator 0, CONV_2D: it computes with FLOAT32; expected INT8, or UINT8
    """
    require_graph(graph, "export_c")
    return _assembled(graph, "model")[1]


def _assembled(graph: Graph, name: str) -> tuple[Program, list[Blocker]]:
    """A program, which is whole only if nothing blocks it."""
    nodes = prepared(graph, 0, "reference").nodes
    variables = Variables(graph, nodes)
    given, kept = ends(graph, nodes)
    kind, tensors = _kind(kept), _tensors(graph, kept, variables)
    found = engine_blockers(graph)
    layers, refused = _layers(kept, kind, variables, sure=not found)
    tensors |= {each.output: each.made for each in layers if each.made}
    fixed = {end.tensor.index for end in given} | {i for i, t in tensors.items() if _lies(t)}
    outputs = {end.tensor.index for end in given if not end.is_input}
    short = without_copies(layers, fixed, outputs)
    if not found and not refused:
        refused = [*_wrong_ends(given, short), *_wrong_types(short, tensors, kind, outputs)]
    offsets = plan(_buffers(short, tensors, fixed))
    own = tuple(variables.all.values())
    made = Program(name, kind, tuple(given), short, tensors, own, offsets)
    return made, sorted([*found, *refused], key=lambda each: each.index or 0)


def _kind(nodes: Sequence[Node]) -> str:
    """The type of most activations."""
    types = Counter(t.type for node in nodes for t in node.outputs if t.type in EIGHT_BITS)
    return max(types, key=types.__getitem__, default="INT8")


def _tensors(graph: Graph, nodes: Sequence[Node], variables: Variables) -> dict[int, Tensor]:
    """All tensors by number, as the nodes know them."""
    known = (t for node in nodes for t in (*node.inputs, *node.outputs) if t is not None)
    found = {tensor.index: tensor for tensor in (*graph.tensors, *known)}
    return found | {each.tensor.index: each.tensor for each in variables.all.values()}


def _lies(tensor: Tensor) -> bool:
    """Whether it has a place of its own: a variable or a constant."""
    return tensor.index < 0 or tensor.data is not None


def _layers(
    nodes: Sequence[Node], kind: str, variables: Variables, *, sure: bool
) -> tuple[list[Layer], list[Blocker]]:
    """Layers in order, and what refuses to become one; unless `sure`, shapes may be unknown."""
    layers: list[Layer] = []
    refused = []
    for node in nodes:
        tensors = [t for t in (*node.inputs, *node.outputs) if t is not None]
        if not sure and any(t.shape == () and t.data is None for t in tensors):
            continue
        try:
            layers += layers_of(node, kind, variables.layers)
        except Refused as reason:
            refused.append(Blocker(node.operator.index, node.operator.name, str(reason)))
    return layers, refused


def _wrong_ends(given: Sequence[End], layers: Sequence[Layer]) -> Iterator[Blocker]:
    """Every end is of integers, and every output one that layers compute, for itself."""
    for end in given:
        if reason := why_no_end(end):
            yield Blocker(None, None, reason)
    outputs = [end.tensor.index for end in given if not end.is_input]
    if len(set(outputs)) < len(outputs) or not {e.output for e in layers}.issuperset(outputs):
        reason = f"its outputs are tensors {outputs}; expected some that it computes, each once"
        yield Blocker(None, None, reason)


def _wrong_types(
    layers: Sequence[Layer], tensors: dict[int, Tensor], kind: str, outputs: Collection[int]
) -> Iterator[Blocker]:
    """Layers meet values of the types that their kernels take."""
    for layer in layers:
        try:
            require_types(layer, tensors, kind, outputs)
        except Refused as reason:
            yield Blocker(layer.node.operator.index, layer.node.operator.name, str(reason))


def _buffers(
    layers: Sequence[Layer], tensors: dict[int, Tensor], fixed: Collection[int]
) -> list[Buffer]:
    """What must lie in the arena: all that is computed, but for what lies elsewhere."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for step, layer in enumerate(layers):
        first.setdefault(layer.output, step)
        last |= dict.fromkeys((layer.output, *layer.operands), step)
    return [
        Buffer(i, prod(tensors[i].shape), step, last[i])
        for i, step in first.items()
        if i not in fixed
    ]
