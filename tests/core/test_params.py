"""QuantParams and params_from_range: the grid, the exact zero, and everything that is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu import QuantParams, dequantize, integer_grid, params_from_range, quantize
from qnn_edu.core.params import SMALLEST_SCALE

finite = st.floats(-(2.0**100), 2.0**100, width=32)
grids = st.fixed_dictionaries(
    {"bits": st.integers(2, 16), "signed": st.booleans(), "narrow_range": st.booleans()}
)


@pytest.mark.parametrize(
    ("bits", "signed", "narrow", "grid", "dtype"),
    [
        (8, True, False, (-128, 127), np.int8),
        (8, True, True, (-127, 127), np.int8),
        (8, False, False, (0, 255), np.uint8),
        (8, False, True, (1, 255), np.uint8),
        (2, True, True, (-1, 1), np.int8),
        (9, False, False, (0, 511), np.uint16),
        (16, True, True, (-32767, 32767), np.int16),
    ],
)
def test_grid(bits, signed, narrow, grid, dtype):
    params = QuantParams(1.0, grid[1], bits, signed, narrow)
    assert (params.qmin, params.qmax) == integer_grid(bits, signed, narrow) == grid
    assert params.dtype == dtype


@given(finite, finite, grids, st.booleans())
def test_zero_is_exact_and_the_range_is_covered(a, b, grid, symmetric):
    lo, hi = min(a, b), max(a, b)
    params = params_from_range(lo, hi, symmetric=symmetric, **grid)
    zero = quantize(0.0, params)
    assert zero == params.zero_point
    assert dequantize(zero, params) == 0
    # Nudging moves the range by at most half a step; float32 adds a hair.
    slack = (0.5 + 2**-6) * float(params.scale) + 2**-20 * max(abs(lo), abs(hi))
    assert params.lo <= min(lo, 0) + slack
    assert params.hi >= max(hi, 0) - slack


@given(finite, finite, grids)
def test_symmetric_puts_zero_in_the_middle_and_reaches_both_ends(a, b, grid):
    params = params_from_range(min(a, b), max(a, b), symmetric=True, **grid)
    assert params.zero_point == (0 if grid["signed"] else 2 ** (grid["bits"] - 1))
    bound = max(abs(a), abs(b))
    assert params.hi >= bound * (1 - 2**-20)
    if bound > 1e-30:
        assert params.hi <= bound * (1 + 2**-20)


@given(st.floats(2.0**-10, 2.0**20, width=32), grids)
def test_a_range_that_misses_zero_is_extended_to_it(lo, grid):
    assert params_from_range(lo, 2 * lo, **grid) == params_from_range(0, 2 * lo, **grid)
    assert params_from_range(-2 * lo, -lo, **grid) == params_from_range(-2 * lo, 0, **grid)


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=6), grids, st.booleans())
def test_per_channel_is_per_tensor_channel_by_channel(ranges, grid, symmetric):
    lo, hi = np.sort(np.float32(ranges), axis=1).T
    together = params_from_range(lo, hi, axis=0, symmetric=symmetric, **grid)
    for c, (a, b) in enumerate(zip(lo, hi, strict=True)):
        alone = params_from_range(a, b, symmetric=symmetric, **grid)
        assert together.scale[c] == alone.scale
        assert together.zero_point[c] == alone.zero_point
        assert together.inverse_scale[c] == alone.inverse_scale


@pytest.mark.parametrize("kind", "bhilqBHILQ")
def test_bits_may_be_any_integer(kind):
    for bits in (2, 8, 16):
        small = np.dtype(kind).type(bits)
        for signed in (False, True):
            assert integer_grid(small, signed) == integer_grid(bits, signed)
            params = params_from_range(-1, 3, bits=small, signed=signed, symmetric=True)
            assert params == params_from_range(-1, 3, bits=bits, signed=signed, symmetric=True)
            assert type(params.bits) is int


@pytest.mark.parametrize(("lo", "hi", "zero_point"), [(-0.5, 2.5, 1), (-2.5, 0.5, 3)])
def test_the_zero_point_rounds_half_up(lo, hi, zero_point):
    assert params_from_range(lo, hi, bits=2, signed=False).zero_point == zero_point


def test_symmetric_is_a_switch():
    with pytest.raises(ValueError, match="symmetric must be True or False"):
        params_from_range(-1, 1, symmetric="no")


def test_degenerate_ranges_work():
    assert params_from_range(0, 0).scale == 1
    assert params_from_range(3, 3) == params_from_range(0, 3)
    assert params_from_range(0, 1e-44).scale == SMALLEST_SCALE
    assert params_from_range([0, -1], [0, 1], axis=0).scale[0] == 1
    largest = params_from_range(-1.7e38, 1.7e38)
    assert np.isfinite([largest.lo, largest.hi]).all()


def test_equality_and_hash_look_at_values():
    a = params_from_range([-1, -2], [1, 2], axis=3)
    b = QuantParams(a.scale.copy(), a.zero_point.copy(), axis=3)
    assert a == b and hash(a) == hash(b) and len({a, b}) == 1
    assert a != params_from_range([-1, -2], [1, 2], axis=0)
    assert params_from_range(-1, 1) != params_from_range(-1, 1, narrow_range=True)
    assert (a == "text") is False
    assert "scale=[" in repr(a) and "axis=3" in repr(a)


def test_parameters_cannot_be_changed():
    params = params_from_range([-1, -2], [1, 2], axis=0)
    with pytest.raises(ValueError, match="read-only"):
        params.scale[0] = 2
    with pytest.raises(AttributeError):
        params.bits = 4


@pytest.mark.parametrize("bits", [1, 17, 0, -8, 8.0, 2.5, "8", None, True])
def test_bits_refused(bits):
    for build in (lambda: QuantParams(1.0, 0, bits), lambda: params_from_range(-1, 1, bits=bits)):
        with pytest.raises(ValueError, match="bits must be a whole number from 2 to 16"):
            build()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scale": 0.0}, "scale must be above 0"),
        ({"scale": -1.0}, "scale must be above 0"),
        ({"scale": np.nan}, "scale must be above 0"),
        ({"scale": np.inf}, "scale must be above 0"),
        ({"scale": 1e-60}, "scale must be above 0"),
        ({"scale": 1e-40}, "smallest normal float32"),
        ({"inverse_scale": 11.0}, "1 / scale up to rounding"),
        ({"inverse_scale": [10.0]}, "1 / scale up to rounding"),
        ({"inverse_scale": "10"}, "real numbers"),
        ({"scale": 3e38}, "finite"),
        ({"scale": "0.1"}, "real numbers"),
        ({"scale": []}, "empty"),
        ({"scale": [0.1, 0.2]}, "Name the channel axis"),
        ({"scale": [[0.1], [0.2, 0.3]]}, "not a regular array"),
        ({"scale": [[0.1]], "axis": 0}, "1-D"),
        ({"scale": [0.1, 0.2], "zero_point": [0, 0, 0], "axis": 0}, "as long as scale"),
        ({"zero_point": 0.5}, "Round it first"),
        ({"zero_point": 3.0}, "integer type"),
        ({"zero_point": 128}, "grid -128..127"),
        ({"zero_point": -128, "narrow_range": True}, "grid -127..127"),
        ({"zero_point": -1, "signed": False}, "grid 0..255"),
        ({"signed": "yes"}, "signed must be True or False"),
        ({"narrow_range": 1}, "narrow_range must be True or False"),
        ({"axis": 1.5, "scale": [0.1]}, "axis must be a whole number"),
    ],
)
def test_params_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        QuantParams(**({"scale": 0.1, "zero_point": 0} | changes))


@pytest.mark.parametrize(
    ("lo", "hi", "axis", "message"),
    [
        (np.nan, 1, None, "finite"),
        (-1, np.inf, None, "finite"),
        (-1, 1e300, None, "finite"),
        (1, -1, None, "Swap"),
        (-3e38, 3e38, None, "from -3e\\+38 to 3e\\+38 is too wide"),
        ("-1", "1", None, "real numbers"),
        ([-1, -2], [1, 2], None, "Name the channel axis"),
        ([-1, -2], [1, 2, 3], 0, "differ in length"),
        ([[-1]], [[1]], 0, "1-D"),
        ([], [], 0, "empty"),
        (-1j, 1, None, "real numbers"),
    ],
)
def test_ranges_refused(lo, hi, axis, message):
    with pytest.raises(ValueError, match=message):
        params_from_range(lo, hi, axis=axis)
