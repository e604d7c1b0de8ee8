"""The layers of a network in several numbers of bits each, and how far any mix changes answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from qnn_edu.nets.ptq.layer import rounded
from qnn_edu.nets.ptq.methods import METHODS, Method
from qnn_edu.nets.ptq.trained import fed
from qnn_edu.nets.ptq.walking import Both, walk
from qnn_edu.nets.qat.folding import fold
from qnn_edu.nets.qat.layers import keras
from qnn_edu.nets.qat.prepare import quantize_aware
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer

Array = np.ndarray
Weights = list[Array]  # kernel and bias, as Keras takes them
Mix = Mapping[str, int]  # layer -> bits


class Judge:
    """A network's answers with the weights of some layers replaced, beside those in float."""

    def __init__(self, model: keras.Model, data: Any) -> None:
        self._model = keras.models.clone_model(model)
        self._float = {layer.name: layer.get_weights() for layer in model.layers}
        self._model.set_weights(model.get_weights())
        self._now = dict(self._float)
        self._x = fed(self._model, data, "mixed_bits")
        self._expected = self.probabilities({}, self._x)

    def kl(self, weights: Mapping[str, Weights]) -> float:
        """The mean of `sum(p * log(p / q))` in nats: p in float, q with these weights of layers."""
        p, q = self._expected, self.probabilities(weights, self._x)
        return float((p * np.log(p / q)).sum(axis=-1).mean())

    def probabilities(self, weights: Mapping[str, Weights], x: Any) -> Array:
        """The answers for inputs `x`; scores that are no probabilities go through a softmax."""
        for name, given in {**self._float, **weights}.items():
            if given is not self._now[name]:
                self._model.get_layer(name).set_weights(given)
                self._now[name] = given
        scores = np.asarray(self._model(x), np.float64)
        if scores.min() < 0 or np.abs(scores.sum(axis=-1) - 1).max() > 1e-3:  # logits
            scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
            scores /= scores.sum(axis=-1, keepdims=True)
        return np.maximum(scores, 1e-12)


@dataclass(frozen=True, eq=False)
class Alternatives:
    """What a mix of bits can be made of, and what it changes.

    `candidates`: bits, most first -> layer -> its weights in so many bits. `sizes`: layer -> how
    many weights its kernel has, of those layers that a mix has bits for. All others, and the
    activations, are in float whenever a mix is judged.
    """

    judge: Judge
    candidates: dict[int, dict[str, Weights]]
    sizes: dict[str, int]
    _known: dict[tuple[int, ...], float] = field(default_factory=dict, init=False, repr=False)

    @property
    def widths(self) -> list[int]:
        """The numbers of bits there are, most first."""
        return list(self.candidates)

    @property
    def others(self) -> int:
        """How many weights the kernels have that no mix has bits for."""
        kernels = [weights[0].size for weights in self.candidates[self.widths[0]].values()]
        return sum(kernels) - sum(self.sizes.values())

    def only(self, layers: Iterable[str]) -> Alternatives:
        """The same for these layers alone.

        Raises:
            ValueError: a layer that is not among them.
        """
        wanted = list(layers)
        if strangers := [name for name in wanted if name not in self.sizes]:
            there = ", ".join(self.sizes)
            raise ValueError(f"mixed_bits: no layer {', '.join(strangers)}; there are {there}.")
        return replace(self, sizes={n: size for n, size in self.sizes.items() if n in wanted})

    def average(self, mix: Mix) -> float:
        """Bits a weight: `sum(bits * size) / sum(size)`."""
        return sum(mix[n] * size for n, size in self.sizes.items()) / sum(self.sizes.values())

    def kl(self, mix: Mix) -> float:
        """The mean divergence of the answers from those in float, in nats; each is kept."""
        key = tuple(mix[name] for name in self.sizes)
        if key not in self._known:
            self._known[key] = self.judge.kl(self.weights(mix))
        return self._known[key]

    def weights(self, mix: Mix) -> dict[str, Weights]:
        """The weights of each layer in the bits of the mix, as `Judge` takes them."""
        return {name: self.candidates[mix[name]][name] for name in self.sizes}


def alternatives(
    model: keras.Model,
    data: Any,
    widths: Sequence[int],
    *,
    rounding: str = "descend",
    per_channel: bool = True,
) -> Alternatives:
    """Every layer but the first and the last of a model in these numbers of bits, most first.

    `data`, `rounding`, `per_channel` as in `quantize_trained`; one layer is rounded as if all
    others were float. Answers are judged on `data`.

    Raises:
        ValueError: a model with fewer than three layers with weights, and what `quantize_trained`
            refuses.

    >>> from qnn_edu.data import asset, digits
    >>> from qnn_edu.nets.models.load import load_model
    >>> found = alternatives(load_model(asset("digits.keras")), digits("train")[0][:50], [8, 2])
    >>> eight, two = (dict.fromkeys(found.sizes, bits) for bits in found.widths)
    >>> found.average(two), found.kl(eight) < 0.01 < found.kl(two)
    (2.0, True)
    """
    folded, method = fold(model), METHODS[rounding]
    candidates = {bits: _alone(folded, data, bits, method, per_channel) for bits in widths}
    inner = list(candidates[widths[0]].items())[1:-1]
    if not inner:
        raise ValueError(
            f"mixed_bits: {model.name!r} has no layer between its first and its last one with "
            "weights, which keep 8 bits; there is nothing to choose."
        )
    sizes = {name: int(weights[0].size) for name, weights in inner}
    return Alternatives(Judge(folded, data), candidates, sizes)


def _alone(
    folded: keras.Model, data: Any, bits: int, method: Method, per_channel: bool
) -> dict[str, Weights]:
    """Kernel and bias of each layer in these bits, in order, each as if all others were float."""
    prepared = quantize_aware(folded, weight_bits=bits, ranges="learned", per_channel=per_channel)
    found: dict[str, Weights] = {}

    def weighted(layer: QuantizedLayer, came: Both) -> None:
        if layer.name not in found:
            rounded(layer, Both(came.real, came.real), method)
            levels, step, bias = layer.exported_weights()
            kernel = np.float32(levels * step)
            found[layer.name] = [kernel, bias] if layer.layer.use_bias else [kernel]

    walk(prepared, fed(prepared, data, "mixed_bits"), weighted, lambda *_: None)
    return found
