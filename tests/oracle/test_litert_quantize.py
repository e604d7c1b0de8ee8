"""quantize and dequantize equal LiteRT's operators, bit for bit, a million values a case."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import OpResolverType

from qnn_edu import QuantParams, dequantize, quantize
from tests.oracle.litert_operator import run_operator

MILLION = 1_000_000
# LiteRT's own integer types: bits, signed. int16 is symmetric there: zero point 0.
TYPES = [(8, True), (8, False), (16, True)]


def cases(count=4):
    rng = np.random.default_rng(2026)
    for bits, signed in TYPES:
        grid = QuantParams(1.0, 0, bits, signed)
        for _ in range(count):
            scale = np.float32(10.0 ** rng.uniform(-7, 4))
            zero_point = 0 if bits == 16 else int(rng.integers(grid.qmin, grid.qmax + 1))
            yield QuantParams(scale, zero_point, bits, signed)


def values(params, rng):
    """Anywhere in the range and beyond it, exact ties, their neighbors, denormals, zeros."""
    anywhere = rng.uniform(1.2 * params.lo - params.scale, 1.2 * params.hi, MILLION // 2)
    ties = rng.integers(params.qmin, params.qmax, MILLION // 2) + 0.5 - params.zero_point
    ties = np.float32(ties) * params.scale
    beside = np.nextafter(ties, rng.choice(np.float32([-np.inf, np.inf]), ties.size))
    odd = np.float32([0.0, -0.0, 1e-45, -1e-45, 1e-39, -1e-39])
    odd = np.append(odd, np.float32([1e9, -1e9]) * params.scale)
    return np.concatenate([np.float32(anywhere), ties, beside, odd])


@pytest.mark.parametrize("params", list(cases()), ids=str)
def test_quantize_equals_the_reference_operator(params):
    x = values(params, np.random.default_rng(1))
    expected = run_operator("QUANTIZE", x, params.dtype, params)
    np.testing.assert_array_equal(quantize(x, params), expected)


@pytest.mark.parametrize("params", list(cases()), ids=str)
def test_dequantize_equals_the_reference_operator(params):
    q = np.random.default_rng(2).integers(params.qmin, params.qmax + 1, MILLION)
    q = np.append(q, np.arange(params.qmin, params.qmax + 1)).astype(params.dtype)
    expected = run_operator("DEQUANTIZE", q, np.float32, params)
    np.testing.assert_array_equal(dequantize(q, params).view(np.int32), expected.view(np.int32))


@pytest.mark.parametrize("resolver", ["BUILTIN_WITHOUT_DEFAULT_DELEGATES", "AUTO"])
def test_the_other_kernels_round_ties_to_even(resolver):
    """A fact the lessons state: only the reference kernels round half away from zero.

    A whole number of vectors, since the optimized kernel rounds what is left over half away.
    """
    params = QuantParams(1.0, 0)
    x = np.arange(-128.5, 127, dtype=np.float32)
    result = run_operator("QUANTIZE", x, np.int8, params, getattr(OpResolverType, resolver))
    np.testing.assert_array_equal(result, np.clip(np.rint(x), -128, 127))
    assert (result != quantize(x, params)).mean() == pytest.approx(0.5, abs=0.01)
