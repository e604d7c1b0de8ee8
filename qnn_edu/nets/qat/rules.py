"""What an integer kernel does with the numbers that go through it: a rule for each kind of layer.

`quantize_aware` reads this table and nothing else to decide where fake quantizers go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qnn_edu.nets.qat.elementary import layers as ours
from qnn_edu.nets.qat.elementary.preprocessing import FOR_TRAINING
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers
ROUNDS = ("own", "fixed", "not", "again", "joined")


@dataclass(frozen=True)
class Rule:
    """How the output of one kind of layer is rounded, in the file and so in training.

    `rounds`: to which range.

    - "own": one of its own, measured in training, as sums, products and means are;
    - "fixed": `between`, (lo, hi), which the kernel fixes whatever comes;
    - "not": what comes out are integers that went in, as pooling the largest does;
    - "again": the range of its input, anew, as the average of four levels is no level;
    - "joined": one range with all its inputs, as they lie in one tensor.

    `positive`: nothing below 0 comes out; None if so where nothing below 0 goes in.
    `weighted`: its weights are rounded, too, and a batch normalisation behind it is folded in.
    `clamps`: a ReLU right behind it is part of its kernel, so that only what the ReLU leaves is
    rounded.
    `bounds`: it is such a ReLU.
    `top`: the highest number that comes out; the range ends there and saturation clips.

    Raises:
        ValueError: another `rounds`; `between` missing where it is fixed, or given elsewhere.

    Source: LiteRT 8-bit quantization specification.

    >>> Rule("fixed", between=(0, 255 / 256)).positive
    False
    """

    rounds: str
    between: tuple[float, float] | None = None
    positive: bool | None = False
    weighted: bool = False
    clamps: bool = False
    bounds: bool = False
    top: float | None = None

    def __post_init__(self) -> None:
        if self.rounds not in ROUNDS or (self.rounds == "fixed") != (self.between is not None):
            raise ValueError(
                f"Rule: rounds is one of {', '.join(ROUNDS)}, and 'fixed' alone goes with "
                f"between=(lo, hi); got {self.rounds!r} and {self.between!r}."
            )


WEIGHTED = Rule("own", weighted=True, clamps=True)
SUM = Rule("own", clamps=True)
FUNCTION = Rule("own")
MEAN = Rule("own", positive=None)
RELU = Rule("own", positive=True, bounds=True)
SOFTMAX = SIGMOID = Rule("fixed", between=(0.0, 255 / 256))
TANH = Rule("fixed", between=(-1.0, 127 / 128))
PASSES = Rule("not")
AVERAGES = Rule("again")
JOINS = Rule("joined")

ACTIVATIONS: dict[str, Rule] = {
    "linear": PASSES,
    "relu": RELU,
    "relu6": RELU,
    "softmax": SOFTMAX,
    "sigmoid": SIGMOID,
    "tanh": TANH,
    **dict.fromkeys(("leaky_relu", "gelu", "hard_silu"), FUNCTION),
}


def _relu(layer: keras.layers.ReLU) -> Rule | None:
    if layer.threshold or layer.negative_slope:
        return None
    top = None if layer.max_value in (None, 6) else float(layer.max_value)
    return Rule("own", positive=True, bounds=True, top=top)


def _activation(layer: keras.layers.Activation) -> Rule | None:
    return ACTIVATIONS.get(activation_of(layer))


def _weighted(layer: keras.Layer) -> Rule | None:
    known = {"linear": WEIGHTED, "relu": _BOUNDED, "relu6": _BOUNDED}
    return known.get(activation_of(layer))


def _transposed(layer: keras.layers.Conv2DTranspose) -> Rule | None:
    """Its kernel has no ReLU of its own."""
    return Rule("own", weighted=True) if activation_of(layer) == "linear" else None


def _norm(layer: keras.layers.BatchNormalization) -> Rule | None:
    """One that nothing before it takes in: a product and a sum along the last axis."""
    last = (-1, layer.input_spec.ndim - 1) if layer.built else (-1,)
    return SUM if layer.axis in last else None


def _resize(layer: keras.Layer) -> Rule:
    return PASSES if layer.interpolation == "nearest" else AVERAGES


_BOUNDED = Rule("own", weighted=True, positive=True)
RuleOf = Rule | Callable[..., Rule | None]
RULES: dict[type, RuleOf] = {
    **dict.fromkeys((K.Conv2D, K.DepthwiseConv2D, K.Dense), _weighted),
    K.Conv2DTranspose: _transposed,
    **dict.fromkeys((K.Add, K.Subtract, K.Multiply), SUM),
    K.BatchNormalization: _norm,
    **dict.fromkeys((ours.AddConstant, ours.MultiplyConstant), SUM),
    **dict.fromkeys((K.LeakyReLU, ours.Unary, ours.MatMul), FUNCTION),
    **dict.fromkeys((K.GlobalAveragePooling2D, ours.Mean), MEAN),
    **dict.fromkeys((K.Concatenate, K.Maximum, K.Minimum), JOINS),
    **dict.fromkeys((K.AveragePooling2D, ours.MaximumConstant, ours.MinimumConstant), AVERAGES),
    **dict.fromkeys((K.MaxPooling2D, K.GlobalMaxPooling2D, ours.Max), PASSES),
    **dict.fromkeys((K.ZeroPadding2D, K.Cropping2D, K.Permute, K.Reshape, K.Flatten), PASSES),
    **dict.fromkeys((K.ZeroPadding1D, K.Cropping1D, ours.Slice, *FOR_TRAINING), PASSES),
    ours.Resize: _resize,
    K.ReLU: _relu,
    K.Activation: _activation,
    K.Softmax: SOFTMAX,
}
_OF_READERS: dict[type, RuleOf] = {}


def register(kind: type, rule: RuleOf) -> None:
    """Tell `quantize_aware` how a layer of yours is rounded; it is then left as it is otherwise.

    `rule`: a `Rule`, or a function that gives one for a layer, None for one that cannot be had.
    What the layer computes has to be one operator of the file, or several that need no range in
    between. To load a model that has such layers, `keras.saving.register_keras_serializable` is
    needed, as for any layer of one's own.

    Raises:
        ValueError: what is no class of layers, or no rule.

    >>> class Twice(keras.layers.Layer):
    ...     def call(self, x):
    ...         return 2 * x
    >>> register(Twice, Rule("own"))
    >>> rule_of(Twice())
    Rule(rounds='own', between=None, positive=False, ...)
    """
    if not (isinstance(kind, type) and issubclass(kind, keras.layers.Layer)):
        raise ValueError(f"register: expected a class of Keras layers, got {kind!r}.")
    if not (isinstance(rule, Rule) or callable(rule)):
        raise ValueError(
            f"register: expected a nets.Rule, such as nets.Rule('own'), or a function that gives "
            f"one for a layer; got {rule!r}."
        )
    _OF_READERS[kind] = rule


def is_registered(layer: keras.Operation) -> bool:
    """Whether the rule of a layer is one that `register` was told.

    >>> is_registered(K.Dense(1))
    False
    """
    return type(layer) in _OF_READERS


def rule_of(layer: keras.Operation) -> Rule | None:
    """The rule for a layer, None if there is none.

    >>> rule_of(K.Add()) is SUM, rule_of(K.Activation("elu"))
    (True, None)
    """
    if type(layer).__name__ == "StochasticDepth" and type(layer).__module__.startswith("keras."):
        return PASSES  # Keras hides the class
    found = (RULES | _OF_READERS).get(type(layer))
    return found if found is None or isinstance(found, Rule) else found(layer)


def activation_of(layer: keras.Layer) -> str:
    """The name of a layer's own activation.

    >>> activation_of(K.Dense(1, activation="relu"))
    'relu'
    """
    activation = layer.activation
    return getattr(activation, "__name__", str(activation))
