"""Weights of few levels stored in 4 bits each, which halves what they take in the file."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from qnn_edu.tflite.flatbuffer import model_bytes, pack, parse
from qnn_edu.tflite.graph import Graph, Operator
from qnn_edu.tflite.reader import read
from qnn_edu.tflite.schema import number
from qnn_edu.tflite.table import Table

# Operators whose kernels take int4 weights, in all three sets, and from which version on.
# DEPTHWISE_CONV_2D has a version too, which the reference kernels lack (LiteRT 2.3).
VERSIONS = {"CONV_2D": 7, "FULLY_CONNECTED": 10}
HIGHEST = 7  # the levels of int4 go on to -8, those of weights end at -7


def pack_int4(model: str | Path | bytes) -> bytes:
    """The same model, its int8 weights stored as int4 wherever their levels are few enough.

    The weights of a convolution or a dense layer are `q = g * level`, g the largest number that
    divides them all; where no |level| is above 7, the levels are stored, two in a byte, and the
    scale becomes `g * scale`: the same real weights. So it is with what `quantize_aware` trained
    with 4 bits and fewer, whose levels stand 18 and more apart.

    What is gained is size alone: ResNet-8 in 4 bits takes 57,968 bytes in place of 96,008, names as
    many images rightly, and runs four times as long (LiteRT 2.3 on x86-64, whose fast kernels take
    int8). Processors with kernels for int4 may differ.

    A bias has the scale of its weights times that of the input, so it becomes g times as coarse,
    and is rounded anew, halves away from zero: answers may differ by a level here and there.

    `model` is a path or bytes of an int8 model; the new one comes as bytes.

    Raises:
        ValueError: what is not a model, has more than one subgraph, or has fields that are newer
            than the schema here.

    Source: LiteRT 8-bit quantization specification; schema of TFLite, `TensorType.INT4`.

    >>> from qnn_edu.data import asset
    >>> content = asset("digits_int8.tflite").read_bytes()  # of 8 bits: nothing to store in fewer
    >>> {tensor.type for tensor in read(pack_int4(content)).tensors} == {"INT8", "INT32"}
    True
    """
    content = model_bytes(model)
    graph, parsed = read(content), parse(content)
    if len(parsed.subgraphs) > 1:
        raise ValueError(f"pack_int4: {len(parsed.subgraphs)} subgraphs; it handles one only.")
    readers: dict[int, list[Operator]] = defaultdict(list)
    for op in graph.operators:
        for index in op.inputs:
            readers[index].append(op)
    stored = parsed.subgraphs[0]
    for op in graph.operators:
        alone = all(len(readers[index]) == 1 for index in op.inputs[1:])
        apart = _apart(graph, op) if alone and op.name in VERSIONS else 0
        if not apart:
            continue
        weight, *bias = op.inputs[1:]
        _store(parsed, weight, _nibbles(_constant(graph, weight) // apart), apart)
        stored.tensors[weight].type = number("TensorType", "INT4")
        for index in bias:
            if index >= 0:
                _store(parsed, index, _divided(_constant(graph, index), apart), apart)
        code = parsed.operator_codes[stored.operators[op.index].opcode_index or 0]
        code.version = max(code.version or 1, VERSIONS[op.name])
    return pack(parsed)


def _apart(graph: Graph, op: Operator) -> int:
    """How far apart the levels of an operator's int8 weights lie if int4 can hold them, else 0."""
    weight = graph.tensors[op.inputs[1]]
    if weight.type != "INT8" or weight.data is None or not weight.data.any():
        return 0
    apart = int(np.gcd.reduce(np.abs(weight.data.astype(int)).ravel()))
    return apart if np.abs(weight.data.astype(int)).max() // apart <= HIGHEST else 0


def _constant(graph: Graph, index: int) -> np.ndarray:
    data = graph.tensors[index].data
    assert data is not None  # integer kernels take constant weights and biases alone
    return data


def _store(parsed: Table, index: int, values: np.ndarray, apart: int) -> None:
    """Give a constant other values, whose scale is `apart` times what it was."""
    tensor = parsed.subgraphs[0].tensors[index]
    parsed.buffers[tensor.buffer].data = np.frombuffer(values.tobytes(), np.uint8)
    tensor.quantization.scale = np.float32(np.asarray(tensor.quantization.scale) * apart)


def _nibbles(levels: np.ndarray) -> np.ndarray:
    """Two levels in a byte, the first in the low half; 0 fills up.

    >>> [hex(byte) for byte in _nibbles(np.int8([1, -1, 7]))]
    ['0xf1', '0x7']
    """
    flat = levels.astype(np.int8).view(np.uint8).ravel() & np.uint8(15)
    flat = np.append(flat, np.zeros(flat.size % 2, np.uint8))
    return flat[::2] | (flat[1::2] << np.uint8(4))


def _divided(values: np.ndarray, by: int) -> np.ndarray:
    """Whole numbers over `by`, rounded, halves away from zero."""
    wide = values.astype(np.int64)
    return (np.sign(wide) * ((2 * np.abs(wide) + by) // (2 * by))).astype(values.dtype)
