"""Public files that nobody here made: each is read, and every tensor is what LiteRT says it is."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from qnn_edu.tflite import read

# Its scales are single precision, and LiteRT's Python takes any scales of blocks for float16.
OTHER_SCALES = ("77cb8571_blockwise_quantized", 2)


@pytest.fixture(scope="module")
def files(real_data):
    return sorted((real_data / "corpus").glob("*/*.tflite"))


def oracle(path):
    """An interpreter, for what it knows before it prepares any memory; None where it has none."""
    reference = OpResolverType.BUILTIN_REF
    try:
        return Interpreter(model_path=str(path), experimental_op_resolver_type=reference)
    except ValueError as error:  # reference kernels are fewer
        assert "Didn't find op for builtin opcode" in str(error)
        return None


def assert_same(tensor, detail, values):
    """`values` of what computed tensors and sparse ones do not have: None."""
    strings = tensor.type == "STRING"
    assert (tensor.name, tensor.shape) == (detail["name"], tuple(detail["shape"]))
    assert np.dtype(np.bytes_ if strings else tensor.dtype) == detail["dtype"]
    quantization = detail["quantization_parameters"]
    scales = [] if tensor.scale is None else np.atleast_1d(tensor.scale)
    np.testing.assert_array_equal(scales, quantization["scales"])
    if tensor.block is None:
        zero_points = [] if tensor.scale is None else np.atleast_1d(tensor.zero_point)
        np.testing.assert_array_equal(zero_points, quantization["zero_points"])
    assert (tensor.block or 0) == quantization["block_size"]
    if values is not None:
        np.testing.assert_array_equal(tensor.data, values)


def test_every_tensor_of_public_files_is_what_litert_says(files):
    assert len(files) > 300
    compared = values = 0
    for path in files:
        graph, judge = read(path), oracle(path)
        for detail in judge.get_tensor_details() if judge else ():
            tensor = graph.tensors[detail["index"]]
            constant = tensor.data is not None and tensor.sparsity is None
            found = judge.get_tensor(tensor.index) if constant else None
            if (path.stem, tensor.index) != OTHER_SCALES:
                assert_same(tensor, detail, found)
                compared += 1
                values += tensor.data.size if constant else 0
    print(f"{compared} tensors, {values} values of constants in {len(files)} files")
    assert compared > 7000 and values > 30_000_000
