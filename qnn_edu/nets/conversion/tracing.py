"""The TensorFlow graph of a network, before any conversion, in the dataclasses of `tflite`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.conversion.keras_call import all_layers
from qnn_edu.nets.conversion.resizing import frozen
from qnn_edu.nets.conversion.source import Source, source
from qnn_edu.nets.quiet import load_keras, load_tensorflow
from qnn_edu.tflite.graph import Graph, Operator, Subgraph, Tensor

if TYPE_CHECKING:
    from qnn_edu.nets.conversion.source import Convertible

# Attributes that change what an operator computes; the rest are types and notes for the runtime.
_SHAPES = ("axis", "data_format", "dilations", "keep_dims", "ksize", "padding", "strides")
_NUMBERS = ("alpha", "epsilon", "narrow_range", "num_bits", "transpose_a", "transpose_b")
_OPTIONS = tuple(sorted(_SHAPES + _NUMBERS))
_PASS_ON = ("Identity", "IdentityN", "StopGradient", "PreventGradient")


def tensorflow_graph(model: Convertible | Source) -> Graph:
    """The TensorFlow graph of a Keras model or function in inference, as the converter gets it.

    Operators carry TensorFlow's names (`Conv2D`, `Mul`, `Rsqrt`), so batch normalisation is seen
    in its pieces and every fake quantizer in its place. Calls of functions are expanded; reading a
    variable and passing a tensor on are left out. Variables and constants are tensors with `.data`,
    a variable under its own name. A length that is not known, such as the batch, is -1. `size` is
    the bytes of the graph, all values included.

    `model`: a Keras model, a concrete function, or a `tf.function` with an `input_signature`.

    Raises:
        ValueError: anything else, and a Keras model whose inputs are not known yet.

    >>> from qnn_edu.nets.models import digits_net
    >>> graph = tensorflow_graph(digits_net())
    >>> [op.name for op in graph.operators[:3]], graph.tensors[graph.inputs[0]].shape
    (['Conv2D', 'AddV2', 'Rsqrt'], (-1, 8, 8, 1))
    """
    origin = source(model)
    return _graph(origin.function, Names(origin))


def _graph(function: Any, names: Names) -> Graph:
    """The graph of a concrete function, its tensors and operators numbered in its order."""
    constant = frozen(function)
    index: dict[str, int] = {}
    tensors: list[Tensor] = []
    operators: list[Operator] = []
    for node in constant.graph.get_operations():
        if node.type in _PASS_ON:
            passed = zip(node.outputs, node.inputs, strict=True)
            index.update((out.name, index[given.name]) for out, given in passed)
            continue
        for out in node.outputs:
            index[out.name] = len(tensors)
            tensors.append(_tensor(len(tensors), out, names))
        if node.type not in ("Const", "Placeholder", "NoOp"):
            operators.append(_operator(len(operators), node, index))
    inputs = tuple(index[t.name] for t in constant.inputs)
    outputs = tuple(index[t.name] for t in constant.outputs)
    size = constant.graph.as_graph_def().ByteSize()
    main = Subgraph("main", tuple(tensors), tuple(operators), inputs, outputs)
    return Graph((main,), size)


class Names:
    """Names to read: without the scope of the whole model, layers and variables by their own.

    >>> from qnn_edu.nets.models import digits_net
    >>> Names(source(digits_net()))("digits_net_1/conv_1/convolution")
    'conv/convolution'
    """

    def __init__(self, origin: Source) -> None:
        model, function = origin.given, origin.function
        variables = {id(v.handle): v.name.split(":")[0] for v in function.graph.variables}
        self._own = {
            inside.op.name: variables[id(outside)]
            for outside, inside in function.graph.captures
            if id(outside) in variables
        }
        known = isinstance(model, load_keras().Model)
        self._model = model.name if known else None
        self._layers = {layer.name for layer in all_layers(model)} if known else set()

    def __call__(self, name: str) -> str:
        if name in self._own:
            return self._own[name]
        parts = [self._part(part) for part in name.split("/")]
        return "/".join(parts[1:] if len(parts) > 1 and parts[0] == self._model else parts)

    def _part(self, part: str) -> str:
        """A scope's name without the number that makes it unique in the graph."""
        bare = re.sub(r"_\d+$", "", part)
        return bare if part not in self._layers and bare in {self._model, *self._layers} else part


def layer_names(origin: Source, nodes: Iterable[Any]) -> str:
    """The layers that hold some nodes of the graph, each quoted once, as a reader knows them.

    >>> from qnn_edu.nets.models import digits_net
    >>> origin = source(digits_net())
    >>> layer_names(origin, [node for node in origin.function.graph.get_operations()][-3:-2])
    "'softmax'"
    """
    names = Names(origin)
    found = (names(node.name) for node in nodes)
    return ", ".join(dict.fromkeys(repr(name.rpartition("/")[0] or name) for name in found))


def _tensor(index: int, tensor: Any, names: Names) -> Tensor:
    node = tensor.op
    name = names(node.name) + (f":{tensor.value_index}" if tensor.value_index else "")
    sizes = () if tensor.shape.rank is None else tuple(tensor.shape)
    shape = tuple(-1 if size is None else size for size in sizes)
    numbers = tensor.dtype.is_numpy_compatible  # what a list or a table is not
    dtype = np.dtype(tensor.dtype.as_numpy_dtype if numbers else object)
    data = None
    if node.type == "Const":
        data = load_tensorflow().make_ndarray(node.get_attr("value"))
    return Tensor(index, name, shape, dtype, data=data, type=tensor.dtype.name.upper())


def _operator(index: int, node: Any, index_of: dict[str, int]) -> Operator:
    options = {name: node.get_attr(name) for name in _OPTIONS if name in node.node_def.attr}
    options = {n: v.decode() if isinstance(v, bytes) else v for n, v in options.items()}
    inputs = tuple(index_of[t.name] for t in node.inputs)
    return Operator(
        index, node.type, 1, inputs, tuple(index_of[t.name] for t in node.outputs), options
    )
