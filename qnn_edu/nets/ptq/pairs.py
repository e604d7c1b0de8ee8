"""Which layers of a network stand one after the other so that channels can be scaled between."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qnn_edu.nets.qat.elementary.preprocessing import FOR_TRAINING
from qnn_edu.nets.qat.rules import activation_of
from qnn_edu.nets.qat.wiring import Step, Wiring
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers
WEIGHTED = (K.Conv2D, K.DepthwiseConv2D, K.Dense)
# What lets a positive factor through channel by channel: f(s x) = s f(x).
PASSES = (
    *(K.MaxPooling2D, K.AveragePooling2D, K.GlobalMaxPooling2D, K.GlobalAveragePooling2D),
    *(K.ZeroPadding2D, K.Cropping2D, K.UpSampling2D, K.LeakyReLU, *FOR_TRAINING),
)
HOMOGENEOUS = ("linear", "relu", "relu6", "leaky_relu")  # relu6 with its cap scaled along


@dataclass(frozen=True)
class Pair:
    """Names of the layer that makes channels, of the one that alone reads them, and of what caps
    them in between (the first itself, if its own activation does)."""

    first: str
    second: str
    caps: tuple[str, ...]


def pairs(wiring: Wiring) -> list[Pair]:
    """The pairs of a wired model, in the order of computation.

    >>> from qnn_edu.nets.models import digits_net
    >>> from qnn_edu.nets.qat.folding import fold
    >>> from qnn_edu.nets.qat.wiring import wiring_of
    >>> found = pairs(wiring_of(fold(digits_net())))
    >>> [(pair.first, pair.second) for pair in found][:2]
    [('conv', 'block1_depthwise'), ('block1_depthwise', 'block1_pointwise')]
    """
    readers: dict[int, list[Step | None]] = defaultdict(list)
    for step in wiring.steps:
        for x in step.inputs:
            readers[id(x)].append(step)
    for x in keras.tree.flatten(wiring.outputs):
        readers[id(x)].append(None)
    times = Counter(step.name for step in wiring.steps)
    found = []
    for first in wiring.steps:
        if not _is_weighted(first.operation):
            continue
        path = _path(first, readers)
        if path is not None and all(times[step.name] == 1 for step in path):
            caps = [step.name for step in path[:-1] if cap_of(step.operation) is not None]
            found.append(Pair(first.name, path[-1].name, tuple(caps)))
    return found


def _path(first: Step, readers: dict[int, list[Step | None]]) -> list[Step] | None:
    """The steps from one layer with weights to the next, both included; None if there is no such
    path of single readers that let a factor through."""
    path = [first]
    while _passes(path[-1].operation) and len(path[-1].outputs) == 1:
        following = readers[id(path[-1].outputs[0])]
        if len(following) != 1 or following[0] is None:
            return None
        path.append(following[0])
        if _is_weighted(following[0].operation):
            return path
    return None


def cap_of(layer: keras.Operation) -> float | None:
    """The number at which a layer cuts off, None if it does not.

    >>> cap_of(K.ReLU(6.0)), cap_of(K.Activation("relu6")), cap_of(K.Dense(2))
    (6.0, 6.0, None)
    """
    if isinstance(layer, K.ReLU):
        return None if layer.max_value is None else float(layer.max_value)
    return 6.0 if hasattr(layer, "activation") and activation_of(layer) == "relu6" else None


def _is_weighted(layer: keras.Operation) -> bool:
    """A layer whose channels lie on the last axis, all of which each of its outputs reads, or one.

    A `Dense` reads what its input's last axis counts, whatever stands before.
    """
    last = getattr(layer, "data_format", "channels_last") == "channels_last"
    together = isinstance(layer, K.DepthwiseConv2D) or getattr(layer, "groups", 1) == 1
    return type(layer) in WEIGHTED and last and together


def _passes(layer: keras.Operation) -> bool:
    """Whether a positive factor comes out of a layer as it came in, but for caps."""
    if isinstance(layer, K.ReLU):
        return not layer.threshold
    if isinstance(layer, (*WEIGHTED, K.Activation)):
        return activation_of(layer) in HOMOGENEOUS
    return isinstance(layer, PASSES)
