"""How a Keras model of any kind is called: what inputs it takes, and its graph in inference."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.conversion.inputs import Input
from qnn_edu.nets.quiet import load_keras, load_tensorflow, quiet_stderr

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def keras_inputs(model: keras.Model) -> tuple[Input, ...]:
    """The inputs of a model, in the order in which its first argument nests them.

    A functional model states them. A Sequential and a subclassed one know the shapes of their first
    call or of `build`: the number of examples there binds nobody, unless a layer keeps a state for
    each, and the type of a subclassed model's inputs is taken for float32.

    Raises:
        ValueError: a model that has not been told its inputs, and one whose call takes several
            arguments, since Keras remembers the first alone.

    >>> from qnn_edu.nets.models import digits_net
    >>> keras_inputs(digits_net())
    (Input(name='image', shape=(None, 8, 8, 1), dtype=dtype('float32')),)
    """
    if not _states_inputs(model):
        return _as_first_called(model)
    inputs = tuple(Input.of(t.name, t.shape, t.dtype) for t in model.inputs)
    stateful = any(getattr(layer, "stateful", False) for layer in model.layers)
    if isinstance(model, load_keras().Sequential) and not stateful:
        return tuple(replace(each, shape=(None, *each.shape[1:])) for each in inputs)
    return inputs


def traced(model: keras.Model, inputs: Sequence[Input]) -> tf.types.experimental.ConcreteFunction:
    """The model as a concrete function in inference, for inputs of these sizes.

    Raises:
        ValueError: Keras runs on another backend than TensorFlow, in which the graph is built, or
            the model cannot be called so; the message has the reason.

    >>> from qnn_edu.nets.models import digits_net
    >>> traced(model := digits_net(), keras_inputs(model)).inputs[0].shape
    TensorShape([None, 8, 8, 1])
    """
    tf, keras = load_tensorflow(), load_keras()
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "A graph to convert is built with TensorFlow, and Keras runs on "
            f"{keras.backend.backend()}. Save the model; convert it with KERAS_BACKEND=tensorflow."
        )

    _require_names(model)
    _require_float32(model)
    nested = structure(model)

    @tf.function(input_signature=[each.spec for each in inputs], autograph=False)
    def infer(*tensors: Any) -> Any:
        return model(keras.tree.pack_sequence_as(nested, tensors), training=False)

    try:
        with quiet_stderr():
            return infer.get_concrete_function()
    except (TypeError, ValueError, AttributeError, NotImplementedError, RuntimeError) as error:
        # What a model's own code raises while it is traced; Keras adds pages of arguments.
        failure = error
    except (IndexError, KeyError, AssertionError, tf.errors.OpError) as error:
        failure = error
    shapes = ", ".join(f"{each.name!r} {each.shape}" for each in inputs)
    raise ValueError(
        f"The model {model.name!r} cannot be called on inputs {shapes}: {_essence(failure)}"
    ) from failure


def _states_inputs(model: keras.Model) -> bool:
    """Whether a model has symbolic inputs: functional, or a Sequential that is built."""
    return model.built and bool(getattr(model, "inputs", None))


def structure(model: keras.Model) -> Any:
    """What the model is called with, with anything at all in the tensors' places.

    >>> from qnn_edu.nets.models import digits_net
    >>> structure(digits_net()).name
    'image'
    """
    if not _states_inputs(model):
        return load_keras().tree.map_shape_structure(lambda shape: 0, _noted_shapes(model))
    return model.inputs[0] if isinstance(model, load_keras().Sequential) else model.input


def _noted_shapes(model: keras.Model) -> Any:
    """The shapes with which Keras built a model that is code; None before that."""
    return (model.get_build_config() or {}).get("input_shape") if model.built else None


def _as_first_called(model: keras.Model) -> tuple[Input, ...]:
    """The inputs of a model that is code, from the shapes that Keras noted when it was built."""
    tree, shapes = load_keras().tree, _noted_shapes(model)
    needed = [p.name for p in inspect.signature(model.call).parameters.values() if _is_input(p)]
    if shapes is None or len(needed) > 1:
        wrong = "has not been told its inputs" if shapes is None else "takes several arguments"
        names = ", ".join(needed) or "x"
        inputs = f"[{names}]" if len(needed) > 1 else names
        raise ValueError(
            f"The model {model.name!r} {wrong}, so nobody knows their shapes. Wrap it: "
            f"{needed[0] if needed else 'x'} = keras.Input(...), then "
            f"keras.Model({inputs}, model({names}))"
            + ("." if len(needed) > 1 else "; or call it once on a batch.")
        )
    held = tree.map_shape_structure(_Shape, shapes)
    first = needed[0] if needed else "input"
    return tuple(
        Input.of(_name(first, path), (None, *shape.sizes[1:]), "float32")
        for path, shape in tree.flatten_with_path(held)
    )


def _name(first: str, path: Sequence[Any]) -> str:
    """What an input is called: its key, or its place in what the first argument holds."""
    words = [str(each) for each in path]
    return "_".join(words if words and not words[0].isdigit() else [first, *words])


def all_layers(model: keras.Model) -> list[keras.Layer]:
    """The layers of a model, of the models in it, and of layers that are made of others.

    >>> from qnn_edu.nets.models import digits_net
    >>> [layer.name for layer in all_layers(digits_net())][:2]
    ['image', 'conv']
    """
    return list(model._flatten_layers(include_self=False))


def _require_names(model: keras.Model) -> None:
    """TensorFlow's graph takes names of some letters only."""
    for layer in (model, *all_layers(model)):
        if not re.fullmatch(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*", layer.name):
            if isinstance(layer, load_keras().layers.InputLayer):
                continue  # it has no operator that would bear the name
            raise ValueError(
                f"The name {layer.name!r} cannot stand in a TensorFlow graph: letters a to z, "
                "digits, '_', '.' and '-' can. Build the model with another name for it, and take "
                "over the weights: new.set_weights(model.get_weights())."
            )


def _require_float32(model: keras.Model) -> None:
    """LiteRT has the operators of networks for float32 alone."""
    inputs = load_keras().layers.InputLayer
    for layer in (each for each in all_layers(model) if not isinstance(each, inputs)):
        if layer.compute_dtype in ("float16", "bfloat16", "float64"):
            raise ValueError(
                f"The layer {layer.name!r} computes in {layer.compute_dtype}, LiteRT in float32. "
                "Build the model again under keras.config.set_dtype_policy('float32'), and take "
                "over the weights: new.set_weights(model.get_weights())."
            )


class _Shape:
    """A shape that is a leaf of a structure."""

    def __init__(self, sizes: Sequence[int | None]) -> None:
        self.sizes = tuple(sizes)


def _is_input(parameter: inspect.Parameter) -> bool:
    """Whether a call needs this argument to be given."""
    several = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    return parameter.default is parameter.empty and not several


def _essence(error: Exception) -> str:
    """The sentence that says what was wrong, without Keras's listing of arguments."""
    text = re.sub(r"\x1b\[\d*m", "", str(error))
    text = re.sub(r"Exception encountered when calling [^\n]*\n\s*", "", text)
    text = re.split(r"\n\s*(?:Arguments received|Call arguments)", text)[0]
    text = re.sub(r"in user code:\n(.*\n)*\s*(?=\S*(?:Error|Exception): )", "", text)
    return f"{type(error).__name__}: " + " ".join(text.split())[:400]
