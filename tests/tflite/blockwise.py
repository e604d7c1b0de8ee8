"""Tables of integers whose scales are for blocks, and models that look rows up in them."""

import numpy as np

from qnn_edu.tflite.table import Table
from tests.tflite.building import model, packed_bits, tensor

BITS = {"INT4": 4, "UINT4": 4, "INT2": 2}


def blocks(*, scales=2, zero_points=-1, size=32):
    details = Table(
        "BlockwiseQuantization", scales=scales, zero_points=zero_points, block_size=size
    )
    return Table("QuantizationParameters", details=details)


def table_of_rows(q, scales, kind="INT4", *, quantization=None, zero_points=None):
    """A model that looks rows up in a table of integers whose scales are for blocks: tensor 1."""
    tensors = [
        tensor((4,), "INT32"),
        tensor(q.shape, kind, packed_bits(q, BITS[kind]), quantization=quantization or blocks()),
        tensor(scales.shape, scales.dtype.name.upper(), scales.tobytes()),
        tensor((4, q.shape[1]), "FLOAT32"),
    ]
    if zero_points is not None:
        tensors.append(tensor(zero_points.shape, "INT32", zero_points.tobytes()))
    return model("EMBEDDING_LOOKUP", [0, 1], [3], tensors, version=4, given=[0])


def drawn(kind="INT4", shape=(4, 96), size=32, *, dtype=np.float16):
    rng, top = np.random.default_rng(0), 2 ** (BITS[kind] - 1)
    scales = rng.uniform(1e-4, 2, (shape[0], shape[1] // size)).astype(dtype)
    return rng.integers(-top, top, shape), scales
