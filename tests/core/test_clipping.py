"""MSE and KL clipping against brute force on small tensors and against published optima."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnn_edu import clipping, fake_quant, metrics, params_from_range

OUTLIERS = np.append(np.random.default_rng(0).normal(0, 0.05, 300), [1.0, -0.4]).astype(np.float32)


def loss(x, lo, hi, **options):
    return metrics.mse(x, fake_quant(x, params_from_range(lo, hi, **options)))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.sampled_from(["normal", "laplace", "relu"]))
def test_mse_is_as_good_as_brute_force(seed, bits, kind):
    rng = np.random.default_rng(seed)
    x = (rng.laplace if kind == "laplace" else rng.normal)(0, 1, 200).astype(np.float32)
    x = np.maximum(x, 0) if kind == "relu" else x
    found = loss(x, *clipping.mse(x, bits=bits), bits=bits)
    grid = np.linspace(1 / 40, 1, 40)
    lows = x.min() * grid if x.min() < 0 else [0]
    best = min(loss(x, a, b, bits=bits) for a in lows for b in x.max() * grid)
    assert found <= best * 1.1  # two ends searched in turn may stop beside the best pair
    found = loss(x, *clipping.mse(x, bits=bits, symmetric=True), bits=bits, symmetric=True)
    best = min(loss(x, -a, a, bits=bits, symmetric=True) for a in np.abs(x).max() * grid)
    assert found <= best * 1.02


@pytest.mark.parametrize(
    ("kind", "bits", "optimum"),
    [
        ("laplace", 2, 2.83), ("laplace", 3, 3.89), ("laplace", 4, 5.03),
        ("normal", 2, 1.71), ("normal", 3, 2.15), ("normal", 4, 2.55),
    ],
)  # fmt: skip
def test_mse_agrees_with_banner_et_al(kind, bits, optimum):
    """Banner et al. 2019, section 3.1, for 2**bits levels centred in bins of [-a, a].

    Their grid has 2**bits steps of 2a / 2**bits with a level in the middle of each: our symmetric
    narrow grid of 2**bits - 1 levels reaches half a step less far, at b = a (1 - 1 / 2**bits).
    """
    x = getattr(np.random.default_rng(1), kind)(0, 1, 100_000).astype(np.float32)
    lo, hi = clipping.mse(x, bits=bits, symmetric=True, narrow_range=True)
    assert lo == -hi
    assert hi == pytest.approx(optimum * (1 - 2**-bits), rel=0.16)


def test_mse_never_loses_to_min_max():
    for bits in (2, 4, 8):
        found = loss(OUTLIERS, *clipping.mse(OUTLIERS, bits=bits), bits=bits)
        assert found <= loss(OUTLIERS, OUTLIERS.min(), OUTLIERS.max(), bits=bits)


def slow_divergence(counts, size, levels):
    """The definition of Migacz's slides, in plain Python."""
    p = [float(c) for c in counts[:size]]
    p[-1] += sum(float(c) for c in counts[size:])
    groups = {}
    for j in range(size):
        groups.setdefault(j * min(levels, size) // size, []).append(j)
    q = [0.0] * size
    for members in groups.values():
        filled = [j for j in members if counts[j] > 0]
        for j in filled:
            q[j] = sum(float(counts[i]) for i in members) / len(filled)
    if sum(q) == 0:
        return math.inf
    total = 0.0
    for pj, qj in zip(p, q, strict=True):
        if pj > 0 and qj == 0:
            return math.inf
        if pj > 0:
            total += pj / sum(p) * math.log((pj / sum(p)) / (qj / sum(q)))
    return total


@given(st.lists(st.integers(0, 9), min_size=2, max_size=40), st.integers(1, 8), st.data())
def test_divergence_is_the_published_one(counts, levels, data):
    size = data.draw(st.integers(1, len(counts)))
    expected = slow_divergence(counts, size, levels)
    assert clipping.divergence(np.array(counts), size, levels) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("bits", [3, 5, 8])
@pytest.mark.parametrize("one_sided", [False, True])
def test_kl_is_the_brute_force_minimum(bits, one_sided):
    x = np.abs(OUTLIERS) if one_sided else OUTLIERS
    levels = 2**bits if one_sided else 2 ** (bits - 1)
    limit = 2.0  # the power of two above 1.0
    counts = np.histogram(np.abs(x), bins=clipping.BINS, range=(0, limit))[0]
    last = np.flatnonzero(counts)[-1] + 1
    scores = {size: slow_divergence(counts, size, levels) for size in range(levels, last + 1, 1)
              if counts[size - 1] > 0}  # fmt: skip
    best = min(scores, key=scores.get) * limit / clipping.BINS
    lo, hi = clipping.kl(x, bits=bits)
    assert hi == np.float32(min(best, x.max()))
    assert lo == np.float32(max(-best, x.min()))


def test_zeros_do_not_move_the_kl_range():
    padded = np.append(OUTLIERS, np.zeros(10_000, np.float32))
    assert clipping.kl(padded) == clipping.kl(OUTLIERS)
    assert clipping.kl(np.zeros(5)) == (0, 0)


@given(st.lists(st.floats(-(2.0**60), 2.0**60, width=32), min_size=1, max_size=50), st.data())
def test_the_histogram_does_not_depend_on_the_batches(values, data):
    x = np.float32(values)
    cut = data.draw(st.integers(1, len(x)))
    whole, parts = clipping.MagnitudeHistogram().add(x), clipping.MagnitudeHistogram()
    for part in filter(len, (x[cut:], x[:cut])):
        parts.add(part)
    np.testing.assert_array_equal(parts.counts, whole.counts)
    assert (parts.limit, parts.lo, parts.hi) == (whole.limit, whole.lo, whole.hi)
    assert whole.counts.sum() == np.count_nonzero(x)


def test_bits_are_checked():
    for method in (clipping.mse, clipping.kl):
        with pytest.raises(ValueError, match="bits must be"):
            method(OUTLIERS, bits=1)
