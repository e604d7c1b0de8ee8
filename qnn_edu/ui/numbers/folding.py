"""What folding does to the channels of a trained layer: the numbers of the folding explorer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from qnn_edu.core import ranges
from qnn_edu.core.affine import quantize
from qnn_edu.core.params import params_from_range
from qnn_edu.ptq.folding import fold_batch_norm
from qnn_edu.ui.numbers.per_channel import channels
from qnn_edu.ui.numbers.recipe import network

KINDS = ("depthwise", "pointwise")
LAYERS = ("conv", *(f"block{block}_{kind}" for block in (1, 2, 3) for kind in KINDS))


@dataclass(frozen=True, eq=False)
class Normalised:
    """A layer without bias and the batch normalisation behind it; channels on the last axis."""

    weight: np.ndarray
    gamma: np.ndarray
    beta: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    epsilon: float

    @property
    def idle(self) -> np.ndarray:
        """Channels whose variance is below epsilon: in training they hardly ever changed."""
        return self.variance < self.epsilon


@cache
def normalised(name: str) -> Normalised:
    """A layer of the trained digits network, by its name.

    Raises:
        ValueError: another name.

    >>> layer = normalised("block2_depthwise")
    >>> layer.weight.shape, np.flatnonzero(layer.idle)
    ((3, 3, 32), array([24]))
    """
    if name not in LAYERS:
        raise ValueError(f"There is no layer {name!r}; choose one of {', '.join(LAYERS)}.")
    norm = network("digits").get_layer(f"{name}_norm")
    (weight,) = network("digits").get_layer(name).get_weights()
    if "depthwise" in name:
        weight = weight[..., 0]  # one filter a channel: the channels are the last axis now
    return Normalised(weight, *norm.get_weights(), norm.epsilon)


def spread_gamma(layer: Normalised, spread: float) -> Normalised:
    """`layer` with gamma and beta of its channels multiplied by factors up to `spread` apart.

    They are those of `nets.models.stretch`.

    >>> layer = normalised("conv")
    >>> factors = spread_gamma(layer, 100).gamma / layer.gamma
    >>> round(float(factors.max() / factors.min()))
    100
    """
    from qnn_edu.nets.models import stretch_factors

    factors = stretch_factors(layer.gamma.size, spread=spread)
    return replace(layer, gamma=layer.gamma * factors, beta=layer.beta * factors)


def folded(*, layer: str, bits: int, spread: float = 1.0, cut_idle: bool = False) -> dict[str, Any]:
    """A layer before and after folding, and what quantizing its folded weights costs.

    Gamma and beta are spread first, as by `spread_gamma`. `before` and `after` are the ranges
    (lo, hi) of the channels as trained and as folded, over the largest weight of the tensor;
    `largest` are these two weights. All else is of the folded weights and as
    `per_channel.channels` names it: also `widest`, the channel with the largest weight, `variance`
    of each in training, and `lost`, the channels that one quantizer for all turns into nothing but
    zeros. With `cut_idle`, the folded weights of idle channels are 0.

    Raises:
        ValueError: another layer.

    >>> found = folded(layer="block2_depthwise", bits=4)
    >>> int(found["lost"].sum()), found["widest"]
    (24, 24)
    """
    given = normalised(layer)
    weight = _folded_weight(spread_gamma(given, spread))
    if cut_idle:
        weight[..., given.idle] = 0
    options = {"bits": bits, "narrow_range": True, "symmetric": True}
    shared = params_from_range(weight.min(), weight.max(), **options)
    others = tuple(range(weight.ndim - 1))
    widths = np.abs(weight).max(axis=others)
    silent = (quantize(weight, shared) == 0).all(axis=others)
    before, after = (np.array(ranges.min_max(w, axis=w.ndim - 1)) for w in (given.weight, weight))
    largest = np.abs(before).max(), np.abs(after).max()
    return {
        **channels(weight, bits=bits),
        "before": before / largest[0],
        "after": after / largest[1],
        "largest": largest,
        "variance": given.variance,
        "widest": int(widths.argmax()),
        "lost": silent & (widths > 0),
    }


def _folded_weight(layer: Normalised) -> np.ndarray:
    statistics = layer.gamma, layer.beta, layer.mean, layer.variance
    weight, _ = fold_batch_norm(layer.weight, None, *statistics, layer.epsilon, axis=-1)
    return weight
