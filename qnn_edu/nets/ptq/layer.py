"""One layer of a prepared model rounded by a method, given the inputs that come to it."""

from __future__ import annotations

import numpy as np

from qnn_edu.nets.ptq.matrices import bias_of, is_matrix, kernel_of, matrices, patches
from qnn_edu.nets.ptq.methods import Method
from qnn_edu.nets.ptq.steps import weight_step
from qnn_edu.nets.ptq.walking import Both
from qnn_edu.nets.qat.layers import as_array
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.ptq.bias import correct_bias
from qnn_edu.ptq.moments import Moments, matched
from qnn_edu.ptq.rounding.registry import ROUNDINGS

Array = np.ndarray


def rounded(layer: QuantizedLayer, came: Both, method: Method) -> None:
    """Choose the step, the levels and the bias of a layer whose input is `came`.

    `layer` has the float weights still; they are read, and replaced.

    >>> from qnn_edu import nets
    >>> from qnn_edu.nets.ptq.methods import METHODS
    >>> net = nets.quantize_aware(nets.models.digits_net(), weight_bits=3, ranges="learned")
    >>> layer, x = net.get_layer("block1_pointwise"), np.ones((4, 8, 8, 16), np.float32)
    >>> rounded(layer, Both(x, x), METHODS["nearest"])
    >>> bool(np.abs(layer.kernel / layer.step).max() < 3.001)
    True
    """
    kernel, bias = as_array(layer.kernel), bias_of(layer)
    if not is_matrix(layer.layer):
        _round_to_step(layer, kernel, method)
        return
    weights, free = matrices(layer, kernel), bias is not None
    seen = _moments(layer, came) if method.matches or method.corrects else []
    targets = weights
    if method.matches:
        targets = [matched(w, m, centered=free) for w, m in zip(weights, seen, strict=True)]
    _round_to_step(layer, kernel_of(layer, targets), method)
    if layer.ranges == "learned" and method.rounding != "nearest":
        _choose_levels(layer, targets, [m.gram(centered=free) for m in seen], method)
    if method.corrects and bias is not None:
        layer.layer.bias.assign(_corrected(layer, bias, weights, seen))


def _moments(layer: QuantizedLayer, came: Both) -> list[Moments]:
    """The moments of a layer's inputs, for each group."""
    found: list[Moments] = []
    for parts in zip(patches(layer, came.quantized), patches(layer, came.real), strict=True):
        new = [Moments.of(x, y) for x, y in zip(*parts, strict=True)]
        found = [a + b for a, b in zip(found, new, strict=True)] if found else new
    return found


def _round_to_step(layer: QuantizedLayer, kernel: Array, method: Method) -> None:
    """Give a layer this kernel and a step for it, to which it then rounds to nearest."""
    layer.kernel.assign(kernel)
    if layer.ranges == "learned":
        layer.step.assign(weight_step(layer, kernel, least_squares=method.least_squares))


def _choose_levels(
    layer: QuantizedLayer, targets: list[Array], grams: list[Array], method: Method
) -> None:
    """Give a layer the levels that the method chooses, and the step if it moves that."""
    steps = [each[0] for each in matrices(layer, as_array(layer.step))]
    if not layer.each_channel:
        steps = [each[0] for each in steps]  # one number, which stays one
    alone = layer.each_channel or len(targets) == 1  # who shares a step with other groups keeps it
    options = {"refit": alone} if method.rounding == "descend" else {}
    found = [
        ROUNDINGS[method.rounding](w, s, g, bits=layer.bits, **options)
        for w, s, g in zip(targets, steps, grams, strict=True)
    ]
    layer.kernel.assign(kernel_of(layer, [each.weight for each in found]))
    whole = [np.broadcast_to(f.step, w.shape) for f, w in zip(found, targets, strict=True)]
    first = tuple(slice(0, n) for n in layer.step.shape)
    layer.step.assign(kernel_of(layer, whole)[first])


def _corrected(
    layer: QuantizedLayer, bias: Array, weights: list[Array], seen: list[Moments]
) -> Array:
    """The bias that keeps the mean of what the layer, rounded by now, puts out."""
    levels, step, _ = layer.exported_weights()
    parts = matrices(layer, levels * step)
    given = zip(np.split(bias, len(weights)), weights, parts, seen, strict=True)
    return np.concatenate(
        [correct_bias(b, w, q, m.mean, float_mean=m.float_mean) for b, w, q, m in given]
    )
