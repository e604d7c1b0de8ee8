"""Mixed bits: the greedy way lies on the front of all assignments, and pays."""

from itertools import product

import numpy as np
import pytest

from qnn_edu import nets
from qnn_edu.data import asset, digits
from qnn_edu.nets.ptq.alternatives import Alternatives, alternatives
from qnn_edu.nets.ptq.mixed import greedy, mixed_bits
from qnn_edu.nets.ptq.trained import quantize_trained
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.quiet import load_keras
from qnn_edu.nets.runs.result import accuracy

keras = load_keras()
FEW = digits("train")[0][:200]


@pytest.fixture(scope="module")
def net():
    return nets.load_model(asset("digits.keras"))


@pytest.fixture(scope="module")
def found(net):
    return mixed_bits(net, FEW, 2, choices=(4, 2))


@pytest.fixture(scope="module")
def given(net):
    return alternatives(net, FEW, [4, 2])


def test_every_step_lies_on_the_front_of_all_mixes(given, found):
    """64 mixes of 4 and 2 bits for six layers: none as small changes the answers less."""
    mixes = [dict(zip(given.sizes, bits, strict=True)) for bits in product((4, 2), repeat=6)]
    every = [(given.average(mix), given.kl(mix)) for mix in mixes]
    assert len(found.path) == 6
    for step in found.path:
        best = min(kl for average, kl in every if average <= step.average + 1e-9)
        assert step.kl <= 1.1 * best


def test_the_search_is_that_of_the_alternatives(given, found):
    assert tuple(greedy(given)) == found.path


def test_some_layers_alone_leave_the_others_in_float(net, given):
    two = given.only(["block2_pointwise", "block1_pointwise"])
    assert list(two.sizes) == ["block1_pointwise", "block2_pointwise"]
    given.kl(dict.fromkeys(given.sizes, 2))  # the judge's network has other weights now
    again = alternatives(net, FEW, [4, 2]).only(two.sizes)
    mix = dict.fromkeys(two.sizes, 2)
    assert two.kl(mix) == again.kl(mix)
    assert two.others + sum(two.sizes.values()) == given.others + sum(given.sizes.values())
    with pytest.raises(ValueError, match="no layer conv; there are block1_depthwise, block1_point"):
        given.only(["conv"])


def test_the_way_goes_down_to_the_budget_and_no_farther(net, found):
    averages = [4.0, *(step.average for step in found.path)]
    assert all(a > b for a, b in zip(averages, averages[1:], strict=False))
    assert found.average == averages[-1] == 2
    half = mixed_bits(net, FEW, 3, choices=(4, 2))
    assert half.average <= 3 < averages[len(half.path) - 1]
    assert half.path == found.path[: len(half.path)]
    assert all(half.bits[step.layer] == step.bits for step in half.path)


def test_the_bits_reach_the_network(net):
    found = mixed_bits(net, FEW, 3)
    prepared = quantize_trained(net, FEW, weight_bits=found.bits)
    layers = [layer for layer in prepared.layers if isinstance(layer, QuantizedLayer)]
    assert {layer.name: layer.bits for layer in layers[1:-1]} == found.bits
    assert layers[0].bits == layers[-1].bits == 8
    assert accuracy(prepared, digits("test")) > 98


def test_a_large_budget_takes_nothing_away(net):
    found = mixed_bits(net, FEW[:20], 8)
    assert found.path == () and set(found.bits.values()) == {8} and found.kl < 0.01


def test_progress_counts_the_bits_that_are_saved(net):
    told = []
    mixed_bits(net, FEW[:20], 3, choices=(4, 2), progress=lambda *of: told.append(of))
    assert told and told[-1][0] >= told[-1][1] > 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"budget": 1}, "budget is a number of bits on average, at least 2, the fewest"),
        ({"budget": "small"}, "budget must hold real numbers"),
        ({"budget": np.nan}, "budget is a number of bits"),
        ({"choices": (8,)}, r"choices are two or more numbers of bits from 2 to 8; got \(8,\)"),
        ({"choices": (8, 1)}, "choices are two or more"),
        ({"choices": 4}, "choices are two or more"),
        ({"rounding": "up"}, "rounding is one of nearest, mse"),
        ({"rounding": "distill"}, "rounding is one of nearest, .*adaround; got .distill"),
        ({"data": np.zeros((1, 3), np.float32)}, "^mixed_bits: .*shape"),
    ],
)
def test_what_is_refused(net, options, said):
    given = {"data": FEW[:5], "budget": 4} | options
    with pytest.raises(ValueError, match=said):
        mixed_bits(net, **given)


def test_a_model_with_several_outputs_is_refused(net):
    twice = keras.Model(net.input, [net.output, net.output])
    with pytest.raises(ValueError, match="has 2 outputs; give a model with the one"):
        mixed_bits(twice, FEW[:5], 4)


def test_names_that_no_layer_has_are_refused(net):
    with pytest.raises(ValueError, match="weight_bits names 'convolution', and no layer"):
        nets.quantize_aware(net, weight_bits={"convolution": 4})
    with pytest.raises(ValueError, match=r"weight_bits\['conv'\] must be 2 to 8, got 9"):
        nets.quantize_aware(net, weight_bits={"conv": 9})


def test_a_cost_is_counted_for_each_bit_that_it_saves():
    """A large layer that costs twice as much as a small one, and saves nine times as many bits."""
    costs = {"small": {8: 0.0, 4: 1.0}, "large": {8: 0.0, 4: 2.0}}

    class Costs(Alternatives):
        def kl(self, mix):
            return sum(costs[name][bits] for name, bits in mix.items())

    given = Costs(judge=None, candidates={8: {}, 4: {}}, sizes={"small": 10, "large": 90})
    assert [step.layer for step in greedy(given)] == ["large", "small"]
    assert [round(step.average, 1) for step in greedy(given)] == [4.4, 4.0]
