"""The live figure: what it shows follows its controls, and what goes wrong is seen."""

import io

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from qnn_edu.draw import style
from qnn_edu.ui import explorers, live
from qnn_edu.ui.screen import Plot


def bars(**changes):
    """A live figure of one bar as high as `height`, of which 7 fails and 11 needs a new axis."""
    ax = style.axes()
    (line,) = ax.plot([0, 0], [0, 1], linewidth=20)
    ax.set_ylim(0, 10)

    def compute(height, name="a"):
        if height == 7:
            raise ZeroDivisionError("seven is <not> allowed")
        return {"height": height, "name": name}

    def paint(numbers):
        line.set_ydata([0, numbers["height"]])
        ax.set_ylim(0, 10 if numbers["height"] <= 10 else 100)

    options = {
        "readout": lambda numbers: {"height": f"{numbers['height']} m"},
        "alt": "A bar as high as the slider says.",
    }
    controls = {"height": widgets.IntSlider(3, 0, 50), "name": widgets.Dropdown(options=["a", "b"])}
    return live(compute, Plot(paint, ax.figure, [line]), controls, **(options | changes))


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_picture_readout_and_values_follow_a_control():
    figure = bars()
    before = pixels(figure.picture)
    figure.controls["height"].value = 9
    assert figure.values == {"height": 9, "name": "a"}
    assert (pixels(figure.picture) != before).any()
    assert "<b>9 m</b>" in figure._words.value
    figure.controls["height"].value = 3
    assert (pixels(figure.picture) == before).all()  # nothing of the step before is left behind


def test_a_blitted_picture_is_the_picture_drawn_anew():
    figure = bars().set(height=50).set(height=6)
    assert (pixels(figure.picture) == pixels(bars().set(height=6).picture)).all()


def test_a_layer_walked_to_is_the_layer_begun_at():
    """Of as many channels as there are, some of them visited before, others for the first time."""
    figure = explorers.folding()
    layers = figure.controls["layer"].options
    fresh = {layer: pixels(explorers.folding(layer).picture) for layer in layers}
    for layer in (*layers, "conv", *layers[::-1]):
        assert (pixels(figure.set(layer=layer).picture) == fresh[layer]).all(), layer


def test_axis_limits_that_change_are_drawn():
    figure = bars()
    ticks = pixels(figure.picture)[:, :60]  # left of the axes: numbers only
    figure.set(height=20)
    assert (pixels(figure.picture)[:, :60] != ticks).any()


def test_an_exception_is_shown_kept_and_raised():
    figure = bars()
    before = figure.picture
    with pytest.raises(ZeroDivisionError):
        figure.controls["height"].value = 7
    assert isinstance(figure.error, ZeroDivisionError)
    assert "seven is &lt;not&gt; allowed" in figure._alarm.value
    assert (figure.picture, figure.values["height"]) == (before, 3)
    figure.controls["height"].value = 8
    assert figure.error is None and figure._alarm.value == ""


def test_set_moves_all_controls_in_one_update():
    figure = bars()
    seen = []
    figure._screen.widget.observe(lambda change: seen.append(1), "value")
    assert figure.set(height=5, name="b").values == {"height": 5, "name": "b"}
    assert len(seen) == 1


def test_at_answers_for_other_values_and_moves_nothing():
    figure = bars()
    before = (figure.picture, figure.values, figure.controls["height"].value)
    assert figure.at(height=9) == {"height": 9, "name": "a"}
    assert (figure.picture, figure.values, figure.controls["height"].value) == before
    with pytest.raises(ValueError, match="no control 'width'"):
        figure.at(width=9)


@pytest.mark.parametrize(
    ("change", "message"), [({"width": 3}, "height, name"), ({"height": 99}, "nearest is 50")]
)
def test_set_refuses_what_the_controls_do_not_take(change, message):
    with pytest.raises(ValueError, match=message):
        bars().set(**change)


def test_display_is_a_widget_a_picture_and_a_stable_text():
    first, second = (bars()._repr_mimebundle_() for _ in range(2))
    assert first[0]["text/plain"] == second[0]["text/plain"]
    assert first[0]["text/plain"].splitlines()[-1] == "  height: 3 m"
    assert "application/vnd.jupyter.widget-view+json" in first[0]
    assert first[1] == {"image/png": {"alt": "A bar as high as the slider says."}}


def test_static_picture_is_small_and_shows_what_is_live():
    figure = bars().set(height=9)
    static = figure.static()
    difference = pixels(static.png).astype(int) - pixels(figure.picture)
    assert len(static.png) < 20_000
    assert np.abs(difference).max() < 40  # at most 64 colours, so not equal, but alike
