"""The file that each setting of the recipe explorer makes, and how good it is."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np

from qnn_edu.core import ranges
from qnn_edu.core.affine import dequantize, quantize
from qnn_edu.core.metrics import sqnr_db
from qnn_edu.core.range_methods import RANGE_METHODS, RangeMethod

NETWORKS = ("digits", "stretched")
RECIPES = ("float32", "float16", "dynamic", "int8", "int16x8")
# Of so few values as a digit has, 99.9 % hold the outlier too.
_PERCENTILE = RangeMethod("percentile 99", partial(ranges.percentile, percent=99))
METHODS = {
    each.title: each
    for each in (RANGE_METHODS | {"percentile": _PERCENTILE}).values()
    if not each.in_order  # a converter's calibration has no order
}
CALIBRATED = ("int8", "int16x8")
TO_INTEGER = 255  # what a spoiled image forgot to divide by


def tried(*, network: str, recipe: str, **settings: Any) -> dict[str, Any]:
    """What `judged` finds of the file that `converted` makes, its `size` in bytes, and `recipe`.

    >>> settings = {"per_channel": True, "images": 10, "method": "min-max", "spoiled": False}
    >>> found = tried(network="digits", recipe="int8", **settings)
    >>> found["size"] < 30_000, found["accuracy"] > 98
    (True, True)
    """
    file = converted(network, recipe, **settings)
    return {"size": len(file), "recipe": recipe, **judged(file, network)}


@cache
def network(name: str) -> Any:
    """The digits network, or the same function with the channels of block 2 stretched by 100.

    A Keras model.

    Raises:
        ValueError: another name.

    >>> network("stretched").count_params()
    9610
    """
    from qnn_edu.data import asset
    from qnn_edu.nets import models
    from qnn_edu.nets.quiet import load_keras

    if name not in NETWORKS:
        raise ValueError(f"There is no network {name!r}; choose one of {', '.join(NETWORKS)}.")
    model = load_keras().models.load_model(asset("digits.keras"))
    if name == "digits":
        return model
    return models.stretch(model, "block2_depthwise_norm", "block2_pointwise", spread=100)


def calibration(images: int, *, spoiled: bool = False) -> np.ndarray:
    """The first training digits, float32 (images, 8, 8, 1); the last may be 255 times too large.

    >>> float(calibration(10).max()), float(calibration(10, spoiled=True).max())
    (1.0, 255.0)
    """
    from qnn_edu.data import digits

    x = digits("train")[0][:images].copy()
    if spoiled:
        x[-1] *= TO_INTEGER
    return x


@cache
def converted(
    name: str, recipe: str, *, per_channel: bool, images: int, method: str, spoiled: bool
) -> bytes:
    """The `.tflite` file of a network; what a recipe has no use for is left aside.

    Equal to what `nets.convert` makes, but faster, since all ranges of a network start from one
    conversion.

    >>> settings = {"images": 10, "method": "min-max", "spoiled": False}
    >>> len(converted("digits", "int8", per_channel=True, **settings)) < 30_000
    True
    """
    from qnn_edu import nets

    if recipe in CALIBRATED:
        options = {} if recipe == "int16x8" else {"per_channel": per_channel}
        return nets.quantize_calibrated(
            _calibrated(name),
            recipe=recipe,
            ranges=_ranges(name, images, method, spoiled),
            **options,
        )
    return _plain(name, recipe, per_channel or recipe != "dynamic")


@cache
def judged(file: bytes, name: str) -> dict[str, Any]:
    """How good a file of the network `name` is, on the 355 test digits.

    `accuracy` in percent; `sqnr` in dB by tensor index, of what each operator puts out against the
    float file (infinite where the two are equal); `graph` of the file.

    >>> found = judged(_plain("digits", "float32", True), "digits")
    >>> round(found["accuracy"], 2), set(found["sqnr"].values())
    (99.72, {inf})
    """
    from qnn_edu.data import digits
    from qnn_edu.tflite import read

    outputs = _outputs(file)
    pairs = zip(outputs.items(), _float_outputs(name), strict=True)
    sqnr = {index: sqnr_db(real, values) for (index, values), real in pairs}
    right = list(outputs.values())[-1].argmax(axis=1) == digits("test")[1]
    return {"graph": read(file), "accuracy": 100 * float(right.mean()), "sqnr": sqnr}


def _outputs(file: bytes) -> dict[int, np.ndarray]:
    """What every operator puts out for the test digits, as real values, by tensor index.

    QUANTIZE and DEQUANTIZE are left out: without them all files of a network have the same
    operators in the same order.
    """
    from qnn_edu.data import digits
    from qnn_edu.nets import run_tflite
    from qnn_edu.tflite import read

    graph = read(file)
    x, takes = digits("test")[0], graph.tensors[graph.inputs[0]].params
    values = run_tflite(file, x if takes is None else quantize(x, takes), keep=True).tensors
    computing = [op for op in graph.operators if op.name not in ("QUANTIZE", "DEQUANTIZE")]
    tensors = [graph.tensors[op.outputs[0]] for op in computing]
    return {
        t.index: values[t.index] if t.params is None else dequantize(values[t.index], t.params)
        for t in tensors
    }


@cache
def _float_outputs(name: str) -> list[np.ndarray]:
    return list(_outputs(_plain(name, "float32", True)).values())


@cache
def _plain(name: str, recipe: str, per_channel: bool) -> bytes:
    """A file by a recipe that needs no calibration."""
    from qnn_edu import nets

    return nets.convert(network(name), recipe, per_channel=per_channel)


@cache
def _calibrated(name: str) -> bytes:
    from qnn_edu import nets

    return nets.calibrate(network(name), calibration(1))


@cache
def _ranges(name: str, images: int, method: str, spoiled: bool) -> dict[int, tuple]:
    from qnn_edu import nets

    data = calibration(images, spoiled=spoiled)
    return nets.measure_ranges(_calibrated(name), data, METHODS[method])
