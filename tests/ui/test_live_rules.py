"""The live figure's rules: one step for one set, words made safe, rows where they are needed."""

import io
from base64 import b64decode

import ipywidgets as widgets
import pytest
from PIL import Image

from qnn_edu.draw import style
from qnn_edu.draw.note import HEIGHT
from qnn_edu.ui import live
from qnn_edu.ui.screen import Plot

START = {"height": 3, "span": (2.0, 4.0)}


@pytest.fixture
def calls():
    return []


@pytest.fixture
def figure(calls):
    def compute(**values):
        calls.append(values)
        return values

    return build(
        {"height": widgets.IntSlider(3, 0, 50), "span": widgets.FloatRangeSlider(value=(2, 4))},
        compute,
    )


def build(controls, compute=dict, **options):
    ax = style.axes()
    return live(
        compute,
        Plot(lambda numbers: None, ax.figure, ax.plot([0, 1], [0, 1])),
        controls,
        readout=lambda numbers: {"a < b": "1 < 2"},
        alt="A line.",
        **options,
    )


def test_one_set_computes_once(figure, calls):
    calls.clear()
    figure.set(height=9, span=(1, 2))
    assert calls == [{"height": 9, "span": (1, 2)}]


def test_a_list_sets_a_range_as_a_tuple_does(figure):
    assert figure.set(span=[1, 3]).values == START | {"span": (1, 3)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("height", "three"),
        ("height", None),
        ("height", 2.5),
        ("span", 3),
        ("span", None),
        ("span", (1, 2, 3)),
        ("span", "ab"),
        ("span", (None, 2)),
    ],
)
def test_a_value_of_a_wrong_kind_is_a_value_error_that_names_it(figure, name, value):
    with pytest.raises(ValueError) as caught:
        figure.set(**{name: value})
    assert f"{name}={value!r}" in str(caught.value)
    assert figure.values == shown(figure)


def test_a_refusal_changes_nothing_and_the_controls_still_move(figure):
    before = shown(figure)
    with pytest.raises(ValueError):
        figure.set(height=9, span=3)
    assert figure.values == shown(figure) == before
    figure.controls["height"].value = 5
    assert figure.values["height"] == 5


def shown(figure):
    return {name: control.value for name, control in figure.controls.items()}


def test_labels_and_texts_of_the_readout_are_escaped(figure):
    words = figure._words.value
    assert "a &lt; b" in words and "<b>1 &lt; 2</b>" in words


@pytest.mark.parametrize(
    ("control", "wide"),
    [
        (widgets.FloatRangeSlider(), True),
        (widgets.IntRangeSlider(), True),
        (widgets.ToggleButtons(options=["a", "b"]), True),
        (widgets.IntSlider(0, 0, 201), True),
        (widgets.IntSlider(0, 0, 200), False),
        (widgets.FloatSlider(), False),
    ],
)
def test_controls_that_need_the_width_have_a_row(control, wide):
    build({"it": control})
    assert control.layout.grid_area == ("auto / 1 / auto / -1" if wide else None)


def test_controls_that_change_nothing_cannot_be_moved_until_they_do():
    def idle(height, span):
        return {"span"} if height == 0 else ()

    figure = build(
        {"height": widgets.IntSlider(3, 0, 50), "span": widgets.FloatRangeSlider(value=(2, 4))},
        idle=idle,
    )
    disabled = []
    for height in (3, 0, 1):
        figure.controls["height"].value = height
        disabled.append([name for name, each in figure.controls.items() if each.disabled])
    assert disabled == [[], ["span"], []]


def test_the_picture_of_a_notebook_that_is_not_run_says_how_to_wake_it():
    figure = build({"it": widgets.IntSlider()})
    width, plain = size(figure.static().png)
    data, _ = figure._repr_mimebundle_()
    assert size(b64decode(data["image/png"])) == (width, plain + HEIGHT)


def size(png):
    return Image.open(io.BytesIO(png)).size
