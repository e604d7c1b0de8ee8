"""What each mix of bits for the layers of a network takes, and what it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.ui.numbers.recipe import calibration as digits_seen
from qnn_edu.ui.numbers.recipe import network

if TYPE_CHECKING:
    from qnn_edu.nets.ptq.alternatives import Alternatives, Weights
    from qnn_edu.nets.ptq.mixed import Lowered

WIDTHS = (8, 4, 3, 2)  # bits that a layer may have
IMAGES = 200  # on which layers are rounded and mixes are judged
MOST = 12  # layers that can be chosen for
BATCH = 500
PACKED = ("Conv1D", "Conv2D", "Dense")  # whose kernels `tflite.pack_int4` stores in 4 bits


@dataclass(frozen=True, eq=False)
class Subject:
    """A network whose layers are had in several numbers of bits, and data to judge answers on.

    `steps`: those of the greedy search, as `nets.mixed_bits` takes them. `packed`: the layers whose
    weights `tflite.pack_int4` stores in 4 bits if they have no more.
    """

    given: Alternatives
    steps: tuple[Lowered, ...]
    packed: frozenset[str]
    x: Any
    y: np.ndarray

    @property
    def sizes(self) -> dict[str, int]:
        """Layer -> how many weights it has, of those that bits are chosen for."""
        return self.given.sizes

    @cached_property
    def path(self) -> list[tuple[float, float]]:
        """Average bits and KL in nats of the greedy search, from all 8 bits to the fewest."""
        start = dict.fromkeys(self.sizes, WIDTHS[0])
        first = float(WIDTHS[0]), self.given.kl(start)
        return [first, *((step.average, step.kl) for step in self.steps)]

    @cached_property
    def accuracy(self) -> float:
        """Right answers in float, in percent."""
        return self.judged({})

    def judged(self, weights: dict[str, Weights]) -> float:
        """Right answers in percent, with these weights of layers and all else in float."""
        tree, right = _tree(), 0
        for start in range(0, len(self.y), BATCH):
            part = slice(start, start + BATCH)
            x = tree.map_structure(lambda values, part=part: values[part], self.x)
            answers = self.given.judge.probabilities(weights, x).argmax(axis=-1)
            right += int((answers == self.y[part]).sum())
        return 100 * right / len(self.y)


def subject(
    model: Any = None,
    data: tuple[Any, Any] | None = None,
    *,
    calibration: Any = None,
    layers: Iterable[str] | None = None,
) -> Subject:
    """A Keras model, the inputs and labels it is judged on, and the layers to choose bits for.

    Without a model: the digits network, 200 training digits as calibration, and the test digits.
    `calibration`: inputs on which layers are rounded and the KL is measured, None for the first 200
    of the data. `layers`: None for all between the first and the last with weights, of more than 12
    those with the most.

    Raises:
        ValueError: a model without data, labels that do not fit the inputs, a layer that is not
            there, and what `nets.mixed_bits` refuses.

    >>> found = subject()
    >>> len(found.sizes), found.path[0][0], found.path[-1][0]
    (6, 8.0, 2.0)
    """
    if model is None:
        return _of_digits() if layers is None else _of(*_digits(), layers)
    if data is None:
        raise ValueError("mixed_bits: a model needs data=(x, y) to be judged on, labelled inputs.")
    x, y = data
    seen = x if calibration is None else calibration
    return _of(model, x, np.asarray(y), seen, layers)


def tried(subject: Subject, /, **bits: int) -> dict[str, Any]:
    """The network with so many bits for each layer of `subject.sizes`. Found are

    - `bits` of each layer, `average`, in bits a weight,
    - `kl`, in nats, as `nets.mixed_bits` measures it, and `greedy`, the least KL that its search
      reaches with as few bits,
    - `accuracy` in percent, activations in float,
    - bytes of all weights, the layers that are not chosen for with 8 bits: `bytes` in just so many
      bits, `int8` as a .tflite file stores them, whatever their bits, and `int4` as
      `tflite.pack_int4` does: 4 bits for 4 and fewer, in convolutions and dense layers.

    >>> found = tried(subject(), **dict.fromkeys(subject().sizes, 4))
    >>> found["average"], found["bytes"] < found["int4"] < found["int8"]
    (4.0, True)
    """
    return _tried(subject, tuple(bits[name] for name in subject.sizes))


def uniform(subject: Subject) -> list[tuple[float, float]]:
    """Average bits and KL in nats where all layers have the same bits, most first.

    >>> [bits for bits, _ in uniform(subject())]
    [8.0, 4.0, 3.0, 2.0]
    """
    alike = [_tried(subject, (bits,) * len(subject.sizes)) for bits in WIDTHS]
    return [(found["average"], found["kl"]) for found in alike]


@cache
def _tried(subject: Subject, bits: tuple[int, ...]) -> dict[str, Any]:
    given, mix = subject.given, dict(zip(subject.sizes, bits, strict=True))
    if not set(bits) <= set(WIDTHS):
        raise ValueError(f"mixed_bits: a layer has {', '.join(map(str, WIDTHS))} bits; got {mix}.")
    average, kl = given.average(mix), given.kl(mix)
    return {
        "bits": np.array(bits),
        "average": average,
        "kl": kl,
        "greedy": min(kl for bits, kl in subject.path if bits <= average + 1e-9),
        "accuracy": subject.judged(given.weights(mix)),
        **_bytes(subject, mix),
    }


def _bytes(subject: Subject, mix: dict[str, int]) -> dict[str, int]:
    sizes, others = subject.sizes, subject.given.others
    stored = {n: 4 if bits <= 4 and n in subject.packed else 8 for n, bits in mix.items()}
    return {
        "bytes": others + sum(_whole(mix[n] * size) for n, size in sizes.items()),
        "int4": others + sum(_whole(stored[n] * size) for n, size in sizes.items()),
        "int8": others + sum(sizes.values()),
    }


def _whole(bits: int) -> int:
    """Bytes that so many bits take.

    >>> _whole(8), _whole(9)
    (1, 2)
    """
    return -(-bits // 8)


@cache
def _of_digits() -> Subject:
    return _of(*_digits(), None)


def _digits() -> tuple[Any, np.ndarray, np.ndarray, np.ndarray]:
    from qnn_edu.data import digits

    return network("digits"), *digits("test"), digits_seen(IMAGES)


def _of(model: Any, x: Any, y: np.ndarray, seen: Any, layers: Iterable[str] | None) -> Subject:
    from qnn_edu.nets.ptq.alternatives import alternatives
    from qnn_edu.nets.ptq.mixed import greedy
    from qnn_edu.nets.ptq.trained import fed

    x, seen = (fed(model, each, "mixed_bits") for each in (x, seen))
    seen = _tree().map_structure(lambda values: values[:IMAGES], seen)
    count = len(_tree().flatten(x)[0])
    if y.shape != (count,):
        raise ValueError(
            f"mixed_bits: data are {count} inputs, so labels are {count} class numbers, of shape "
            f"({count},); got {y.shape}."
        )
    given = alternatives(model, seen, WIDTHS)
    largest = sorted(given.sizes, key=lambda name: -given.sizes[name])[:MOST]
    given = given.only(largest if layers is None else layers)
    kinds = {layer.name: type(layer).__name__ for layer in model.layers}
    packed = frozenset(name for name in given.sizes if kinds.get(name) in PACKED)
    return Subject(given, tuple(greedy(given)), packed, x, y)


def _tree() -> Any:
    from qnn_edu.nets.quiet import load_keras

    return load_keras().tree
