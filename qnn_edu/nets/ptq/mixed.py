"""Which layer deserves more bits: one after the other gets fewer, the one that is missed least."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from qnn_edu.core.check import is_whole, real_array
from qnn_edu.nets.ptq.layer import rounded
from qnn_edu.nets.ptq.methods import METHODS, Method
from qnn_edu.nets.ptq.trained import fed, require_options
from qnn_edu.nets.ptq.walking import Both, walk
from qnn_edu.nets.qat.folding import fold
from qnn_edu.nets.qat.layers import keras
from qnn_edu.nets.qat.prepare import quantize_aware
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer

Array = np.ndarray
Weights = list[Array]
Progress = Callable[[int, int], None]  # bits saved, of how many


@dataclass(frozen=True)
class Lowered:
    """One step: the layer that got fewer bits, how many, and the network's average and KL then."""

    layer: str
    bits: int
    average: float
    kl: float


@dataclass(frozen=True)
class MixedBits:
    """Bits for each layer's weights by name, as `quantize_trained` takes them, and the way there.

    `average`: bits a weight, of all layers but the first and the last. `kl`: the mean divergence of
    the answers from the float network's, in nats, with activations in float.
    """

    bits: dict[str, int]
    average: float
    kl: float
    path: tuple[Lowered, ...]


def mixed_bits(
    model: keras.Model,
    data: Any,
    budget: float,
    *,
    choices: Iterable[int] = (8, 4, 2),
    rounding: str = "descend",
    per_channel: bool = True,
    progress: Progress | None = None,
) -> MixedBits:
    """Bits for each layer so that weights have `budget` bits on average and answers change least.

    All layers but the first and the last, which keep 8, begin with the most of `choices`. In each
    step the layer gets the next fewer that costs least, in KL divergence of the answers on `data`
    for each bit saved: `KL(p || q) = sum(p * log(p / q))`, p of the float network. It ends when the
    average is within the budget. `data`, `rounding`, `per_channel` as in `quantize_trained`; one
    layer is rounded as if all others were float. `progress(saved, of)` counts bits; None draws a
    bar on a terminal.

    Raises:
        ValueError: a budget below the fewest bits, choices that are not two or more of 2 to 8, a
            model with several outputs or fewer than three layers with weights, and what
            `quantize_trained` refuses.

    Source: greedy search as in Wu et al. 2020, "Integer quantization for deep learning inference",
    section 5.2 (partial quantization); sensitivity by KL as in Cai et al. 2020, "ZeroQ", section
    3.2.

    >>> from qnn_edu.data import asset, digits
    >>> from qnn_edu.nets.models.load import load_model
    >>> found = mixed_bits(load_model(asset("digits.keras")), digits("train")[0][:100], 3)
    >>> found.average <= 3, set(found.bits.values()) <= {8, 4, 2}
    (True, True)
    """
    require_options("mixed_bits", rounding, progress)
    widths = _checked(model, budget, choices)
    folded = fold(model)
    candidates = {
        bits: _alone(folded, data, bits, METHODS[rounding], per_channel) for bits in widths
    }
    judge = _Judge(folded, data)
    inner = list(candidates[widths[0]])[1:-1]
    if not inner:
        raise ValueError(
            f"mixed_bits: {model.name!r} has no layer between its first and its last one with "
            "weights, which keep 8 bits; there is nothing to choose."
        )
    sizes = {name: candidates[widths[0]][name][0].size for name in inner}
    bits = dict.fromkeys(inner, widths[0])
    for name in inner:
        judge.give(name, candidates[bits[name]][name])
    path: list[Lowered] = []
    total = sum(sizes.values())
    most = round((widths[0] - budget) * total)
    with tqdm(total=most, disable=None if progress is None else True, leave=False) as bar:
        kl = judge.kl()
        while (average := _average(bits, sizes)) > budget:
            name, kl = _cheapest(judge, candidates, bits, sizes, widths, kl)
            saved = (bits[name] - _next(widths, bits[name])) * sizes[name]
            bits[name] = _next(widths, bits[name])
            judge.give(name, candidates[bits[name]][name])
            path.append(Lowered(name, bits[name], _average(bits, sizes), kl))
            bar.update(min(saved, most - bar.n))
            if progress is not None:
                progress(round((widths[0] - path[-1].average) * total), most)
    return MixedBits(bits, average, kl, tuple(path))


def _average(bits: dict[str, int], sizes: dict[str, int]) -> float:
    return sum(bits[name] * sizes[name] for name in bits) / sum(sizes.values())


def _cheapest(
    judge: _Judge,
    candidates: dict[int, dict[str, Weights]],
    bits: dict[str, int],
    sizes: dict[str, int],
    widths: list[int],
    kl: float,
) -> tuple[str, float]:
    """The layer whose next fewer bits cost least for each bit that they save, and the KL then."""
    costs: dict[str, tuple[float, float]] = {}
    for name, now in bits.items():
        if now == widths[-1]:
            continue
        fewer = _next(widths, now)
        judge.give(name, candidates[fewer][name])
        there = judge.kl()
        judge.give(name, candidates[now][name])
        costs[name] = ((there - kl) / ((now - fewer) * sizes[name]), there)
    name = min(costs, key=lambda each: costs[each][0])
    return name, costs[name][1]


def _next(widths: list[int], bits: int) -> int:
    return widths[widths.index(bits) + 1]


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

    walk(prepared, fed(prepared, data), weighted, lambda *_: None)
    return found


class _Judge:
    """The folded network with weights given layer by layer, against what it says in float."""

    def __init__(self, folded: keras.Model, data: Any) -> None:
        self._model = keras.models.clone_model(folded)
        self._model.set_weights(folded.get_weights())
        self._x = fed(self._model, data)
        self._expected = self._probabilities()

    def give(self, name: str, weights: Weights) -> None:
        self._model.get_layer(name).set_weights(weights)

    def kl(self) -> float:
        """The mean divergence of the answers, in nats."""
        p, q = self._expected, self._probabilities()
        return float((p * np.log(p / q)).sum(axis=-1).mean())

    def _probabilities(self) -> Array:
        scores = np.asarray(self._model(self._x), np.float64)
        if scores.min() < 0 or np.abs(scores.sum(axis=-1) - 1).max() > 1e-3:  # logits
            scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
            scores /= scores.sum(axis=-1, keepdims=True)
        return np.maximum(scores, 1e-12)


def _checked(model: Any, budget: Any, choices: Any) -> list[int]:
    """The choices, most bits first."""
    widths = list(choices) if isinstance(choices, Iterable) else []
    if not all(is_whole(n) and 2 <= n <= 8 for n in widths) or len(set(widths)) < 2:
        raise ValueError(
            f"mixed_bits: choices are two or more numbers of bits from 2 to 8; got {choices!r}."
        )
    widths = sorted(set(widths), reverse=True)
    if real_array("mixed_bits: budget", budget).ndim or not budget >= widths[-1]:
        raise ValueError(
            f"mixed_bits: budget is a number of bits on average, at least {widths[-1]}, the fewest "
            f"of the choices; got {budget!r}."
        )
    if len(getattr(model, "outputs", None) or [0]) > 1:
        raise ValueError(
            f"mixed_bits: {model.name!r} has {len(model.outputs)} outputs; give a model with the "
            "one by which it is judged."
        )
    return widths
