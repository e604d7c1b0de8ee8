"""Pairs of values where plain code and vectors part, in every place of a row, and in every way that
shapes broadcast.

ADD and SUB where the last bit decides: pairs of integers of which the laws make different sums.

One random pair in a million is such; here the second scale is a power of two of the first but for a
few float32 steps, so that many sums lie next to a tie.
"""

import numpy as np
import pytest

from qnn_edu import engine, nets, tflite
from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.sums import at_once, cut, plain
from tests.oracle.one_operator import Spec, model

TRIPLES = 8  # of scales
SHAPES = {
    "alike": ((1, 1, 1, 45), (1, 1, 1, 45)),
    "of other ranks": ((1, 1, 1, 45), (45,)),
    "rows": ((1, 3, 1, 45), (45,)),
    "rows, the other way": ((1, 1, 1, 45), (1, 3, 1, 45)),
    "a single value": ((1, 1, 1, 1), (1, 1, 1, 45)),
    "a value for each row": ((1, 3, 2, 15), (1, 3, 2, 1)),
    "a row and a column": ((1, 3, 29, 1), (1, 3, 1, 19)),
    "mixed": ((1, 45, 1, 20), (1, 1, 2, 1)),
    "too mixed": ((1, 2, 3, 20), (1, 1, 3, 1)),
}
PLACES = {np.int8: 20, np.uint8: 20, np.int16: 15}


def scales_and_zeros(rng, dtype):
    one = np.float32(np.exp(rng.uniform(-6, -2)) * (2.0**-8 if dtype == np.int16 else 1))
    steps = 1 + int(rng.integers(-6, 7)) * 2.0**-23
    other = np.float32(one * 2.0 ** -int(rng.integers(0, 6)) * steps)
    pair = [one, other] if rng.random() < 0.5 else [other, one]
    grid = np.iinfo(dtype)
    zeros = [0] * 3 if dtype == np.int16 else rng.integers(grid.min, grid.max + 1, 3).tolist()
    return [*pair, np.float32(one * 2.0 ** int(rng.integers(0, 3)))], zeros


def undecided(rng, dtype, scales, zeros, sign):
    """Up to three pairs of integers whose sum is another one under some of the three laws."""
    grid = np.iinfo(dtype)
    a, b = (rng.integers(grid.min, grid.max + 1, 2**18) for _ in range(2))
    s, t, u = (np.float64(scale) for scale in scales)
    twice, places = 2 * max(s, t), PLACES[dtype]
    m, n, out = (quantize_multiplier(x) for x in (s / twice, t / twice, twice / (2**places * u)))
    made = [
        double_rounding(
            bring(a - zeros[0], places, *m) + sign * bring(b - zeros[1], places, *n), *out
        )
        for bring in (plain, at_once, cut)
    ]
    q = [np.clip(each + zeros[2], grid.min, grid.max) for each in made]
    odd = np.flatnonzero((q[0] != q[1]) | (q[0] != q[2]))
    return zip(a[odd[:3]].tolist(), b[odd[:3]].tolist(), strict=True)


@pytest.mark.parametrize("kernels", ["reference", "optimized"])
@pytest.mark.parametrize("dtype", PLACES)
@pytest.mark.parametrize("name", ["ADD", "SUB"])
def test_a_sum_on_the_edge_is_litert_s(name, dtype, kernels):
    rng, compared = np.random.default_rng(2024), 0
    for _ in range(TRIPLES):
        scales, zeros = scales_and_zeros(rng, dtype)
        for pair in undecided(rng, dtype, scales, zeros, 1 if name == "ADD" else -1):
            for way, shapes in SHAPES.items():
                inputs = [np.full(s, q, dtype) for s, q in zip(shapes, pair, strict=True)]
                assert_equal(name, inputs, scales, zeros, kernels, way)
                compared += 1
    assert compared > 50


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
@pytest.mark.parametrize("name", ["ADD", "SUB", "MUL"])
def test_results_far_beyond_the_output_are_litert_s(name, dtype, kernels):
    """Some of them wrap around in 16 bits. XNNPACK leaves such operators to the fast kernels."""
    rng, grid = np.random.default_rng(7), np.iinfo(dtype)
    for _ in range(TRIPLES):
        ratios = np.exp2(rng.uniform(4, 12, 2) / (2 if name == "MUL" else 1))
        fine = 0.01
        scales = [*np.float32(ratios * (fine**0.5 if name == "MUL" else fine)), np.float32(fine)]
        zeros = rng.integers(grid.min, grid.max + 1, 3).tolist()
        for way, shapes in SHAPES.items():
            inputs = [rng.integers(grid.min, grid.max + 1, s).astype(dtype) for s in shapes]
            assert_equal(name, inputs, scales, zeros, kernels, way)


FILTERS = Spec((40, 1, 1, 40), np.int8, 1e-3, data=np.arange(1600) % 255 - 127)
BIAS = Spec((40,), np.int64, 1e-6, data=np.arange(40))
FAR = {
    "BATCH_MATMUL": (
        [Spec((1, 1, 50, 40), np.int16, 1e-3), Spec((1, 1, 40, 40), np.int16, 1e-3)],
        {"options": "BatchMatMulOptions", "version": 3},
    ),
    "CONV_2D": (
        [Spec((1, 1, 50, 40), np.int16, 1e-3), FILTERS, BIAS],
        {"options": "Conv2DOptions", "version": 8, "strideH": 1, "strideW": 1},
    ),
}


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("multiplier", [1.3, 60, 1000])
@pytest.mark.parametrize("name", FAR)
def test_sums_of_64_bits_wrap_around_in_32(name, multiplier, kernels):
    """Almost all results are clamped: to which end, what is left of them in 32 bits decides."""
    specs, fields = FAR[name]
    rng, output = np.random.default_rng(3), Spec((1, 1, 50, 40), np.int16, 1e-6 / multiplier)
    content = model(name, specs, output, **fields)
    inputs = [rng.integers(-(2**15), 2**15, s.shape).astype(s.dtype) for s in specs if s.is_input]
    ours = engine.run(tflite.read(content), inputs, kernels=kernels).outputs[0]
    theirs = nets.run_tflite(content, inputs, kernels=kernels).outputs[0]
    np.testing.assert_array_equal(ours, theirs)


def assert_equal(name, inputs, scales, zeros, kernels, way):
    shapes = [x.shape for x in inputs]
    shapes, dtype = [*shapes, np.broadcast_shapes(*shapes)], inputs[0].dtype.type
    *pair, out = (Spec(*e) for e in zip(shapes, [dtype] * 3, scales, zeros, strict=True))
    fields = {"potScaleInt16": False} if dtype == np.int16 else {}
    content = model(name, pair, out, f"{name.title()}Options", version=4, **fields)
    ours = engine.run(tflite.read(content), inputs, kernels=kernels).outputs[0]
    theirs = nets.run_tflite(content, inputs, kernels=kernels).outputs[0]
    np.testing.assert_array_equal(ours, theirs, err_msg=f"{way} {scales} {zeros}")
