"""What moves values: settings that lead nowhere are refused by name, and so are such indices."""

import numpy as np
import pytest

from qnn_edu import engine, tflite
from tests.oracle.one_operator import Spec, model


def values(*shape, dtype=np.int8):
    return Spec(shape, dtype, 0.5, 0)


def whole(*numbers):
    return Spec(np.shape(numbers), np.int32, data=np.array(numbers))


X = values(1, 4, 6, 2)
REFUSED = {
    "a slice beyond the end": ("SLICE", [X, whole(0, 3, 0, 0), whole(1, 2, 6, 2)], X, {}),
    "a stride of 0": (
        "STRIDED_SLICE",
        [X, whole(0), whole(1), whole(0)],
        X,
        {"options": "StridedSliceOptions"},
    ),
    "one place, in steps backwards": (
        "STRIDED_SLICE",
        [X, whole(0), whole(1), whole(-1)],
        values(4, 6, 2),
        {"options": "StridedSliceOptions", "shrinkAxisMask": 1},
    ),
    "parts that are not equal": (
        "SPLIT",
        [whole(1), X],
        [values(1, 1, 6, 2), values(1, 3, 6, 2)],
        {"options": "SplitOptions", "numSplits": 3},
    ),
    "parts that leave some": (
        "SPLIT_V",
        [X, whole(1, 2), whole(1)],
        [values(1, 1, 6, 2), values(1, 2, 6, 2)],
        {"options": "SplitVOptions", "numSplits": 2},
    ),
    "arrays of several shapes": (
        "PACK",
        [X, values(1, 4, 6, 3)],
        values(2, 1, 4, 6, 2),
        {"options": "PackOptions", "valuesCount": 2},
    ),
    "a constant index that is not there": (
        "GATHER",
        [X, whole(0, 6)],
        values(1, 4, 2, 2),
        {"options": "GatherOptions", "axis": 2},
    ),
    "a constant place that is not there": (
        "GATHER_ND",
        [X, whole([0, 0], [0, 4])],
        values(2, 6, 2),
        {},
    ),
    "a place of more dimensions than there are": (
        "GATHER_ND",
        [X, whole([0, 0, 0, 0, 0])],
        values(1),
        {},
    ),
    "indices that are real numbers": (
        "GATHER",
        [X, Spec((2,), np.float32, data=[0, 1])],
        values(1, 4, 2, 2),
        {"options": "GatherOptions", "axis": 2},
    ),
    "a dimension twice": ("TRANSPOSE", [X, whole(0, 1, 1, 3)], values(1, 4, 4, 2), {}),
    "a frame below 0": (
        "PAD",
        [X, whole([0, 0], [-1, 0], [0, 0], [0, 0])],
        values(1, 3, 6, 2),
        {},
    ),
    "a mirror that is too small": (
        "MIRROR_PAD",
        [X, whole([0, 0], [4, 0], [0, 0], [0, 0])],
        values(1, 8, 6, 2),
        {"options": "MirrorPadOptions"},
    ),
    "blocks that leave a row": (
        "SPACE_TO_DEPTH",
        [X],
        values(1, 1, 2, 18),
        {"options": "SpaceToDepthOptions", "blockSize": 3},
    ),
    "images that make no block": (
        "BATCH_TO_SPACE_ND",
        [X, whole(2, 1), whole([0, 0], [0, 0])],
        values(1, 8, 6, 2),
        {},
    ),
    "int8 of several scales": (
        "CONCATENATION",
        [X, Spec(X.shape, np.int8, 0.25, 0)],
        values(2, 4, 6, 2),
        {"options": "ConcatenationOptions"},
    ),
    "rows beyond the image": (
        "RESIZE_BILINEAR",
        [values(1, 2, 6, 2), whole(3000, 6)],
        values(1, 3000, 6, 2),
        {"options": "ResizeBilinearOptions", "halfPixelCenters": True},
    ),
    "corners and centers": (
        "RESIZE_NEAREST_NEIGHBOR",
        [X, whole(2, 2)],
        values(1, 2, 2, 2),
        {
            "options": "ResizeNearestNeighborOptions",
            "halfPixelCenters": True,
            "alignCorners": True,
        },
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_settings_that_lead_nowhere_are_refused(case):
    name, inputs, output, fields = REFUSED[case]
    fields = dict(fields)
    content = model(name, inputs, output, fields.pop("options", None), **fields)
    (blocker,) = engine.blockers(tflite.read(content))
    assert blocker.operator == name


def test_a_computed_index_that_is_not_there_is_named():
    inputs = [X, Spec((2,), np.int32)]
    fields = {"axis": 1}
    content = model("GATHER", inputs, values(1, 2, 6, 2), "GatherOptions", **fields)
    graph, x = tflite.read(content), np.zeros(X.shape, np.int8)
    assert engine.run(graph, [x, np.int32([0, 3])]).outputs[0].shape == (1, 2, 6, 2)
    with pytest.raises(ValueError, match="GATHER, cannot run: its indices are 0 to 4"):
        engine.run(graph, [x, np.int32([4, 0])])


@pytest.mark.parametrize("stated", [(0, 1), (-1, 1), (0, 7)])
def test_a_slice_of_the_only_image_takes_each_of_a_batch(stated):
    begin, end = stated
    settings = [whole(begin, 1), whole(end, 3), whole(1, 1)]
    content = model("STRIDED_SLICE", [X, *settings], values(1, 2, 6, 2), "StridedSliceOptions")
    batch = np.random.default_rng(0).integers(-128, 128, (5, 4, 6, 2)).astype(np.int8)
    found = engine.run(tflite.read(content), batch).outputs[0]
    np.testing.assert_array_equal(found, batch[:, 1:3])
