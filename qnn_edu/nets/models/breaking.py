"""Networks broken on purpose, in seven ways that quantization meets: to find out which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.models.wires import Place, clone, places
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras

STRETCH = 100.0  # times, as `stretch` between its ends
OUTLIER = 30.0  # times the largest value of the layer
SLEEP = -1000.0  # a bias that no input makes up for


@dataclass(frozen=True, eq=False)
class Broken:
    """A network, examples `x` and calibration data, one of them broken; which, its repr hides.

    `kind` is what `diagnose` calls the fault. `layer` and `channel` say where, None where the fault
    is in the data or has no channel.
    """

    model: keras.Model
    x: np.ndarray = field(repr=False)
    calibration: np.ndarray = field(repr=False)
    kind: str = field(default="", repr=False)
    layer: str | None = field(default=None, repr=False)
    channel: int | None = field(default=None, repr=False)


def broken(
    model: keras.Model,
    x: np.ndarray,
    calibration: np.ndarray,
    way: str | None = None,
    *,
    seed: int = 0,
) -> Broken:
    """A copy of `model` or of its data that is broken in one of the `WAYS`; nothing else changes.

    `way` None draws one by the seed, as it draws the layer, the channel and the size of the fault.

    | `way`               | what happens                                                      |
    |---------------------|-------------------------------------------------------------------|
    | "calibration_scale" | one calibration example is 16 or 255 times as large               |
    | "input_scale"       | all examples are scaled otherwise than in training                |
    | "stretched_channel" | a channel is 100 times as large, and its reader divides by 100    |
    | "clipped_layer"     | a layer is cut off at the median of its positive values           |
    | "dead_channel"      | a channel is always zero                                          |
    | "outlier_channel"   | a channel is shifted far above all others; its reader shifts back;|
    |                     | where no reader can, it is 30 times as large, and nobody divides  |
    | "float_operator"    | an ELU, which has no integer kernel, stands behind a ReLU         |

    A stretched channel and an ELU leave the float network what it computes, but where a bounded
    ReLU lies in between; a channel that was shifted and back has lost its ReLU, no more.

    Raises:
        ValueError: no such way, or a model in which no layer can be broken so.

    >>> from qnn_edu.data import digits
    >>> from qnn_edu.nets.models import digits_net
    >>> x = digits("test")[0]
    >>> fault = broken(digits_net(), x, x[:100], "calibration_scale", seed=3)
    >>> fault.kind, float(fault.calibration.max())
    ('calibration_scale', 16.0)
    """
    random = np.random.default_rng(seed)
    if way is None:
        way = str(random.choice(list(WAYS)))
    if way not in WAYS:
        raise ValueError(f"broken: no way {way!r}; choose one of {', '.join(WAYS)}.")
    if len(model.inputs) != 1:
        raise ValueError(f"broken: expected a model with one input, got {len(model.inputs)}.")
    return WAYS[way](Broken(model, x, calibration, kind=way), random)


def _calibration_scale(whole: Broken, random: np.random.Generator) -> Broken:
    spoiled = np.array(whole.calibration, np.float32)
    spoiled[random.integers(len(spoiled))] *= random.choice([16, 255])
    return replace(whole, calibration=spoiled)


def _input_scale(whole: Broken, random: np.random.Generator) -> Broken:
    gain, offset = [(255, 0), (1 / 255, 0), (16, 0), (2, -1)][random.integers(4)]
    x, calibration = (np.float32(gain * a + offset) for a in (whole.x, whole.calibration))
    return replace(whole, x=x, calibration=calibration)


def _stretched_channel(whole: Broken, random: np.random.Generator) -> Broken:
    model = clone(whole.model)
    place, channel = _drawn(model, whole.x, random, lambda place: place.reader is not None)
    place.scale(channel, STRETCH)
    place.scale_reader(channel, 1 / STRETCH)
    return replace(whole, model=model, layer=place.layer.name, channel=channel)


def _outlier_channel(whole: Broken, random: np.random.Generator) -> Broken:
    model = clone(whole.model)
    fitting = [place.can_shift for place in places(model)]
    if any(fitting):
        place, channel = _drawn(model, whole.x, random, lambda place: place.can_shift)
        offset = OUTLIER * float(_values(model, place.activated, whole.x).max())
        place.shift(channel, offset)
        place.shift_reader(channel, -offset)
    else:
        place, channel = _drawn(model, whole.x, random, lambda place: place.grows)
        place.scale(channel, OUTLIER)
    return replace(whole, model=model, layer=place.layer.name, channel=channel)


def _dead_channel(whole: Broken, random: np.random.Generator) -> Broken:
    model = clone(whole.model)
    place, channel = _drawn(model, whole.x, random, lambda place: place.rectified)
    if place.can_shift and random.integers(2):
        place.shift(channel, SLEEP)
    else:
        place.scale(channel, 0)
    return replace(whole, model=model, layer=place.layer.name, channel=channel)


def _clipped_layer(whole: Broken, random: np.random.Generator) -> Broken:
    place, _ = _drawn(whole.model, whole.x, random, lambda place: place.rectified)
    values = _values(whole.model, place.activated, whole.x)
    bound = float(np.median(values[values > 0]))
    layer = load_keras().layers.ReLU(max_value=bound, name=f"{place.activated.name}_bound")
    model = clone(whole.model, behind={place.activated.name: layer})
    return replace(whole, model=model, layer=place.activated.name)


def _float_operator(whole: Broken, random: np.random.Generator) -> Broken:
    place, _ = _drawn(whole.model, whole.x, random, lambda place: place.rectified)
    layer = load_keras().layers.ELU(name=f"{place.activated.name}_elu")
    model = clone(whole.model, behind={place.activated.name: layer})
    return replace(whole, model=model, layer=layer.name)


Breaker = Callable[[Broken, np.random.Generator], Broken]
WAYS: dict[str, Breaker] = {
    "calibration_scale": _calibration_scale,
    "input_scale": _input_scale,
    "stretched_channel": _stretched_channel,
    "clipped_layer": _clipped_layer,
    "dead_channel": _dead_channel,
    "outlier_channel": _outlier_channel,
    "float_operator": _float_operator,
}


def _drawn(
    model: keras.Model, x: np.ndarray, random: np.random.Generator, fits: Callable[[Place], bool]
) -> tuple[Place, int]:
    """A place to break and one of its channels that live: ReLUs fall asleep in training."""
    fitting = [place for place in places(model) if fits(place)]
    if not fitting:
        raise ValueError(f"broken: no layer of {model.name!r} can be broken so; try another way.")
    place = fitting[random.integers(len(fitting))]
    values = _values(model, place.activated, x).reshape(-1, place.channels)
    return place, int(random.choice(np.flatnonzero(np.ptp(values, axis=0) > 0)))


def _values(model: keras.Model, layer: keras.Layer, x: np.ndarray) -> np.ndarray:
    """What a layer puts out."""
    inner: Any = load_keras().Model(model.inputs[0], layer.output)
    return np.asarray(inner(x[:400], training=False))
