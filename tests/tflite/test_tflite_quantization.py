"""Scales of blocks, and integers of fewer than 8 bits: as LiteRT reads and dequantizes them."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from qnn_edu.tflite import float_twin, read
from qnn_edu.tflite.table import Table
from tests.tflite.blockwise import BITS, blocks, drawn, table_of_rows
from tests.tflite.building import model, packed_bits, tensor


def looked_up(content, rows=(0, 1, 2, 3)):
    """What LiteRT makes of the table's rows, in real numbers."""
    reference = OpResolverType.BUILTIN_REF
    oracle = Interpreter(model_content=content, experimental_op_resolver_type=reference)
    oracle.allocate_tensors()
    oracle.set_tensor(0, np.int32(rows))
    oracle.invoke()
    return oracle.get_tensor(3)


@pytest.mark.parametrize("kind", ["INT4", "INT2"])
@pytest.mark.parametrize(("shape", "size"), [((4, 64), 32), ((4, 96), 32), ((4, 256), 128)])
def test_scales_of_blocks_mean_what_litert_makes_of_them(kind, shape, size):
    q, scales = drawn(kind, shape, size)
    content = table_of_rows(q, scales, kind, quantization=blocks(size=size))
    weights = read(content).tensors[1]
    assert (weights.type, weights.block, weights.axis, weights.params) == (kind, size, None, None)
    assert weights.scale.dtype == np.float32 and not weights.zero_point.any()
    np.testing.assert_array_equal(weights.scale, scales.ravel())
    np.testing.assert_array_equal(weights.data, q)
    np.testing.assert_array_equal(weights.real, looked_up(content))


def test_a_block_of_zeros_may_have_the_scale_0():
    """Quantizers write it: float16 has no smaller number than 6e-8."""
    q, scales = drawn()
    scales[1] = 0
    content = table_of_rows(q, scales)
    assert not read(content).tensors[1].real[1].any()
    np.testing.assert_array_equal(read(content).tensors[1].real, looked_up(content))


def test_blocks_have_zero_points_of_their_own_where_a_tensor_holds_them():
    """As the schema says; LiteRT's kernels of today leave them out."""
    q, scales = drawn()
    zero_points = np.arange(12, dtype=np.int32).reshape(4, 3) - 6
    content = table_of_rows(q, scales, quantization=blocks(zero_points=4), zero_points=zero_points)
    weights = read(content).tensors[1]
    np.testing.assert_array_equal(weights.zero_point, zero_points.ravel())
    each = np.repeat(zero_points, 32, axis=1)
    np.testing.assert_array_equal(
        weights.real, np.repeat(scales, 32, axis=1).astype(np.float32) * (q - each)
    )


def test_scales_of_blocks_in_single_precision_are_read_too():
    q, scales = drawn(dtype=np.float32)
    weights = read(table_of_rows(q, scales)).tensors[1]
    np.testing.assert_array_equal(weights.scale, scales.ravel())


def test_zero_points_that_a_writer_says_nothing_of_are_0():
    """The schema's default names tensor 0, here the rows that are asked for."""
    q, scales = drawn()
    weights = read(table_of_rows(q, scales, quantization=blocks(zero_points=0))).tensors[1]
    assert not weights.zero_point.any()


def test_the_float_twin_has_the_real_values_of_blocks():
    q, scales = drawn()
    content = table_of_rows(q, scales)
    twin = read(float_twin(content))
    np.testing.assert_array_equal(twin.tensors[1].data, read(content).tensors[1].real)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"size": 0}, "12 scales for blocks of 0 in shape"),
        ({"size": -32}, "12 scales for blocks of -32"),
        ({"size": 64}, "12 scales for blocks of 64 in shape"),
        ({"scales": 0}, "its scales are tensor 0, which holds no real constants"),
        ({"scales": 1}, "its scales are tensor 1, which holds no real constants"),
        ({"scales": 3}, "its scales are tensor 3, which holds no real constants"),
        ({"scales": 99}, "its scales are tensor 99, which holds"),
        ({"scales": -1}, "its scales are tensor -1, which holds"),
        ({"zero_points": 4}, "12 scales but 5 zero points"),
    ],
)
def test_blocks_that_contradict_themselves_are_refused(said, message):
    content = table_of_rows(
        *drawn(), quantization=blocks(**said), zero_points=np.zeros(5, np.int32)
    )
    with pytest.raises(ValueError, match=f"Tensor 1, 't', cannot be read: {message}"):
        read(content)


@pytest.mark.parametrize("scale", [-1, np.nan, np.inf])
def test_a_scale_of_a_block_that_is_no_step_is_refused(scale):
    q, scales = drawn()
    scales[2, 1] = scale
    with pytest.raises(ValueError, match="expected finite normal numbers above 0"):
        read(table_of_rows(q, scales))


def test_other_ways_to_store_scales_are_refused_by_name():
    details = Table("MultiAxisQuantization", scales=2, zero_points=-1, quantized_dimensions=[0, 1])
    with pytest.raises(ValueError, match="stored as MultiAxisQuantization, which is not read yet"):
        read(table_of_rows(*drawn(), quantization=Table("QuantizationParameters", details=details)))


@pytest.mark.parametrize("kind", ["INT4", "UINT4", "INT2"])
@pytest.mark.parametrize("shape", [(1,), (7,), (3, 5), (2, 3, 11), (4, 8)])
def test_values_that_share_bytes_are_litert_s(kind, shape):
    """Rows go on in the same byte; only the last byte has places to spare."""
    bits = BITS[kind]
    low = -(2 ** (bits - 1)) if kind.startswith("I") else 0
    q = np.random.default_rng(1).integers(low, low + 2**bits, shape)
    once = Table("QuantizationParameters", scale=np.float32([0.5]), zero_point=[0])
    constant = tensor(shape, kind, packed_bits(q, bits), quantization=once)
    content = model("ABS", [0], [1], [constant, tensor(shape, kind)])
    found = read(content).tensors[0]
    assert found.bits == bits and found.dtype == (np.int8 if low else np.uint8)
    np.testing.assert_array_equal(found.data, q)
    np.testing.assert_array_equal(found.data, Interpreter(model_content=content).get_tensor(0))
