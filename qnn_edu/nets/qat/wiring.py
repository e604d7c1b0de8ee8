"""How a Keras model is wired: every call of a layer or operation, in the order of computation."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class Step:
    """One call: what was called, with what, and the tensors that came out.

    `operation` is a layer, or an operation of `keras.ops` such as `x * 2` leaves in the graph. The
    arguments are as they were given; wherever they hold tensors, these are the outputs of earlier
    steps or the inputs of the model, the same objects. A shared layer has a step for each call.
    """

    operation: keras.Operation
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outputs: list[keras.KerasTensor]
    inputs: list[keras.KerasTensor] = field(init=False)

    def __post_init__(self) -> None:
        given = load_keras().tree.flatten((self.args, self.kwargs))
        object.__setattr__(self, "inputs", [x for x in given if _is_tensor(x)])

    @property
    def name(self) -> str:
        return self.operation.name

    @property
    def training(self) -> bool:
        """Whether the call itself asks for training, whatever the model does."""
        return self.kwargs.get("training") is True


@dataclass(frozen=True, eq=False)
class Wiring:
    """A model as its steps in order; `inputs` and `outputs` are nested as the model has them."""

    inputs: Any
    steps: list[Step]
    outputs: Any

    def rebuilt(self, inputs: Any, call: Callable[..., Any]) -> Any:
        """The outputs for `inputs`, each step done by `call(step, *args, **kwargs)`.

        What comes out of a step is let go when the last that reads it is done.

        >>> from qnn_edu.nets.models import digits_net
        >>> wiring, names = wiring_of(digits_net()), []
        >>> _ = wiring.rebuilt(None, lambda step, *_, **__: names.append(step.name))
        >>> names[:2]
        ['conv', 'conv_norm']
        """
        tree = load_keras().tree
        now = dict(zip(map(id, tree.flatten(self.inputs)), tree.flatten(inputs), strict=True))

        def present(x: Any) -> Any:
            return now[id(x)] if _is_tensor(x) else x

        reads = Counter(id(x) for step in self.steps for x in step.inputs)
        reads.update(map(id, tree.flatten(self.outputs)))
        for step in self.steps:
            args, kwargs = tree.map_structure(present, (step.args, step.kwargs))
            made = tree.flatten(call(step, *args, **kwargs))
            now.update(zip(map(id, step.outputs), made, strict=True))
            reads.subtract(map(id, step.inputs))
            for gone in {id(x) for x in step.inputs if not reads[id(x)]}:
                del now[gone]
        return tree.map_structure(present, self.outputs)


def wiring_of(model: keras.Model) -> Wiring:
    """How a functional or Sequential model is wired.

    A model within the model is one step, and wired in turn.

    Raises:
        ValueError: another kind of model, or one whose input is not known yet.

    >>> from qnn_edu.nets.models import digits_net
    >>> [step.name for step in wiring_of(digits_net()).steps][:3]
    ['conv', 'conv_norm', 'conv_relu']
    """
    keras = load_keras()
    if not is_wired(model):
        raise ValueError(
            f"expected a functional or Sequential Keras model, got {type(model).__name__}. "
            "What a subclassed model computes, only its code knows: build it with "
            "keras.Model(inputs, outputs)."
        )
    if not model.built or not model.inputs:
        raise ValueError(
            "the model does not know its input yet. Start it with keras.Input(shape), or call it "
            "on data once."
        )
    nested = not isinstance(model, keras.Sequential)
    inputs, outputs = (model.input, model.output) if nested else (model.inputs[0], model.outputs[0])
    return wiring_between(inputs, outputs)


def wiring_between(inputs: Any, outputs: Any) -> Wiring:
    """How these tensors, in any structure, came from those.

    >>> x = load_keras().Input((4,))
    >>> [step.name for step in wiring_between(x, load_keras().layers.ReLU(name="relu")(x)).steps]
    ['relu']
    """
    flat = map(load_keras().tree.flatten, (inputs, outputs))
    steps = [
        Step(node.operation, node.arguments.args, _given(node.arguments.kwargs), node.outputs)
        for node in _nodes(*flat)
    ]
    return Wiring(inputs, steps, outputs)


def is_wired(thing: Any) -> bool:
    """Whether Keras knows the layers in it, and how they are wired.

    >>> is_wired(load_keras().layers.ReLU())
    False
    """
    keras = load_keras()
    if isinstance(thing, keras.Sequential):
        return True
    return isinstance(thing, keras.Function) and not _calls_its_own_way(thing)


def takes(layer: keras.Operation, argument: str) -> bool:
    """Whether calls of a layer take an argument of this name, such as "training".

    >>> takes(load_keras().layers.Dropout(0.5), "training")
    True
    """
    return argument in inspect.signature(layer.call).parameters


def _calls_its_own_way(model: keras.Function) -> bool:
    """Whether a class that inherits a functional model computes something else than its graph."""
    functional = next(
        (kind for kind in type(model).__mro__ if kind.__name__ == "Functional"), type(model)
    )
    return type(model).call is not functional.call


def _nodes(inputs: list[Any], outputs: list[Any]) -> list[Any]:
    """What Keras recorded of each call between inputs and outputs, each after those it needs."""
    known = set(map(id, inputs))
    done: dict[Any, None] = {}

    def makers(tensors: list[Any]) -> list[Any]:
        histories = [x._keras_history for x in tensors if id(x) not in known]
        return [each.operation._inbound_nodes[each.node_index] for each in histories]

    stack = makers(outputs)[::-1]
    while stack:
        waiting = [node for node in makers(stack[-1].input_tensors) if node not in done]
        if waiting:
            stack += waiting[::-1]
        else:
            done[stack.pop()] = None
    return list(done)


def _given(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments that say something: Keras records a mask and a `training` of None as well."""
    flatten = load_keras().tree.flatten
    return {k: v for k, v in kwargs.items() if any(x is not None for x in flatten(v))}


def _is_tensor(thing: Any) -> bool:
    return isinstance(thing, load_keras().KerasTensor)
