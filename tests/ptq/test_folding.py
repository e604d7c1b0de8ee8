"""Folding batch normalisation in arrays: the law, its symmetries, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.ptq import affine_form, fold_affine, fold_batch_norm


@st.composite
def layers(draw):
    """A dense layer (weights, bias or None) and a batch normalisation behind it, or parts of it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inputs, channels = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    weight = rng.normal(0, 1, (inputs, channels)).astype(np.float32)
    bias, gamma, beta = (
        rng.normal(0, 2, channels).astype(np.float32) if draw(st.booleans()) else None
        for _ in range(3)
    )
    mean = rng.normal(0, 1, channels).astype(np.float32)
    variance = rng.uniform(0.01, 4, channels).astype(np.float32)
    return weight, bias, gamma, beta, mean, variance, draw(st.sampled_from([0.0, 1e-5, 1e-3, 1.0]))


def normalised(y, gamma, beta, mean, variance, epsilon):
    """Batch normalisation in inference, in double precision, as Ioffe and Szegedy write it."""
    y = (np.float64(y) - mean) / np.sqrt(np.float64(variance) + epsilon)
    return y * (1 if gamma is None else gamma) + (0 if beta is None else beta)


@given(layers())
def test_one_layer_does_what_two_did(layer):
    weight, bias, *norm = layer
    x = np.random.default_rng(0).normal(0, 1, (20, len(weight)))
    y = x @ np.float64(weight) + (0 if bias is None else bias)
    folded, offset = fold_batch_norm(weight, bias, *norm, axis=1)
    assert folded.dtype == offset.dtype == np.float32
    # Each term is rounded a few times in float32, so the error is bounded by their sizes' sum.
    beta, mean, variance, epsilon = norm[1:]
    factor = np.abs(normalised(1, norm[0], None, 0, variance, epsilon))
    terms = np.abs(x) @ np.abs(weight) + np.abs(0 if bias is None else bias) + np.abs(mean)
    terms = terms * factor + (0 if beta is None else np.abs(beta))
    error = np.abs(x @ np.float64(folded) + offset - normalised(y, *norm))
    assert (error <= 4 * np.finfo(np.float32).eps * terms).all()


@given(layers(), st.integers(0, 3))
def test_the_axis_may_stand_anywhere(layer, axis):
    weight, *rest = layer
    folded, bias = fold_batch_norm(weight, *rest, axis=1)
    stored = np.moveaxis(weight.reshape(len(weight), 1, 1, -1), 3, axis)
    elsewhere, same_bias = fold_batch_norm(stored, *rest, axis=axis)
    np.testing.assert_array_equal(np.moveaxis(elsewhere, axis, 3).reshape(folded.shape), folded)
    np.testing.assert_array_equal(same_bias, bias)
    from_the_end, _ = fold_batch_norm(stored, *rest, axis=axis - 4)
    np.testing.assert_array_equal(from_the_end, elsewhere)


@given(layers())
def test_channels_do_not_see_each_other(layer):
    weight, *vectors, epsilon = layer
    together = fold_batch_norm(weight, *vectors, epsilon, axis=1)
    for c in range(weight.shape[1]):
        one = [None if v is None else v[c : c + 1] for v in vectors]
        alone = fold_batch_norm(weight[:, c : c + 1], *one, epsilon, axis=1)
        np.testing.assert_array_equal(alone[0][:, 0], together[0][:, c])
        assert alone[1][0] == together[1][c]


@given(layers())
def test_none_is_zero_for_a_bias_and_a_beta_and_one_for_a_gamma(layer):
    weight, bias, gamma, beta, *rest = layer
    zero, one = np.zeros(weight.shape[1]), np.ones(weight.shape[1])
    written = [zero if bias is None else bias, one if gamma is None else gamma]
    written.append(zero if beta is None else beta)
    short = fold_batch_norm(weight, bias, gamma, beta, *rest, axis=1)
    long = fold_batch_norm(weight, *written, *rest, axis=1)
    for a, b in zip(short, long, strict=True):
        np.testing.assert_array_equal(a, b)


@given(layers())
def test_a_normalisation_that_does_nothing_changes_nothing(layer):
    weight, bias, *_ = layer
    zero, one = np.zeros(weight.shape[1]), np.ones(weight.shape[1])
    folded, offset = fold_batch_norm(weight, bias, one, zero, zero, one, 0, axis=1)
    np.testing.assert_array_equal(folded, weight)
    np.testing.assert_array_equal(offset, zero if bias is None else bias)


@given(layers(), st.integers(-8, 8))
def test_a_power_of_two_in_gamma_stretches_exactly(layer, power):
    weight, bias, _, _, *rest = layer
    gamma = np.ones(weight.shape[1], np.float32)
    one = fold_batch_norm(weight, bias, gamma, None, *rest, axis=1)
    many = fold_batch_norm(weight, bias, gamma * 2.0**power, None, *rest, axis=1)
    for a, b in zip(one, many, strict=True):
        np.testing.assert_array_equal(np.ldexp(a, power), b)


@given(layers())
def test_two_halves_make_the_whole(layer):
    weight, bias, gamma, beta, mean, variance, epsilon = layer
    inverse = 1 / np.sqrt(variance + np.float32(epsilon))
    factor, offset = affine_form(gamma, beta, mean, inverse)
    halves = fold_affine(weight, bias, factor, offset, axis=1)
    whole = fold_batch_norm(*layer, axis=1)
    for a, b in zip(halves, whole, strict=True):
        np.testing.assert_array_equal(a, b)


def test_arguments_are_left_alone():
    arrays = [np.ones((2, 3), np.float32), *(np.full(3, v, np.float32) for v in (1, 2, 3, 4, 5))]
    before = [a.copy() for a in arrays]
    folded, bias = fold_batch_norm(*arrays, 1e-3, axis=1)
    folded[:], bias[:] = 0, 0
    for a, b in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, b)
    offset = np.ones(3, np.float32)
    fold_affine(arrays[0], None, offset, offset, axis=1)[1][:] = 7
    np.testing.assert_array_equal(offset, 1)


GOOD = {
    "weight": np.ones((2, 3)),
    "bias": np.ones(3),
    "gamma": np.ones(3),
    "beta": np.ones(3),
    "mean": np.ones(3),
    "variance": np.ones(3),
    "epsilon": 1e-3,
    "axis": 1,
}
BAD = [
    ({"axis": 0}, "must be 1-D with 2 entries, one a channel; got shape .3,."),
    ({"axis": 2}, "axis=2 does not fit"),
    ({"axis": 1.0}, "axis=1.0 does not fit"),
    ({"gamma": np.ones(2)}, "gamma must be 1-D with 3 entries"),
    ({"mean": np.ones((1, 3))}, "mean must be 1-D"),
    ({"bias": 0.0}, "bias must be 1-D"),
    ({"variance": None}, "variance must hold real numbers"),
    ({"variance": [1, -0.5, 1]}, "0 or more, .* the smallest is -0.5"),
    ({"variance": [1, 0, 1], "epsilon": 0}, "above 0 once epsilon is added"),
    ({"variance": [1, np.nan, 1]}, "variance holds NaN"),
    ({"beta": [1, np.inf, 1]}, "beta holds NaN or infinity"),
    ({"mean": [1, 1e39, 1]}, "mean holds NaN or infinity .in float32."),
    ({"weight": [["a", "b", "c"]]}, "weight must hold real numbers"),
    ({"weight": np.full((2, 3), 1e39)}, "weight holds NaN or infinity"),
    ({"epsilon": -1e-3}, "epsilon must be one number, 0 or more"),
    ({"epsilon": [1e-3, 1e-3]}, "epsilon must be one number"),
    ({"epsilon": np.nan}, "epsilon must be one number"),
    ({"gamma": np.full(3, 1e38), "variance": np.full(3, 1e-8), "epsilon": 0}, "factor holds"),
    ({"weight": np.full((2, 3), 1e38), "gamma": np.full(3, 1e3)}, "the folded weight holds"),
    ({"bias": np.full(3, 1e38), "gamma": np.full(3, 1e3)}, "the folded bias holds"),
]


@pytest.mark.parametrize(("change", "words"), BAD)
def test_what_cannot_be_folded_says_why(change, words):
    fold_batch_norm(**GOOD)
    with pytest.raises(ValueError, match=words):
        fold_batch_norm(**GOOD | change)
