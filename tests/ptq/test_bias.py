"""Bias correction: the mean output of a rounded layer is that of the float one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.ptq import Moments, correct_bias, relu_mean


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 5))
def test_the_mean_output_is_what_it_was(seed, inputs, outputs):
    rng = np.random.default_rng(seed)
    y = rng.normal(1, 1, (30, inputs))
    x = np.rint(y * 2) / 2
    weight, bias = rng.normal(size=(inputs, outputs)), rng.normal(size=outputs)
    rounded, moments = np.rint(weight), Moments.of(x, y)
    found = correct_bias(bias, weight, rounded, moments.mean, float_mean=moments.float_mean)
    np.testing.assert_allclose(
        (x @ rounded + found).mean(axis=0), (y @ weight + bias).mean(axis=0), atol=1e-12
    )
    same = correct_bias(bias, weight, rounded, moments.mean)
    np.testing.assert_allclose(
        (x @ rounded + same).mean(axis=0), (x @ weight + bias).mean(axis=0), atol=1e-12
    )


def test_weights_that_were_not_rounded_leave_the_bias():
    weight = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_array_equal(correct_bias(np.ones(3), weight, weight, np.ones(4)), np.ones(3))


@pytest.mark.parametrize("cap", [np.inf, 6.0, 1.0])
def test_the_mean_behind_a_relu_is_that_of_many_draws(cap):
    rng = np.random.default_rng(0)
    mean, deviation = np.array([-2.0, 0.0, 0.5, 5.0]), np.array([1.0, 0.3, 2.0, 1.0])
    drawn = np.clip(rng.normal(mean, deviation, (400_000, 4)), 0, cap).mean(axis=0)
    np.testing.assert_allclose(relu_mean(mean, deviation, cap=cap), drawn, atol=0.01)


def test_without_deviation_the_mean_is_the_clipped_number():
    mean = np.array([-1.0, 0.0, 2.0, 8.0])
    np.testing.assert_allclose(relu_mean(mean, np.zeros(4), cap=6), [0, 0, 2, 6], atol=1e-300)
    np.testing.assert_allclose(relu_mean(mean, np.zeros(4)), [0, 0, 2, 8], atol=1e-300)


def test_a_cap_for_each_channel():
    caps = np.array([1.0, 2.0, 3.0])
    one_by_one = [relu_mean([1.0], [1.0], cap=c)[0] for c in caps]
    np.testing.assert_array_equal(relu_mean(np.ones(3), np.ones(3), cap=caps), one_by_one)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: correct_bias([0.0], [[1.0]], [[1.0]], [1.0, 2.0]), r"means \(inputs,\); got"),
        (lambda: correct_bias([0.0, 0], [[1.0]], [[1.0]], [1.0]), r"bias \(outputs,\)"),
        (lambda: correct_bias([0.0], [1.0], [1.0], [1.0]), r"weight and rounded \(inputs, outp"),
        (lambda: correct_bias([np.nan], [[1.0]], [[1.0]], [1.0]), "bias holds NaN"),
        (lambda: relu_mean([0.0], [-1.0]), "deviation must be 0 or more, and cap above 0"),
        (lambda: relu_mean([0.0], [1.0], cap=0), "deviation must be 0 or more, and cap above 0"),
        (lambda: relu_mean([0.0, 1.0], [1.0, 1.0, 1.0]), "differ in shape"),
    ],
)
def test_what_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
