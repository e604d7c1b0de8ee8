"""The parameters of an affine quantizer: scale, zero point and the integer grid they live on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qnn_edu.core.check import is_whole, real_array

# Processors flush smaller scales (denormal numbers) to zero, so no scale is made smaller than this.
SMALLEST_SCALE = np.finfo(np.float32).tiny


@dataclass(frozen=True, eq=False)
class QuantParams:
    """The law `x = scale * (q - zero_point)` with `q` on the grid `qmin..qmax`.

    `scale` is kept as float32, the type in which a model file stores it. With `axis` set, `scale`
    and `zero_point` are 1-D arrays with one entry per channel of that axis.

    `inverse_scale` is `1 / scale` unless given. `params_from_range` gives it as `(qmax - qmin) /
    (hi - lo)`, which can be one unit in the last place away: TensorFlow's per-channel op multiplies
    by that, and `fake_quant` does too. It takes no part in equality: on ties, and there alone,
    equal parameters may fake-quantize differently.

    Raises:
        ValueError: bits outside 2..16 or not whole, a scale that is not finite and positive or is a
            denormal number, a zero point that is not whole or outside the grid, shapes that do not
            fit `axis`, an inverse that is none.

    Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient
    Integer-Arithmetic-Only Inference", equation 1.

    >>> QuantParams(scale=0.5, zero_point=-128)
    QuantParams(scale=0.5, zero_point=-128, bits=8, signed=True, narrow_range=False, axis=None)
    >>> p = QuantParams(0.5, 3, narrow_range=True)
    >>> p.qmin, p.qmax, float(p.lo), float(p.hi), p.dtype
    (-127, 127, -65.0, 62.0, dtype('int8'))
    """

    scale: Any
    zero_point: Any
    bits: int = 8
    signed: bool = True
    narrow_range: bool = False
    axis: int | None = None
    inverse_scale: Any = None

    def __post_init__(self) -> None:
        qmin, qmax = integer_grid(self.bits, self.signed, self.narrow_range)
        object.__setattr__(self, "bits", int(self.bits))
        scale = _positive_scale(self.scale, qmax - qmin)
        zero_point = _whole_zero_point(self.zero_point, qmin, qmax)
        _require_fit(self.axis, scale, zero_point)
        inverse = _inverse(self.inverse_scale, scale)
        arrays = {"scale": scale, "zero_point": zero_point, "inverse_scale": inverse}
        for name, value in arrays.items():
            object.__setattr__(self, name, _frozen(value, scale.shape))

    @property
    def qmin(self) -> int:
        """Lowest integer of the grid."""
        return integer_grid(self.bits, self.signed, self.narrow_range)[0]

    @property
    def qmax(self) -> int:
        """Highest integer of the grid."""
        return integer_grid(self.bits, self.signed, self.narrow_range)[1]

    @property
    def dtype(self) -> np.dtype:
        """The smallest integer type that holds the grid."""
        return np.dtype(f"{'' if self.signed else 'u'}int{8 if self.bits <= 8 else 16}")

    @property
    def lo(self) -> np.float32 | np.ndarray:
        """Lowest representable real value, in float32."""
        return np.float32(self.qmin - self.zero_point) * self.scale

    @property
    def hi(self) -> np.float32 | np.ndarray:
        """Highest representable real value, in float32."""
        return np.float32(self.qmax - self.zero_point) * self.scale

    def _key(self) -> tuple[Any, ...]:
        scale, zero_point = np.asarray(self.scale), np.asarray(self.zero_point)
        grid = (self.bits, bool(self.signed), bool(self.narrow_range), self.axis)
        return (scale.tobytes(), tuple(zero_point.ravel().tolist()), *grid)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, QuantParams) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        scale, zero_point = _short(self.scale), _short(self.zero_point)
        return (
            f"QuantParams(scale={scale}, zero_point={zero_point}, bits={self.bits}, "
            f"signed={self.signed}, narrow_range={self.narrow_range}, axis={self.axis})"
        )


def params_from_range(
    lo: Any,
    hi: Any,
    *,
    bits: int = 8,
    signed: bool = True,
    narrow_range: bool = False,
    symmetric: bool = False,
    axis: int | None = None,
) -> QuantParams:
    """The quantizer that covers `[lo, hi]`, nudged so that 0.0 falls exactly on the grid.

    A range that misses zero is extended to it first. Then, in float32 as TensorFlow's fake-quant
    ops do it, `scale = (hi - lo) / (qmax - qmin)`, and the zero point `qmin - lo / scale` rounded
    half up. With `symmetric` the range becomes `[-a, a]`, `a = max(|lo|, |hi|)`, and the zero point
    the middle of the grid (0 where signed). A range of width 0 gets scale 1; a scale below the
    smallest normal float32 is raised to it.

    `lo` and `hi` are single numbers, or 1-D arrays of one entry per channel where `axis` is set.

    Raises:
        ValueError: NaN or infinity in the range, lo > hi, a range too wide for float32, text, an
            empty array, shapes that do not fit `axis`, and what `QuantParams` refuses.

    Source: Krishnamoorthi 2018, "Quantizing deep convolutional networks for efficient inference",
    section 2.1; Jacob et al. 2018, section 3.1 (nudging).

    >>> params_from_range(0, 6, signed=False).zero_point
    0
    >>> p = params_from_range(-6, 6, bits=2, signed=False)  # 4 levels: the range moves to keep 0
    >>> float(p.lo), float(p.hi), float(p.scale)
    (-8.0, 4.0, 4.0)
    >>> params_from_range(-1, 2, symmetric=True, narrow_range=True).zero_point
    0
    """
    qmin, qmax = integer_grid(bits, signed, narrow_range)
    if not isinstance(symmetric, bool | np.bool_):
        raise ValueError(f"symmetric must be True or False, got {symmetric!r}.")
    lo, hi = _checked_range(lo, hi, axis)
    lo, hi = np.minimum(lo, np.float32(0)), np.maximum(hi, np.float32(0))
    middle = 0 if signed else 2 ** (int(bits) - 1)
    with np.errstate(over="ignore"):
        width = np.maximum(-lo, hi) if symmetric else hi - lo
    if not np.isfinite(width).all():
        raise ValueError(f"The range from {_short(lo)} to {_short(hi)} is too wide for float32.")
    steps = np.float32(qmax - middle if symmetric else qmax - qmin)
    scale, inverse = _scale_and_inverse(width, steps)
    if symmetric:
        return QuantParams(scale, middle, bits, signed, narrow_range, axis, inverse)
    # The ops count from 0 (from 1 where narrow), and float32 sums depend on it: count like them.
    first = int(narrow_range)
    from_lo = np.float32(first) - lo / scale
    nudged = np.floor(from_lo) + (from_lo - np.floor(from_lo) >= 0.5)
    zero_point = nudged.astype(int) - first + qmin
    return QuantParams(scale, zero_point, bits, signed, narrow_range, axis, inverse)


def integer_grid(bits: int, signed: bool = True, narrow_range: bool = False) -> tuple[int, int]:
    """Lowest and highest integer of a grid; narrow range leaves out the lowest of the type.

    Raises:
        ValueError: bits outside 2..16 or not whole, switches that are not True or False.

    >>> integer_grid(8), integer_grid(8, narrow_range=True), integer_grid(4, signed=False)
    ((-128, 127), (-127, 127), (0, 15))
    """
    if not (is_whole(bits) and 2 <= bits <= 16):
        raise ValueError(f"bits must be a whole number from 2 to 16, got {bits!r}.")
    bits = int(bits)  # numpy's small integers would wrap around below
    for name, value in (("signed", signed), ("narrow_range", narrow_range)):
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"{name} must be True or False, got {value!r}.")
    qmin = -(2 ** (bits - 1)) if signed else 0
    return qmin + int(narrow_range), qmin + 2**bits - 1


def _checked_range(lo: Any, hi: Any, axis: int | None) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(over="ignore"):
        lo32, hi32 = (real_array(n, v).astype(np.float32) for n, v in (("lo", lo), ("hi", hi)))
    if not (np.isfinite(lo32).all() and np.isfinite(hi32).all()):
        raise ValueError(f"A range must be finite in float32, got lo={lo!r}, hi={hi!r}.")
    ndim = 0 if axis is None else 1
    if lo32.ndim > ndim or hi32.ndim > ndim:
        hint = "Name the channel axis with axis=." if axis is None else "Give 1-D arrays."
        raise ValueError(
            f"lo and hi do not fit axis={axis}: got shapes {lo32.shape} and {hi32.shape}. {hint}"
        )
    if ndim:
        lo32, hi32 = np.atleast_1d(lo32, hi32)
        if 1 not in (lo32.size, hi32.size) and lo32.size != hi32.size:
            raise ValueError(f"lo and hi differ in length: {lo32.size} and {hi32.size}.")
        lo32, hi32 = np.broadcast_arrays(lo32, hi32)
    if (lo32 > hi32).any():
        raise ValueError(f"lo must not be above hi, got lo={lo!r}, hi={hi!r}. Swap them?")
    return lo32, hi32


def _scale_and_inverse(width: np.ndarray, steps: np.float32) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(over="ignore", divide="ignore"):
        scale = np.where(width > 0, np.maximum(width / steps, SMALLEST_SCALE), np.float32(1))
        inverse = np.where(width / steps >= SMALLEST_SCALE, steps / width, 1 / scale)
    return scale, inverse


def _positive_scale(value: Any, steps: int) -> np.ndarray:
    with np.errstate(over="ignore"):
        scale = real_array("scale", value).astype(np.float32)
        finite = np.isfinite(scale * np.float32(steps))  # so that lo and hi are finite too
    if not (finite.all() and (scale >= SMALLEST_SCALE).all()):
        raise ValueError(
            f"scale must be above 0 (at least {SMALLEST_SCALE:.1e}, the smallest normal float32), "
            f"and {steps} steps of it finite; got {value!r}."
        )
    return scale


def _inverse(value: Any, scale: np.ndarray) -> np.ndarray:
    if value is None:
        return 1 / scale
    inverse = real_array("inverse_scale", value).astype(np.float32)
    if inverse.shape != scale.shape or not np.allclose(inverse * scale, 1, rtol=1e-6, atol=0):
        raise ValueError(
            f"inverse_scale must be 1 / scale up to rounding, got {value!r}. None computes it."
        )
    return inverse


def _whole_zero_point(value: Any, qmin: int, qmax: int) -> np.ndarray:
    zero_point = real_array("zero_point", value)
    if zero_point.dtype.kind not in "iu":
        raise ValueError(
            f"zero_point must be whole numbers of an integer type, got {value!r}. Round it first: "
            f"a fractional zero point cannot represent 0.0 exactly."
        )
    if (zero_point < qmin).any() or (zero_point > qmax).any():
        raise ValueError(f"zero_point must lie on the grid {qmin}..{qmax}, got {value!r}.")
    return zero_point.astype(np.int32)


def _require_fit(axis: Any, scale: np.ndarray, zero_point: np.ndarray) -> None:
    if axis is None and (scale.ndim or zero_point.ndim):
        raise ValueError(
            f"Without an axis, scale and zero_point must be single numbers, got shapes "
            f"{scale.shape} and {zero_point.shape}. Name the channel axis with axis=."
        )
    if axis is not None and not is_whole(axis):
        raise ValueError(f"axis must be a whole number or None, got {axis!r}.")
    if axis is not None and (scale.ndim != 1 or zero_point.shape not in ((), scale.shape)):
        raise ValueError(
            f"With axis={axis}, scale must be 1-D and zero_point one number or as long as scale, "
            f"got shapes {scale.shape} and {zero_point.shape}."
        )


def _frozen(value: np.ndarray, shape: tuple[int, ...]) -> Any:
    """A number where `shape` is empty (a Python int for integers), else a read-only array."""
    array = np.array(np.broadcast_to(value, shape))
    array.flags.writeable = False
    if shape:
        return array
    return int(array) if array.dtype.kind == "i" else array[()]


def _short(value: Any) -> str:
    array = np.asarray(value)
    return (
        str(array[()]) if array.ndim == 0 else np.array2string(array, threshold=8, separator=", ")
    )
