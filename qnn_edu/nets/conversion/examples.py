"""Calibration data as single examples, in any form that it may come in, checked batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from qnn_edu.nets.conversion.inputs import Input


def examples(inputs: Sequence[Input], calibration: Any) -> Iterator[dict[str, np.ndarray]]:
    """Calibration data as single examples: arrays (1, ...) by input name, in the inputs' order.

    An input whose first dimension is fixed at b gets examples (b, ...).

    Raises:
        ValueError: a batch that does not fit the inputs, or no batch at all.

    >>> image = Input("image", (None, 2), np.dtype(np.float32))
    >>> [e["image"].shape for e in examples([image], np.zeros((3, 2)))]
    [(1, 2), (1, 2), (1, 2)]
    """
    if not inputs:
        raise ValueError("convert: this model has not said what inputs it takes; call it once.")
    empty = True
    for number, batch in enumerate(_batches(calibration)):
        arrays = _checked(inputs, batch, place(number))
        step = inputs[0].shape[0] or 1
        for start in range(0, len(arrays[0]), step):
            cut = (array[start : start + step] for array in arrays)
            yield {each.name: array for each, array in zip(inputs, cut, strict=True)}
        empty = False
    if empty:
        raise ValueError("convert: the calibration data holds no batch; give at least one.")


def require_shape(array: np.ndarray, wanted: Input, where: str, why: str = "") -> None:
    """Refuse an array of another shape than the input's: other sizes, or not one example.

    `why` is said behind what came and what was expected.

    >>> require_shape(np.zeros((3, 2)), Input("image", (None, 2), np.dtype(np.float32)), "batch 0")
    """
    sizes = list(zip(array.shape, wanted.shape, strict=False))
    fixed = (wanted.shape or (1,))[0] or 1
    fits = array.ndim == len(wanted.shape) > 0 and all(w in (None, s) for s, w in sizes[1:])
    if not fits or len(array) == 0 or len(array) % fixed:
        expected = f"({', '.join(str(size or 'n') for size in (None, *wanted.shape[1:]))})"
        count = f"a multiple of {fixed}" if fixed > 1 else "at least 1"
        raise ValueError(
            f"convert: {where} has shape {array.shape} for input {wanted.name!r}; expected "
            f"{expected}, n {count}. {why}".strip()
        )


def place(number: int) -> str:
    """How errors call a batch.

    >>> place(0)
    'batch 0 of the calibration data'
    """
    return f"batch {number} of the calibration data"


def _batches(calibration: Any) -> Iterable[Any]:
    if isinstance(calibration, Mapping) or hasattr(calibration, "__array__"):
        return [calibration]
    if not isinstance(calibration, Iterable):
        raise ValueError(
            "convert: calibration must be an array (n, ...) or an iterable of batches, got "
            f"{type(calibration).__name__}."
        )
    return calibration


def _checked(inputs: Sequence[Input], batch: Any, where: str) -> list[np.ndarray]:
    """One batch as arrays in the inputs' order, of their types, once everything fits."""
    names = [each.name for each in inputs]
    if isinstance(batch, Mapping):
        if set(batch) != set(names):
            raise ValueError(f"convert: {where} has inputs {sorted(batch)}, the model {names}.")
        batch = [batch[name] for name in names]
    arrays = list(batch) if isinstance(batch, (tuple, list)) else [batch]
    if len(arrays) != len(inputs):
        raise ValueError(
            f"convert: {where} has {len(arrays)} array(s), the model {len(inputs)} input(s) "
            f"({', '.join(names)}). A batch is a tuple of one array an input, or a dict by name."
        )
    arrays = [_fitting(np.asarray(a), i, where) for a, i in zip(arrays, inputs, strict=True)]
    if len({len(array) for array in arrays}) > 1:
        raise ValueError(
            f"convert: {where} has {[len(a) for a in arrays]} examples; every input needs as many."
        )
    return arrays


def _fitting(array: np.ndarray, wanted: Input, where: str) -> np.ndarray:
    """One array of a batch in the input's type."""
    require_shape(array, wanted, where)
    if wanted.dtype.kind == "f" and array.dtype.kind == "f":
        with np.errstate(over="ignore"):
            array = array.astype(wanted.dtype)
    if array.dtype != wanted.dtype or not np.isfinite(array).all():
        wrong = "NaN or infinity" if array.dtype == wanted.dtype else array.dtype
        raise ValueError(
            f"convert: {where} must hold finite {wanted.dtype} numbers for input {wanted.name!r}, "
            f"as the model saw in training; got {wrong}."
        )
    return array
