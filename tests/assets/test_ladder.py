"""What is kept of ResNet-8's ladder is what comes out, and what lesson 11 says of it."""

import pytest

from qnn_edu import nets
from qnn_edu.data import asset, recorded_ladder
from qnn_edu.nets.ptq.methods import METHODS
from qnn_edu.nets.runs.images import load, origin
from tools.assets.ladder import BITS, right


def test_every_rounding_is_there_for_all_bits():
    found = recorded_ladder()
    assert list(found) == ["float", *(f"W{w}A{a}" for w, a in BITS)]
    assert all(list(found[bits]) == list(METHODS) for bits in found if bits != "float")


@pytest.mark.more
@pytest.mark.parametrize("rounding", ["nearest", "descend"])
def test_the_record_is_current(real_data, rounding):
    """But for the float sums of another processor, which move a rounding here and there."""
    images = load(origin("cifar10", real_data / "cifar10_jpeg.npz"))
    model = nets.load_model(asset("resnet8_cifar10.keras"))
    kept = recorded_ladder()["W3A3"][rounding]
    assert right(model, images, 3, 3, rounding) == pytest.approx(kept, abs=0.5)
