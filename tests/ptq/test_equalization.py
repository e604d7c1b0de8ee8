"""Equalization: the same function, exactly, and channels alike in size, whatever they were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.ptq import equalize


def pair(seed, decades):
    """Two dense layers, channels between them scaled at random, and a cap for each."""
    rng = np.random.default_rng(seed)
    size = 10 ** (decades * rng.uniform(-0.5, 0.5, 7))
    first, bias = rng.normal(size=(5, 7)) * size, rng.normal(size=7) * size
    return first, bias, rng.normal(size=(7, 3)) / size[:, np.newaxis], 2 * size


def computed(x, first, bias, second, cap):
    h = np.clip(x @ np.float64(first) + (0 if bias is None else bias), 0, cap)
    return h @ np.float64(second)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 2, 4]), st.booleans(), st.booleans())
def test_the_answers_stand_still_with_caps_and_without(seed, decades, capped, biased):
    first, bias, second, cap = pair(seed, decades)
    bias, cap = bias if biased else None, cap if capped else None
    found = equalize(first, bias, second, first_axis=1, second_axis=0, cap=cap)
    x = np.random.default_rng(0).normal(size=(50, 5))
    before = computed(x, first, bias, second, np.inf if cap is None else cap)
    after = computed(x, found.first, found.bias, found.second, np.inf if cap is None else found.cap)
    np.testing.assert_allclose(after, before, atol=1e-5 * np.abs(before).max())
    assert (found.bias is None) == (not biased) and (found.cap is None) == (not capped)


def test_a_single_cap_left_as_it_is_does_not_compute_the_same():
    first, bias, second, _ = pair(0, 2)
    found = equalize(first, bias, second, first_axis=1, second_axis=0)
    x = np.random.default_rng(0).normal(size=(50, 5))
    before, after = computed(x, first, bias, second, 1.0), computed(x, *found_layers(found), 1.0)
    assert np.abs(after - before).max() > 0.1 * np.abs(before).max()


def found_layers(found):
    return found.first, found.bias, found.second


@given(st.integers(0, 2**32 - 1))
def test_every_channel_is_as_large_where_it_is_made_as_where_it_is_read(seed):
    first, bias, second, _ = pair(seed, 4)
    found = equalize(first, bias, second, first_axis=1, second_axis=0)
    made, read = np.abs(found.first).max(axis=0), np.abs(found.second).max(axis=1)
    np.testing.assert_allclose(made, read, rtol=1e-6)
    np.testing.assert_allclose(
        made, np.sqrt(np.abs(first).max(axis=0) * np.abs(second).max(axis=1)), rtol=1e-6
    )
    again = equalize(*found_layers(found), first_axis=1, second_axis=0)
    np.testing.assert_allclose(again.factor, 1, rtol=1e-6)


def chain(seed, decades):
    """Four layers one after the other, the second depthwise; channels scaled at random."""
    fixed, rng = np.random.default_rng(0), np.random.default_rng(seed)
    layers = [fixed.normal(size=s) for s in ((3, 3, 2, 6), (3, 3, 6, 1), (1, 1, 6, 4), (4, 5))]
    one, two, three = (10 ** (decades * rng.uniform(-0.5, 0.5, n)) for n in (6, 6, 4))
    layers[0] *= one
    layers[1] *= (two / one)[:, np.newaxis]
    layers[2] *= three / two[:, np.newaxis]
    layers[3] /= three[:, np.newaxis]
    return layers


AXES = [(3, 2), (2, 2), (3, 0)]


def fixed_point(layers):
    for _ in range(100):
        factors = []
        for i, (made, read) in enumerate(AXES):
            found = equalize(layers[i], None, layers[i + 1], first_axis=made, second_axis=read)
            layers[i], layers[i + 1] = found.first, found.second
            factors.append(np.abs(np.log(found.factor)).max())
        if max(factors) < 1e-5:
            return layers
    raise AssertionError("the factors do not come to 1")


def test_a_chain_comes_to_the_same_weights_whatever_its_channels_were_scaled_by():
    ends = [fixed_point(chain(seed, decades)) for seed in range(4) for decades in (0, 2, 3)]
    for end in ends[1:]:
        for a, b in zip(end, ends[0], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3)


def test_a_channel_without_weights_is_left_alone():
    found = equalize(
        [[1.0, 0.0, 4.0]], [1.0, 1.0, 1.0], [[1.0], [5.0], [0.0]], first_axis=1, second_axis=0
    )
    assert found.factor.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"second": np.ones((3, 1))}, r"first makes 2 channels on axis 1 of \(1, 2\), second re"),
        ({"first_axis": 2}, "axis=2 does not fit an array of 2 dimensions"),
        ({"bias": [1.0]}, r"bias has shape \(1,\); expected \(2,\)"),
        ({"cap": 0.0}, "cap must be above 0, got 0.0"),
        ({"cap": [6.0, 6.0, 6.0]}, r"cap has shape \(3,\); expected \(2,\)"),
        ({"first": [[1.0, np.nan]]}, "first holds NaN or infinity"),
        ({"second": "weights"}, "second must hold real numbers"),
    ],
)
def test_what_is_refused(changes, said):
    given_ = {"first": np.ones((1, 2)), "bias": None, "second": np.ones((2, 1))}
    given_ |= {"first_axis": 1, "second_axis": 0} | changes
    with pytest.raises(ValueError, match=said):
        equalize(given_.pop("first"), given_.pop("bias"), given_.pop("second"), **given_)
