"""What a model file holds, as plain values: for JSON, complete, and summed up, for a table."""

import math
from collections import Counter
from typing import Any

import numpy as np

from qnn_edu.tflite import Graph, Operator, Subgraph, Tensor

_LONGEST = 100  # characters of an option in a table
# What most operators say, and a table may leave out.
_USUAL = {
    "stride_w": "1",
    "stride_h": "1",
    "dilation_w_factor": "1",
    "dilation_h_factor": "1",
    "depth_multiplier": "1",
    "quantized_bias_type": "FLOAT32",
    "weights_format": "DEFAULT",
}


def as_plain(graph: Graph) -> dict:
    """Everything that `Graph` knows but the constants' values, as dictionaries and lists.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> plain = as_plain(read(asset("digits_int8.tflite")))
    >>> plain["sizes"]
    {'file': 25144, 'constants': {'INT8': 8448, 'INT32': 1200}, 'overhead': 15496}
    >>> plain["subgraphs"][0]["tensors"][0]["zero_point"]
    [-128]
    """
    return {"sizes": sizes(graph), "subgraphs": [_subgraph(each) for each in graph.subgraphs]}


def _subgraph(subgraph: Subgraph) -> dict:
    return {
        "name": subgraph.name,
        "inputs": subgraph.inputs,
        "outputs": subgraph.outputs,
        "operators": [vars(operator) for operator in subgraph.operators],
        "tensors": [_tensor(tensor) for tensor in subgraph.tensors],
    }


def _tensor(tensor: Tensor) -> dict:
    quantized = tensor.scale is not None
    return {
        "index": tensor.index,
        "name": tensor.name,
        "short_name": tensor.short_name,
        "shape": tensor.shape,
        "type": tensor.type,
        "scale": np.atleast_1d(tensor.scale).tolist() if quantized else None,
        "zero_point": np.atleast_1d(tensor.zero_point).tolist() if quantized else None,
        "axis": tensor.axis,
        "block": tensor.block,
        "sparsity": None if tensor.sparsity is None else vars(tensor.sparsity),
        "constant": tensor.data is not None,
        "bytes": size_of(tensor),
    }


def size_of(tensor: Tensor) -> int:
    """Bytes of a tensor's values as the file, or the runtime, stores them.

    Those of fewer than 8 bits share bytes; of sparse constants only the stored values count.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> size_of(read(asset("digits_int8.tflite")).tensors[0])
    64
    """
    values = math.prod(tensor.shape) if tensor.sparsity is None else tensor.sparsity.stored
    return math.ceil(values * tensor.bits / 8)


def sizes(graph: Graph) -> dict:
    """Bytes of the file, of its constants by type, and of all the rest: graph, names, scales.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> sizes(read(asset("digits_float32.tflite")))["constants"]["FLOAT32"]
    34984
    """
    constants = Counter()
    for subgraph in graph.subgraphs:
        for tensor in subgraph.tensors:
            if tensor.data is not None:
                constants[tensor.type] += size_of(tensor)
    rest = graph.size - sum(constants.values())
    return {"file": graph.size, "constants": dict(constants.most_common()), "overhead": rest}


def quantization(subgraph: Subgraph) -> list[tuple[str, str, int, int, int]]:
    """(type, how quantized, computed tensors, constant ones, bytes of these), most bytes first.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> quantization(read(asset("digits_int8.tflite")).subgraphs[0])[0]
    ('INT8', 'per channel', 0, 8, 8448)
    """
    rows = {}
    for tensor in subgraph.tensors:
        row = rows.setdefault((tensor.type, how_quantized(tensor)), [0, 0, 0])
        row[tensor.data is not None] += 1
        row[2] += size_of(tensor) if tensor.data is not None else 0
    return sorted(((*key, *row) for key, row in rows.items()), key=lambda row: -row[-1])


def how_quantized(tensor: Tensor) -> str:
    """'per channel', 'in blocks of 32', 'per tensor' or 'no'.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> how_quantized(read(asset("digits_int8.tflite")).tensors[0])
    'per tensor'
    """
    if tensor.scale is None:
        return "no"
    if tensor.block is not None:
        return f"in blocks of {tensor.block}"
    return "per tensor" if tensor.axis is None else "per channel"


def options_text(operator: Operator) -> str:
    """An operator's options that say something: not None, False, NONE or a stride of 1.

    Bytes are counted, since a compiled network can be one option of megabytes; what else is long is
    cut.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> options_text(read(asset("digits_int8.tflite")).operators[-1])
    'beta=1.0'
    """
    return " ".join(
        f"{name}={_value(value)}"
        for name, value in operator.options.items()
        if str(value) not in ("None", "False", "NONE", _USUAL.get(name))
    )


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
