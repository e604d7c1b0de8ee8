"""ResNets: as many layers as their depth says, and no other depths."""

import pytest

from qnn_edu.nets import models


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
