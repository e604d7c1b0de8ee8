"""A trained network quantized without training: the roundings chosen, layer after layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from tqdm import tqdm

from qnn_edu.core.check import is_choice
from qnn_edu.nets.conversion.examples import examples
from qnn_edu.nets.conversion.keras_call import keras_inputs, structure
from qnn_edu.nets.ptq.matrices import bias_of, is_matrix, kernel_of, matrices, patches
from qnn_edu.nets.ptq.methods import METHODS, Method
from qnn_edu.nets.ptq.steps import set_range, weight_step
from qnn_edu.nets.ptq.walking import Both, walk
from qnn_edu.nets.qat.folding import fold
from qnn_edu.nets.qat.layers import FakeQuantActivation, as_array, keras
from qnn_edu.nets.qat.prepare import quantize_aware
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.ptq.bias import correct_bias
from qnn_edu.ptq.moments import Moments, matched
from qnn_edu.ptq.rounding.registry import ROUNDINGS

Progress = Callable[[int, int], None]  # layers done, of how many


def quantize_trained(
    model: keras.Model,
    data: Any,
    *,
    weight_bits: int | Mapping[str, int] = 4,
    activation_bits: int = 8,
    rounding: str = "gptq",
    per_channel: bool = True,
    first_last_bits: int = 8,
    leave_float: Iterable[str] = (),
    progress: Progress | None = None,
) -> keras.Model:
    """A prepared copy of a trained model whose roundings are chosen on `data`, without labels.

    The copy is what `quantize_aware` makes of the folded model: it converts with
    `nets.convert(copy, "int8")`, and may be trained on. `data`: some hundred training inputs, as
    `convert` takes them for calibration. Bits, `per_channel`, `leave_float` as in `quantize_aware`.

    | `rounding` | steps         | rounded                      | made up for            |
    |------------|---------------|------------------------------|------------------------|
    | "nearest"  | min-max       | to nearest                   | nothing                |
    | "mse"      | least squares | to nearest                   | nothing                |
    | "bias"     | least squares | to nearest                   | means                  |
    | "gptq"     | least squares | each makes up for the last   | means, layers before   |
    | "descend"  | least squares | one by one, again and again  | means, layers before   |
    | "adaround" | least squares | up or down learned           | means, layers before   |

    Layer after layer, in the order of computation, inputs that the quantized layers before it made
    stand beside those of the float network. Their moments say which weights would make the same
    sums (`ptq.matched`), which levels come nearest to that, and which bias keeps the mean. Layers
    of 8 bits are rounded to nearest. A transposed convolution is, too, and keeps its bias; a layer
    that is called twice is rounded for its first call.

    `progress(done, of)` is called after each layer; None draws a bar on a terminal.

    Raises:
        ValueError: another rounding, data that do not fit the model, and what `fold` and
            `quantize_aware` refuse.

    Source: Nagel et al. 2021, "A white paper on neural network quantization", section 3; Frantar et
    al. 2023; and the sources of `qnn_edu.ptq`.

    >>> from qnn_edu.data import asset, digits
    >>> from qnn_edu.nets.models.load import load_model
    >>> net = load_model(asset("digits.keras"))
    >>> x, y = digits("test")
    >>> few = {"weight_bits": 3, "activation_bits": 3}
    >>> for rounding in ("nearest", "gptq"):
    ...     copy = quantize_trained(net, digits("train")[0][:200], rounding=rounding, **few)
    ...     print(rounding, bool((np.argmax(copy(x), axis=1) == y).mean() > 0.95))
    nearest False
    gptq True
    """
    if not is_choice(rounding, METHODS):
        raise ValueError(
            f"quantize_trained: rounding is one of {', '.join(METHODS)}; got {rounding!r}."
        )
    if progress is not None and not callable(progress):
        raise ValueError(f"quantize_trained: progress is a function (done, of); got {progress!r}.")
    method = METHODS[rounding]
    prepared = quantize_aware(
        fold(model),
        weight_bits=weight_bits,
        activation_bits=activation_bits,
        per_channel=per_channel,
        first_last_bits=first_last_bits,
        ranges="learned",
        leave_float=leave_float,
    )
    inputs = fed(prepared, data)
    count = sum(isinstance(layer, QuantizedLayer) for layer in prepared.layers)
    done: set[str] = set()
    with tqdm(total=count, disable=None if progress is None else True, leave=False) as bar:

        def weighted(layer: QuantizedLayer, came: Both) -> None:
            if layer.name in done:
                return
            bar.set_description(layer.name)
            rounded(layer, came, method)
            done.add(layer.name)
            bar.update()
            if progress is not None:
                progress(len(done), count)

        def ranged(quantizer: FakeQuantActivation, x: Any, member: int) -> None:
            set_range(quantizer, x, member, least_squares=method.least_squares)

        walk(prepared, inputs, weighted, ranged)
    return prepared


def fed(model: keras.Model, data: Any) -> Any:
    """Calibration data as one array an input, nested as the model takes them."""
    try:
        named = [*examples(keras_inputs(model), data)]
    except ValueError as error:
        raise ValueError(str(error).replace("convert:", "quantize_trained:", 1)) from None
    arrays = [np.concatenate([each[name] for each in named]) for name in named[0]]
    return keras.tree.pack_sequence_as(structure(model), arrays)


def rounded(layer: QuantizedLayer, came: Both, method: Method) -> None:
    """Choose the step, the levels and the bias of a layer whose input is `came`."""
    assert layer.norm is None  # `fold` takes in what `quantize_aware` would
    if not is_matrix(layer.layer):
        round_to_step(layer, as_array(layer.kernel), method)
        return
    bias, weights = bias_of(layer), matrices(layer, as_array(layer.kernel))
    all_moments = moments(layer, came) if method.matches or method.corrects else []
    targets = weights
    if method.matches:
        free = {"centered": bias is not None}
        targets = [matched(w, m, **free) for w, m in zip(weights, all_moments, strict=True)]
    round_to_step(layer, kernel_of(layer, targets), method)
    if layer.ranges == "learned" and method.rounding != "nearest":
        choose_levels(
            layer, targets, [m.gram(centered=bias is not None) for m in all_moments], method
        )
    if method.corrects and bias is not None:
        levels, step, _ = layer.exported_weights()
        parts = zip(
            np.split(bias, len(weights)),
            weights,
            matrices(layer, levels * step),
            all_moments,
            strict=True,
        )
        layer.layer.bias.assign(
            np.concatenate(
                [correct_bias(b, w, q, m.mean, float_mean=m.float_mean) for b, w, q, m in parts]
            )
        )


def moments(layer: QuantizedLayer, came: Both) -> list[Moments]:
    """The moments of a layer's inputs, for each group."""
    found: list[Moments] = []
    both = zip(patches(layer, came.quantized), patches(layer, came.real), strict=True)
    for quantized, real in both:
        new = [Moments.of(x, y) for x, y in zip(quantized, real, strict=True)]
        found = [a + b for a, b in zip(found, new, strict=True)] if found else new
    return found


def round_to_step(layer: QuantizedLayer, kernel: np.ndarray, method: Method) -> None:
    """Give a layer this kernel and a step for it, to which it then rounds to nearest."""
    layer.kernel.assign(kernel)
    if layer.ranges == "learned":
        layer.step.assign(weight_step(layer, kernel, least_squares=method.least_squares))


def choose_levels(
    layer: QuantizedLayer, targets: list[np.ndarray], grams: list[np.ndarray], method: Method
) -> None:
    """Give a layer the levels that the method chooses, and the step if it moves that."""
    steps = matrices(layer, as_array(layer.step))
    alone = layer.each_channel or len(targets) == 1  # whoever shares a step with others keeps it
    options = {"refit": alone} if method.rounding == "descend" else {}
    one = not layer.each_channel
    found = [
        ROUNDINGS[method.rounding](w, s[0, 0] if one else s[0], g, bits=layer.bits, **options)
        for w, s, g in zip(targets, steps, grams, strict=True)
    ]
    layer.kernel.assign(kernel_of(layer, [each.weight for each in found]))
    steps = [np.broadcast_to(f.step, w.shape) for f, w in zip(found, targets, strict=True)]
    whole = kernel_of(layer, steps)
    where = tuple(slice(0, n) for n in layer.step.shape)
    layer.step.assign(whole[where])
