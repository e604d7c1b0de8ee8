"""Where fake quantizers go: after everything that an integer kernel rounds, and nowhere else."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from qnn_edu.nets.qat.folding import foldable_norms
from qnn_edu.nets.qat.wiring import Wiring, wiring_of
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

layers = keras.layers

WEIGHTED = (layers.Conv2D, layers.DepthwiseConv2D, layers.Dense)
SUMMING = (layers.Add, layers.GlobalAveragePooling2D)
PASSING = (  # integers in, the same integers out
    *(layers.AveragePooling2D, layers.MaxPooling2D, layers.ZeroPadding2D),
    *(layers.Dropout, layers.Flatten, layers.Reshape),
)
BOUNDING = (layers.ReLU, layers.Activation, layers.Softmax)
KNOWN = WEIGHTED + SUMMING + PASSING + BOUNDING + (layers.BatchNormalization,)


class Plan:
    """Which layers of a model are rounded how.

    `weighted`: names of the layers with weights, in order; `norm_of`: the normalisation that goes
    into each; `folded`: the names of those. `positive`: the layers behind which a fake quantizer
    stands, and whether nothing below 0 comes there. `unbounded`: those of them that no ReLU bounds;
    `feeds_last`: those that only the last layer with weights reads. `softmaxed`: the layers with
    weights whose own activation is a softmax.

    Raises:
        ValueError: a layer that is not known, or used twice, a batch normalisation that cannot be
            folded, an activation that is not known, no layer with weights.

    >>> from qnn_edu.nets.models import digits_net
    >>> plan = Plan(digits_net())
    >>> plan.weighted[:2], plan.positive["conv_relu"], sorted(plan.unbounded)
    (['conv', 'block1_depthwise'], True, ['average', 'dense'])
    """

    def __init__(self, model: keras.Model) -> None:
        wiring = wiring_of(model)
        steps, roots = wiring.steps, foldable_norms(wiring)
        self._layers = {layer.name: layer for layer in model.layers}
        self._check([step.name for step in steps], roots)
        self.folded = set(roots)
        self.norm_of = {root: self._layers[norm] for norm, root in roots.items()}
        self._inputs = {step.name: step.inputs for step in steps}
        self._read_layers(wiring, roots)
        named = [step.name for step in steps if step.name not in roots]
        self.weighted = [name for name in named if isinstance(self._layers[name], WEIGHTED)]
        if not self.weighted:
            raise ValueError("quantize_aware: the model has no convolution and no dense layer.")
        self.softmaxed = {name for name in self.weighted if self._activation(name) == "softmax"}
        self.positive = {name: self._is_positive(name) for name in named if self._is_rounded(name)}
        self.unbounded = {name for name in self.positive if not self._is_relu(name)}
        self.feeds_last = self._only_for(self.weighted[-1])

    def _check(self, names: list[str], roots: dict[str, str]) -> None:
        for name, times in Counter(names).items():
            layer = self._layers[name]
            kind = type(layer).__name__
            if type(layer) not in KNOWN:
                known = ", ".join(known.__name__ for known in KNOWN)
                reason = f"is a {kind}; known are {known}"
            elif times > 1:
                reason = "is used more than once, and one range cannot serve two places"
            elif isinstance(layer, layers.BatchNormalization) and name not in roots:
                reason = "has no linear layer right before it to be folded into"
            elif self._activation(name) not in ("linear", "relu", "relu6", "softmax"):
                reason = f"has the activation {self._activation(name)}; linear, relu, relu6 and "
                reason += "softmax can be computed in integers here"
            else:
                continue
            raise ValueError(f"quantize_aware: layer {name!r} {reason}.")

    def _read_layers(self, wiring: Wiring, roots: dict[str, str]) -> None:
        """Who makes a tensor and who reads it; a folded normalisation's is its root's."""
        self._maker: dict[int, str] = {}
        self._readers: dict[str | None, list[str]] = defaultdict(list)
        for step in wiring.steps:
            for tensor in step.outputs:
                self._maker[id(tensor)] = roots.get(step.name, step.name)
        readers = [(step.name, step.inputs) for step in wiring.steps if step.name not in roots]
        for name, tensors in [*readers, ("", keras.tree.flatten(wiring.outputs))]:
            for tensor in tensors:
                self._readers[self._maker.get(id(tensor))].append(name)

    def _activation(self, name: str) -> str:
        """The activation of a layer, or that it is: 'linear', 'relu', 'relu6', 'softmax', ..."""
        layer = self._layers[name]
        if isinstance(layer, layers.Softmax):
            return "softmax"
        if isinstance(layer, layers.ReLU):
            plain = not layer.negative_slope and not layer.threshold
            return {None: "relu", 6: "relu6"}.get(layer.max_value, "relu") if plain else "leaky"
        activation = getattr(layer, "activation", keras.activations.linear)
        return getattr(activation, "__name__", str(activation))

    def _is_relu(self, name: str) -> bool:
        return self._activation(name) in ("relu", "relu6")

    def _is_rounded(self, name: str) -> bool:
        """Whether the integer file rounds here: at ReLUs, and at sums that no ReLU follows."""
        if self._is_relu(name):
            return True
        if not isinstance(self._layers[name], WEIGHTED + SUMMING):
            return False
        return not all(reader and self._is_bare_relu(reader) for reader in self._readers[name])

    def _is_bare_relu(self, name: str) -> bool:
        return isinstance(self._layers[name], BOUNDING) and self._is_relu(name)

    def _is_positive(self, name: str) -> bool:
        if self._is_relu(name):
            return True
        if isinstance(self._layers[name], layers.GlobalAveragePooling2D):
            return self._source_is_relu(self._inputs[name][0])
        return False

    def _source_is_relu(self, tensor: keras.KerasTensor) -> bool:
        maker = self._maker.get(id(tensor))
        while maker and isinstance(self._layers[maker], PASSING):
            maker = self._maker.get(id(self._inputs[maker][0]))
        return bool(maker) and self._is_relu(maker)

    def _only_for(self, last: str) -> set[str]:
        """What only `last` reads, through layers that pass integers on."""
        found, reader = set(), last
        while True:
            maker = self._maker.get(id(self._inputs[reader][0]))
            if maker is None or self._readers[maker] != [reader]:
                return found
            found.add(maker)
            if not isinstance(self._layers[maker], PASSING):
                return found
            reader = maker
