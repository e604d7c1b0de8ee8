"""The explorers: their numbers are the package's own, at the ends of every control."""

import math
import subprocess
import sys
from fractions import Fraction

import ipywidgets as widgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qnn_edu
from qnn_edu import data, nets, tflite
from qnn_edu.core.fixed_point import ROUNDINGS
from qnn_edu.core.metrics import levels_used, max_abs_error, mse, sqnr_db
from qnn_edu.core.ranges import MovingAverage
from qnn_edu.nets.conversion.stated_ranges import convert_stated
from qnn_edu.nets.models import placement
from qnn_edu.ptq import fold_batch_norm
from qnn_edu.ui import explorers
from qnn_edu.ui.numbers import affine as numbers
from qnn_edu.ui.numbers import folding as batch_norms
from qnn_edu.ui.numbers import placement as placements
from qnn_edu.ui.numbers import recipe as recipes
from qnn_edu.ui.numbers import straight_through as descents
from qnn_edu.ui.numbers import tensors
from qnn_edu.ui.numbers import trace as traces
from qnn_edu.ui.numbers import training as streams

MAKERS = {name: getattr(explorers, name) for name in explorers.__all__}


@pytest.fixture(scope="module")
def made():
    return {name: make() for name, make in MAKERS.items()}


def ends(control: widgets.Widget) -> list:
    """The smallest, the present and the largest value of a control, or all there are."""
    if isinstance(control, widgets.FloatRangeSlider):
        low, high = control.min, control.max
        return [(low, high), (low, low), (high, high), (0.0, 0.0), control.value]
    if isinstance(control, widgets.FloatLogSlider):
        return [control.base**control.min, control.base**control.max, control.value]
    if isinstance(control, widgets.Checkbox):
        return [not control.value, control.value]
    if isinstance(control, widgets.ToggleButtons):
        return list(control.options)
    if isinstance(control, widgets.SelectionSlider):
        return [control.options[0], control.options[-1], control.value]
    return [control.min, control.max, control.value]


def affine_is_right(values, found):
    law, (lo, hi) = values.pop("data"), values.pop("range")
    x = tensors.sample(law)
    p = qnn_edu.params_from_range(lo, hi, **values)
    y = qnn_edu.fake_quant(x, p)
    assert found["params"] == p
    assert found["sqnr_db"] == sqnr_db(x, y)
    assert found["max_error"] == max_abs_error(x, y)
    assert found["levels"] == levels_used(qnn_edu.quantize(x, p))


def range_is_right(values, found):
    (lo, hi), bits, x = values["range"], values["bits"], found["x"]
    p = qnn_edu.params_from_range(lo, hi, bits=bits)
    assert found["params"] == p
    assert found["here"][0] == hi
    assert sum(found["here"][1:]) == pytest.approx(mse(x, qnn_edu.fake_quant(x, p)))
    assert (x.max() == tensors.OUTLIER) == values["outlier"]
    assert found["methods"]["min-max"] == (0, x.max())
    least = np.nanmin(found["split"].sum(axis=0))
    lo, hi = found["methods"]["least MSE"]
    best = qnn_edu.fake_quant(x, qnn_edu.params_from_range(lo, hi, bits=bits))
    assert values["range"][0] != 0 or mse(x, best) <= 1.01 * least


def per_channel_is_right(values, found):
    bits = values["bits"]
    rows = found["weight"]
    width = np.abs(rows).max(axis=1)
    original = np.abs(tensors.depthwise_weight()).max(axis=(0, 1, 2))
    spread, before = width.max() / width.min(), original.max() / original.min()
    assert spread == pytest.approx(before * values["stretch"])
    options = {"bits": bits, "narrow_range": True, "symmetric": True}
    for c in (0, 7, len(rows) - 1):
        p = qnn_edu.params_from_range(rows[c].min(), rows[c].max(), **options)
        assert found["sqnr_per_channel"][c] == sqnr_db(rows[c], qnn_edu.fake_quant(rows[c], p))
    whole = qnn_edu.params_from_range(rows.min(), rows.max(), **options)
    np.testing.assert_array_equal(found["per_tensor"], qnn_edu.fake_quant(rows, whole))
    assert found["channel"] == values["channel"]


def folding_is_right(values, found):
    """Against Keras' own layers: a network stretched by the spread, then folded."""
    name, bits = values["layer"], values["bits"]
    norm = recipes.network("digits").get_layer(f"{name}_norm")
    gamma, beta, mean, variance = norm.get_weights()
    (weight,) = recipes.network("digits").get_layer(name).get_weights()
    rows = weight.reshape(-1, gamma.size)
    factors = nets.models.stretch_factors(gamma.size, spread=values["spread"])
    rows, _ = fold_batch_norm(
        rows, None, gamma * factors, beta * factors, mean, variance, norm.epsilon, axis=1
    )
    if values["cut_idle"]:
        rows[:, variance < norm.epsilon] = 0
    np.testing.assert_array_equal(found["weight"], rows.T)
    for name, each in (("before", weight.reshape(-1, gamma.size)), ("after", rows)):
        ends = [each.min(axis=0), each.max(axis=0)] / np.abs(each).max()
        np.testing.assert_array_equal(found[name], ends)
    assert found["widest"] == np.abs(rows).max(axis=0).argmax()
    step = np.abs(rows).max() / (2 ** (bits - 1) - 1)
    zero = np.abs(rows).max(axis=0)
    assert found["lost"].sum() == ((zero < step / 2) & (zero > 0)).sum()


def side_by_side_is_right(values, found):
    images, truth = data.digits("all")
    image = images[found["digit"]][None]
    file = data.asset("digits_int8.tflite")
    graph = tflite.read(file)
    takes, gives = (graph.tensors[i].params for i in (*graph.inputs, *graph.outputs))
    kernels = values["kernels"]
    real = nets.run_tflite(data.asset("digits_float32.tflite"), image, kernels=kernels)
    q = nets.run_tflite(file, qnn_edu.quantize(image, takes), kernels=kernels)
    np.testing.assert_array_equal(found["image"], image[0])
    np.testing.assert_array_equal(found["real"], real.outputs[0][0])
    np.testing.assert_array_equal(found["quantized"], qnn_edu.dequantize(q.outputs[0][0], gives))
    assert found["truth"] == truth[found["digit"]]


def recipe_is_right(values, found):
    """The file behind the picture is the one that `nets.convert` makes in one step."""
    name, recipe = values["network"], values["recipe"]
    options = {}
    if recipe in ("int8", "int16x8"):
        images = recipes.calibration(values["images"], spoiled=values["spoiled"])
        options = {"calibration": images, "ranges": recipes.METHODS[values["method"]]}
    if recipe in ("int8", "dynamic"):
        options["per_channel"] = values["per_channel"]
    file = nets.convert(recipes.network(name), recipe, **options)
    graph, (x, y) = tflite.read(file), data.digits("test")
    takes = graph.tensors[graph.inputs[0]].params
    answers = nets.run_tflite(file, x if takes is None else qnn_edu.quantize(x, takes)).outputs[0]
    assert found["size"] == len(file)
    assert found["accuracy"] == 100 * (answers.argmax(axis=1) == y).mean()
    assert [op.name for op in found["graph"].operators] == [op.name for op in graph.operators]


def placement_is_right(values, found):
    """Against the converter asked in one step, and LiteRT asked by hand."""
    function = placement.two_convolutions(placement.Placement(**values), size=placements.SIZE)
    file = convert_stated(function, io="float32")
    graph, x = tflite.read(file), placements.photograph()
    assert [op.name for op in found["graph"].operators] == [op.name for op in graph.operators]
    assert found["float_operators"] == len(nets.float_operators(graph))
    assert any(found["zero_points"]) == all(found["refusals"].values())
    for kernels, message in found["refusals"].items():
        if message:
            with pytest.raises(ValueError, match="cannot load"):
                nets.run_tflite(file, x, kernels=kernels)
        else:
            result = nets.run_tflite(file, x, kernels=kernels).outputs[0]
            steps = np.abs(result - function(x).numpy()) * 255 / 6
            assert found["off"] == pytest.approx((steps > 0.5).mean(), abs=0.005)


def requantize_is_right(values, found):
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


def trace_is_right(values, found):
    """Against what LiteRT's reference kernels put out."""
    layer = traces.layers()[values["layer"]]
    q = quantized_digit(values["digit"])
    file = data.asset(traces.MODEL)
    out = nets.run_tflite(file, q, kernels="reference", keep=True).tensors[layer.tensor]
    place = (0, values["row"], values["column"], values["channel"])
    place = place if layer.is_map else (0, values["channel"])
    assert found["explained"].value == out[place] == found["map"][found["place"]]
    np.testing.assert_array_equal(found["map"], out[0, ..., place[-1]] if layer.is_map else out)
    assert found["truth"] == data.digits("all")[1][values["digit"]]


def quantized_digit(digit):
    graph = tflite.read(data.asset(traces.MODEL))
    x = data.digits("all")[0][digit : digit + 1]
    return qnn_edu.quantize(x, graph.tensors[graph.inputs[0]].params)


def straight_through_is_right(values, found):
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
                scale = max(scale + down * slope / qmax**0.5, descents.LEAST * first)


def training_is_right(values, found):
    """Against the package's own moving average and quantizer, a batch at a time."""
    x = streams.stream().copy()
    x[streams.OUTLIER_AT, x[streams.OUTLIER_AT].argmax()] *= values["outlier"]
    average = MovingAverage(values["momentum"])
    if values["start"] == "zero":
        average.update(np.zeros(1))
    np.testing.assert_array_equal(found["extremes"], x.max(axis=1))
    for number, batch in enumerate(x):
        lo, hi = average.update(batch).range
        assert found["range"][number] == pytest.approx(hi, rel=1e-5)
        if number < values["delay"]:
            assert np.isnan(found["sqnr_db"][number]) and np.isnan(found["clipped"][number])
            continue
        p = qnn_edu.params_from_range(0, found["range"][number], bits=values["bits"])
        y = qnn_edu.fake_quant(batch, p)
        assert found["sqnr_db"][number] == pytest.approx(sqnr_db(batch, y), abs=1e-3)
        assert found["clipped"][number] == np.mean(batch > found["range"][number])


RIGHT = {
    "affine": affine_is_right,
    "folding": folding_is_right,
    "placement": placement_is_right,
    "range_": range_is_right,
    "per_channel": per_channel_is_right,
    "recipe": recipe_is_right,
    "requantize": requantize_is_right,
    "side_by_side": side_by_side_is_right,
    "straight_through": straight_through_is_right,
    "trace": trace_is_right,
    "training": training_is_right,
}
# On the most doubtful digit all kernels agree, on the next they do not.
# A power of two needs no more than a bit of its multiplier.
START = {"side_by_side": {"rank": 1}, "requantize": {"m": 0.3}}


@pytest.mark.parametrize("name", MAKERS)
def test_numbers_are_the_packages_own_at_the_ends_of_every_control(made, name):
    explorer = made[name]
    for control_name, control in explorer.controls.items():
        start = control.value
        for value in ends(control):
            control.value = value
            RIGHT[name]({n: c.value for n, c in explorer.controls.items()}, explorer.values)
            assert explorer.error is None
        control.value = start
        assert control.value == start, control_name


@pytest.mark.parametrize("name", MAKERS)
def test_every_control_changes_the_picture(made, name):
    explorer = made[name].set(**START.get(name, {}))
    for control_name, control in explorer.controls.items():
        start, pictures = control.value, set()
        for value in ends(control):
            control.value = value
            pictures.add(explorer.picture)
        control.value = start
        assert len(pictures) > 1, control_name


@pytest.mark.parametrize("name", MAKERS)
def test_controls_are_named_and_explained(made, name):
    explorer = made[name]
    for control in explorer.controls.values():
        assert control.description and control.tooltip
        assert control.style.description_width == "initial"  # never cut off
        assert getattr(control, "continuous_update", True)


@pytest.mark.parametrize("name", MAKERS)
def test_static_picture_fits_ten_to_a_notebook(made, name):
    static = made[name].static()
    assert len(static.png) < 22_000  # 300 kB for a notebook, a third more as base64
    assert static.alt.endswith(".")


@given(st.floats(-3, 3), st.lists(st.floats(0.01, 9), min_size=1, max_size=5), st.integers(2, 8))
def test_the_error_of_every_end_is_split_into_clipping_and_rounding(lo, hi, bits):
    x = tensors.sample("Laplace")[:500]
    for end, split in zip(hi, numbers.error_split(x, lo, hi, bits=bits).T, strict=True):
        if end < lo:
            assert np.isnan(split).all()
            continue
        p = qnn_edu.params_from_range(lo, end, bits=bits)
        squared = qnn_edu.metrics.error(x, qnn_edu.fake_quant(x, p)) ** 2
        clipped = squared[(x < p.lo) | (x > p.hi)].sum() / x.size
        assert split == pytest.approx([clipped, squared.mean() - clipped], rel=1e-5, abs=1e-7)


def test_an_empty_range_says_so(made):
    assert "an empty range gets scale 1" in repr(made["affine"].set(range=(0.0, 0.0)))
    assert "an empty range" not in repr(made["affine"].set(range=(-2.5, 2.5)))


def test_a_range_turned_round_cannot_be_set(made):
    with pytest.raises(Exception, match="lower"):
        made["affine"].controls["range"].value = (1.0, -1.0)


def test_per_tensor_never_beats_per_channel_by_much_and_stretch_ruins_it(made):
    found = made["per_channel"].set(bits=4, stretch=100.0).values
    worst, best = np.median(found["sqnr_per_tensor"]), np.median(found["sqnr_per_channel"])
    assert worst < 3 < 20 < best
    made["per_channel"].set(stretch=1.0)


@pytest.mark.parametrize("name", batch_norms.LAYERS)
def test_cutting_idle_channels_never_loses_others(made, name):
    settings = {"layer": name, "bits": 4, "spread": 1.0}
    found, cut = (made["folding"].at(**settings, cut_idle=cut) for cut in (False, True))
    idle = found["variance"] < 1e-3
    assert not cut["weight"][idle].any() and not (cut["lost"] & idle).any()
    assert cut["lost"].sum() <= found["lost"].sum()
    np.testing.assert_array_equal(cut["weight"][~idle], found["weight"][~idle])


def test_the_folding_explorer_and_nets_fold_agree(made):
    folded = nets.fold(recipes.network("digits"))
    for name in batch_norms.LAYERS:
        found = made["folding"].at(layer=name, spread=1.0, cut_idle=False)
        stored = folded.get_layer(name).get_weights()[0].reshape(found["weight"].shape[::-1])
        np.testing.assert_allclose(found["weight"].T, stored, rtol=1e-6)


def test_each_way_to_round_misses_the_nearest_integer_as_often_as_it_should(made):
    for m in (0.203, 0.0507, 0.0083):
        found = {r: made["requantize"].at(m=m, bits=31, rounding=r) for r in ROUNDINGS}
        shift = found["double"]["shift"]
        assert found["double"]["wrong"].mean() == pytest.approx(2.0 ** (shift - 1), rel=0.1)
        assert not found["single"]["wrong"].any() and not found["float32"]["wrong"].any()


def test_ties_go_away_from_zero_up_or_to_even(made):
    for rule, (up, down) in {"double": (1, -1), "single": (1, 0), "float32": (0, 0)}.items():
        found = made["requantize"].at(m=0.25, bits=31, rounding=rule)
        half = {v: int(found["integers"][found["exact"] == v][0]) for v in (0.5, -0.5)}
        assert (half[0.5], half[-0.5]) == (up, down), rule


@pytest.mark.parametrize("name", traces.layers())
def test_the_sliders_of_a_trace_end_where_the_layer_does(made, name):
    explorer, layer = made["trace"].set(layer=name), traces.layers()[name]
    sliders = explorer.controls
    assert sliders["channel"].max == layer.channels - 1
    assert sliders["row"].disabled == sliders["column"].disabled == (not layer.is_map)
    if layer.is_map:
        assert (sliders["row"].max + 1, sliders["column"].max + 1) == layer.shape[1:3]
    explorer.set(channel=layer.channels - 1, row=sliders["row"].max)
    assert explorer.values["place"][0] == (sliders["row"].max if layer.is_map else 0)
    explorer.set(layer="block1_depthwise", channel=3, row=3, column=3)


def test_explorers_load_neither_pyplot_nor_tensorflow():
    code = (
        "import sys; from qnn_edu.ui import explorers as e; [f()._repr_mimebundle_() for f in "
        "(e.affine, e.range_, e.per_channel, e.requantize, e.straight_through, "
        "e.trace, e.training)]; "
        "print([m for m in ('matplotlib.pyplot', 'tensorflow', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "call",
    [
        lambda: explorers.per_channel(9),
        lambda: explorers.folding("dense"),
        lambda: explorers.trace("conv9"),
        lambda: traces.trace(0, "conv9", 0, 0, 0),
        lambda: tensors.sample("Cauchy"),
    ],
)
def test_layers_and_laws_that_do_not_exist_are_refused(call):
    with pytest.raises(ValueError, match="There is no"):
        call()
