"""Small networks written down: tensors and operators, without a file."""

import numpy as np

from qnn_edu.tflite import Graph, Operator, Subgraph, Tensor

I8, U8, F32, HANDLE = (np.dtype(each) for each in (np.int8, np.uint8, np.float32, object))


def integers(index, dtype=I8, scale=0.1, zero_point=3, shape=(1, 4), data=None):
    scale = np.float32(scale)
    return Tensor(index, f"t{index}", shape, np.dtype(dtype), scale, zero_point, data=data)


def reals(index, shape=(1, 4)):
    return Tensor(index, f"t{index}", shape, F32)


def handle(index):
    return Tensor(index, f"t{index}", (), HANDLE, type="RESOURCE")


def subgraph(tensors, operators, inputs=(), outputs=()):
    """Operators are (name, inputs, outputs) and perhaps options."""
    made = tuple(
        Operator(k, name, 1, read, written, *options)
        for k, (name, read, written, *options) in enumerate(operators)
    )
    return Subgraph("", tuple(tensors), made, inputs, outputs)


def graph(tensors, operators, inputs, outputs, *others):
    return Graph((subgraph(tensors, operators, inputs, outputs), *others), 0)
