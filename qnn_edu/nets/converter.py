"""From a Keras model to a LiteRT file: one recipe, one function."""

import contextlib
import io
import warnings

import numpy as np

from qnn_edu.nets.quiet import load_tensorflow, quiet_stderr


def convert(model, recipe: str, *, calibration=None) -> bytes:
    """The bytes of a LiteRT file made from a Keras model.

    `recipe`: "float32" (nothing quantized) or "int8" (weights int8 per channel, activations int8
    per tensor, inputs and outputs int8). "int8" needs `calibration`, float32 examples
    (n, ...) of the model's input, a hundred or so: the range of every activation is measured on
    them. A model of several inputs takes a list of arrays.

    Raises:
        ValueError: another recipe, what is not a Keras model, calibration that is missing, not
            wanted, of another shape or not finite.

    Source: LiteRT 8-bit quantization specification.

    >>> from qnn_edu.nets.models import digits_net
    >>> convert(digits_net(), "float32")[4:8]
    b'TFL3'
    """
    tf = load_tensorflow()
    if recipe not in RECIPES:
        raise ValueError(f"convert: no recipe {recipe!r}; choose one of {', '.join(RECIPES)}.")
    if not isinstance(model, tf.keras.Model):
        raise ValueError(f"convert: expected a Keras model, got {type(model).__name__}.")
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    RECIPES[recipe](converter, model, calibration)
    with warnings.catch_warnings(), quiet_stderr(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # the converter's notes on its own insides
        return converter.convert()


def _float32(converter, model, calibration) -> None:
    if calibration is not None:
        raise ValueError("convert: recipe 'float32' measures no ranges; leave calibration out.")


def _int8(converter, model, calibration) -> None:
    tf = load_tensorflow()
    examples = _examples(model, calibration)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8


RECIPES = {"float32": _float32, "int8": _int8}


def _examples(model, calibration) -> list[list[np.ndarray]]:
    """Calibration data as the converter takes it: one list of (1, ...) arrays an example."""
    if calibration is None:
        raise ValueError(
            "convert: recipe 'int8' needs calibration, examples of the input: without them nobody "
            "knows the range of the activations. Give about 100 training images."
        )
    arrays = calibration if isinstance(calibration, (list, tuple)) else [calibration]
    if len(arrays) != len(model.inputs):
        raise ValueError(
            f"convert: the model has {len(model.inputs)} input(s), calibration {len(arrays)}."
        )
    arrays = [np.asarray(array) for array in arrays]
    count = len(arrays[0]) if arrays[0].ndim else 0
    arrays = [
        _checked(array, tuple(wanted.shape[1:]), count)
        for array, wanted in zip(arrays, model.inputs, strict=True)
    ]
    return [[array[k : k + 1] for array in arrays] for k in range(count)]


def _checked(array: np.ndarray, shape: tuple, count: int) -> np.ndarray:
    """One input's calibration as float32, once its type, shape and values are what they must be."""
    fits = array.ndim == len(shape) + 1 and all(
        want in (None, have) for want, have in zip(shape, array.shape[1:], strict=True)
    )
    if not fits or len(array) != count or count == 0:
        raise ValueError(
            f"convert: calibration has shape {array.shape}; expected (n, "
            f"{', '.join(map(str, shape))}), n at least 1 and the same for every input."
        )
    with np.errstate(over="ignore"):
        real = array.astype(np.float32) if array.dtype.kind == "f" else None
    if real is None or not np.isfinite(real).all():
        raise ValueError(
            f"convert: calibration must be finite real numbers, as the model saw in training; "
            f"got {array.dtype} from {array.min()} to {array.max()}."
        )
    return real
