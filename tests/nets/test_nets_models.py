"""The course's networks: their sizes, and what `stretch` changes and keeps."""

import numpy as np
import pytest

from qnn_edu.data import asset, digits
from qnn_edu.nets import models
from qnn_edu.nets.quiet import load_keras

LAYERS = ("block2_depthwise_norm", "block2_pointwise")


@pytest.fixture(scope="module")
def trained():
    return load_keras().models.load_model(asset("digits.keras"))


@pytest.mark.parametrize(("depth", "convolutions"), [(8, 9), (14, 15), (20, 21)])
def test_a_resnet_has_its_depth(depth, convolutions):
    """Depth counts the 3x3 convolutions and the dense layer; two shortcuts have a 1x1 each."""
    layers = models.resnet(depth).layers
    kernels = [layer.kernel_size for layer in layers if type(layer).__name__ == "Conv2D"]
    assert kernels.count((3, 3)) == depth - 1
    assert len(kernels) == convolutions == depth - 1 + 2
    assert sum(type(layer).__name__ == "Add" for layer in layers) == (depth - 2) // 2


@pytest.mark.parametrize("depth", [2, 7, 9, 8.5, "8"])
def test_a_depth_that_no_resnet_has_is_refused(depth):
    with pytest.raises(ValueError, match="depth must be 8, 14, 20"):
        models.resnet(depth)


@pytest.mark.parametrize("spread", [1, 30, 1000])
def test_stretching_keeps_the_function(trained, spread):
    x, _ = digits("test")
    stretched = models.stretch(trained, *LAYERS, spread=spread)
    before, after = (net.predict(x, verbose=0) for net in (trained, stretched))
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_stretching_leaves_the_model_given_alone(trained):
    before = [w.copy() for w in trained.get_weights()]
    models.stretch(trained, *LAYERS, spread=10)
    for old, new in zip(before, trained.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("norm", "conv", "spread"),
    [
        ("block2_pointwise", "block2_pointwise", 10),
        ("block2_depthwise_norm", "block2_depthwise", 10),
        ("block2_depthwise_norm", "block1_pointwise", 10),
        ("block2_depthwise_norm", "block2_pointwise", 0.5),
        ("nowhere", "block2_pointwise", 10),
    ],
)
def test_what_cannot_be_stretched_is_refused(trained, norm, conv, spread):
    with pytest.raises(ValueError, match="stretch|nowhere"):
        models.stretch(trained, norm, conv, spread=spread)
