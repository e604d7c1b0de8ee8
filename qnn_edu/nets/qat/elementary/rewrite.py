"""Any Keras model as a flat one of elementary layers, which computes the same."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.qat.elementary import (  # noqa: F401  (each registers its rewritings)
    activations,
    arithmetic,
    attention,
    convolutions,
    normalisation,
    pooling,
    preprocessing,
    shapes,
)
from qnn_edu.nets.qat.elementary import layers as ours
from qnn_edu.nets.qat.elementary.pieces import CannotRewrite, Pieces, refusal
from qnn_edu.nets.qat.elementary.registry import as_it_is, rewriting_of
from qnn_edu.nets.qat.wiring import Step, Wiring, is_wired, takes, wiring_between, wiring_of
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()


K = keras.layers
ALIKE = (  # of which two with the same options do the same
    *(K.ReLU, K.LeakyReLU, K.Activation, K.Softmax, K.Add, K.Subtract, K.Multiply, K.Maximum),
    *(K.Minimum, K.Concatenate, K.Permute, K.Reshape, K.Flatten, K.MaxPooling2D),
    *(K.AveragePooling2D, K.GlobalMaxPooling2D, K.GlobalAveragePooling2D, K.ZeroPadding2D),
    *(K.Cropping2D, ours.WithConstant, ours.Unary, ours.MatMul, ours.Reduction, ours.Slice),
    ours.Resize,
)


@dataclass(frozen=True, eq=False)
class Rewritten:
    """The elementary `model`, and which of its variables holds what.

    `pairs`: an array or a variable of the model it was made of, and the variable that holds it,
    perhaps in another shape.
    """

    model: keras.Model
    pairs: list[tuple[Any, keras.Variable]]

    def give_back(self) -> None:
        """Give the weights, as they stand now, to the model that this one was made of."""
        for source, variable in self.pairs:
            if isinstance(source, keras.Variable):
                source.assign(np.reshape(variable, source.shape))


def elementary(model: keras.Model, *, keep: Collection[str] = ()) -> keras.Model:
    """A flat functional model of elementary layers that computes the same, and shares no weight.

    Elementary is what one integer kernel does; swish is the product of `x` and its sigmoid. Models
    within the model are opened. A layer that is elementary keeps its class and name; one that is
    not becomes pieces named `NAME_PIECE`, whose weights, one after the other, are its own,
    reshaped. What changes nothing in inference, such as dropout, stays for training. A layer, a
    function given as `activation=`, or an operation that no rewriting is known for is looked into:
    what its `call` does with Keras layers and operations is rewritten.

    `keep`: names of layers that stay as they are; a model so named is not opened.

    Raises:
        ValueError: a model that is not functional or Sequential; a layer or operation that cannot
            be written as elementary ones.

    >>> swish = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "swish", name="dense")])
    >>> [layer.name for layer in elementary(swish).layers[1:]]
    ['dense', 'dense_sigmoid', 'dense_product']
    """
    return rewrite(model, keep=keep).model


def rewrite(model: keras.Model, *, keep: Collection[str] = ()) -> Rewritten:
    """The same as `elementary`, and which variable holds what.

    >>> dense = keras.layers.Dense(2, "swish")
    >>> rewritten = rewrite(keras.Sequential([keras.Input((4,)), dense]))
    >>> [tuple(source.shape) for source, variable in rewritten.pairs]
    [(4, 2), (2,)]
    """
    wiring = wiring_of(model)
    names = set(_names(wiring))
    unknown = sorted(set(keep) - names)
    if unknown:
        raise ValueError(f"no layer of the model is named {', '.join(map(repr, unknown))}.")
    work = _Work(names, keep)
    inputs = keras.tree.map_structure(_input_like, wiring.inputs)
    outputs = merged(inputs, work.of_wiring(wiring, inputs))
    made = keras.Model(inputs, outputs, name=model.name)
    pairs = work.pairs()
    for source, variable in pairs:
        variable.assign(np.reshape(source, variable.shape))
    return Rewritten(made, pairs)


def merged(inputs: Any, outputs: Any) -> Any:
    """The same outputs, of a model in which nothing is computed twice.

    The converter merges two like steps on one tensor, and where each has a range of its own, it
    finds none for the one that is left.

    >>> x = keras.Input((4,))
    >>> twice = keras.layers.Add()([keras.layers.ReLU()(x), keras.layers.ReLU()(x)])
    >>> len(wiring_between(x, twice).steps), len(wiring_between(x, merged(x, twice)).steps)
    (3, 2)
    """
    wiring = wiring_between(inputs, outputs)
    keys = [_key(step, step.args, step.kwargs) for step in wiring.steps]
    if len(set(keys)) == len(keys):
        return outputs
    done: dict[str, Any] = {}

    def call(step: Step, *args: Any, **kwargs: Any) -> Any:
        key = _key(step, args, kwargs)
        if key not in done:
            done[key] = step.operation(*args, **kwargs)
        return done[key]

    return wiring.rebuilt(inputs, call)


def _key(step: Step, args: Any, kwargs: Any) -> str:
    """Equal for two steps that compute the same: like layers without weights, on the same."""
    operation, given = step.operation, keras.tree.flatten((args, kwargs))
    which: Any = id(operation)
    if isinstance(operation, ALIKE) and not operation.weights:
        config = operation.get_config()
        which = (
            type(operation).__name__,
            {name: config[name] for name in config if name != "name"},
        )
    return repr((which, [id(x) if isinstance(x, keras.KerasTensor) else x for x in given]))


class _Work:
    """The pieces of every operation so far, and the names that are taken."""

    def __init__(self, names: set[str], keep: Collection[str]) -> None:
        self._taken, self._keep = names, keep
        self._used: Counter[str] = Counter()
        self._pieces: dict[int, Pieces] = {}
        self._traced: dict[int, Wiring] = {}

    def of_wiring(self, wiring: Wiring, inputs: Any, **given: Any) -> Any:
        """The outputs for these inputs; `given` goes to every call that takes `training`."""

        def call(step: Step, *args: Any, **kwargs: Any) -> Any:
            more = given if given and takes(step.operation, "training") else {}
            return self.done(step.operation, *args, **more | kwargs)

        return wiring.rebuilt(inputs, call)

    def done(self, operation: keras.Operation, *args: Any, **kwargs: Any) -> Any:
        """What a call of the operation returns, done in elementary steps."""
        kept = operation.name in self._keep
        if not kept and is_wired(operation):
            training = {k: v for k, v in kwargs.items() if k == "training"}
            return self.of_wiring(wiring_of(operation), *args, **training)
        rewriting = as_it_is if kept else rewriting_of(operation)
        if rewriting is None and isinstance(operation, keras.Layer):
            return self.looked_into(operation, operation.call, *args, **kwargs)
        if rewriting is None:
            raise refusal(operation, "has no integer form that is known")
        pieces = self._pieces_of(operation)
        pieces.begin()
        if getattr(operation, "quantization_mode", None):
            raise pieces.refusal("is quantized by Keras already; take the model as it was before")
        wanted = inspect.signature(rewriting)
        if not {"training", "kwargs"} & set(wanted.parameters):
            kwargs.pop("training", None)
        try:
            wanted.bind(operation, pieces, *args, **kwargs)
        except TypeError as error:
            raise pieces.refusal(f"is called in a way that is not known: {error}") from error
        return rewriting(operation, pieces, *args, **kwargs)

    def looked_into(
        self, owner: Any, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        """What `function` of `owner` returns, each layer and operation that it calls rewritten."""
        if id(owner) not in self._traced:
            self._traced[id(owner)] = _traced(owner, function, args, kwargs)
        try:
            return self.of_wiring(self._traced[id(owner)], _tensors(args, kwargs))
        except CannotRewrite as inner:
            reason = inner.reason[:1].lower() + inner.reason[1:]
            raise refusal(owner, f"cannot be written as others: {reason}") from inner

    def pairs(self) -> list[tuple[Any, keras.Variable]]:
        """Every weight of the model and the variable of a piece that takes its place."""
        found: list[tuple[Any, keras.Variable]] = []
        for pieces in self._pieces.values():
            found += ((value, layer.weights[0]) for value, layer in pieces.sources)
            given = {id(layer) for _, layer in pieces.sources}
            own = [w for layer in pieces.made if id(layer) not in given for w in layer.weights]
            if own:
                found += zip(pieces.layer.weights, own, strict=True)
        return found

    def _pieces_of(self, operation: keras.Operation) -> Pieces:
        if id(operation) not in self._pieces:
            name = self._own_name(operation.name)
            self._pieces[id(operation)] = Pieces(operation, name, self._taken, self.looked_into)
        return self._pieces[id(operation)]

    def _own_name(self, name: str) -> str:
        """The operation's name; two of one name come from models within the model."""
        self._used[name] += 1
        own = name if self._used[name] == 1 else f"{name}_{self._used[name]}"
        self._taken.add(own)
        return own


def _traced(
    owner: Any, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Wiring:
    """How `function` computes, found by calling it on tensors that only know their shape."""
    args, kwargs = keras.tree.map_structure(
        lambda x: _input_like(x) if isinstance(x, keras.KerasTensor) else x, (args, kwargs)
    )
    try:
        wiring = wiring_between(_tensors(args, kwargs), function(*args, **kwargs))
    except Exception as error:  # whatever the code of others raises on such tensors
        raise refusal(owner, "is not known, and its call is not all Keras operations") from error
    return wiring


def _names(wiring: Wiring) -> Iterator[str]:
    for step in wiring.steps:
        yield step.name
        if is_wired(step.operation):
            yield from _names(wiring_of(step.operation))


def _tensors(*given: Any) -> list[keras.KerasTensor]:
    return [x for x in keras.tree.flatten(given) if isinstance(x, keras.KerasTensor)]


def _input_like(tensor: keras.KerasTensor) -> keras.KerasTensor:
    """An input of this shape and name; of whole numbers it takes floats, as what follows does."""
    source = tensor._keras_history.operation
    name = source.name if isinstance(source, keras.layers.InputLayer) else None
    return keras.Input(batch_shape=tensor.shape, dtype="float32", name=name)
