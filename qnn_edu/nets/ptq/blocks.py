"""Block reconstruction: levels of several layers moved together, by gradients, without labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from qnn_edu.nets.ptq.layer import rounded
from qnn_edu.nets.ptq.methods import Method
from qnn_edu.nets.ptq.walking import Both, walk
from qnn_edu.nets.qat.layers import FakeQuantActivation, as_array, keras
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.qat.wiring import wiring_of

EPOCHS = 12  # over the data, of each block
BATCH = 32
RATE = 0.02  # of a step, that a weight moves in an iteration, falling to 0 along a cosine
FEWEST = 2  # layers of a block


@dataclass(frozen=True, eq=False)
class Part:
    """A block: the tensors where it begins and ends, and the layers with few bits between."""

    begin: Any
    end: Any
    quantizer: str
    layers: list[QuantizedLayer]


class Blocks:
    """The blocks of a prepared model, cut where a quantizer's output is all that is read later.

    A residual connection thus lies within a block, and one layer after the other makes blocks of
    two. `note` is told, while the model is walked through, what comes in float; `reconstruct` then
    lets each block's kernels and biases move, rounded with a straight-through estimator and their
    steps fixed, so that the block makes of its quantized input what the float network has at its
    end. A block that ends with a larger error than it began with is left as it was.

    On ResNet-8 it gains nothing beyond noise over descent alone, at four times the time, and with
    512 images and 2 bits for activations it loses a point: so many weights know so few images by
    heart.

    Source: Li et al. 2021, "BRECQ: pushing the limit of post-training quantization by block
    reconstruction", section 3.2, with the straight-through estimator instead of AdaRound.

    >>> from qnn_edu import nets
    >>> net = nets.quantize_aware(nets.fold(nets.models.resnet(8)), weight_bits=3, ranges="learned")
    >>> [len(part.layers) for part in Blocks(net).parts]
    [2, 3, 3]
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self.parts = _parts(model)
        self._ends = {part.quantizer for part in self.parts}
        self._inside = {layer.name for part in self.parts for layer in part.layers}
        self._targets: dict[str, np.ndarray] = {}
        self._behind: dict[str, tuple[np.ndarray, list[np.ndarray]]] = {}

    def note(self, layer: keras.Layer, came: Both) -> None:
        """Keep the float values of a quantizer where a block ends, and the float weights and inputs
        of a layer that no block moves: it is rounded again behind them."""
        if layer.name in self._ends:
            self._targets[layer.name] = np.asarray(came.real)
        elif isinstance(layer, QuantizedLayer) and layer.name not in self._inside and self._targets:
            self._behind[layer.name] = np.asarray(came.real), layer.layer.get_weights()

    def reconstruct(self, inputs: Any, method: Method, tell: Callable[[str], None]) -> None:
        """Move the levels block by block; `tell(name)` is called after each."""
        for part in self.parts:
            x = keras.Model(self._model.input, part.begin)(inputs)
            _reconstructed(part, np.asarray(x), self._targets[part.quantizer])
            tell(part.quantizer)

        def again(layer: QuantizedLayer, came: Both) -> None:
            if layer.name in self._behind:
                real, weights = self._behind.pop(layer.name)
                layer.layer.set_weights(weights)
                rounded(layer, Both(real, came.quantized), method)

        walk(self._model, inputs, again, lambda *_: None)


def _parts(model: keras.Model) -> list[Part]:
    wiring = wiring_of(model)
    reads = Counter(id(x) for step in wiring.steps for x in step.inputs)
    reads.update(map(id, keras.tree.flatten(wiring.outputs)))
    parts: list[Part] = []
    begin, layers = None, []
    live = {id(x) for x in keras.tree.flatten(wiring.inputs)}
    for step in wiring.steps:
        layer = step.operation
        if isinstance(layer, QuantizedLayer) and layer.ranges == "learned":
            layers.append(layer)
        reads.subtract(map(id, step.inputs))
        live = {each for each in live | set(map(id, step.outputs)) if reads[each] > 0}
        is_cut = isinstance(layer, FakeQuantActivation) and live == {id(step.outputs[0])}
        if is_cut and begin is not None and len(layers) >= FEWEST:
            parts.append(Part(begin, step.outputs[0], layer.name, layers))
        if is_cut and (begin is None or len(layers) >= FEWEST or not layers):
            begin, layers = step.outputs[0], []
    return parts


def _reconstructed(part: Part, x: np.ndarray, target: np.ndarray) -> None:
    """Train one block on its quantized input to make its float output."""
    block = keras.Model(part.begin, part.end)
    still = [v for v in block.trainable_variables if not _moves(v, part)]
    before = block.get_weights()
    steps = np.concatenate([as_array(layer.step).ravel() for layer in part.layers])
    iterations = EPOCHS * max(1, len(x) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(
        RATE * float(np.exp(np.log(steps).mean())), iterations
    )
    for variable in still:
        variable.trainable = False
    try:
        block.compile(keras.optimizers.Adam(rate), "mse")
        error = float(np.square(np.asarray(block(x)) - target).mean())
        block.fit(x, target, batch_size=BATCH, epochs=EPOCHS, verbose=0)
        if not np.square(np.asarray(block(x)) - target).mean() < error:
            block.set_weights(before)
    finally:
        for variable in still:
            variable.trainable = True


def _moves(variable: keras.Variable, part: Part) -> bool:
    """Whether it is a kernel or a bias of the block's layers."""
    own = (v for layer in part.layers for v in layer.layer.trainable_variables)
    return any(variable is each for each in own)
