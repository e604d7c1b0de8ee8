"""The equalization explorer, against two operators of a file that the engine runs in integers."""

from dataclasses import replace

import numpy as np
import pytest

from qnn_edu import data, engine, ptq, tflite
from qnn_edu.ui import numbers
from qnn_edu.ui.numbers import tensors
from qnn_edu.ui.numbers.equalization import ACTIVATIONS, RELU, RELU6, SCALED, WAY, rescaled
from tests.ui.explorers.laws import Laws

LAYERS = (3, 4)  # of the digits file: depthwise, then pointwise
FILE = data.asset("digits_int8.tflite")


def float_of(values, share):
    """Both layers with the factors of these controls, by hand: weights, bias, cap, weights."""
    w1, bias = (a.astype(float).reshape(-1, 32) for a in tensors.layer("block2_depthwise"))
    w2 = tensors.layer("block2_pointwise")[0].reshape(64, 32).T.astype(float)
    factor = values["spread"] ** (np.arange(32) / 31 - 0.5)
    factor[values["channel"]] *= values["times"]
    made, read = np.abs(w1).max(axis=0) * factor, np.abs(w2).max(axis=1) / factor
    factor = factor / (made / read) ** (share / 2)
    cap = {RELU: np.inf, RELU6: 6.0, SCALED: 6 * factor}[values["activation"]]
    return w1 * factor, bias * factor, cap, w2 / factor[:, np.newaxis]


def by_engine(layer, x, weight, bias, x_scale, out_scale, per_channel):
    """Levels that one operator of the file puts out with these weights, after its ReLU."""
    graph = tflite.read(tflite.extract(FILE, [layer]))
    (op,), made = graph.operators, list(graph.tensors)
    source, w, b = op.inputs
    scale = np.abs(weight).max(axis=0) / 127
    scale = scale if per_channel else np.max(scale)
    levels, axis = np.rint(weight / scale), 3
    if layer == LAYERS[1]:  # outputs come first there
        levels, axis = levels.T, 0
    made[w] = replace(made[w], data=as_stored(levels, made[w]), **grid(scale, axis))
    whole = np.rint(bias / (x_scale * scale))
    made[b] = replace(made[b], data=as_stored(whole, made[b]), **grid(x_scale * scale, 0))
    made[source] = replace(made[source], scale=np.float32(x_scale))
    out = op.outputs[0]
    made[out] = replace(made[out], scale=np.float32(out_scale), zero_point=-128)
    main = replace(graph.subgraphs[0], tensors=tuple(made))
    return engine.run(replace(graph, subgraphs=(main,)), x, kernels="xnnpack").outputs[0]


def as_stored(levels, tensor):
    return levels.reshape(tensor.shape).astype(tensor.dtype)


def grid(scale, axis):
    if np.ndim(scale) == 0:
        return {"scale": np.float32(scale), "zero_point": 0, "axis": None}
    return {"scale": np.float32(scale), "zero_point": np.zeros(np.size(scale), int), "axis": axis}


class TestEqualization(Laws):
    def is_right(self, values, found):
        """Weights by hand, float by plain numpy, integers by the engine."""
        first, bias, cap, second = float_of(values, values["share"])
        for place, width in {"made": np.abs(first).max(0), "read": np.abs(second).max(1)}.items():
            np.testing.assert_allclose(found["widths"][place], width / width.max(), rtol=1e-5)
        levels, params = tensors.answers("block1_pointwise", 16)
        x = np.pad((levels.astype(float) + 128) * params.scale, ((0, 0), (0, 1), (0, 1), (0, 0)))
        sums = sum(
            x[:, i : i + 8 : 2, j : j + 8 : 2] * first[3 * i + j]
            for i in range(3)
            for j in range(3)
        )
        last = tensors.layer("block2_pointwise")[1]
        between = np.clip(sums + bias, 0, cap)
        outputs = np.maximum(between @ second + last, 0)
        before, real, integer = found["answers"]
        np.testing.assert_allclose(real, outputs.ravel()[::23], atol=1e-4)

        coarse, fine = outputs.max() / 255, between.max() / 255
        options = values["per_channel"]
        inner = by_engine(3, levels, first, bias, params.scale, fine, options).astype(int)
        inner = np.minimum(inner + 128, np.rint(cap / fine)) - 128
        outer = by_engine(4, inner.astype(np.int8), second, last, fine, coarse, options)
        apart = np.abs((outer.ravel()[::23] + 128.0) - integer / coarse)
        assert (apart > 0.5).mean() < 1e-3 and apart.max() < 1.1  # a tie, if any


@pytest.mark.parametrize("activation", [RELU, SCALED])
def test_the_float_answers_stand_still_wherever_the_channels_go(explorer, activation):
    for share in (0.0, 0.5, 1.0, 2.0):
        settings = {"activation": activation, "spread": 1000.0, "channel": 5, "times": 100.0}
        assert explorer.at(**settings, share=share)["moved"] < 1e-5


def test_a_cap_that_stays_changes_them(explorer):
    still, moved = (explorer.at(activation=RELU6, spread=1.0, share=share) for share in (0, 1))
    assert still["moved"] < 1e-6 and moved["moved"] > 0.05
    assert moved["float_db"] < 30


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_equalized_nothing_is_left_to_do_and_the_end_is_one(activation):
    ends = [rescaled(activation, spread=s, channel=7, times=t, share=1) for s, t in ENDS]
    for pair in ends:
        again = ptq.equalize(pair.first, None, pair.second, first_axis=1, second_axis=0)
        np.testing.assert_allclose(again.factor, 1, rtol=1e-5)
        np.testing.assert_allclose(pair.first, ends[0].first, rtol=1e-4)


ENDS = [(1.0, 1.0), (1000.0, 1.0), (30.0, 100.0)]


def test_the_whole_way_is_that_of_ptq_equalize_and_its_caps():
    plain = rescaled(SCALED, spread=10.0)
    whole = rescaled(SCALED, spread=10.0, share=1)
    theirs = ptq.equalize(
        plain.first, plain.bias, plain.second, first_axis=1, second_axis=0, cap=plain.cap
    )
    for name in ("first", "bias", "second", "cap"):
        np.testing.assert_allclose(getattr(whole, name), getattr(theirs, name), rtol=1e-5)


def test_at_twice_the_way_both_layers_have_changed_places():
    start, end = (rescaled(RELU, spread=100.0, share=share) for share in (0, 2))
    made, read = np.abs(start.first).max(axis=0), np.abs(start.second).max(axis=1)
    np.testing.assert_allclose(np.abs(end.first).max(axis=0), read, rtol=1e-5)
    np.testing.assert_allclose(np.abs(end.second).max(axis=1), made, rtol=1e-5)


def test_the_way_passes_through_where_one_stands_and_is_best_near_equal(explorer):
    for spread in (1.0, 10.0, 100.0, 1000.0):
        for share in (0.0, 0.7, 1.0):
            found = explorer.at(spread=spread, share=share)
            (k,) = np.flatnonzero(WAY == share)
            assert found["way"][0][k] == found["sqnr_db"]
        integer, _ = found["way"]
        assert integer.max() - integer[10] < 2 and integer[10] > 31
        assert 0.6 <= WAY[integer.argmax()] <= 1.1


def test_int8_dies_and_is_won_back(explorer):
    """What the lesson says: spread over three decades, a scale for each channel is no help."""
    dead, helped = (explorer.at(spread=1000.0, share=0, per_channel=p) for p in (False, True))
    alive = explorer.at(spread=1000.0, share=1, per_channel=False)
    assert dead["sqnr_db"] < 1 and helped["sqnr_db"] < 3 and alive["sqnr_db"] > 31
    assert dead["lost"]["made"] > 10 and not any(alive["lost"].values())


def test_another_activation_is_refused():
    with pytest.raises(ValueError, match="There is no activation 'tanh'; choose one of ReLU"):
        numbers.equalization.trained("tanh")
