"""Steps that an integer kernel takes and that Keras has no layer for.

Each does one thing that one operator of the file does. They save and load as any layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

ops = keras.ops
register = keras.saving.register_keras_serializable("qnn_edu")
UNARY = {name: getattr(ops, name) for name in ("abs", "exp", "log", "rsqrt", "sqrt")}
UNARY["gelu_tanh"] = lambda x: ops.gelu(x, approximate=True)


class WithConstant(keras.layers.Layer):
    """`x` and a constant: `value`, one number, or, given a `shape`, a weight that broadcasts.

    Raises:
        ValueError: both are given, or neither.
    """

    def __init__(
        self,
        value: float | None = None,
        *,
        shape: tuple[int, ...] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if (value is None) == (shape is None):
            raise ValueError(
                f"{type(self).__name__}: give a value or the shape of a weight; got {value!r} and "
                f"{shape!r}."
            )
        self.value = value
        self.shape = None if shape is None else tuple(shape)

    def build(self, shape: Any) -> None:
        if self.shape is not None:
            self.constant = self.add_weight(shape=self.shape, initializer="zeros", name="constant")

    def number(self) -> Any:
        """The constant: a number or a variable."""
        return self.value if self.shape is None else self.constant

    def compute_output_shape(self, shape: Any) -> Any:
        rank = max(len(shape), len(self.shape or ()))
        ours, its = ((1,) * (rank - len(each)) + tuple(each) for each in (self.shape or (), shape))
        return tuple(b if a == 1 else a for a, b in zip(ours, its, strict=True))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"value": self.value, "shape": self.shape}


@register
class AddConstant(WithConstant):
    """`x + constant`.

    >>> AddConstant(3.0)(ops.array([1.0])).numpy()
    array([4.], dtype=float32)
    """

    def call(self, x: Any) -> Any:
        return x + self.number()


@register
class MultiplyConstant(WithConstant):
    """`x * constant`.

    >>> MultiplyConstant(3.0)(ops.array([2.0])).numpy()
    array([6.], dtype=float32)
    """

    def call(self, x: Any) -> Any:
        return x * self.number()


@register
class MaximumConstant(WithConstant):
    """The larger of `x` and the constant.

    >>> MaximumConstant(0.0)(ops.array([-1.0, 1.0])).numpy()
    array([0., 1.], dtype=float32)
    """

    def call(self, x: Any) -> Any:
        return ops.maximum(x, self.number())


@register
class MinimumConstant(WithConstant):
    """The smaller of `x` and the constant.

    >>> MinimumConstant(0.0)(ops.array([-1.0, 1.0])).numpy()
    array([-1.,  0.], dtype=float32)
    """

    def call(self, x: Any) -> Any:
        return ops.minimum(x, self.number())


@register
class Unary(keras.layers.Layer):
    """A function of one number: "abs", "exp", "log", "rsqrt", "sqrt", "gelu_tanh".

    Raises:
        ValueError: another function.

    >>> Unary("rsqrt")(ops.array([4.0])).numpy()
    array([0.5], dtype=float32)
    """

    def __init__(self, function: str, **options: Any) -> None:
        super().__init__(**options)
        if function not in UNARY:
            raise ValueError(f"Unary: function is one of {', '.join(UNARY)}; got {function!r}.")
        self.function = function

    def call(self, x: Any) -> Any:
        return UNARY[self.function](x)

    def compute_output_shape(self, shape: Any) -> Any:
        return shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"function": self.function}


@register
class MatMul(keras.layers.Layer):
    """The matrix product of two tensors, along their last two axes.

    >>> MatMul()([ops.ones((1, 2, 3)), ops.ones((1, 3, 4))]).shape
    TensorShape([1, 2, 4])
    """

    def call(self, tensors: Any) -> Any:
        return ops.matmul(*tensors)

    def compute_output_shape(self, shapes: Any) -> Any:
        left, right = shapes
        return (*left[:-1], right[-1])


class Reduction(keras.layers.Layer):
    """One number for all along `axes`; these stay, of size 1, with `keepdims`."""

    def __init__(self, axes: tuple[int, ...], *, keepdims: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.axes, self.keepdims = tuple(axes), keepdims

    def compute_output_shape(self, shape: Any) -> Any:
        sizes = [1 if i in self.axes else n for i, n in enumerate(shape)]
        return tuple(n for i, n in enumerate(sizes) if self.keepdims or i not in self.axes)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"axes": self.axes, "keepdims": self.keepdims}


@register
class Mean(Reduction):
    """The mean along `axes`.

    >>> Mean((1,), keepdims=True)(ops.array([[1.0, 3.0]])).numpy()
    array([[2.]], dtype=float32)
    """

    def call(self, x: Any) -> Any:
        return ops.mean(x, axis=self.axes, keepdims=self.keepdims)


@register
class Max(Reduction):
    """The largest along `axes`.

    >>> Max((1,))(ops.array([[1.0, 3.0]])).numpy()
    array([3.], dtype=float32)
    """

    def call(self, x: Any) -> Any:
        return ops.max(x, axis=self.axes, keepdims=self.keepdims)


@register
class Slice(keras.layers.Layer):
    """A part of a tensor: for each axis but the first, where it starts, ends, and its step.

    `part` has a triple for each, as of a Python slice; `None` goes as far as there is.

    >>> Slice(((1, None, 2),))(ops.array([[1.0, 2.0, 3.0, 4.0]])).numpy()
    array([[2., 4.]], dtype=float32)
    """

    def __init__(self, part: tuple[tuple[int | None, ...], ...], **options: Any) -> None:
        super().__init__(**options)
        self.part = tuple(map(tuple, part))

    def call(self, x: Any) -> Any:
        return x[(slice(None), *(slice(*each) for each in self.part))]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"part": self.part}


@register
class Resize(keras.layers.Layer):
    """Images of another size: `factors` times as large, or of `size`.

    Raises:
        ValueError: both are given, or neither.

    >>> Resize(factors=(2, 1))(ops.ones((1, 3, 3, 1))).shape
    TensorShape([1, 6, 3, 1])
    """

    def __init__(
        self,
        *,
        factors: tuple[int, int] | None = None,
        size: tuple[int, int] | None = None,
        interpolation: str = "nearest",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if (factors is None) == (size is None):
            raise ValueError(f"Resize: give factors or a size; got {factors!r} and {size!r}.")
        self.factors, self.size, self.interpolation = factors, size, interpolation

    def call(self, x: Any) -> Any:
        size = self.size
        if size is None:
            size = [n * factor for n, factor in zip(ops.shape(x)[1:3], self.factors, strict=True)]
        return ops.image.resize(
            x, size, interpolation=self.interpolation, data_format="channels_last"
        )

    def compute_output_shape(self, shape: Any) -> Any:
        size = self.size or [
            n and n * factor for n, factor in zip(shape[1:3], self.factors, strict=True)
        ]
        return (shape[0], *size, shape[3])

    def get_config(self) -> dict[str, Any]:
        names = ("factors", "size", "interpolation")
        return super().get_config() | {name: getattr(self, name) for name in names}
