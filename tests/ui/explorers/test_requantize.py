"""The requantization explorer, against rational numbers."""

from fractions import Fraction

import numpy as np
import pytest

from qnn_edu.core.fixed_point import ROUNDINGS
from tests.ui.explorers.laws import Laws


class TestRequantize(Laws):
    ever_idle, idle_at = True, {"m": 1.0}
    telling = {"m": 0.3}  # a power of two needs no more than a bit of its multiplier

    def is_right(self, values, found):
        """Against rational numbers, which are exact."""
        m, bits = Fraction(values["m"]), values["bits"]
        multiplier, shift = found["multiplier"], found["shift"]
        assert 2 ** (bits - 1) <= multiplier < 2**bits
        of_bits = multiplier * Fraction(2) ** (shift - bits)
        assert abs(of_bits - m) <= m / 2**bits
        assert found["relative"] == pytest.approx(float(of_bits / m - 1), abs=1e-15)
        most = int(128 / m)
        assert found["exact"].size == 2 * most + 1
        for k in np.random.default_rng(bits).integers(0, found["exact"].size, 50):
            exact, integer = (int(k) - most) * m, int(found["integers"][k])
            off = abs(integer - exact)
            assert found["wrong"][k] == (off > Fraction(1, 2))
            assert found["tie"][k] == (exact % 1 == Fraction(1, 2))
            slack = abs(of_bits - m) * most + (0.5 if values["rounding"] == "double" else 1e-4)
            assert off <= Fraction(1, 2) + Fraction(slack)


def test_each_way_to_round_misses_the_nearest_integer_as_often_as_it_should(explorer):
    for m in (0.203, 0.0507, 0.0083):
        found = {r: explorer.at(m=m, bits=31, rounding=r) for r in ROUNDINGS}
        shift = found["double"]["shift"]
        assert found["double"]["wrong"].mean() == pytest.approx(2.0 ** (shift - 1), rel=0.1)
        assert not found["single"]["wrong"].any() and not found["float32"]["wrong"].any()


def test_ties_go_away_from_zero_up_or_to_even(explorer):
    for rule, (up, down) in {"double": (1, -1), "single": (1, 0), "float32": (0, 0)}.items():
        found = explorer.at(m=0.25, bits=31, rounding=rule)
        half = {v: int(found["integers"][found["exact"] == v][0]) for v in (0.5, -0.5)}
        assert (half[0.5], half[-0.5]) == (up, down), rule
