"""The explorer of three descents, against loops in plain Python."""

import math

import numpy as np
import pytest

from qnn_edu.ui.numbers.straight_through import LEAST
from tests.ui.explorers.laws import Laws


class TestStraightThrough(Laws):
    ever_idle, idle_at = True, {"steps": 0}

    def is_right(self, values, found):
        """Against the three descents written out in plain Python."""
        qmax = 2 ** (values["bits"] - 1) - 1
        first = 2 * values["reach"] / (2 * qmax + 1)
        assert found["now"].scale == pytest.approx(found["walks"][values["method"]].scale[-1])
        assert (found["before"].scale, found["before"].zero_point) == (pytest.approx(first), 0)
        for method, walk in found["walks"].items():
            weight, scale = values["start"], first
            assert len(walk.value) == values["steps"] + 1
            for ours in zip(walk.weight, walk.scale, walk.value, strict=True):
                steps = float(np.float32(weight / scale))
                level = min(max(math.floor(steps + 0.5), -qmax - 1), qmax)
                assert ours == pytest.approx((weight, scale, scale * level), rel=1e-4, abs=1e-5)
                down = values["rate"] * (values["target"] - scale * level)
                inside = -qmax - 1 < steps < qmax
                slope = level - steps if inside else level
                at_an_end = steps in (-qmax - 1, qmax)  # the op lets the ends through, LSQ does not
                if inside and method != "staircase" or at_an_end and method == "straight-through":
                    weight += down
                if method == "learned step":
                    scale = max(scale + down * slope / qmax**0.5, LEAST * first)
