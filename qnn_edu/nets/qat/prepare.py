"""Preparing a Keras model for quantization-aware training, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from qnn_edu.core.check import flag, is_choice, is_whole
from qnn_edu.nets.qat.building import Building
from qnn_edu.nets.qat.copies import copy_of
from qnn_edu.nets.qat.layers import FakeQuantActivation, keras
from qnn_edu.nets.qat.originals import graph_name, in_elementary_layers, layers_in, names_in
from qnn_edu.nets.qat.plan import Plan
from qnn_edu.nets.qat.prepared import is_prepared
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.qat.ranges import PREPARED_RANGES
from qnn_edu.nets.qat.trial import require_convertible
from qnn_edu.nets.qat.wiring import is_wired, wiring_of


def quantize_aware(
    model: keras.Model,
    *,
    weight_bits: int | Mapping[str, int] = 8,
    activation_bits: int = 8,
    per_channel: bool = True,
    ranges: str = "ema",
    delay: int = 0,
    first_last_bits: int = 8,
    fold_batch_norm: bool = True,
    leave_float: Iterable[str] = (),
) -> keras.Model:
    """A copy of `model` to train on: everything is rounded where the integer file will round.

    The copy is flat and made of `elementary` layers, each rounded by its rule (`nets.qat.rules`).
    Weights get `weight_bits`, what ReLUs put out `activation_bits`; the weights of the first and
    the last layer, the input, and what feeds the last layer get `first_last_bits`. A dict gives
    weights bits by the names of layers; those not named get `first_last_bits`. Sums, means and
    scores that no ReLU bounds always have 8. `ranges`: "ema" (weights min-max, activations a moving
    average of each batch's extremes) or "learned" (LSQ for both, wherever there are fewer than 8
    bits; with 8 the extremes lose nothing). `delay`: batches before activations are rounded.
    `fold_batch_norm`: with one scale a tensor, round the weights as they will be once the
    normalisation is folded; False rounds them as they are. `leave_float`: names of layers that
    compute in float in the file as well; `left_float` gives them back.

    The copy takes over the weights and shares none. It trains, saves and loads as any Keras model,
    and `nets.convert(copy, "int8")` needs no calibration data. On JAX, whose compiled steps drop
    what begins a learned range, call it on a batch first: `copy(x, training=True)`.

    What cannot be converted is found before hours of training are spent: a copy of up to five
    million parameters is converted once, untrained, where Keras runs on TensorFlow.

    Raises:
        ValueError: a model that is not functional or Sequential, that is quantized already or has
            weights that are not finite; a layer that has no rule and cannot be written as layers
            that have one; a name in `leave_float` that no layer has; bits or ranges that are none;
            and what the file could only compute in float.

    Source: Jacob et al. 2018, section 3.

    >>> from qnn_edu.nets.models import digits_net
    >>> prepared = quantize_aware(digits_net(), weight_bits=4, activation_bits=4)
    >>> [layer.name for layer in prepared.layers][:5]
    ['image', 'image_quant', 'conv', 'conv_relu', 'conv_relu_quant']
    """
    _require_options(ranges, weight_bits, activation_bits, first_last_bits, delay)
    per_channel = flag("quantize_aware: per_channel", per_channel)
    fold_batch_norm = flag("quantize_aware: fold_batch_norm", fold_batch_norm)
    left = names_in(model, leave_float)
    _require_float(model)
    source = in_elementary_layers(model, left).model
    plan = Plan(wiring_of(source), left)
    bits_of = _bits_of(plan.weighted, weight_bits)

    def fitting(bits: int) -> str:
        return ranges if bits < 8 else "ema"

    def weighted(layer: keras.Layer) -> keras.Layer:
        norm = plan.norm_of.get(layer.name)
        bits = bits_of.get(layer.name, first_last_bits)
        how = {"per_channel": per_channel, "fold": fold_batch_norm, "name": layer.name}
        of_weights = PREPARED_RANGES[fitting(bits)]
        return QuantizedLayer(
            copy_of(layer), norm and copy_of(norm), bits=bits, ranges=of_weights, **how
        )

    def quantizer(name: str) -> keras.Layer:
        grid = plan.grids[name]
        bits = first_last_bits if grid.for_last else activation_bits
        bits = bits if grid.bounded and grid.positive else 8
        how = {"positive": grid.positive, "delay": delay, "members": grid.members}
        how |= {"name": graph_name(name)}  # an input's may be any
        if grid.between:
            return FakeQuantActivation(8, ranges="fixed", between=grid.between, **how)
        of_values = "ema" if grid.top is not None else fitting(bits)
        return FakeQuantActivation(bits, ranges=of_values, top=grid.top, **how)

    build = Building(plan, weighted, quantizer)
    copy = build.model(graph_name(source.name))
    build.begin()
    require_convertible(copy, model)
    return copy


def _bits_of(weighted: list[str], bits: int | Mapping[str, int]) -> dict[str, int]:
    """The bits of layers by name, but for those that get `first_last_bits`."""
    if not isinstance(bits, Mapping):
        return dict.fromkeys(weighted[1:-1], bits)
    by_name = {graph_name(name): number for name, number in bits.items()}
    if unknown := [name for name in by_name if name not in weighted]:
        raise ValueError(
            f"quantize_aware: weight_bits names {', '.join(map(repr, unknown))}, and no layer with "
            f"weights is called so; there are {', '.join(weighted)}."
        )
    return by_name


def _require_options(ranges: str, weights: Any, activations: int, ends: int, delay: int) -> None:
    """Refuse numbers of bits, ranges and delays that are none."""
    if not is_choice(ranges, PREPARED_RANGES):
        known = ", ".join(PREPARED_RANGES)
        raise ValueError(f"quantize_aware: ranges is one of {known}; got {ranges!r}.")
    bits = {"activation_bits": activations, "first_last_bits": ends}
    if isinstance(weights, Mapping):
        bits |= {f"weight_bits[{name!r}]": number for name, number in weights.items()}
    else:
        bits["weight_bits"] = weights
    for name, value in bits.items():
        if not (is_whole(value) and 2 <= value <= 8):
            raise ValueError(f"quantize_aware: {name} must be 2 to 8, got {value!r}.")
    if not (is_whole(delay) and delay >= 0):
        raise ValueError(f"quantize_aware: delay is a number of batches, 0 or more; got {delay!r}.")


def _require_float(model: keras.Model) -> None:
    """Refuse what is quantized already, and weights that no range could hold."""
    if is_prepared(model):
        raise ValueError(
            f"quantize_aware: model {model.name!r} is prepared already: train it as it is, or give "
            "the float model that it was made of."
        )
    for layer in layers_in(model):
        if mode := getattr(layer, "quantization_mode", None):
            raise ValueError(
                f"quantize_aware: layer {layer.name!r} was quantized to {mode} by Keras's own "
                "`quantize`, which rounds for good. Give the float model from before that call."
            )
        for weight in () if is_wired(layer) else layer.weights:
            if str(weight.dtype).startswith(("float", "bfloat")) and not np.isfinite(weight).all():
                raise ValueError(
                    f"quantize_aware: weight {weight.path!r} of layer {layer.name!r} holds values "
                    "that are not finite, as training that diverged leaves them. Give a model with "
                    "finite weights: load an earlier checkpoint, or lower the learning rate."
                )
