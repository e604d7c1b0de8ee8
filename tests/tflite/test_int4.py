"""Int4 weights: the same real weights in half the bytes, run by LiteRT and equal to the engine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu import engine, tflite
from qnn_edu.data import asset, digits
from qnn_edu.tflite.int4 import _divided, _nibbles
from qnn_edu.tflite.types import decode


@given(st.lists(st.integers(-8, 7), min_size=1, max_size=40))
def test_nibbles_are_what_the_reader_unpacks(levels):
    raw = _nibbles(np.int8(levels))
    assert decode(raw, "INT4", len(levels)).tolist() == levels


@given(st.lists(st.integers(-(2**31) + 1, 2**31 - 1), min_size=1), st.integers(1, 127))
def test_a_bias_is_rounded_halves_away_from_zero(values, by):
    expected = [int(np.sign(v)) * ((abs(v) + by / 2) // by) for v in values]
    ties = [int(by * k + by // 2) for k in range(-9, 9)]
    assert _divided(np.int32(values), by).tolist() == [int(e) for e in expected]
    halves = [int(np.sign(v)) * ((2 * abs(v) + by) // (2 * by)) for v in ties]
    assert _divided(np.int32(ties), by).tolist() == halves


@pytest.fixture(scope="module", params=[4, 3, 2])
def files(request):
    """The int8 file of a network with few bits, and the same with int4 weights."""
    pytest.importorskip("tensorflow", reason="needs TensorFlow: the extra 'full'")
    from qnn_edu import nets

    net = nets.load_model(asset("digits.keras"))
    prepared = nets.quantize_trained(net, digits("train")[0][:200], weight_bits=request.param)
    content = nets.convert(prepared, "int8")
    return content, tflite.pack_int4(content)


def test_the_real_weights_are_the_same_and_depthwise_ones_stay(files):
    one, other = map(tflite.read, files)
    words = {op.name: other.tensors[op.inputs[1]].type for op in other.operators[1:-2]}
    assert words == {"CONV_2D": "INT4", "DEPTHWISE_CONV_2D": "INT8", "MEAN": "INT32"}
    for before, after in zip(one.tensors, other.tensors, strict=True):
        if after.type == "INT4":
            np.testing.assert_allclose(after.real, before.real, rtol=1e-6)
        elif after.data is not None and after.type == "INT32" and after.scale is not None:
            coarse = np.max(after.scale)
            np.testing.assert_allclose(after.real, before.real, atol=0.5001 * coarse)
    assert len(files[1]) < len(files[0]) - 3000


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
def test_the_engine_is_equal_to_litert_on_int4_weights(files, kernels):
    from qnn_edu import nets

    graph = tflite.read(files[1])
    x = np.random.default_rng(0).integers(-128, 128, (20, 8, 8, 1)).astype(np.int8)
    there = nets.run_tflite(files[1], [x], kernels=kernels).outputs[0]
    ours = engine.run(graph, [x], kernels=kernels).outputs[0]
    np.testing.assert_array_equal(ours, there)
    before = nets.run_tflite(files[0], [x], kernels=kernels).outputs[0]
    assert np.abs(there.astype(int) - before).mean() < 3


def test_a_model_with_8_bits_stays_as_it_is():
    content = asset("digits_int8.tflite").read_bytes()
    packed = tflite.read(tflite.pack_int4(content))
    for one, other in zip(tflite.read(content).tensors, packed.tensors, strict=True):
        assert one.type == other.type
        np.testing.assert_array_equal(one.data, other.data)


@pytest.mark.parametrize("model", [b"no model", 3, None, "none.tflite"])
def test_what_is_no_model_is_refused(model):
    with pytest.raises(ValueError):
        tflite.pack_int4(model)
