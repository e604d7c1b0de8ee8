"""The float twin of a quantized model: the same network, its integers replaced by real values."""

from pathlib import Path

import numpy as np

from qnn_edu.tflite.flatbuffer import ints, model_bytes, pack, parse
from qnn_edu.tflite.graph import Operator
from qnn_edu.tflite.reader import read
from qnn_edu.tflite.schema import number
from qnn_edu.tflite.table import Table

# Between real numbers of which all are there, these change nothing.
_PASS_THROUGH = ("QUANTIZE", "DEQUANTIZE", "DENSIFY")


def float_twin(model: str | Path | bytes) -> bytes:
    """A float32 model with `x = scale * (q - zero_point)` for every quantized constant.

    Inputs, outputs and everything between become float32, sparse constants have all their values,
    QUANTIZE, DEQUANTIZE and DENSIFY vanish, and the rest stays as it was. So model and twin have
    the same weights, and differ only in how the activations between them are rounded, and clamped
    to the range that their type can hold.

    `model` is a path or bytes; the twin comes as bytes.

    Raises:
        ValueError: what is not a model, has more than one subgraph, or has fields that are newer
            than the schema here.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> twin = read(float_twin(asset("digits_int8.tflite")))
    >>> {str(twin.tensors[i].dtype) for i in twin.inputs + twin.outputs}
    {'float32'}
    """
    content = model_bytes(model)
    graph, parsed = read(content), parse(content)
    if len(parsed.subgraphs) > 1:
        raise ValueError(f"float_twin: {len(parsed.subgraphs)} subgraphs; it handles one only.")
    parsed.buffers = parsed.buffers[:1]  # the empty one, by the schema's rule; real values follow
    for tensor, stored in zip(graph.tensors, parsed.subgraphs[0].tensors, strict=True):
        values, half = tensor.real, tensor.dtype == np.float16
        if half and values is not None:
            values = values.astype(np.float32)
        stored.buffer, stored.sparsity = _add_buffer(parsed.buffers, values), None
        if half or tensor.scale is not None:
            stored.type, stored.quantization = number("TensorType", "FLOAT32"), None
    bypass(parsed, [op for op in graph.operators if op.name in _PASS_THROUGH])
    parsed.metadata = parsed.metadata_buffer = None  # it describes the quantized file
    for code in parsed.operator_codes:
        code.version = 1  # the first version of every operator computes in float32
    return pack(parsed)


def _add_buffer(buffers: list[Table], values: np.ndarray | None) -> int:
    """The number of a new buffer with these values; 0, the empty buffer, for a computed tensor."""
    if values is None:
        return 0
    buffers.append(Table("Buffer", data=np.frombuffer(values.tobytes(), np.uint8)))
    return len(buffers) - 1


def bypass(parsed: Table, operators: list[Operator]) -> None:
    """Take operators out: whoever read their output reads their input."""
    main = parsed.subgraphs[0]
    source: dict[int, int] = {}
    for operator in operators:  # in the order of execution, so chains end at their beginning
        start = operator.inputs[0]
        source[operator.outputs[0]] = source.get(start, start)
    gone = {operator.index for operator in operators}
    main.operators = [op for i, op in enumerate(main.operators) if i not in gone]
    for reader in main.operators:
        reader.inputs = [source.get(i, i) for i in ints(reader.inputs)]
    main.outputs = [source.get(i, i) for i in ints(main.outputs)]
    for signature in parsed.signature_defs or ():
        for output in signature.outputs:
            output.tensor_index = source.get(output.tensor_index, output.tensor_index)
