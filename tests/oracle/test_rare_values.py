"""What random values all but never meet: scales and integers found by search, and large numbers.

Each is one place where two laws part that agree everywhere else.
"""

import numpy as np
import pytest
from flatbuffers import flexbuffers

from qnn_edu import engine, nets, tflite
from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from tests.oracle import draw
from tests.oracle.one_operator import Spec, model

SETS = engine.KERNEL_SETS


def assert_equal(content, inputs, kernels):
    ours = engine.run(tflite.read(content), inputs, kernels=kernels).outputs
    theirs = nets.run_tflite(content, inputs, kernels=kernels).outputs
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kernels", SETS)
def test_ten_thousand_sums_of_a_dense_layer(kernels):
    """One rounding and two differ in one sum of a thousand."""
    rng = np.random.default_rng(0)
    weights = rng.integers(-127, 128, (64, 100))
    specs = [
        Spec((1, 100), np.int8, 0.02, 3),
        Spec((64, 100), np.int8, rng.uniform(0.001, 0.002, 64), data=weights),
        None,
    ]
    output = Spec((1, 64), np.int8, 0.013, -5)
    content = model("FULLY_CONNECTED", specs, output, "FullyConnectedOptions", version=4)
    assert_equal(content, rng.integers(-128, 128, (200, 100)).astype(np.int8), kernels)


@pytest.mark.parametrize("kernels", ["reference", "optimized"])
def test_uint8_multiplies_scales_in_float32(kernels):
    """`S_x S_w` in float32, and in float64, lead to two integers."""
    x, w, y, acc = _parting_scales()
    specs = [Spec((1, 1), np.uint8, x), Spec((1, 1), np.uint8, w, data=[[1]])]
    specs.append(Spec((1,), np.int32, x * w, data=[acc - 255]))
    output = Spec((1, 1), np.uint8, y)
    content = model("FULLY_CONNECTED", specs, output, "FullyConnectedOptions", version=4)
    assert_equal(content, np.uint8([[255]]), kernels)


def _parting_scales():
    """Three scales and a sum that lies between the two multipliers' ties."""
    rng = np.random.default_rng(0)
    for _ in range(1000):
        x, w = rng.uniform(0.001, 0.1, 2).astype(np.float32)
        y = np.float32(x * w * rng.uniform(1e6, 4e6))
        short, long = np.float64(x * w) / y, np.float64(x) * w / y
        acc = np.rint((np.arange(1, 250) + 0.5) / short).astype(np.int64)
        one, other = (double_rounding(acc, *quantize_multiplier(m)) for m in (short, long))
        apart = one != other
        if apart.any():
            return x, w, y, int(acc[apart][0])
    raise AssertionError("no scales were found")


PAIRS = {
    "alike": ((1, 40, 27), (1, 40, 27)),
    "a single one": ((1, 1), (1, 999)),
    "a single one behind": ((1, 31, 29), (1,)),
    "rows": ((1, 60, 27), (27,)),
    "columns": ((1, 60, 1), (1, 60, 27)),
    "both": ((1, 60, 1), (1, 1, 27)),
    "in the middle": ((1, 10, 1, 20), (1, 10, 9, 20)),
    "on both sides": ((1, 1, 9, 12), (10, 10, 9, 1)),
    "in turns": ((4, 1, 30, 1), (1, 30, 1, 20)),
}


@pytest.mark.parametrize("kernels", SETS)
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16])
@pytest.mark.parametrize("name", ["ADD", "SUB"])
@pytest.mark.parametrize("shapes", PAIRS.values(), ids=PAIRS)
def test_sums_whose_scales_are_hundredths_are_ties(shapes, name, dtype, kernels):
    """A rounding more shows there, and which values vectorized code takes."""
    rng, grid = np.random.default_rng(0), np.iinfo(dtype)
    for _ in range(6):
        s, t = (int(n) for n in rng.integers(20, 100, 2))
        scale = int(rng.integers(0.7 * max(s, t), 2 * max(s, t))) / 100
        zero_points = (draw.zero_point(rng, dtype) for _ in range(3))
        inputs = [rng.integers(grid.min, grid.max + 1, shape).astype(dtype) for shape in shapes]
        places = (*shapes, np.broadcast_shapes(*shapes))
        three = zip(places, (s / 100, t / 100, scale), zero_points, strict=True)
        *specs, output = (Spec(shape, dtype, one, zero) for shape, one, zero in three)
        content = model(name, specs, output, f"{name.title()}Options", potScaleInt16=False)
        assert_equal(content, inputs, kernels)


@pytest.mark.parametrize("kernels", SETS)
@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
@pytest.mark.parametrize(
    ("scale", "out"), [(0.05, 800), (0.001, 40), (2e-5, 0.6), (1.0, 0.00782), (6.0, 0.05)]
)
def test_hard_swish_of_scales_far_apart(scale, out, dtype, kernels):
    """Shifts by 16 places and more, and integers that leave 16 bits."""
    grid = np.iinfo(dtype)
    every = np.arange(grid.min, grid.max + 1).astype(dtype).reshape(1, 256)
    for zero_point, own in ((grid.min, grid.max), (grid.min + 100, grid.min + 9)):
        specs = [Spec((1, 256), dtype, scale, zero_point)]
        output = Spec((1, 256), dtype, out, own)
        assert_equal(model("HARD_SWISH", specs, output, "HardSwishOptions"), every, kernels)


@pytest.mark.parametrize("kernels", ["reference", "optimized"])
def test_a_multiplier_of_16_bits_stays_below_a_power_of_two(kernels):
    """A multiplier of 31 bits just below one would round to 2**15, and is cut to 2**15 - 1."""
    scale = np.float32(1 - 2**-20)
    specs = [
        Spec((1, 1, 1, 64), np.int16, scale),
        Spec((1, 1, 1, 64), np.int8, np.ones(64), axis=3, data=np.ones((1, 1, 1, 64))),
        Spec((64,), np.int64, scale, data=np.linspace(-60000, 60000, 64).astype(int)),
    ]
    fields = {"padding": 1, "strideH": 1, "strideW": 1, "depthMultiplier": 1, "version": 5}
    output = Spec((1, 1, 1, 64), np.int16, 2.0)
    content = model("DEPTHWISE_CONV_2D", specs, output, "DepthwiseConv2DOptions", **fields)
    assert_equal(content, np.zeros((1, 1, 1, 64), np.int16), kernels)


@pytest.mark.parametrize("kernels", SETS)
@pytest.mark.parametrize("asymmetric", [False, True])
def test_the_last_values_of_a_row_are_quantized_in_float64(asymmetric, kernels):
    """The float32 just below 1/2 becomes 1 in vectors of eight, and 0 in what is left over."""
    x = np.full((1, 21), np.nextafter(np.float32(0.5), np.float32(0)))
    x[0, 0], x[0, 1] = (-128, 127) if asymmetric else (127, 0)
    weights = Spec((21, 21), np.int8, 1.0, data=np.eye(21))
    specs = [Spec((1, 21), np.float32), weights, None]
    fields = {"asymmetricQuantizeInputs": asymmetric, "version": 9}
    content = model(
        "FULLY_CONNECTED", specs, Spec((1, 21), np.float32), "FullyConnectedOptions", **fields
    )
    assert_equal(content, x.astype(np.float32), kernels)


@pytest.mark.parametrize("kernels", SETS)
@pytest.mark.parametrize("regular", [False, True])
def test_scores_and_overlaps_on_their_thresholds_are_kept(regular, kernels):
    """The second box covers half of the first; its score is the least that is told."""
    settings = dict.fromkeys(("y_scale", "x_scale", "h_scale", "w_scale"), 1.0)
    settings |= dict.fromkeys(("num_classes", "max_classes_per_detection"), 1)
    settings |= {"max_detections": 2, "detections_per_class": 2, "use_regular_nms": regular}
    settings |= {"nms_score_threshold": 0.25, "nms_iou_threshold": 0.5}
    anchors = Spec((2, 4), np.float32, data=[[1, 0.5, 2, 1], [0.5, 0.5, 1, 1]])
    specs = [Spec((1, 2, 4), np.float32), Spec((1, 2, 1), np.float32), anchors]
    outputs = [Spec(shape, np.float32) for shape in ((1, 2, 4), (1, 2), (1, 2), (1,))]
    content = model(
        "TFLite_Detection_PostProcess", specs, outputs, bytes(flexbuffers.Dumps(settings))
    )
    inputs = [np.zeros((1, 2, 4), np.float32), np.float32([[[0.75], [0.25]]])]
    assert_equal(content, inputs, kernels)
    assert engine.run(tflite.read(content), inputs, kernels=kernels).outputs[3] == 2
