"""A trained network quantized without training: the roundings chosen, layer after layer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np
from tqdm import tqdm

from qnn_edu.core.check import is_choice
from qnn_edu.nets.conversion.examples import examples
from qnn_edu.nets.conversion.keras_call import keras_inputs, structure
from qnn_edu.nets.ptq.distilling import ITERATIONS, learn_answers
from qnn_edu.nets.ptq.layer import rounded
from qnn_edu.nets.ptq.methods import METHODS
from qnn_edu.nets.ptq.steps import set_range
from qnn_edu.nets.ptq.walking import Both, walk
from qnn_edu.nets.qat.folding import fold
from qnn_edu.nets.qat.layers import FakeQuantActivation, keras
from qnn_edu.nets.qat.prepare import quantize_aware
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer

SHOWN = 2048  # inputs, at most, that go through layer by layer: all of them at a time
Progress = Callable[[int, int], None]  # layers and batches done, of how many


def quantize_trained(
    model: keras.Model,
    data: Any,
    *,
    weight_bits: int | Mapping[str, int] = 4,
    activation_bits: int = 8,
    rounding: str = "descend",
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
    | "distill"  | learned       | as "descend", then trained   | means, the answers     |

    Layer after layer, in the order of computation, inputs that the quantized layers before it made
    stand beside those of the float network. Their moments say which weights would make the same
    sums (`ptq.matched`), which levels come nearest to that, and which bias keeps the mean. Layers
    of 8 bits are rounded to nearest. A transposed convolution is, too, and keeps its bias; a layer
    that is called twice is rounded for its first call. "distill" then trains weights, biases and
    steps for 512 batches on the float network's answers to `data` (`nets.distill` without labels):
    it wants thousands of inputs, and pays at 2 bits. Of more than 2048 inputs, the layers are shown
    as many.

    `progress(done, of)` is called after each layer or batch; None draws a bar on a terminal.

    Raises:
        ValueError: another rounding, data that do not fit the model, and what `fold`,
            `quantize_aware` and `distill` refuse.

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
    require_options("quantize_trained", rounding, progress)
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
    names = {layer.name for layer in prepared.layers if isinstance(layer, QuantizedLayer)}
    count, done = len(names) + (ITERATIONS if method.distils else 0), 0
    with tqdm(total=count, disable=None if progress is None else True, leave=False) as bar:

        def tell(what: str) -> None:
            nonlocal done
            done += 1
            bar.set_description(what)
            bar.update()
            if progress is not None:
                progress(done, count)

        def weighted(layer: QuantizedLayer, came: Both) -> None:
            if layer.name in names:
                names.remove(layer.name)
                rounded(layer, came, method)
                tell(layer.name)

        def ranged(quantizer: FakeQuantActivation, came: Both, member: int) -> None:
            set_range(quantizer, came.quantized, member, least_squares=method.least_squares)

        walk(prepared, _some(inputs), weighted, ranged)
        if method.distils:
            learn_answers(prepared, model, inputs, tell)
    return prepared


def fed(model: keras.Model, data: Any, who: str = "quantize_trained") -> Any:
    """Calibration data as one array an input, nested as the model takes them; `who` asks."""
    try:
        named = [*examples(keras_inputs(model), data)]
    except ValueError as error:
        raise ValueError(str(error).replace("convert:", f"{who}:", 1)) from None
    arrays = [np.concatenate([each[name] for each in named]) for name in named[0]]
    return keras.tree.pack_sequence_as(structure(model), arrays)


def _some(inputs: Any) -> Any:
    """Of more inputs than `SHOWN`, as many, drawn: they may lie in an order."""
    count = len(keras.tree.flatten(inputs)[0])
    drawn = np.random.default_rng(0).permutation(count)[:SHOWN] if count > SHOWN else slice(None)
    return keras.tree.map_structure(lambda x: x[drawn], inputs)


def require_options(
    who: str, rounding: Any, progress: Any, *, known: Collection[str] = METHODS
) -> None:
    """Refuse a rounding that is not `known`, and a progress that cannot be called.

    >>> require_options("quantize_trained", "gptq", None)
    """
    if not is_choice(rounding, known):
        raise ValueError(f"{who}: rounding is one of {', '.join(known)}; got {rounding!r}.")
    if progress is not None and not callable(progress):
        raise ValueError(f"{who}: progress is a function (done, of); got {progress!r}.")
