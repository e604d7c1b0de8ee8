"""Activations: those with a kernel of their own, and all others in terms of these."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.qat.elementary.arithmetic import larger, plus, smaller, times
from qnn_edu.nets.qat.elementary.layers import MultiplyConstant, Unary
from qnn_edu.nets.qat.elementary.pieces import Pieces
from qnn_edu.nets.qat.elementary.registry import as_it_is, rewriting, rewriting_of
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers
Function = Callable[..., Any]
SELU = (1.0507009873554804934193349852946, 1.6732632423543772848170429916717)


def activated(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """What the `activation=` of a layer makes of `x`: a function of Keras's, a layer, or any."""
    function = layer.activation
    if isinstance(function, keras.Layer):
        if not function.built:  # Keras does that at its first call on numbers
            function.build(x.shape)
        rewrite = rewriting_of(function)
        if rewrite is None:
            return pieces.trace(function, function.call, x)
        return rewrite(function, pieces.of(function, "activation"), x)
    name = getattr(function, "__name__", "")
    if function is None or getattr(keras.activations, name, None) is not function:
        return x if function is None else pieces.trace(function, function, x)
    if name not in FUNCTIONS:
        return pieces.trace(function, function, x)
    return FUNCTIONS[name](pieces, x)


def with_activation(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """A copy of the layer, called; its activation stays, or is apart if no kernel does both."""
    if getattr(layer.activation, "__name__", "") in BOUNDS:
        return pieces.copy()(x)
    return activated(layer, pieces, pieces.copy(activation="linear")(x))


def relu(pieces: Pieces, x: Any, piece: str = "relu") -> Any:
    return pieces(K.ReLU, piece)(x)


def relu6(pieces: Pieces, x: Any, piece: str = "relu6") -> Any:
    return pieces(K.ReLU, piece, max_value=6.0)(x)


def sigmoid(pieces: Pieces, x: Any, piece: str = "sigmoid") -> Any:
    return pieces(K.Activation, piece, activation="sigmoid")(x)


def tanh(pieces: Pieces, x: Any, piece: str = "tanh") -> Any:
    return pieces(K.Activation, piece, activation="tanh")(x)


def softmax(pieces: Pieces, x: Any, axis: int = -1, piece: str = "softmax") -> Any:
    """Along the last axis it has a kernel; along another one, that is the last for a while."""
    rank = len(x.shape)
    if axis % rank == rank - 1:
        return pieces(K.Softmax, piece)(x)
    order = list(range(1, rank))
    order[axis % rank - 1], order[-1] = order[-1], order[axis % rank - 1]
    turned = pieces(K.Permute, "turned", dims=order)(x)
    return pieces(K.Permute, "back", dims=order)(pieces(K.Softmax, piece)(turned))


def leaky_relu(pieces: Pieces, x: Any, slope: float = 0.2, piece: str = "leaky_relu") -> Any:
    return pieces(K.LeakyReLU, piece, negative_slope=slope)(x)


def gelu(pieces: Pieces, x: Any, piece: str = "gelu") -> Any:
    return pieces(K.Activation, piece, activation="gelu")(x)


def hard_swish(pieces: Pieces, x: Any, piece: str = "hard_swish") -> Any:
    return pieces(K.Activation, piece, activation="hard_silu")(x)


def swish(pieces: Pieces, x: Any) -> Any:
    """`x * sigmoid(x)`."""
    return times(pieces, x, sigmoid(pieces, x))


def hard_sigmoid(pieces: Pieces, x: Any) -> Any:
    """`relu6(x + 3) / 6`."""
    return times(pieces, relu6(pieces, plus(pieces, x, 3.0)), 1 / 6, "sixth")


def hard_tanh(pieces: Pieces, x: Any) -> Any:
    """`min(max(x + 1, 0), 2) - 1`: as bounds of -1 and 1 the converter leaves it in float."""
    bounded = pieces(K.ReLU, "bounded", max_value=2.0)(plus(pieces, x, 1.0, "one_more"))
    return plus(pieces, bounded, -1.0, "result")


def elu(pieces: Pieces, x: Any, alpha: float = 1.0) -> Any:
    """`max(x, 0) + alpha * (exp(min(x, 0)) - 1)`."""
    below = plus(pieces, exponential(pieces, smaller(pieces, x, 0.0)), -1.0, "below")
    below = below if alpha == 1 else times(pieces, below, alpha, "alpha")
    return plus(pieces, relu(pieces, x), below)


def selu(pieces: Pieces, x: Any) -> Any:
    """A scaled `elu`."""
    scale, alpha = SELU
    return times(pieces, elu(pieces, x, alpha), scale, "scale")


def celu(pieces: Pieces, x: Any, alpha: float = 1.0) -> Any:
    """`max(x, 0) + alpha * (exp(min(x, 0) / alpha) - 1)`."""
    below = times(pieces, smaller(pieces, x, 0.0), 1 / alpha, "inner")
    below = plus(pieces, exponential(pieces, below), -1.0, "below")
    return plus(pieces, relu(pieces, x), times(pieces, below, alpha, "alpha"))


def exponential(pieces: Pieces, x: Any) -> Any:
    return pieces(Unary, "exp", function="exp")(x)


def softplus(pieces: Pieces, x: Any) -> Any:
    """`max(x, 0) + log(1 + exp(-|x|))`: no term overflows, and the logarithm is below 0.7."""
    size = times(pieces, pieces(Unary, "abs", function="abs")(x), -1.0, "negative")
    rest = plus(pieces, exponential(pieces, size), 1.0, "one_more")
    return plus(pieces, relu(pieces, x), pieces(Unary, "log", function="log")(rest))


def log_sigmoid(pieces: Pieces, x: Any) -> Any:
    """`-softplus(-x)`."""
    return times(pieces, softplus(pieces, times(pieces, x, -1.0, "minus")), -1.0, "result")


def softsign(pieces: Pieces, x: Any) -> Any:
    """`x / (1 + |x|)`; the inverse of what is positive is its inverse root, squared."""
    size = plus(pieces, pieces(Unary, "abs", function="abs")(x), 1.0, "one_more")
    root = pieces(Unary, "rsqrt", function="rsqrt")(size)
    return times(pieces, times(pieces, x, root, "half"), root)


def mish(pieces: Pieces, x: Any) -> Any:
    """`x * tanh(softplus(x))`."""
    return times(pieces, x, tanh(pieces, softplus(pieces, x)))


FUNCTIONS: dict[str, Function] = {
    "linear": lambda pieces, x: x,
    "relu": relu,
    "relu6": relu6,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softmax": softmax,
    "leaky_relu": leaky_relu,
    "gelu": gelu,
    "hard_silu": hard_swish,
    "silu": swish,
    "hard_sigmoid": hard_sigmoid,
    "hard_tanh": hard_tanh,
    "elu": elu,
    "selu": selu,
    "celu": celu,
    "exponential": exponential,
    "softplus": softplus,
    "log_sigmoid": log_sigmoid,
    "softsign": softsign,
    "mish": mish,
}
BOUNDS = ("linear", "relu", "relu6")  # of which a kernel does one along with its own work
DIRECT = ("relu", "relu6", "sigmoid", "tanh", "softmax", "leaky_relu", "gelu", "hard_silu")


@rewriting(K.Activation)
def activation(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """One that has a kernel stays as it is."""
    if getattr(layer.activation, "__name__", "") in DIRECT:
        return pieces.copy()(x)
    return activated(layer, pieces, x)


@rewriting(K.ReLU)
def relu_layer(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """With a slope below 0 it is a leaky one, bounded by a minimum."""
    if layer.threshold:
        raise pieces.refusal("has a threshold, at which it jumps")
    if not layer.negative_slope:
        return pieces.copy()(x)
    y = leaky_relu(pieces, x, float(layer.negative_slope))
    return y if layer.max_value is None else smaller(pieces, y, float(layer.max_value))


@rewriting(K.Softmax)
def softmax_layer(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    if not isinstance(layer.axis, int):
        raise pieces.refusal("runs along several axes; one can be had")
    if layer.axis % len(x.shape) == len(x.shape) - 1:
        return pieces.copy()(x)
    return softmax(pieces, x, layer.axis)


rewriting(K.LeakyReLU)(as_it_is)


@rewriting(K.ELU)
def elu_layer(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    return elu(pieces, x, float(layer.alpha))


@rewriting(K.PReLU)
def prelu(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """`max(x, 0) + alpha * min(x, 0)`."""
    shape = tuple(layer.alpha.shape)
    below = pieces(MultiplyConstant, "alpha", shape=shape)(smaller(pieces, x, 0.0))
    return plus(pieces, relu(pieces, x), below)


def _plain(function: Function) -> Function:
    def of_operation(operation: Any, pieces: Pieces, x: Any) -> Any:
        return function(pieces, x)

    return of_operation


for _kind, _name in {
    **{"Relu6": "relu6", "Sigmoid": "sigmoid", "Silu": "silu", "HardSigmoid": "hard_sigmoid"},
    **{"HardSilu": "hard_silu", "HardTanh": "hard_tanh", "Selu": "selu", "Softplus": "softplus"},
    **{"LogSigmoid": "log_sigmoid", "Softsign": "softsign"},
}.items():
    rewriting(_kind)(_plain(FUNCTIONS[_name]))


@rewriting("Relu")
def relu_operation(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    return relu(pieces, x, "")


@rewriting("Tanh")
def tanh_operation(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    return tanh(pieces, x, "")


@rewriting("LeakyRelu")
def leaky_operation(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    return leaky_relu(pieces, x, operation.negative_slope)


@rewriting("Elu", "Celu")
def elu_operation(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    function = elu if type(operation).__name__ == "Elu" else celu
    return function(pieces, x, operation.alpha)


@rewriting("Gelu")
def gelu_operation(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """Exact, or by the hyperbolic tangent; both have the same kernel."""
    if operation.approximate:
        return pieces(Unary, function="gelu_tanh")(x)
    return gelu(pieces, x)


@rewriting("Clip")
def clip(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """The larger of `x` and the lower bound, then the smaller of that and the upper."""
    if (operation.x_min, operation.x_max) == (-1, 1):
        return hard_tanh(pieces, x)
    return smaller(pieces, larger(pieces, x, operation.x_min), operation.x_max)


@rewriting("Softmax")
def softmax_operation(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    return softmax(pieces, x, operation.axis)
