"""Trained on the float network's answers: nearer to them on images not seen, and repeatable."""

import numpy as np
import pytest

from qnn_edu import nets
from qnn_edu.data import asset, digits
from qnn_edu.nets.ptq.distilling import ITERATIONS
from qnn_edu.nets.quiet import load_keras

keras = load_keras()


def test_answers_come_nearer_on_images_not_seen_and_are_the_same_again():
    net, few = nets.load_model(asset("digits.keras")), digits("train")[0]
    unseen = digits("test")[0]

    def prepared(rounding, progress=None):
        bits = {"weight_bits": 2, "activation_bits": 2}
        return nets.quantize_trained(net, few, rounding=rounding, progress=progress, **bits)

    def apart(model):
        return float(keras.losses.kl_divergence(net(unseen), model(unseen)).numpy().mean())

    told = []
    learned = prepared("distill", progress=lambda done, of: told.append((done, of)))
    assert apart(learned) < 0.8 * apart(prepared("descend"))
    count = 8 + ITERATIONS
    assert told == [(i, count) for i in range(1, count + 1)]
    for a, b in zip(learned.get_weights(), prepared("distill").get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_puts_out_no_classes_is_refused():
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="distill"):
        nets.quantize_trained(net, np.ones((5, 3), np.float32), rounding="distill")
