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


@pytest.mark.slow
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


def banner_optimum(bits):
    """The root of 2 a / (3 * 4**bits) = 2 exp(-a): Banner et al. 2019, section 3, b = 1."""
    low, high = 0.0, 50.0
    while high - low > 1e-9:
        a = (low + high) / 2
        low, high = (a, high) if a / (3 * 4**bits) < math.exp(-a) else (low, a)
    return low


def test_the_formula_is_the_published_one():
    """The paper gives 2.83, 3.89 and 5.03 for 2, 3 and 4 bits."""
    roots = [banner_optimum(bits) for bits in (2, 3, 4)]
    np.testing.assert_allclose(roots, [2.83, 3.89, 5.03], atol=0.01)


@pytest.mark.parametrize(
    ("bits", "tolerance"), [(2, 0.07), (3, 0.03), (4, 0.03), (5, 0.03), (6, 0.03)]
)
def test_mse_agrees_with_the_formula_for_laplace(bits, tolerance):
    """Its 2**bits steps cover [-a, a], with a level in the middle of each.

    Our symmetric narrow grid has a level at each end of its range instead, half a step further in,
    and one level less. The formula takes rounding errors as evenly spread, which few bits are not.
    """
    x = np.random.default_rng(1).laplace(0, 1, 200_000).astype(np.float32)
    lo, hi = clipping.mse(x, bits=bits, symmetric=True, narrow_range=True)
    assert lo == -hi
    assert hi * 2**bits / (2**bits - 1) == pytest.approx(banner_optimum(bits), rel=tolerance)


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
    scores = {
        size: slow_divergence(counts, size, levels)
        for size in range(levels, last + 1, 1)
        if counts[size - 1] > 0
    }
    best = min(scores, key=scores.get) * limit / clipping.BINS
    lo, hi = clipping.kl(x, bits=bits)
    assert hi == np.float32(min(best, x.max()))
    assert lo == np.float32(max(-best, x.min()))


SPIKE = np.append(np.full(10, 1 / 16), np.random.default_rng(0).normal(0, 0.25, 1000))


@pytest.mark.parametrize(
    ("x", "hi"),
    [
        (np.arange(-16, 17) / 16, 1.0),
        ([1.0, 7.0], 7.0),
        (np.arange(200) % 5 - 2, 2.0),
        (2 * np.arange(17) / 16 - 1, 1.0),
    ],
)
def test_kl_keeps_a_few_distinct_values(x, hi):
    """One filled bin alone has no divergence, however much is clipped into it."""
    assert clipping.kl(x)[1] == hi


def test_kl_is_not_caught_by_a_spike():
    lo, hi = clipping.kl(SPIKE)
    assert lo < -0.5 and hi > 0.5


def test_kl_of_mirrored_data_is_mirrored():
    for x in (OUTLIERS, np.abs(OUTLIERS), SPIKE):
        lo, hi = clipping.kl(x, bits=4)
        assert clipping.kl(-x, bits=4) == (-hi, -lo)


@pytest.mark.parametrize("factor", [2.0**-80, 2.0**60])
def test_mse_does_not_depend_on_units(factor):
    lo, hi = clipping.mse(OUTLIERS, bits=4)
    assert clipping.mse(OUTLIERS * np.float32(factor), bits=4) == (lo * factor, hi * factor)


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
