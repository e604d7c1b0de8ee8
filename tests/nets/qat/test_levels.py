"""A start of training takes over what a rounded copy computes, whatever either has folded."""

import numpy as np
import pytest

from qnn_edu import nets
from qnn_edu.data import asset, digits
from qnn_edu.nets.qat.layers import FakeQuantActivation
from qnn_edu.nets.qat.levels import take_levels
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.quiet import load_keras

keras = load_keras()
L = keras.layers
RNG = np.random.default_rng(0)


def separable():
    return nets.load_model(asset("digits.keras"))


def awkward():
    """Negative and zero factors, a bias before the normalisation, one without scale or shift."""
    x = image = keras.Input((8, 8, 1), name="image")
    for options in ({}, {"scale": False}, {"center": False}):
        x = L.Conv2D(6, 3, padding="same")(x)
        x = L.ReLU()(L.BatchNormalization(**options)(x))
    x = L.Add()([x, L.BatchNormalization()(L.DepthwiseConv2D(3, padding="same")(x))])
    net = keras.Model(image, L.Dense(5, activation="softmax")(L.GlobalAveragePooling2D()(x)))
    for layer in net.layers:
        if isinstance(layer, L.BatchNormalization):
            draw = [RNG.normal(0, 0.4, w.shape) for w in layer.get_weights()]
            draw[-1] = np.abs(draw[-1]) + 0.1
            layer.set_weights(draw)
            if layer.gamma is not None:
                layer.gamma.assign([0, *layer.gamma.numpy()[1:]])
    return net


X = digits("test")[0][:50]
COPIES = [  # of the start, of the rounded copy
    ({"ranges": "learned"}, {"ranges": "learned"}),
    ({"ranges": "learned"}, {"ranges": "ema"}),
    ({"ranges": "ema"}, {"ranges": "ema"}),
    ({"ranges": "learned"}, {"ranges": "learned", "per_channel": False}),
    *[({"ranges": "learned", "per_channel": False},) * 2],
]


def rounded_copy(net, folded, **how):
    """A copy whose levels, steps and ranges are no longer the first ones."""
    copy = nets.quantize_aware(nets.fold(net) if folded else net, **how)
    copy(X, training=True)
    nets.freeze(copy)
    for layer in copy.layers:
        for name in ("step", "learned"):
            if hasattr(layer, name):
                getattr(layer, name).assign(0.8 * getattr(layer, name))
    return copy


@pytest.mark.parametrize("bits", [2, 3, 8])
@pytest.mark.parametrize(("start", "rounded"), COPIES)
@pytest.mark.parametrize("build", [separable, awkward])
def test_the_start_makes_the_file_of_the_rounded_copy(build, start, rounded, bits):
    """Its levels, scales and biases, and the grids of its activations."""
    net, bits = build(), {"weight_bits": bits, "activation_bits": bits}
    other = rounded_copy(net, True, **rounded, **bits)
    student = take_levels(nets.quantize_aware(net, **start, **bits), other)
    for layer in student.layers:
        same = other.get_layer(layer.name)
        if isinstance(layer, FakeQuantActivation):
            np.testing.assert_allclose(layer.grid(), same.grid(), rtol=1e-5)
        if isinstance(layer, QuantizedLayer):
            (levels, scale, bias), wanted = layer.exported_weights(), same.exported_weights()
            np.testing.assert_allclose(bias, wanted[2], atol=1e-5)
            if layer.ranges == "learned" or start == rounded:
                np.testing.assert_array_equal(levels, wanted[0])
            grid = 0.5001 * scale if levels.any() else 0
            assert (np.abs(levels * scale - wanted[0] * wanted[1]) <= grid + 1e-6).all()


@pytest.mark.parametrize("build", [separable, awkward])
def test_the_start_computes_what_the_rounded_copy_does(build):
    net, how = build(), {"weight_bits": 3, "activation_bits": 3, "ranges": "learned"}
    other = rounded_copy(net, True, **how)
    student = take_levels(nets.quantize_aware(net, **how), other)
    differ = np.abs(np.asarray(student(X)) - np.asarray(other(X))) > 1e-5
    assert differ.mean() < 0.02  # where an ulp decides between two levels


def test_it_goes_on_from_there_in_training():
    """Ranges are not begun anew by the first batch, and the loss begins where rounding ended."""
    net, how = separable(), {"weight_bits": 3, "activation_bits": 3, "ranges": "learned"}
    other = rounded_copy(net, True, **how)
    student = take_levels(nets.quantize_aware(net, **how), other)
    grids = [x.grid() for x in student.layers if isinstance(x, FakeQuantActivation) and x.bits < 8]
    student(X, training=True)
    after = [x.grid() for x in student.layers if isinstance(x, FakeQuantActivation) and x.bits < 8]
    np.testing.assert_array_equal(grids, after)


def test_fewer_bits_begin_at_the_rounded_weights_with_first_steps_of_their_own():
    net = separable()
    other = rounded_copy(net, True, weight_bits=4, activation_bits=4, ranges="learned")
    student = nets.quantize_aware(net, weight_bits=3, activation_bits=3, ranges="learned")
    take_levels(student, other)
    layer, same = (copy.get_layer("block1_pointwise") for copy in (student, other))
    factor = layer._affine()[0]
    levels, scale, _ = same.exported_weights()
    np.testing.assert_allclose(layer.kernel * factor, levels * scale, atol=1e-6)
    before = layer.step.numpy()
    layer.start()
    np.testing.assert_array_equal(layer.step, before)
    quantizer, same = (copy.get_layer("conv_relu_quant") for copy in (student, other))
    assert (quantizer.bits, same.bits) == (3, 4)
    assert quantizer.grid()[1] == pytest.approx(same.grid()[1])


NET = awkward()
MISTAKES = [
    (NET, nets.quantize_aware(NET), "prepared is to be a model that quantize_aware"),
    (nets.quantize_aware(NET), None, "rounded is to be a model .* got NoneType"),
    (nets.quantize_aware(NET), nets.quantize_aware(separable()), "is a .* there is none"),
    (
        nets.quantize_aware(NET, weight_bits=3, ranges="learned", per_channel=False),
        nets.quantize_aware(NET, weight_bits=3, ranges="learned"),
        "one scale for all its weights",
    ),
]


@pytest.mark.parametrize(("prepared", "rounded", "message"), MISTAKES)
def test_what_is_no_start_is_refused(prepared, rounded, message):
    with pytest.raises(ValueError, match=f"^take_levels: .*{message}"):
        take_levels(prepared, rounded)
