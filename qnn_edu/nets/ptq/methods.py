"""What `quantize_trained` may do with a network, from the plainest to the best."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """Where the steps come from, how weights are rounded, and what is made up for.

    `least_squares`: steps of the least rounding error, else the largest value gets the highest
    level. `rounding`: a name of `ptq.ROUNDINGS`. `matches`: weights make up for what the layers
    before changed. `corrects`: biases keep the means. `distils`: weights, biases and steps are then
    trained on the float network's answers.
    """

    least_squares: bool
    rounding: str = "nearest"
    matches: bool = False
    corrects: bool = False
    distils: bool = False


METHODS = {
    "nearest": Method(least_squares=False),
    "mse": Method(least_squares=True),
    "bias": Method(least_squares=True, corrects=True),
    **{
        name: Method(least_squares=True, rounding=name, matches=True, corrects=True)
        for name in ("gptq", "descend", "adaround")
    },
    "distill": Method(
        least_squares=True, rounding="descend", matches=True, corrects=True, distils=True
    ),
}
LAYERWISE = tuple(name for name, method in METHODS.items() if not method.distils)
