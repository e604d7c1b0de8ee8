"""The explorers: their numbers are the package's own, at the ends of every control."""

import subprocess
import sys

import ipywidgets as widgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qnn_edu
from qnn_edu import data, nets, tflite
from qnn_edu.core.metrics import levels_used, max_abs_error, mse, sqnr_db
from qnn_edu.ui import explorers, numbers, recipes, tensors

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


RIGHT = {
    "affine": affine_is_right,
    "range_": range_is_right,
    "per_channel": per_channel_is_right,
    "recipe": recipe_is_right,
    "side_by_side": side_by_side_is_right,
}
# On the most doubtful digit all kernels agree, on the next they do not.
START = {"side_by_side": {"rank": 1}}


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


def test_explorers_load_neither_pyplot_nor_tensorflow():
    code = (
        "import sys; from qnn_edu.ui import explorers as e; [f()._repr_mimebundle_() for f in "
        "(e.affine, e.range_, e.per_channel)]; "
        "print([m for m in ('matplotlib.pyplot', 'tensorflow', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "call", [lambda: explorers.per_channel(9), lambda: tensors.sample("Cauchy")]
)
def test_layers_and_laws_that_do_not_exist_are_refused(call):
    with pytest.raises(ValueError, match="There is no"):
        call()
