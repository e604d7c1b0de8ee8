"""Keras layers to train a quantized network with: weights and activations rounded on the way.

`QuantizedLayer` stands for a convolution, depthwise convolution or dense layer and for the batch
normalisation that will be folded into it; `FakeQuantActivation` for the rounding of an activation.
Inside `exporting()` they build the graph that LiteRT's converter reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.core.params import params_from_range
from qnn_edu.nets.qat import straight_through
from qnn_edu.nets.qat.ranges import ACTIVATION_RANGES, LEARNED
from qnn_edu.nets.quiet import load_keras, load_tensorflow

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

ops = keras.ops

_exporting = ContextVar("exporting", default=False)


@contextmanager
def exporting() -> Iterator[None]:
    """Within, calling a model builds what the converter reads: constants and TensorFlow's ops.

    >>> with exporting():
    ...     pass
    """
    token = _exporting.set(True)
    try:
        yield
    finally:
        _exporting.reset(token)


def exporting_now() -> bool:
    """Whether a layer that is called now is to build what the converter reads.

    >>> exporting_now()
    False
    """
    return _exporting.get()


def as_array(variable: Any) -> np.ndarray:
    """The present values of a variable, also while a TensorFlow graph is being built.

    >>> as_array(keras.Variable([1.0, 2.0])).tolist()
    [1.0, 2.0]
    """
    if keras.backend.backend() != "tensorflow":
        return variable.numpy()
    with load_tensorflow().init_scope():  # out of the graph
        return variable.numpy()


def present(compute: Callable[[], Any]) -> np.ndarray:
    """What `compute()` makes of the present values of variables, also while a graph is being built.

    >>> variable = keras.Variable([1.0, 2.0])
    >>> present(lambda: ops.sum(variable)).tolist()
    3.0
    """
    if keras.backend.backend() != "tensorflow":
        return ops.convert_to_numpy(compute())
    with load_tensorflow().init_scope():
        return ops.convert_to_numpy(compute())


@keras.saving.register_keras_serializable("qnn_edu")
class FakeQuantActivation(keras.layers.Layer):
    """An activation, rounded to `bits` bits as the integer kernel will round it.

    `ranges`: "fixed" (`between`, a pair (lo, hi)); "ema", moving averages of each batch's smallest
    and largest value, begun at the first batch's; "learned", a step that learns (LSQ); "clipped", a
    clipping point that learns (PACT). `positive`: nothing below 0 comes in, as after ReLU.
    `delay`: batches that pass unrounded first, while ranges settle. Where `trainable` is set to
    False, the range stands still.

    `top`: what is higher is that high; the range, of moving averages, ends there, and in the file
    saturation clips. `members`: places in a network that share the range, which is as wide as the
    widest of them needs; a call says which one it is by `member=`. A call with `again=True` rounds
    what was reckoned from levels of this very grid, as the average of four is: it measures nothing,
    and halves go away from zero point 0, as in the kernel. One with `stated=True` rounds nothing:
    the file is told the range and passes it by.

    Raises:
        ValueError: bits outside 2..8, other ranges, "fixed" without a pair, "clipped" without
            `positive`, `top` with other ranges than "ema".

    Source: Jacob et al. 2018, section 3; Esser et al. 2020; Choi et al. 2018.

    >>> quant = FakeQuantActivation(2, ranges="fixed", between=(0, 3), positive=True)
    >>> quant(np.float32([[-1.0, 0.4, 9.0]])).numpy()
    array([[0., 0., 3.]], dtype=float32)
    """

    def __init__(
        self,
        bits: int = 8,
        *,
        ranges: str = "ema",
        positive: bool = False,
        between: tuple[float, float] | None = None,
        momentum: float = 0.99,
        delay: int = 0,
        top: float | None = None,
        members: int = 1,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if bits not in range(2, 9) or ranges not in ACTIVATION_RANGES:
            raise ValueError(
                "FakeQuantActivation: bits must be 2 to 8 and ranges one of "
                f"{', '.join(ACTIVATION_RANGES)}; got {bits!r} and {ranges!r}."
            )
        if (ranges == "fixed") != (between is not None) or (ranges == "clipped" and not positive):
            raise ValueError(
                "FakeQuantActivation: 'fixed' ranges need between=(lo, hi), the others none; "
                "'clipped' ones need positive=True."
            )
        if top is not None and ranges != "ema":
            raise ValueError(
                f"FakeQuantActivation: top goes with 'ema' ranges alone; got {ranges!r}."
            )
        self.bits, self.ranges, self.positive = bits, ranges, positive
        self.between, self.momentum, self.delay = between, momentum, delay
        self.top, self.members = top, members

    def build(self, shape: Any) -> None:
        each = () if self.members == 1 else (self.members,)
        self.seen = self.add_weight(shape=each, dtype="int32", trainable=False, name="seen")
        lo, hi = self.between or (0.0, 1.0)
        if self.ranges in LEARNED:
            self.learned = self._number(1.0, LEARNED[self.ranges], trainable=True)
        else:
            self.lo = self._number(lo, "lo", trainable=False, shape=each)
            self.hi = self._number(hi, "hi", trainable=False, shape=each)

    def call(
        self,
        x: Any,
        training: bool = False,
        member: int = 0,
        again: bool = False,
        stated: bool = False,
    ) -> Any:
        if exporting_now():
            return self._exported(x)
        if stated:
            return x
        if self.top is not None:
            x = ops.minimum(x, self.top)
        if training and self.trainable and not again:
            self._observe(x, member)
        rounded = self._rounded_again if again else self._rounded
        if not self.delay:
            return rounded(x)
        return ops.cond(ops.max(self.seen) > self.delay, lambda: rounded(x), lambda: x + 0.0)

    def compute_output_shape(self, shape: Any) -> Any:
        return shape

    def grid(self) -> tuple[float, float, float]:
        """Lowest and highest level, and the step between two levels, as they stand now."""
        if self.ranges in LEARNED:
            learned = float(as_array(self.learned))
            step = learned / self._highest() if self.ranges == "clipped" else learned
            hi = step * self._highest()
            return 0.0 if self.positive else -hi, hi, step
        lo, hi = float(as_array(self.lo).min()), float(as_array(self.hi).max())
        params = params_from_range(lo, hi, bits=self.bits)
        return float(params.lo), float(params.hi), float(params.scale)

    def get_config(self) -> dict[str, Any]:
        names = ("bits", "ranges", "positive", "between", "momentum", "delay", "top", "members")
        return super().get_config() | {name: getattr(self, name) for name in names}

    def _rounded(self, x: Any) -> Any:
        if self.ranges == "clipped":
            return straight_through.learned_clip(x, self.learned, bits=self.bits)
        if self.ranges == "learned":
            sign = {"positive": self.positive}
            return straight_through.learned_step(x, self.learned, bits=self.bits, **sign)
        return straight_through.fixed_range(x, *self._ends(), bits=self.bits)

    def _ends(self) -> tuple[Any, Any]:
        """The lowest and the highest end of all members."""
        return (self.lo, self.hi) if self.members == 1 else (ops.min(self.lo), ops.max(self.hi))

    def _rounded_again(self, x: Any) -> Any:
        if self.ranges not in LEARNED:
            return straight_through.same_grid(x, *self._ends(), bits=self.bits)
        step = self.learned / (self._highest() if self.ranges == "clipped" else 1)
        levels = self._highest() if self.positive else 2 * self._highest() + 1
        lo = 0.0 if self.positive else -step * (self._highest() + 1)
        return straight_through.same_grid(x, lo, lo + step * levels, bits=self.bits)

    def _observe(self, x: Any, member: int) -> None:
        """Moves a moving average, or starts a learned range at the first batch."""
        one = np.bool_(np.arange(self.members) == member).reshape(self.seen.shape)
        first = ops.equal(self.seen, 0)
        if self.ranges == "ema":
            rate = one * ops.where(first, 1.0, 1 - self.momentum)
            if not self.positive:
                self.lo.assign(self.lo + rate * (ops.minimum(ops.min(x), 0.0) - self.lo))
            self.hi.assign(self.hi + rate * (ops.maximum(ops.max(x), 0.0) - self.hi))
        elif self.ranges in LEARNED:
            begins = ops.any(ops.logical_and(first, one))
            least = ops.where(ops.any(ops.greater(self.seen, 0)), self.learned + 0.0, 0.0)
            start = ops.cond(
                begins, lambda: ops.maximum(least, self._start(x)), lambda: self.learned + 0.0
            )
            self.learned.assign(start)
        self.seen.assign(self.seen + ops.cast(one, "int32"))

    def _start(self, x: Any) -> Any:
        """The first step for this batch, or the clipping point that gives it."""
        step = ops.reshape(straight_through.first_step(x, self._highest()), ())
        return step * self._highest() if self.ranges == "clipped" else step

    def _number(
        self, value: float, name: str, *, trainable: bool, shape: tuple[int, ...] = ()
    ) -> keras.Variable:
        start = keras.initializers.Constant(value)
        return self.add_weight(shape=shape, initializer=start, trainable=trainable, name=name)

    def _highest(self) -> int:
        return 2**self.bits - 1 if self.positive else 2 ** (self.bits - 1) - 1

    def _exported(self, x: Any) -> Any:
        """An int8 grid with the same step whose top is the highest level: what is higher saturates.

        So at `bits` below 8 no more levels are used, at no cost. What lies below the lowest level
        is cut off by the ReLU, and, where there is none, by a maximum.
        """
        lo, hi, step = self.grid()
        if not self.positive and self.bits < 8:
            x = load_tensorflow().maximum(x, np.float32(lo))
        spare = 255 - round((hi - lo) / step)
        return straight_through.fixed_range(x, lo - spare * step, hi, bits=8)
