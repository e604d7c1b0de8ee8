"""What `stretch` changes and keeps."""

import numpy as np
import pytest

from qnn_edu.data import asset, digits
from qnn_edu.nets import models
from qnn_edu.nets.quiet import load_keras

LAYERS = ("block2_depthwise_norm", "block2_pointwise")


@pytest.fixture(scope="module")
def trained():
    return load_keras().models.load_model(asset("digits.keras"))


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
