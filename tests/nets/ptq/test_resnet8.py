"""ResNet-8 in few bits on CIFAR-10: what choosing is worth, in the file, and layer by layer."""

from itertools import product

import numpy as np
import pytest

from qnn_edu import nets
from qnn_edu.data import asset, cifar10
from qnn_edu.nets.ptq.alternatives import alternatives
from qnn_edu.nets.ptq.mixed import greedy
from qnn_edu.nets.ptq.walking import walk
from qnn_edu.nets.runs.images import as_input
from qnn_edu.nets.runs.result import file_accuracy

GIVEN = 8192  # training images


@pytest.fixture(scope="module")
def net():
    return nets.load_model(asset("resnet8_cifar10.keras"))


@pytest.fixture(scope="module")
def images(real_data):
    x, _ = cifar10("train", file=real_data / "cifar10_jpeg.npz")
    return as_input(x[np.random.default_rng(1).permutation(len(x))[:GIVEN]])


@pytest.mark.parametrize(
    ("weights", "activations", "rounding", "lost"),
    [
        (4, 8, "descend", 0.5),
        (4, 4, "descend", 0.9),
        (3, 3, "descend", 2.4),
        (2, 8, "descend", 2.5),
        (2, 2, "distill", 8.2),
    ],
)
def test_the_file_loses_little(net, images, real_data, weights, activations, rounding, lost):
    test = cifar10("test", file=real_data / "cifar10_jpeg.npz")
    bits = {"weight_bits": weights, "activation_bits": activations}
    prepared = nets.quantize_trained(net, images, rounding=rounding, **bits)
    there = file_accuracy(nets.convert(prepared, "int8", io="float32"), test, "xnnpack")
    assert there > file_accuracy(nets.convert(net, "float32"), test, "xnnpack") - lost


@pytest.mark.parametrize("bits", [4, 3])
def test_every_layer_errs_less_than_rounded_to_nearest_on_images_not_seen(net, images, bits):
    """At most 0.6 of the squared error against the float layer, means apart; 0.4 is the most."""
    given, unseen = images[:512], images[512:768]
    real = {}
    folded = nets.quantize_aware(nets.fold(net), weight_bits=bits, ranges="learned")
    walk(folded, unseen, lambda layer, came: real.update({layer.name: came.real}), lambda *_: None)

    def errors(rounding):
        prepared = nets.quantize_trained(net, given, weight_bits=bits, rounding=rounding)
        found = {}

        def measured(layer, came):
            if layer.ranges == "learned":
                expected = layer._linear(real[layer.name], folded.get_layer(layer.name).kernel)
                error = np.asarray(layer._linear(came.quantized, layer._rounded()) - expected)
                found[layer.name] = (error - error.mean(axis=(0, 1, 2))).var()

        walk(prepared, unseen, measured, lambda *_: None)
        return found

    nearest, chosen = errors("mse"), errors("gptq")
    assert len(nearest) == 8
    assert all(chosen[name] <= 0.6 * nearest[name] for name in nearest)


@pytest.mark.more
def test_mixed_bits_lie_on_the_front_of_all_mixes(net, images):
    """243 mixes of 8, 4 and 2 bits for the five largest inner layers, 94 % of the weights there.

    No mix of as few bits changes the answers 1.1 times less than a step of the search.
    """
    given = alternatives(net, images[:128], [8, 4, 2])
    given = given.only(sorted(given.sizes, key=lambda name: given.sizes[name])[-5:])
    mixes = [dict(zip(given.sizes, bits, strict=True)) for bits in product((8, 4, 2), repeat=5)]
    every = [(given.average(mix), given.kl(mix)) for mix in mixes]
    steps = list(greedy(given))
    assert len(every) == 243 and len(steps) == 10
    for step in steps:
        best = min(kl for average, kl in every if average <= step.average + 1e-9)
        assert step.kl <= 1.1 * best


@pytest.mark.more
def test_two_and_a_half_bits_on_average_lose_little_in_the_file(net, images, real_data):
    """At most 1.2 points of 10,000 images, each layer with the bits that `mixed_bits` gives it."""
    test = cifar10("test", file=real_data / "cifar10_jpeg.npz")
    found = nets.mixed_bits(net, images[:256], 2.5)
    assert 2 < found.average <= 2.5
    prepared = nets.quantize_trained(net, images[:512], weight_bits=found.bits)
    there = file_accuracy(nets.convert(prepared, "int8", io="float32"), test, "xnnpack")
    assert there > file_accuracy(nets.convert(net, "float32"), test, "xnnpack") - 1.2
