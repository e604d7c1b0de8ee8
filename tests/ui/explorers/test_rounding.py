"""The rounding explorer, against its inputs themselves and the functions of `ptq`."""

from functools import cache

import numpy as np
import pytest

from qnn_edu import ptq
from qnn_edu.core.affine import dequantize
from qnn_edu.ui import explorers, numbers
from qnn_edu.ui.numbers import tensors
from qnn_edu.ui.numbers.rounding import BEST, COUNT, WAYS, column, levels_of
from tests.ui.explorers.laws import Laws

FLIPS = [f"flip_{k}" for k in range(COUNT)]
COLUMNS = [(output, bits) for output in range(0, 64, 5) for bits in (2, 3, 4, 5)]


@cache
def inputs():
    x = dequantize(*tensors.answers("block2_depthwise", 1442))
    return x.reshape(-1, 32)[:, :COUNT].astype(float)


def weights_of(output, bits):
    """The ten weights and the step, real numbers."""
    whole = tensors.layer("block2_pointwise")[0].reshape(64, 32)[output].astype(float)
    return whole[:COUNT], np.abs(whole).max() / (2 ** (bits - 1) - 1)


def output_error(levels, output, bits):
    weight, step = weights_of(output, bits)
    return np.mean((inputs() @ (levels * step - weight)) ** 2)


class TestRounding(Laws):
    def is_right(self, values, found):
        """Against the mean squares of all outputs, and rounding in the real weights."""
        output, bits = values["output"], values["bits"]
        weight, step = weights_of(output, bits)
        np.testing.assert_allclose(found["weight"], weight / step, rtol=1e-9)
        highest = 2 ** (bits - 1) - 1
        for name in ("down", "levels"):
            assert (np.abs(found[name]) <= highest).all() and (found[name] % 1 == 0).all()
        rest = found["weight"] - found["down"]
        assert (rest >= 0).all() and (rest <= 1).all()
        nearest = np.clip(np.rint(weight / step), -highest, highest)
        whole = output_error(nearest, output, bits)
        assert found["parts"][2] == pytest.approx(
            output_error(found["levels"], output, bits) / whole
        )
        e = found["levels"] - weight / step
        alone = np.mean(inputs() ** 2, axis=0) @ (e * step) ** 2 / whole
        assert found["parts"][0] == pytest.approx(alone)
        assert found["parts"][:2].sum() == pytest.approx(found["parts"][2])
        shift = np.mean(inputs() @ (found["levels"] * step - weight))
        assert found["shift"] == pytest.approx(shift, abs=1e-9)
        plain = levels_of(values["way"], output, bits)
        turned = [values[name] for name in FLIPS]
        np.testing.assert_array_equal(found["levels"] != plain, turned)


@pytest.mark.parametrize("way", WAYS[:-1])
def test_ways_are_those_of_ptq(way):
    for output, bits in COLUMNS:
        weight, step = weights_of(output, bits)
        options = {"refit": False} if way == "descend" else {}
        gram = ptq.Moments.of(inputs()).gram()
        theirs = ptq.ROUNDINGS[way](weight[:, np.newaxis], step, gram, bits=bits, **options)
        np.testing.assert_array_equal(levels_of(way, output, bits), theirs.levels[:, 0])


def test_the_best_of_all_is_no_worse_than_any_other_rounding_down_or_up():
    """GPTQ and descent may go farther, and do at times; then they may even be better."""
    farther = []
    for output, bits in COLUMNS:
        found = numbers.rounding.chosen(output=output, bits=bits, way=BEST)
        assert found["parts"][2] == pytest.approx(found["every"][1].min())
        down = column(output, bits).down
        for way in WAYS[:-1]:
            beyond = not np.isin(levels_of(way, output, bits) - down, (0, 1)).all()
            worse = found["marks"][way][1] >= found["parts"][2] - 1e-9
            assert worse or beyond
            farther.append(beyond)
    assert any(farther)


def test_nearest_has_the_least_error_of_weights_and_seldom_of_the_output():
    best = 0
    for output, bits in COLUMNS:
        found = numbers.rounding.chosen(output=output, bits=bits, way="nearest")
        assert found["marks"]["nearest"][0] == pytest.approx(found["every"][0].min())
        assert found["rank"] == found["better"]
        best += found["better"] == 0
    assert best < len(COLUMNS) / 3


@pytest.mark.parametrize("way", WAYS)
def test_a_flip_moves_one_weight_between_its_levels_and_back(explorer, way):
    before = explorer.set(way=way).values
    for k, name in enumerate(FLIPS):
        once = explorer.set(**{name: True}).values
        assert np.flatnonzero(once["levels"] != before["levels"]).tolist() == [k]
        assert once["levels"][k] - once["down"][k] in (0, 1)
        again = explorer.set(**{name: False}).values
        np.testing.assert_array_equal(again["levels"], before["levels"])


def test_a_reader_who_flips_can_find_the_best(explorer):
    """From nearest to the best of all: the flips that lead there, and one that does most of it."""
    wanted = explorer.at(way=BEST)["levels"] != explorer.values["levels"]
    flips = {name: bool(turn) for name, turn in zip(FLIPS, wanted, strict=True)}
    found = explorer.at(**flips)
    assert found["rank"] == 0 and 0 < wanted.sum() < 4
    assert explorer.at(flip_2=True)["parts"][2] < 0.4


def test_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="There is no output 64; choose 0 to 63"):
        explorers.rounding(64)
    with pytest.raises(ValueError, match="There is no way 'up'; choose one of nearest, gptq"):
        levels_of("up", 0, 3)
    with pytest.raises(ValueError, match="there is no 'flip_10'; flips are flip_0 to flip_9"):
        numbers.rounding.chosen(output=0, bits=3, way=BEST, flip_10=True)
