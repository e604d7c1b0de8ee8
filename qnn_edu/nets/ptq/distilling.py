"""Weights, biases and steps of a whole network moved together, by the float network's answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qnn_edu.nets.qat.layers import keras
from qnn_edu.nets.qat.teacher import distill

ITERATIONS = 512
BATCH = 32
RATE = 0.002  # of Adam, falling to 0 along a cosine


def learn_answers(
    prepared: keras.Model, model: keras.Model, inputs: Any, tell: Callable[[str], None]
) -> None:
    """Train a prepared model to answer as `model` does: training, though nobody needs labels.

    `distill` with nothing but the teacher, on batches drawn of `inputs`, nested as the models take
    them. `tell` is called after each.

    Raises:
        ValueError: a network whose outputs are no classes.

    Source: Polino et al. 2018, "Model compression via distillation and quantization", section 3.

    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> net, x = digits_net(), np.ones((5, 8, 8, 1), np.float32)
    >>> learn_answers(quantize_aware(net, weight_bits=2), net, x, lambda what: None)
    """
    student = distill(prepared, model, weight=1.0)
    rate = keras.optimizers.schedules.CosineDecay(RATE, ITERATIONS)
    student.compile(keras.optimizers.Adam(rate))
    rng, count = np.random.default_rng(0), len(keras.tree.flatten(inputs)[0])
    for _ in range(ITERATIONS):
        drawn = rng.choice(count, min(BATCH, count), replace=False)
        student.train_on_batch(keras.tree.map_structure(lambda x, drawn=drawn: x[drawn], inputs))
        tell("answers")
