"""Preparing a Keras model for quantization-aware training, in one call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.core.check import flag, is_choice, is_whole, words
from qnn_edu.nets.conversion.inputs import Input, sized
from qnn_edu.nets.conversion.keras_call import keras_inputs, traced
from qnn_edu.nets.qat.constants import OPERATIONS, QuantizedConstant, QuantizedNorm
from qnn_edu.nets.qat.copies import copy_of
from qnn_edu.nets.qat.elementary.layers import Unary
from qnn_edu.nets.qat.elementary.rewrite import Rewritten, rewrite
from qnn_edu.nets.qat.inverse_root import InverseRoot
from qnn_edu.nets.qat.layers import FakeQuantActivation, Requantize, ToFloat, exporting, keras
from qnn_edu.nets.qat.plan import Place, Plan
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.qat.ranges import PREPARED_RANGES
from qnn_edu.nets.qat.rules import is_registered
from qnn_edu.nets.qat.wiring import Step, is_wired, wiring_of
from qnn_edu.tflite.reader import read

if TYPE_CHECKING:
    import tensorflow as tf


TRIED = 5_000_000  # parameters: MobileNet has 4.3 million, and takes a second or two to convert


def quantize_aware(
    model: keras.Model,
    *,
    weight_bits: int = 8,
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
    the last layer, the input, and what feeds the last layer get `first_last_bits`. Sums, means and
    scores that no ReLU bounds always have 8. `ranges`: "ema" (weights min-max, activations a moving
    average of each batch's extremes) or "learned" (LSQ for both, wherever there are fewer than 8
    bits; with 8 the extremes lose nothing). `delay`: batches before activations are rounded.
    `fold_batch_norm`: with one scale a tensor, round the weights as they will be once the
    normalisation is folded; False rounds them as they are. `leave_float`: names of layers that
    compute in float in the file as well; `left_float` gives them back.

    The copy takes over the weights and shares none. It trains, saves and loads as any Keras model,
    and `nets.convert(copy, "int8")` needs no calibration data. On JAX, whose compiled steps drop
    what begins a learned range, call it on a batch first: `copy(x, training=True)`.

    What cannot be converted is found before hours of training are spent: a copy of up to TRIED
    parameters is converted once, untrained, where Keras runs on TensorFlow.

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
    left = _names_in(model, leave_float)
    _require_float(model)
    source = _elementary(model, left).model
    plan = Plan(wiring_of(source), left)
    ends = (plan.weighted[0], plan.weighted[-1])

    def fitting(bits: int) -> str:
        return ranges if bits < 8 else "ema"

    def weighted(layer: keras.Layer) -> keras.Layer:
        norm = plan.norm_of.get(layer.name)
        bits = first_last_bits if layer.name in ends else weight_bits
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

    build = _Build(plan, weighted, quantizer)
    copy = build.model(graph_name(source.name))
    build.begin()
    _try(copy, model)
    return copy


def freeze(model: keras.Model, *, ranges: bool = True, batch_norm: bool = True) -> None:
    """Let ranges, and the statistics of batch normalisation, stand still from now on.

    Late in training both only add noise. Compile the model again afterwards.

    Source: Krishnamoorthi 2018, section 3.2.2.

    >>> from qnn_edu.nets.models import digits_net
    >>> prepared = quantize_aware(digits_net())
    >>> freeze(prepared)
    >>> prepared.get_layer("image_quant").trainable
    False
    """
    _require_model(model, "freeze")
    for layer in model.layers:
        if ranges and isinstance(layer, FakeQuantActivation):
            layer.trainable = False
        if ranges and isinstance(layer, QuantizedNorm):
            layer.product.trainable = False
        if batch_norm and isinstance(layer, QuantizedLayer | QuantizedNorm):
            layer.norm_frozen = True


def measure_norms(model: keras.Model, batches: Iterable[Any]) -> None:
    """Measure the statistics of batch normalisation anew, on `batches` and with all else as it is.

    While it trains, a weight near the middle of two levels jumps up and down, and moving averages
    lag behind: with few bits they fit no weights that the model ever had.

    Source: Nagel et al. 2022, "Overcoming oscillations in quantization-aware training".

    >>> from qnn_edu.data import digits
    >>> from qnn_edu.nets.models import digits_net
    >>> prepared = quantize_aware(digits_net(), ranges="learned")
    >>> measure_norms(prepared, [digits("train")[0][:100]])
    >>> float(prepared.get_layer("conv").norm.moving_mean[0]) != 0
    True
    """
    _require_model(model, "measure_norms")
    if not isinstance(batches, Iterable):
        raise ValueError(
            f"measure_norms: batches is an iterable of inputs, got {type(batches).__name__}."
        )
    layers = [x for x in model.layers if isinstance(x, QuantizedLayer | QuantizedNorm)]
    norms = [x.norm for x in layers if x.norm]
    norms += [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    quantizers = [x.product for x in layers if isinstance(x, QuantizedNorm)]
    quantizers += [x for x in model.layers if isinstance(x, FakeQuantActivation)]
    moving = [x for x in quantizers if x.trainable]
    momenta = [norm.momentum for norm in norms]
    for layer in moving:
        layer.trainable = False
    try:
        for seen, x in enumerate(batches):
            for norm in norms:
                norm.momentum = seen / (seen + 1)  # so that the average weighs all batches alike
            _train_on(model, x, seen)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        for layer in moving:
            layer.trainable = True


def _train_on(model: keras.Model, x: Any, number: int) -> None:
    """Call the model on a batch in training, and say so where it does not fit."""
    try:
        model(x, training=True)
    except Exception as error:  # Keras and each backend have their own for a shape
        said = " ".join(str(error).split())[:200]
        raise ValueError(
            f"measure_norms: batch {number} does not fit the model, which takes "
            f"{[tuple(each.shape) for each in model.inputs]}: {said}"
        ) from error


def take_weights(model: keras.Model, prepared: keras.Model) -> keras.Model:
    """Give `model`, a float one, the weights of its trained copy `prepared`; gives `model`.

    >>> from qnn_edu.nets.models import digits_net
    >>> one, other = digits_net(), digits_net()
    >>> same = take_weights(one, quantize_aware(other)).get_weights()
    >>> all((a == b).all() for a, b in zip(same, other.get_weights()))
    True
    """
    rewritten = _elementary(model, frozenset(left_float(prepared)))
    for layer in prepared.layers:
        inner = inner_layer(layer)
        if inner.weights and not isinstance(layer, FakeQuantActivation):
            rewritten.model.get_layer(inner.name).set_weights(inner.get_weights())
        if isinstance(layer, QuantizedLayer) and layer.norm:
            rewritten.model.get_layer(layer.norm.name).set_weights(layer.norm.get_weights())
    rewritten.give_back()
    return model


def left_float(model: keras.Model) -> list[str]:
    """The names of the layers of a prepared model that its owner left in float.

    >>> from qnn_edu.nets.models import digits_net
    >>> left_float(quantize_aware(digits_net(), leave_float=["dense"]))
    ['dense']
    """
    layers = getattr(model, "layers", [])
    return list(dict.fromkeys(layer.of for layer in layers if isinstance(layer, ToFloat)))


def is_prepared(model: Any) -> bool:
    """Whether a model is one that `quantize_aware` made.

    >>> from qnn_edu.nets.models import digits_net
    >>> is_prepared(digits_net())
    False
    """
    layers = getattr(model, "layers", [])
    return any(isinstance(layer, (QuantizedLayer, FakeQuantActivation)) for layer in layers)


def export_graph(
    model: keras.Model, inputs: Sequence[Input] | None = None
) -> tf.types.experimental.ConcreteFunction:
    """A prepared model as the concrete function that the converter reads, for `inputs` of these
    sizes or, if None, for one image.

    Weights are constants with the levels of training, in 8-bit containers; batch normalisations are
    folded; every tensor has a fake quantizer of TensorFlow's.

    Raises:
        ValueError: what `traced` refuses.

    >>> from qnn_edu.nets.models import digits_net
    >>> export_graph(quantize_aware(digits_net())).inputs[0].shape
    TensorShape([1, 8, 8, 1])
    """
    with exporting():
        return traced(model, sized(keras_inputs(model), 1) if inputs is None else inputs)


class _Build:
    """The prepared model in the making: one layer for each of the source's, and its quantizers."""

    def __init__(
        self,
        plan: Plan,
        weighted: Callable[[keras.Layer], keras.Layer],
        quantizer: Callable[[str], keras.Layer],
    ) -> None:
        self._plan, self._weighted = plan, weighted
        self._layers: dict[str, keras.Layer] = {}
        self._unrounded: dict[int, Any] = {}
        self._quantizers = {name: quantizer(name) for name in plan.grids}

    def model(self, name: str) -> keras.Model:
        """The model of cloned layers, fake quantizers between them, normalisations left out."""
        wiring = self._plan.wiring
        inputs = keras.tree.map_structure(
            lambda x: keras.Input(batch_shape=x.shape, dtype=x.dtype, name=graph_name(x.name)),
            wiring.inputs,
        )
        places = [self._plan.after[id(x)] for x in keras.tree.flatten(wiring.inputs)]
        rounded = keras.tree.pack_sequence_as(
            inputs, map(self._rounded, keras.tree.flatten(inputs), places)
        )
        return keras.Model(inputs, wiring.rebuilt(rounded, self._call), name=name)

    def begin(self) -> None:
        """Give each layer the weights of the source's, and learned steps their first."""
        for step in self._plan.wiring.steps:
            if step.name in self._layers and step.operation.weights:
                layer = self._layers[step.name]
                inner_layer(layer).set_weights(step.operation.get_weights())
        for name in self._plan.weighted:
            if name in self._plan.norm_of:
                norm = self._plan.norm_of[name]
                self._layers[name].norm.set_weights(norm.get_weights())
            self._layers[name].start()

    def _call(self, step: Step, *args: Any, **kwargs: Any) -> Any:
        """One step of the source, and the quantizers before and behind it."""
        if step.name in self._plan.folded:
            y = keras.tree.flatten(args)[0]
        else:
            args, kwargs = self._taken(step, args, kwargs)
            y = self._layer(step)(*args, **kwargs)
        outputs = keras.tree.flatten(y)
        self._unrounded |= {id(x): y for x, y in zip(step.outputs, outputs, strict=True)}
        places = [self._plan.after.get(id(x)) for x in step.outputs]
        return [self._rounded(x, place) for x, place in zip(outputs, places, strict=True)]

    def _taken(self, step: Step, args: Any, kwargs: Any) -> Any:
        """The arguments of a call, its tensors as the step takes them."""
        given = iter(step.inputs)

        def taken(x: Any) -> Any:
            if not isinstance(x, keras.KerasTensor):
                return x
            source = next(given)
            if self._plan.is_float(step):
                name, grid = self._plan.new_name(step, "float"), self._plan.grid_of(source)
                return ToFloat(step.name, barrier=grid is not None, name=name)(x)
            if id(source) in self._plan.after and self._plan.passes_by(step, source):
                grid = self._quantizers[self._plan.after[id(source)].grid]
                return grid(self._unrounded[id(source)], stated=True)
            place = self._plan.before.get((id(step), id(source)))
            if place is None:
                return x
            name = self._plan.new_name(step, "requantize")
            between = self._plan.grid_of(source).between
            anew = Requantize(positive=not between or between[0] >= 0, name=name)
            return self._rounded(anew(x), place)

        return keras.tree.map_structure(taken, (args, kwargs))

    def _rounded(self, x: Any, place: Place | None) -> Any:
        if place is None:
            return x
        how = {"member": place.member} if place.member else {}
        how |= {"again": True} if place.again else {}
        return self._quantizers[place.grid](x, **how)

    def _layer(self, step: Step) -> keras.Layer:
        if step.name not in self._layers:
            self._layers[step.name] = self._made(step)
        return self._layers[step.name]

    def _made(self, step: Step) -> keras.Layer:
        """What stands for a layer of the source."""
        layer = step.operation
        if self._plan.is_float(step):
            return copy_of(layer)
        if step.name in self._plan.weighted:
            return self._weighted(layer)
        if isinstance(layer, keras.layers.BatchNormalization):
            return QuantizedNorm(copy_of(layer), name=layer.name)
        if type(layer) in OPERATIONS and layer.weights:
            return QuantizedConstant(copy_of(layer), name=layer.name)
        if isinstance(layer, Unary) and layer.function == "rsqrt":
            return InverseRoot(copy_of(layer), name=layer.name)
        place = self._plan.after.get(id(step.outputs[0]))
        if place and self._plan.grids[place.grid].top is not None:
            return keras.layers.ReLU(name=layer.name)  # its quantizer has the top
        return copy_of(layer)


def inner_layer(layer: keras.Layer) -> keras.Layer:
    """The layer that one of a prepared model stands for, or itself.

    >>> inner_layer(keras.layers.ReLU(name="relu")).name
    'relu'
    """
    wraps = isinstance(layer, QuantizedLayer | QuantizedConstant | QuantizedNorm)
    return layer.layer if wraps else layer


def _elementary(model: keras.Model, left: frozenset[str]) -> Rewritten:
    """The model in elementary layers, but for those left in float and those of the reader's own.

    Names that TensorFlow's graphs do not take, such as those with a space, are replaced there.
    """
    there = list(_layers_in(model))
    kept = {x.name for x in there if is_registered(x) or graph_name(x.name) in left}
    try:
        rewritten = rewrite(model, keep=kept)
    except ValueError as error:
        raise ValueError(f"quantize_aware: {error}") from error
    for layer in rewritten.model.layers:
        layer.name = graph_name(layer.name)
    return rewritten


def graph_name(name: str) -> str:
    """A name as TensorFlow's graphs take it.

    >>> graph_name("my layer")
    'my_layer'
    """
    return re.sub(r"[^A-Za-z0-9_.>-]", "_", name)


def _layers_in(model: keras.Model) -> Iterator[keras.Layer]:
    """The layers of a model and of the models within."""
    for layer in getattr(model, "layers", ()):
        yield layer
        if is_wired(layer):
            yield from _layers_in(layer)


def _names_in(model: keras.Model, names: Iterable[str]) -> frozenset[str]:
    """`names`, each of which a layer of the model has."""
    wanted = {names} if isinstance(names, str) else set(words("quantize_aware: leave_float", names))
    there = dict.fromkeys(layer.name for layer in _layers_in(model))
    if unknown := sorted(wanted - set(there)):
        raise ValueError(
            f"quantize_aware: leave_float names {', '.join(map(repr, unknown))}, and no layer is "
            f"called so; there are {', '.join(there)}."
        )
    return frozenset(map(graph_name, wanted))


def _require_options(ranges: str, weights: int, activations: int, ends: int, delay: int) -> None:
    """Refuse numbers of bits, ranges and delays that are none."""
    if not is_choice(ranges, PREPARED_RANGES):
        known = ", ".join(PREPARED_RANGES)
        raise ValueError(f"quantize_aware: ranges is one of {known}; got {ranges!r}.")
    bits = {"weight_bits": weights, "activation_bits": activations, "first_last_bits": ends}
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
    for layer in _layers_in(model):
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


def _require_model(model: Any, who: str) -> None:
    if not isinstance(model, keras.Model):
        raise ValueError(f"{who}: expected a Keras model, got {type(model).__name__}.")


def _try(copy: keras.Model, model: keras.Model) -> None:
    """Convert once, untrained, where it is cheap: what is refused is refused before training."""
    if keras.backend.backend() != "tensorflow" or copy.count_params() > TRIED:
        return
    from qnn_edu.nets.conversion.stated_ranges import convert_stated, layers_of, unstated

    with _unlike_ranges(copy):
        try:
            graph = read(convert_stated(copy, io="float32"))
        except ValueError as error:
            raise ValueError(
                f"quantize_aware: {model.name!r}, untrained, cannot be converted: "
                f"{str(error).rstrip('.')}. Name the layer it is about in leave_float=[...], or "
                "write it with other layers."
            ) from error
    floats = unstated(graph, left_float(copy))
    if not floats:
        return
    names = sorted({graph_name(x.name) for x in _layers_in(model)}, key=len, reverse=True)
    found = {}
    for op in floats:
        scopes = layers_of(graph, op)
        owner = next((n for n in names if any(f"{s}_".startswith(f"{n}_") for s in scopes)), "?")
        found.setdefault(owner, op.name)
    of = "; ".join(f"{op} of layer {name!r}" for name, op in found.items())
    raise ValueError(
        f"quantize_aware: the file would compute in float: {of}. The converter finds no integer "
        f"form between fake quantizers. Say that it may, leave_float={list(found)}, or for a layer "
        "of your own, nets.register(Class, nets.Rule(...)), how its kernel rounds."
    )


@contextmanager
def _unlike_ranges(copy: keras.Model) -> Iterator[None]:
    """Within, no two quantizers have one range, as before training all have."""
    quantizers = [x for x in copy.layers if isinstance(x, FakeQuantActivation)]
    quantizers = [x for x in quantizers if x.ranges == "ema"]
    before = [x.get_weights() for x in quantizers]
    for i, each in enumerate(quantizers, 1):
        lo = 0.0 if each.positive else -i / (i + 1)
        each.lo.assign(np.full(each.lo.shape, lo, np.float32))
        each.hi.assign(np.full(each.hi.shape, 1 / (1 + i / 100), np.float32))
    try:
        yield
    finally:
        for each, weights in zip(quantizers, before, strict=True):
            each.set_weights(weights)
