"""Converting a network that states its own ranges, in fake quantizers: no calibration needed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.conversion.quantizer import IO, checked_io, float_operators
from qnn_edu.nets.conversion.running import file_of
from qnn_edu.nets.conversion.source import Source, source
from qnn_edu.nets.conversion.toolchain import converted
from qnn_edu.nets.conversion.tracing import tensorflow_graph
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite.graph import Graph, Operator
from qnn_edu.tflite.reader import read

if TYPE_CHECKING:
    from qnn_edu.nets.conversion.source import Convertible

NAME = "FakeQuantWithMinMax"  # how the names of TensorFlow's three fake quantizers begin


def states_ranges(model: Convertible | Source) -> bool:
    """Whether fake quantizers stand in the graph of a Keras model or a function, in inference.

    Raises:
        ValueError: what `tensorflow_graph` refuses.

    >>> from qnn_edu.nets.models import digits_net
    >>> from qnn_edu.nets.models.placement import Placement, two_convolutions
    >>> states_ranges(digits_net()), states_ranges(two_convolutions(Placement()))
    (False, True)
    """
    return any(op.name.startswith(NAME) for op in tensorflow_graph(model).operators)


def convert_stated(model: Convertible | Source, *, io: str | None = None) -> bytes:
    """The bytes of an int8 file whose ranges are those of the fake quantizers in the network.

    An operator becomes an integer one if its input and its output carry a fake quantizer (or the
    operator itself fixes the range, as a softmax does). Weights take theirs, or where they have
    none a symmetric narrow one for each channel. A bias must have none: its scale is that of input
    times weights. A fake quantizer in front of a ReLU or ReLU6 that has another one behind it is
    dropped without a word.

    TensorFlow's converter does not ask for weights with zero point 0, but LiteRT refuses to load
    int8 weights without: their fake quantizers have to be symmetric and narrow.

    `io`: as in `convert`. With "float32" the file is made as it comes, operators that lack a range
    in float.

    Raises:
        ValueError: what is not a model, another io, what TensorFlow's converter cannot do, and, but
            for io "float32", an operator that stays in float; the message says what it lacks.

    Source: Jacob et al. 2018, section 3 and figure 1.1.

    >>> from qnn_edu.nets.models.placement import Placement, two_convolutions
    >>> graph = read(convert_stated(two_convolutions(Placement())))
    >>> [op.name for op in graph.operators], graph.tensors[graph.outputs[0]].dtype
    (['CONV_2D', 'CONV_2D'], dtype('int8'))
    >>> convert_stated(two_convolutions(Placement(image=False)))
    Traceback (most recent call last):
    ValueError: convert: operator 0, CONV_2D, stays in float: no fake quantizer states the range ...
    """
    from qnn_edu.nets.qat.prepared import left_float

    io = checked_io("int8", io, IO["int8"])
    tf, origin = load_tensorflow(), source(model)
    converter = origin.converter()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    content = file_of(origin, converter)
    if io == "float32":
        return content
    _require_ranges(read(content), left_float(origin.given))
    return converted(lambda: _with_io(content, tf.as_dtype(io)))


def unstated(graph: Graph, left: Iterable[str] = ()) -> list[Operator]:
    """The operators of a file that compute in float, but for those of layers left so, by name.

    >>> from qnn_edu.nets.models.placement import Placement, two_convolutions
    >>> content = convert_stated(two_convolutions(Placement(image=False)), io="float32")
    >>> [op.name for op in unstated(read(content))]
    ['CONV_2D']
    """
    kept = set(left)
    return [op for op in float_operators(graph) if not kept & layers_of(graph, op)]


def layers_of(graph: Graph, operator: Operator) -> set[str]:
    """The names of layers, or what may be such, in the name of what an operator puts out.

    Keras numbers calls, and entries of what stays in float: names come with and without numbers.

    >>> from qnn_edu.data import asset
    >>> graph = read(asset("digits_float32.tflite"))
    >>> "dense" in layers_of(graph, graph.operators[-2])
    True
    """
    scopes = re.split("[/;:]", graph.tensors[operator.outputs[0]].name)
    return {*scopes, *(re.sub(r"(_float)?(_\d+)+$", "", scope) for scope in scopes)}


def _with_io(content: bytes, dtype: Any) -> bytes:
    """The same file with inputs and outputs of this type: what the converter itself does last."""
    from tensorflow.lite.python.util import modify_model_io_type

    return bytes(modify_model_io_type(content, dtype, dtype))


def _require_ranges(graph: Graph, left: list[str]) -> None:
    """Refuse a file in which an operator computes in float, and say what each one lacks.

    `left`: names of layers that the model's owner left in float.
    """
    floats = unstated(graph, left)
    if not floats:
        return
    stated = {i for op in graph.operators if op.name == "DEQUANTIZE" for i in op.outputs}
    stated |= {i for op in graph.operators if op.name == "QUANTIZE" for i in op.inputs}
    findings = []
    for op in floats:
        tensors = [graph.tensors[i] for i in (*op.inputs, *op.outputs) if i >= 0]
        lacking = [
            repr(t.short_name)
            for t in tensors
            if t.data is None and t.dtype.kind == "f" and t.index not in stated
        ]
        reason = (
            f"no fake quantizer states the range of {' or '.join(lacking)}"
            if lacking
            else "its input and output have ranges, so look at its weights, and for a fake "
            "quantizer on its bias, which takes none"
        )
        findings.append(f"operator {op.index}, {op.name}, stays in float: {reason}")
    raise ValueError(
        f"convert: {'; '.join(findings)}. To get the file as it is, ask for io='float32'."
    )
