"""Weights that lie where two levels meet go into the file as they were rounded in training.

Training brings weights there: one that swings between two levels ends between them, the closer the
smaller the learning rate has become.
"""

import numpy as np
import pytest

from qnn_edu.nets.qat import straight_through
from qnn_edu.nets.qat.layers import keras
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.quiet import load_tensorflow

layers = keras.layers
LAYERS = {
    "conv": lambda: layers.Conv2D(24, 3, use_bias=False),
    "depthwise": lambda: layers.DepthwiseConv2D(3, use_bias=False),
    "dense": lambda: layers.Dense(24, use_bias=False),
    "transposed": lambda: layers.Conv2DTranspose(24, 3, use_bias=False),
}


def at_ties(step, highest, shape, rng):
    """Products of `step` and halves, as float32 rounds them, and numbers next to those."""
    halves = rng.integers(-highest, highest, shape) + np.float32(0.5)
    ties = (halves * step).astype(np.float32)
    beside = np.nextafter(ties, rng.choice([-np.inf, np.inf], shape).astype(np.float32))
    return np.where(rng.random(shape) < 0.5, ties, beside)


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_a_learned_step_rounds_with_the_step_to_its_last_bit(bits):
    rng = np.random.default_rng(bits)
    highest = 2 ** (bits - 1) - 1
    for step in np.exp(rng.uniform(-9, 3, 300)).astype(np.float32):
        x = at_ties(step, highest, (50,), rng)
        found = straight_through.learned_step(x, step, bits=bits, positive=False)
        wanted = np.clip(np.rint(x / step), -highest, highest) * step
        np.testing.assert_array_equal(np.asarray(found), wanted)


@pytest.mark.parametrize(
    ("kind", "normed"), [*((kind, False) for kind in LAYERS), ("conv", True), ("depthwise", True)]
)
@pytest.mark.parametrize("bits", [2, 3, 4])
@pytest.mark.parametrize("per_channel", [True, False])
def test_the_levels_of_the_file_are_those_of_training(kind, normed, bits, per_channel):
    """For a whole tensor, weights are rounded once the factor of their normalisation is in them."""
    rng = np.random.default_rng(bits)
    norm = layers.BatchNormalization() if normed else None
    layer = QuantizedLayer(
        LAYERS[kind](), norm, bits=bits, per_channel=per_channel, ranges="learned"
    )
    layer.build((None, 16) if kind == "dense" else (None, 8, 8, 16))
    if normed:
        for variable, low in zip(norm.weights, (0.2, -1, -1, 0.1), strict=True):
            variable.assign(rng.uniform(low, 2, variable.shape))
    step = np.exp(rng.uniform(-3, 1, layer.step.shape)).astype(np.float32)
    layer.step.assign(step)
    factor = np.asarray(layer._factor(), np.float32)  # 1 but where it is folded first
    layer.kernel.assign(at_ties(step, layer.highest, layer.kernel.shape, rng) / factor)
    levels, _, _ = layer.exported_weights()
    np.testing.assert_array_equal(levels, np.rint(np.asarray(layer._rounded()) * factor / step))


@pytest.mark.parametrize("compiled", [False, True])
def test_a_compiled_step_of_training_rounds_as_a_plain_one(compiled):
    """Keras trains in a graph, compiled by XLA; the file is made outside of it."""
    tf, rng = load_tensorflow(), np.random.default_rng(0)
    steps = np.exp(rng.uniform(-9, 3, (1, 300))).astype(np.float32)
    x = at_ties(steps, 3, (50, 300), rng)

    @tf.function(jit_compile=compiled)
    def both(x, step):
        learned = straight_through.learned_step(x, step, bits=3, positive=False)
        return learned, straight_through.min_max(x, bits=3, axis=(0,))

    plain = (
        straight_through.learned_step(x, steps, bits=3, positive=False),
        straight_through.min_max(x, bits=3, axis=(0,)),
    )
    widest = np.abs(x).max(axis=0) / np.float32(3)
    for found, wanted, step in zip(both(x, steps), plain, (steps, widest), strict=True):
        np.testing.assert_array_equal(np.rint(found / step), np.rint(wanted / step))
