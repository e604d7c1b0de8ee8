"""Which layer deserves more bits: one after the other gets fewer, the one that is missed least."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tqdm import tqdm

from qnn_edu.core.check import is_whole, real_array
from qnn_edu.nets.ptq.alternatives import Alternatives, Mix, alternatives
from qnn_edu.nets.ptq.methods import LAYERWISE
from qnn_edu.nets.ptq.trained import require_options
from qnn_edu.nets.qat.layers import keras

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
    average is within the budget. `data`, `rounding` (but "distill"), `per_channel` as in
    `quantize_trained`; one layer is rounded as if all others were float. `progress(saved, of)`
    counts bits; None draws a bar on a terminal.

    Answers are compared with activations, the first and the last layer in float. That is sound
    where activations have 8 bits: they change answers far less than weights of 4 bits and fewer.

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
    require_options("mixed_bits", rounding, progress, known=LAYERWISE)
    widths = _checked(model, budget, choices)
    given = alternatives(model, data, widths, rounding=rounding, per_channel=per_channel)
    steps = greedy(given)
    path: list[Lowered] = []
    bits, average = dict.fromkeys(given.sizes, widths[0]), float(widths[0])
    total = sum(given.sizes.values())
    most = round((widths[0] - budget) * total)
    with tqdm(total=most, disable=None if progress is None else True, leave=False) as bar:
        while average > budget:
            path.append(step := next(steps))
            bits[step.layer], average = step.bits, step.average
            saved = round((widths[0] - average) * total)
            bar.update(min(saved, most) - bar.n)
            if progress is not None:
                progress(saved, most)
    return MixedBits(bits, average, given.kl(bits), tuple(path))


def greedy(given: Alternatives) -> Iterator[Lowered]:
    """The steps from the most bits in every layer to the fewest in every one.

    Each takes the layer whose next fewer bits cost least, in KL for each bit that they save.
    """
    fewer = dict(pairwise(given.widths))
    mix = dict.fromkeys(given.sizes, given.widths[0])
    while lower := {n: mix | {n: fewer[bits]} for n, bits in mix.items() if bits in fewer}:
        name = min(lower, key=lambda name: _slope(given, mix, lower[name]))
        mix = lower[name]
        yield Lowered(name, mix[name], given.average(mix), given.kl(mix))


def _slope(given: Alternatives, before: Mix, after: Mix) -> float:
    """What a bit a weight less costs, in nats."""
    saved = given.average(before) - given.average(after)
    return (given.kl(after) - given.kl(before)) / saved


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
