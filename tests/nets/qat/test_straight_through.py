"""Rounding to train through: forwards the grid, backwards the clipped identity."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qnn_edu import fake_quant, params_from_range
from qnn_edu.nets.qat import straight_through
from qnn_edu.nets.quiet import load_keras, load_tensorflow

tf, keras = load_tensorflow(), load_keras()
BITS = st.integers(2, 8)


def values(seed, shape=(40, 7), spread=2.0):
    return np.random.default_rng(seed).normal(0, spread, shape).astype(np.float32)


def gradients(function, *inputs, upstream=None):
    """Forward value and the gradients of sum(upstream * function(*inputs))."""
    inputs = [tf.Variable(each) for each in inputs]
    with tf.GradientTape() as tape:
        y = function(*inputs)
        loss = tf.reduce_sum(y * (1.0 if upstream is None else upstream))
    return y.numpy(), [each.numpy() for each in tape.gradient(loss, inputs)]


@given(st.integers(0, 10**6), BITS, st.floats(0.1, 5))
@settings(max_examples=30)
def test_a_fixed_range_is_tensorflows_op(seed, bits, hi):
    x, upstream = values(seed), values(seed + 1)
    ours = gradients(
        lambda x: straight_through.fixed_range(x, -0.5, hi, bits=bits), x, upstream=upstream
    )
    theirs = gradients(
        lambda x: tf.quantization.fake_quant_with_min_max_vars(x, -0.5, hi, num_bits=bits),
        x,
        upstream=upstream,
    )
    np.testing.assert_array_equal(ours[0], theirs[0])
    np.testing.assert_array_equal(ours[1][0], theirs[1][0])
    np.testing.assert_array_equal(ours[0], fake_quant(x, params_from_range(-0.5, hi, bits=bits)))


@given(st.integers(0, 10**6), BITS)
@settings(max_examples=30)
def test_min_max_rounds_to_the_nearest_level_and_passes_every_gradient(seed, bits):
    w, upstream = values(seed), values(seed + 1)
    y, (g,) = gradients(
        lambda w: straight_through.min_max(w, bits=bits, axis=(0,)), w, upstream=upstream
    )
    step = np.abs(w).max(axis=0) / (2 ** (bits - 1) - 1)
    assert np.abs(y - w).max() <= step.max() / 2 * (1 + 1e-5)
    assert all(len(np.unique(np.rint(y[:, c] / step[c]))) <= 2**bits - 1 for c in range(7))
    np.testing.assert_allclose(g, upstream, rtol=1e-5, atol=1e-6)


def relaxed_lsq(x, step, at, qmin, qmax):
    """LSQ that rounds and clips as it does with the step `at`, so it is smooth in its own step."""
    v = x / at
    inside, rounding = (v > qmin) & (v < qmax), np.rint(v) - v
    return np.where(inside, x / step + rounding, np.clip(v, qmin, qmax)) * step


@given(st.integers(0, 10**6), BITS, st.booleans(), st.floats(0.05, 1.0))
@settings(max_examples=40)
@example(4204, 2, True, 0.05558792840565791)  # a value within the difference quotient of an end
def test_the_step_has_the_gradient_of_the_relaxed_loss(seed, bits, positive, step):
    x, upstream = values(seed).astype(np.float64), values(seed + 1).astype(np.float64)
    qmax = 2**bits - 1 if positive else 2 ** (bits - 1) - 1
    qmin = 0 if positive else -qmax
    step = np.float32(step)
    _, (g_x, g_step) = gradients(
        lambda x, s: straight_through.learned_step(x, s, bits=bits, positive=positive),
        x.astype(np.float32),
        step,
        upstream=upstream.astype(np.float32),
    )
    at, h = np.float64(step), 1e-6
    ends = [(upstream * relaxed_lsq(x, at + d, at, qmin, qmax)).sum() for d in (-h, h)]
    numeric = (ends[1] - ends[0]) / (2 * h) / np.sqrt(x.size * qmax)
    assert g_step == pytest.approx(numeric, rel=2e-2, abs=2e-2)
    inside = (x / step > qmin) & (x / step < qmax)
    np.testing.assert_allclose(g_x, np.where(inside, upstream, 0), rtol=1e-5, atol=1e-6)


def test_a_step_for_each_channel_learns_from_its_own_channel():
    w, steps = values(0), np.linspace(0.1, 0.7, 7, dtype=np.float32)[None]
    together = gradients(
        lambda w, s: straight_through.learned_step(w, s, bits=3, positive=False), w, steps
    )
    for c in range(7):
        alone = gradients(
            lambda w, s: straight_through.learned_step(w, s, bits=3, positive=False),
            w[:, c],
            steps[0, c],
        )
        np.testing.assert_allclose(together[0][:, c], alone[0], rtol=1e-6)
        np.testing.assert_allclose(together[1][1][0, c], alone[1][1], rtol=1e-4)


@given(st.integers(0, 10**6), BITS, st.floats(0.2, 4.0))
@settings(max_examples=30)
def test_a_learned_clip_has_the_gradients_of_pact(seed, bits, alpha):
    x, upstream = values(seed), values(seed + 1)
    alpha = np.float32(alpha)
    y, (g_x, g_alpha) = gradients(
        lambda x, a: straight_through.learned_clip(x, a, bits=bits), x, alpha, upstream=upstream
    )
    assert y.min() >= 0 and y.max() <= alpha * (1 + 1e-6)
    assert len(np.unique(np.rint(y / (alpha / (2**bits - 1))))) <= 2**bits
    np.testing.assert_array_equal(g_x, np.where((x > 0) & (x < alpha), upstream, 0))
    assert g_alpha == pytest.approx(upstream[x >= alpha].sum(), rel=1e-4, abs=1e-3)


def test_a_tensor_of_zeros_stays_one():
    zeros = np.zeros((3, 4), np.float32)
    assert not straight_through.min_max(zeros, bits=4).numpy().any()
    assert not straight_through.learned_step(zeros, 0.0, bits=4, positive=False).numpy().any()
