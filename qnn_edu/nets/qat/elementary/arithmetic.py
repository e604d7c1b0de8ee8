"""Sums, products and bounds of tensors and constants."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.qat.elementary.layers import (
    AddConstant,
    MatMul,
    MaximumConstant,
    MinimumConstant,
    MultiplyConstant,
    Unary,
)
from qnn_edu.nets.qat.elementary.pieces import Pieces
from qnn_edu.nets.qat.elementary.registry import as_it_is, rewriting
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers


def is_tensor(x: Any) -> bool:
    """Whether `x` is computed by the model; anything else is a constant.

    >>> is_tensor(2.0), is_tensor(keras.Input((1,)))
    (False, True)
    """
    return isinstance(x, keras.KerasTensor)


def plus(pieces: Pieces, x: Any, y: Any, piece: str = "sum") -> Any:
    """`x + y`, of two tensors or a tensor and a constant."""
    return _commutative(pieces, x, y, K.Add, AddConstant, piece)


def times(pieces: Pieces, x: Any, y: Any, piece: str = "product") -> Any:
    """`x * y`, of two tensors or a tensor and a constant."""
    return _commutative(pieces, x, y, K.Multiply, MultiplyConstant, piece)


def larger(pieces: Pieces, x: Any, y: Any, piece: str = "maximum") -> Any:
    """The larger of both, of two tensors or a tensor and a constant."""
    return _commutative(pieces, x, y, K.Maximum, MaximumConstant, piece)


def smaller(pieces: Pieces, x: Any, y: Any, piece: str = "minimum") -> Any:
    """The smaller of both, of two tensors or a tensor and a constant."""
    return _commutative(pieces, x, y, K.Minimum, MinimumConstant, piece)


def minus(pieces: Pieces, x: Any, y: Any, piece: str = "difference") -> Any:
    """`x - y`, of two tensors or a tensor and a constant."""
    if is_tensor(x) and is_tensor(y):
        return pieces(K.Subtract, piece)([x, y])
    if is_tensor(x) and not isinstance(y, keras.Variable):
        return plus(pieces, x, -as_number(y), piece)
    return plus(pieces, x, times(pieces, y, -1.0, "negative"), piece)


def over(pieces: Pieces, x: Any, y: Any, piece: str = "quotient") -> Any:
    """`x / y`; by a tensor that is above 0, since its inverse is its inverse root squared."""
    if not is_tensor(y) and not isinstance(y, keras.Variable):
        return times(pieces, x, 1 / as_number(y), piece)
    raise pieces.refusal("divides by what is computed, for which there is no integer kernel")


def as_number(x: Any) -> Any:
    """A constant as a Python number or an array.

    >>> as_number([1, 2]).tolist()
    [1.0, 2.0]
    """
    array = keras.ops.convert_to_numpy(x).astype("float32")
    return array.item() if array.size == 1 else array


def _commutative(
    pieces: Pieces, x: Any, y: Any, of_two: type, with_constant: Callable[..., Any], piece: str
) -> Any:
    if is_tensor(x) and is_tensor(y):
        return pieces(of_two, piece)([x, y])
    x, y = (x, y) if is_tensor(x) else (y, x)
    y = y if isinstance(y, keras.Variable) else as_number(y)
    return pieces.constant(with_constant, piece, y)(x)


OF_TWO = {
    plus: (K.Add, "Add"),
    times: (K.Multiply, "Multiply"),
    larger: (K.Maximum, "Maximum"),
    smaller: (K.Minimum, "Minimum"),
}


def _of_several(function: Callable[..., Any]) -> Callable[..., Any]:
    """A layer of several tensors as one of two after the other; of two it is elementary."""

    def several(layer: Any, pieces: Pieces, tensors: list[Any]) -> Any:
        if len(tensors) == 2:
            return pieces.copy()(tensors)
        return reduce(lambda x, y: function(pieces, x, y), tensors)

    return several


def _of_two(function: Callable[..., Any]) -> Callable[..., Any]:
    def two(operation: Any, pieces: Pieces, x1: Any, x2: Any) -> Any:
        return function(pieces, x1, x2, "")

    return two


for _function, (_layer, _operation) in OF_TWO.items():
    rewriting(_layer)(_of_several(_function))
    rewriting(_operation)(_of_two(_function))
rewriting("Subtract")(_of_two(minus))
rewriting("Divide", "TrueDivide")(_of_two(over))
rewriting(K.Subtract, K.Concatenate)(as_it_is)


@rewriting(K.Average)
def average(layer: keras.Layer, pieces: Pieces, tensors: list[Any]) -> Any:
    """The sum, times one over how many."""
    total = reduce(lambda x, y: plus(pieces, x, y), tensors)
    return times(pieces, total, 1 / len(tensors), "mean")


@rewriting(K.Dot)
def dot(layer: keras.Layer, pieces: Pieces, tensors: list[Any]) -> Any:
    """Matrices along their inner axes: a matrix product."""
    axes = (layer.axes,) * 2 if isinstance(layer.axes, int) else tuple(layer.axes)
    ranks = [len(x.shape) for x in tensors]
    if layer.normalize or ranks != [3, 3]:
        raise pieces.refusal("is taken for two tensors of three axes without normalize alone")
    x, y = tensors
    x = pieces(K.Permute, "left", dims=(2, 1))(x) if axes[0] % 3 == 1 else x
    y = pieces(K.Permute, "right", dims=(2, 1))(y) if axes[1] % 3 == 2 else y
    return pieces(MatMul, "product")([x, y])


@rewriting("Negative")
def negative(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """`x * -1`."""
    return times(pieces, x, -1.0, "")


@rewriting("Square")
def square(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """`x * x`."""
    return times(pieces, x, x, "")


@rewriting("Power")
def power(operation: keras.Operation, pieces: Pieces, x1: Any, x2: Any) -> Any:
    """Squares and cubes as products, and the roots that have a kernel."""
    if x2 in (2, 3):
        return reduce(lambda x, y: times(pieces, x, y), [x1] * int(x2))
    roots = {0.5: "sqrt", -0.5: "rsqrt"}
    if is_tensor(x2) or x2 not in roots:
        raise pieces.refusal(f"raises to {x2}; 2, 3, 0.5 and -0.5 can be had")
    return pieces(Unary, function=roots[x2])(x1)


@rewriting("Absolute", "Abs", "Exp", "Log", "Rsqrt", "Sqrt")
def unary(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """A function that has a kernel of its own."""
    name = type(operation).__name__.lower()
    return pieces(Unary, function="abs" if name == "absolute" else name)(x)


@rewriting("Matmul", "Dot")
def matmul(operation: keras.Operation, pieces: Pieces, x1: Any, x2: Any) -> Any:
    """A product of two tensors, or a dense layer where the right one is a matrix that trains."""
    if is_tensor(x1) and is_tensor(x2):
        return pieces(MatMul)([x1, x2])
    if not is_tensor(x1) or len(x2.shape) != 2:
        raise pieces.refusal("multiplies by a constant that is no matrix on the right")
    return pieces.sourced(K.Dense, "", x2, units=x2.shape[1], use_bias=False)(x1)
