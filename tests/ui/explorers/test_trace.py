"""The explorer of one output value, against LiteRT's reference kernels."""

import numpy as np
import pytest

import qnn_edu
from qnn_edu import data, nets, tflite
from qnn_edu.ui import explorers, numbers
from tests.ui.explorers.laws import Laws


class TestTrace(Laws):
    ever_idle, sets_ends = True, ("layer",)

    def is_right(self, values, found):
        """Against what LiteRT's reference kernels put out."""
        layer = numbers.trace.layers()[values["layer"]]
        q = quantized_digit(values["digit"])
        file = data.asset(numbers.trace.MODEL)
        out = nets.run_tflite(file, q, kernels="reference", keep=True).tensors[layer.tensor]
        place = (0, values["row"], values["column"], values["channel"])
        place = place if layer.is_map else (0, values["channel"])
        assert found["explained"].value == out[place] == found["map"][found["place"]]
        np.testing.assert_array_equal(found["map"], out[0, ..., place[-1]] if layer.is_map else out)
        assert found["truth"] == data.digits("all")[1][values["digit"]]


def quantized_digit(digit):
    graph = tflite.read(data.asset(numbers.trace.MODEL))
    x = data.digits("all")[0][digit : digit + 1]
    return qnn_edu.quantize(x, graph.tensors[graph.inputs[0]].params)


@pytest.mark.parametrize("name", numbers.trace.layers())
def test_the_sliders_end_where_the_layer_does(explorer, name):
    layer = numbers.trace.layers()[name]
    sliders = explorer.set(layer=name).controls
    assert sliders["channel"].max == layer.channels - 1
    assert sliders["row"].disabled == sliders["column"].disabled == (not layer.is_map)
    if layer.is_map:
        assert (sliders["row"].max + 1, sliders["column"].max + 1) == layer.shape[1:3]
    explorer.set(channel=layer.channels - 1, row=sliders["row"].max)
    assert explorer.values["place"][0] == (sliders["row"].max if layer.is_map else 0)


@pytest.mark.parametrize("first", numbers.trace.layers())
def test_any_layer_follows_any_other_from_the_last_place_of_its_output(explorer, first):
    for second, layer in numbers.trace.layers().items():
        explorer.set(layer=first)
        explorer.set(**{name: explorer.controls[name].max for name in ("channel", "row", "column")})
        explorer.controls["layer"].value = second
        assert explorer.error is None
        assert explorer.values["map"].shape == (layer.shape[1:3] if layer.is_map else layer.shape)


def test_another_layer_is_refused():
    for call in (explorers.trace, lambda layer: numbers.trace.trace(0, layer, 0, 0, 0)):
        with pytest.raises(ValueError, match="There is no layer 'conv9'"):
            call("conv9")
