"""Moments of a layer's inputs: sums over batches, and the weights that match another network's."""

import numpy as np
import pytest

from qnn_edu.ptq import Moments, matched


def inputs(seed, count=60, size=5):
    rng = np.random.default_rng(seed)
    y = rng.normal(1, 2, (count, size))
    return y + 0.3 * rng.normal(0.5, 1, y.shape), y


def test_batches_add_up_to_the_whole():
    x, y = inputs(0)
    whole = Moments.of(x, y)
    parts = Moments.of(x[:7], y[:7]) + Moments.of(x[7:50], y[7:50]) + Moments.of(x[50:], y[50:])
    assert parts.count == 60
    for centered in (False, True):
        np.testing.assert_allclose(parts.gram(centered=centered), whole.gram(centered=centered))
        np.testing.assert_allclose(
            parts.cross_moments(centered=centered), whole.cross_moments(centered=centered)
        )


def test_they_are_means_and_covariances():
    x, y = inputs(1)
    moments = Moments.of(x, y)
    np.testing.assert_allclose(moments.mean, x.mean(axis=0))
    np.testing.assert_allclose(moments.float_mean, y.mean(axis=0))
    both = np.cov(x.T, y.T, bias=True)
    np.testing.assert_allclose(moments.gram(centered=True), both[:5, :5])
    np.testing.assert_allclose(moments.cross_moments(centered=True), both[:5, 5:])


def test_of_equal_inputs_the_weights_match_as_they_are():
    _, y = inputs(2)
    weight = np.random.default_rng(0).normal(size=(5, 3))
    for damping in (0, 0.01, 1):
        np.testing.assert_allclose(matched(weight, Moments.of(y), damping=damping), weight)


@pytest.mark.parametrize("centered", [False, True])
def test_matched_weights_are_least_squares(centered):
    x, y = inputs(3)
    weight = np.random.default_rng(0).normal(size=(5, 3))
    found = matched(weight, Moments.of(x, y), centered=centered, damping=0)
    if centered:
        x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    np.testing.assert_allclose(found, np.linalg.lstsq(x, y @ weight, rcond=None)[0])


def test_the_error_against_the_float_layer_is_that_against_matched_weights_and_a_rest():
    """So a rounding that knows the target and `gram` alone minimizes what it should."""
    x, y = inputs(4)
    rng = np.random.default_rng(1)
    weight, moments = rng.normal(size=(5, 3)), Moments.of(x, y)
    target = matched(weight, moments, damping=0)
    rest = []
    for _ in range(5):
        rounded = np.rint(3 * rng.normal(size=(5, 3))) / 3
        there = ((x @ rounded - y @ weight) ** 2).mean()
        rest.append(there - ((x @ rounded - x @ target) ** 2).mean())
    np.testing.assert_allclose(rest, rest[0])


def test_damping_holds_the_weights_to_what_they_were():
    x, y = inputs(5)
    weight = np.random.default_rng(0).normal(size=(5, 3))
    away = [
        np.abs(matched(weight, Moments.of(x, y), damping=d) - weight).max() for d in (0, 1, 1e6)
    ]
    assert away[0] > away[1] > away[2] and away[2] < 1e-5


def test_without_any_input_weights_stay():
    weight = np.ones((5, 3))
    for damping in (0, 0.01):
        np.testing.assert_array_equal(
            matched(weight, Moments.of(np.zeros((4, 5))), damping=damping), weight
        )


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Moments.of([1.0, 2.0]), r"x must be a matrix of finite numbers; got shape \(2,\)"),
        (lambda: Moments.of([[np.inf]]), r"x must be a matrix of finite .* with NaN or infinity"),
        (lambda: Moments.of([[1.0]], [[1.0, 2.0]]), r"shapes \(1, 1\) and \(1, 2\)"),
        (lambda: Moments.of([["a"]]), "x must hold real numbers"),
        (lambda: matched([[1.0]], Moments.of([[1.0, 2.0]])), "do not fit moments of 2 inputs"),
    ],
)
def test_what_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_an_input_that_never_changes_has_no_negative_variance():
    x = np.full((1000, 2), 0.1, np.float32)
    assert (np.diag(Moments.of(x).gram(centered=True)) >= 0).all()
