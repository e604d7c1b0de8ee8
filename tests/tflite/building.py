"""Models of one operator from the tables of the format itself, so that any storage can be tried."""

from dataclasses import replace

import numpy as np

from qnn_edu.tflite import Graph
from qnn_edu.tflite.flatbuffer import pack
from qnn_edu.tflite.schema import number
from qnn_edu.tflite.table import Table


def tensor(shape, kind, data=None, **fields):
    """A tensor's table; `data`, the bytes as a file stores them, stands in for its buffer."""
    stored = Table("Tensor", name=b"t", shape=shape, type=number("TensorType", kind), **fields)
    return stored, data


def model(name, inputs, outputs, tensors, *, version=1, options=None, given=()):
    """The bytes of a model: operator `name` from tensors to tensors, by their places in `tensors`.

    `given` are the model's inputs.
    """
    buffers = [Table("Buffer")]
    for stored, data in tensors:
        if data is not None:
            stored.buffer = len(buffers)
            buffers.append(Table("Buffer", data=np.frombuffer(data, np.uint8)))
    code = number("BuiltinOperator", name)
    operator = Table("Operator", inputs=inputs, outputs=outputs, builtin_options=options)
    subgraph = Table(
        "SubGraph",
        tensors=[stored for stored, _ in tensors],
        inputs=list(given),
        outputs=outputs,
        operators=[operator],
    )
    codes = [
        Table(
            "OperatorCode",
            builtin_code=code,
            deprecated_builtin_code=min(code, 127),
            version=version,
        )
    ]
    return pack(
        Table("Model", version=3, operator_codes=codes, subgraphs=[subgraph], buffers=buffers)
    )


def packed_bits(values, bits):
    """The bytes of small integers as a file stores them: the first in the lowest bits."""
    values = np.append(np.ravel(values), np.zeros(-np.size(values) % (8 // bits), np.int64))
    rows = (values & (2**bits - 1)).reshape(-1, 8 // bits) << np.arange(0, 8, bits)
    return rows.sum(axis=1).astype(np.uint8).tobytes()


def without_shapes(graph):
    """A graph of one subgraph, as some converters write it: what is computed has no shape."""
    (main,) = graph.subgraphs
    computed = {i for operator in main.operators for i in operator.outputs}
    tensors = tuple(
        replace(t, shape=(), signature=()) if t.index in computed else t for t in main.tensors
    )
    return Graph((replace(main, tensors=tensors),), graph.size)
