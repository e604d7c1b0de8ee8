"""Indices that diagrams write: numpy understands them as STRIDED_SLICE and SLICE mean them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.draw.graphs.words.indexing import strided, window

SHAPE = (3, 4, 5)
X = np.arange(np.prod(SHAPE)).reshape(SHAPE)
SPACE = {"newaxis": np.newaxis, "x": X}


def taken(index):
    return eval(f"x{index}", SPACE)


@st.composite
def slices(draw):
    """(begin, end, strides, options): as many places as axes, each with its own masks."""
    places = draw(st.integers(1, 3))
    rows = [draw(st.lists(st.integers(-6, 6), min_size=places, max_size=places)) for _ in "be"]
    strides = [draw(st.sampled_from([-2, -1, 1, 2])) for _ in range(places)]
    masks = {f"{side}_mask": draw(st.integers(0, 2**places - 1)) for side in ("begin", "end")}
    return (*rows, strides, masks)


@given(slices())
def test_begins_and_ends_and_their_masks_are_numpys(given):
    begin, end, strides, masks = given
    whole = [
        slice(
            None if masks["begin_mask"] >> k & 1 else begin[k],
            None if masks["end_mask"] >> k & 1 else end[k],
            strides[k],
        )
        for k in range(len(begin))
    ]
    np.testing.assert_array_equal(taken(strided(begin, end, strides, SHAPE, masks)), X[*whole])
    unknown = strided(begin, end, strides, (-1, -1, -1), masks)
    np.testing.assert_array_equal(taken(unknown), X[*whole])


@given(st.tuples(*(st.integers(0, size) for size in SHAPE)), st.data())
def test_windows_are_numpys(begin, data):
    rooms = [size - first for first, size in zip(begin, SHAPE, strict=True)]
    size = [data.draw(st.integers(-1, room)) for room in rooms]
    ends = [None if n < 0 else first + n for first, n in zip(begin, size, strict=True)]
    whole = [slice(*pair) for pair in zip(begin, ends, strict=True)]
    np.testing.assert_array_equal(taken(window(begin, size, SHAPE)), X[*whole])


@pytest.mark.parametrize(
    ("begin", "end", "strides", "masks", "index"),
    [
        ([0, 1, 0], [3, 5, 5], [1, 1, 2], {}, "[:, 1:, ::2]"),
        ([0, 1, 0], [3, 3, 5], [1, 1, 1], {"begin_mask": 7}, "[:, :3, :]"),
        ([0, 0, 2], [0, 0, 3], [1, 1, 1], {"end_mask": 3}, "[:, :, 2:3]"),
        ([-1], [-9], [-1], {}, "[-1::-1]"),
        ([0, 2], [0, 3], [1, 1], {"ellipsis_mask": 1}, "[..., 2:3]"),
        ([0, 2, 0], [0, 3, 1], [1, 1, 1], {"ellipsis_mask": 1}, "[..., 2:3, :1]"),
        ([1, 0], [2, 0], [1, 1], {"shrink_axis_mask": 1, "end_mask": 2}, "[1, :]"),
        ([0, 1], [0, 2], [1, 1], {"new_axis_mask": 1}, "[newaxis, 1:2]"),
        ([1, 1], [1, 2], [1, 1], {"offset": True}, "[1:2, 1:3]"),
    ],
)
def test_masks_are_written_as_numpy_writes_what_they_do(begin, end, strides, masks, index):
    assert strided(begin, end, strides, SHAPE, masks) == index
    taken(index)


def test_an_open_size_is_never_taken_for_a_whole_axis():
    assert strided([0, 0], [1, 1], [1, 1], (-1, 1), {}) == "[:1, :]"
    assert window([0, 0], [1, 1], (-1, 1)) == "[:1, :]"
