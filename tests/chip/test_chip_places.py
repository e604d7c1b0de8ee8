"""Loops over places: they visit what they were made of, whatever numpy did to it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.chip.places import loops

X = np.arange(240).reshape(2, 5, 4, 6)
VIEWS = {  # what numpy makes of the places of an array, and how many loops visit that
    "all": (X, 1),
    "transposed": (X.transpose(0, 2, 1, 3), 4),
    "a slice": (X[:, 1:4], 2),
    "every other, backwards": (X[:, :, ::-2], 3),
    "rows twice": (X.repeat(2, axis=2), 3),
    "tiled": (np.tile(X, (1, 1, 3, 1)), 3),
    "blocks": (X.reshape(2, 5, 2, 2, 3, 2).transpose(0, 1, 2, 4, 3, 5), 4),
    "one": (X[1, 2, 3, 4], 0),
}


def visited(found, begins):
    """The places of each array, in the order in which nested loops visit them."""
    steps = [range(loop.count) for loop in reversed(found)]
    rows = []
    for row, begin in enumerate(begins):
        by = [loop.steps[row] for loop in reversed(found)]
        inner = [sum(i * s for i, s in zip(at, by, strict=True)) for at in product(*steps)]
        rows.append([first + place for first in begin for place in inner])
    return np.array(rows)


@pytest.mark.parametrize(("view", "count"), VIEWS.values(), ids=list(VIEWS))
def test_views_become_few_loops(view, count):
    places = np.ravel(view)
    found, begins = loops(places, np.arange(len(places)))
    assert len(found) == count and begins.shape == (2, 1)
    np.testing.assert_array_equal(visited(found, begins), [places, np.arange(len(places))])


def test_what_follows_no_rule_keeps_its_beginnings():
    places = X[:, [0, 1, 3, 4, 4]].ravel()
    (loop,), begins = loops(places)
    assert loop == (24, (1,)) and begins.shape == (1, 10)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_loops_visit_any_places_in_their_order(places):
    there = np.arange(len(places))
    np.testing.assert_array_equal(visited(*loops(np.array(places), there)), [places, there])
