"""From a model to a LiteRT file: one recipe, one function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.core.check import flag, is_choice, words
from qnn_edu.nets.conversion import quantizer
from qnn_edu.nets.conversion.calibration import RangeOf, calibrated_on, fitting, ranges_on
from qnn_edu.nets.conversion.inputs import open_sizes
from qnn_edu.nets.conversion.running import file_of
from qnn_edu.nets.conversion.source import Source, source
from qnn_edu.nets.conversion.stated_ranges import convert_stated, states_ranges
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite.reader import read

if TYPE_CHECKING:
    from qnn_edu.nets.conversion.source import Convertible


@dataclass(frozen=True)
class Options:
    """What `convert` was asked for besides the recipe; its arguments say what each means."""

    calibration: Any
    io: str | None
    per_channel: bool
    ranges: RangeOf | None
    keep_float: tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """A way to convert: the function that does it, the options that it has a use for, and the
    types of inputs and outputs that it can make, its own choice first."""

    make: Callable[[Source, Options], bytes]
    uses: frozenset[str] = frozenset()
    io: tuple[str, ...] = ("float32",)


def convert(
    model: Convertible | Source,
    recipe: str,
    *,
    calibration: Any = None,
    io: str | None = None,
    per_channel: bool = True,
    ranges: RangeOf | None = None,
    keep_float: Iterable[str] = (),
    batch: int | None = 1,
) -> bytes:
    """The bytes of a LiteRT file made from a Keras model or a concrete function.

    | `recipe`  | weights | activations | needs calibration |
    |-----------|---------|-------------|-------------------|
    | "float32" | float32 | float32     | no                |
    | "float16" | float16 | float32     | no                |
    | "dynamic" | int8    | float32 in the file, int8 inside an operator | no |
    | "int8"    | int8    | int8        | yes, or fake quantizers |
    | "int16x8" | int8    | int16       | yes               |

    `calibration`: a hundred or so examples of the input, one array (n, ...) or an iterable of
    batches, as `calibrate` takes them; the range of every activation is measured on them. A network
    that carries fake quantizers states its ranges itself and needs none: see `convert_stated`.
    `io`: the type of inputs and outputs; None is the recipe's own, "int8" for "int8" (also "uint8",
    "float32"), "int16" for "int16x8" (also "float32"), else "float32".
    `per_channel`: one scale for each channel of a weight, or, if False, one for the whole weight.
    `ranges`: how activation ranges follow from their values, array -> (lo, hi), such as
    `ranges.percentile` or `clipping.mse`; None keeps the smallest and the largest value.
    `keep_float`: operators that "int8" leaves in float, each by its name in `layer_report`.
    `batch`: how many examples the file takes at once. With 1 no operator is left that only asks for
    that number (SHAPE, STRIDED_SLICE, PACK), and `run_tflite` runs a larger batch image by image;
    None leaves it open. A number that an input states itself stands, and a model that
    `quantize_aware` prepared is for one.

    LiteRT's kernel sets do not know the same operators: TILE (UpSampling, RepeatVector) and
    DEPTH_TO_SPACE of integers, ELU and ROUND are not among the reference kernels, and `run_tflite`
    says so (measured with version 2.3).

    Other sizes that the model leaves open are, in the file, those of the first calibration example.
    Where none is taken, state them, or leave them open together with the batch.

    Raises:
        ValueError: another recipe, what is not a model or has not been told its inputs, calibration
            that is missing or does not fit, an option that the recipe has no use for, a loop or a
            branch in a model to calibrate, an operator with no integer form where all was to be
            integer, and what TensorFlow's converter cannot do.

    Source: LiteRT 8-bit quantization specification.

    >>> from qnn_edu.nets.models import digits_net
    >>> convert(digits_net(), "float32")[4:8]
    b'TFL3'
    """
    if not is_choice(recipe, RECIPES):
        raise ValueError(f"convert: no recipe {recipe!r}; choose one of {', '.join(RECIPES)}.")
    kept = words("convert: keep_float", keep_float)
    each_channel = flag("convert: per_channel", per_channel)
    options = Options(calibration, io, each_channel, ranges, kept)
    _check(recipe, options)
    origin = source(model).of_batch(batch)
    if calibration is None and batch is not None:
        _require_sizes(origin)
    return RECIPES[recipe].make(origin, options)


def _require_sizes(origin: Source) -> None:
    """Refuse a model that leaves sizes open where no example fills them."""
    for each in open_sizes(origin.inputs):
        sizes = ", ".join(map(str, each.shape[1:]))
        raise ValueError(
            f"convert: input {each.name!r} leaves sizes open, ({sizes}), and a file for one image "
            "has one size. State it: x = keras.Input((224, 224, 3)), then "
            "keras.Model(x, model(x)); or give calibration data of that size, or batch=None, "
            "which leaves all sizes open."
        )


def _float32(origin: Source, options: Options) -> bytes:
    return file_of(origin, origin.converter())


def _float16(origin: Source, options: Options) -> bytes:
    tf, converter = load_tensorflow(), origin.converter()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return file_of(origin, converter)


def _dynamic(origin: Source, options: Options) -> bytes:
    converter = origin.converter()
    converter.optimizations = [load_tensorflow().lite.Optimize.DEFAULT]
    converter._experimental_disable_per_channel = not options.per_channel
    converter._experimental_disable_per_channel_quantization_for_dense_layers = (
        not options.per_channel
    )
    return file_of(origin, converter)


def _int8(origin: Source, options: Options) -> bytes:
    if options.calibration is not None:
        return _integer(origin, "int8", options)
    if not states_ranges(origin):
        raise _no_calibration("int8")
    if options.ranges or options.keep_float or not options.per_channel:
        raise ValueError(
            "convert: ranges, keep_float and per_channel belong to calibration. A network that "
            "carries fake quantizers states all ranges itself; place them otherwise."
        )
    return convert_stated(origin, io=options.io)


def _int16x8(origin: Source, options: Options) -> bytes:
    if states_ranges(origin):
        raise ValueError(
            "convert: this network carries fake quantizers of 8 bits, which LiteRT's kernels of 16 "
            "bits cannot follow. Choose 'int8', or give the float model that it was prepared from."
        )
    content = _integer(origin, "int16x8", options)
    _require_runs(content)
    return content


def _require_runs(content: bytes) -> None:
    """Refuse a file that LiteRT does not run, tried on zeros.

    For 16 bits the converter makes operators that no kernel knows, as SQUARED_DIFFERENCE.
    """
    graph = read(content)
    zeros = [np.zeros(t.shape, t.dtype) for t in (graph.tensors[i] for i in graph.inputs)]
    try:
        run_tflite(content, zeros, kernels="optimized")
    except (ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"convert: LiteRT cannot run what recipe 'int16x8' makes of this model: {reason} "
            "Choose 'int8', where that operator has integers or stays in float (io='float32')."
        ) from error


def _integer(origin: Source, recipe: str, options: Options) -> bytes:
    """Calibrate, choose the ranges, quantize."""
    origin, stream = fitting(origin, options.calibration)
    if options.ranges is None:
        calibrated, ranges = calibrated_on(origin, stream), None
    else:
        used_twice = list(stream)
        calibrated = calibrated_on(origin, used_twice)
        ranges = ranges_on(calibrated, origin, used_twice, options.ranges)
    return quantizer.quantize_calibrated(
        calibrated,
        recipe=recipe,
        io=options.io,
        per_channel=options.per_channel,
        ranges=ranges,
        keep_float=options.keep_float,
    )


RECIPES = {
    "float32": Recipe(_float32),
    "float16": Recipe(_float16),
    "dynamic": Recipe(_dynamic, frozenset({"per_channel"})),
    "int8": Recipe(
        _int8,
        frozenset({"calibration", "per_channel", "ranges", "keep_float"}),
        quantizer.IO["int8"],
    ),
    "int16x8": Recipe(_int16x8, frozenset({"calibration", "ranges"}), quantizer.IO["int16x8"]),
}


def _check(recipe: str, options: Options) -> None:
    """Refuse options that the recipe has no use for, and calibration that is missing."""
    quantizer.checked_io(recipe, options.io, RECIPES[recipe].io)
    given = {
        "calibration": options.calibration is not None,
        "per_channel": not options.per_channel,
        "ranges": options.ranges is not None,
        "keep_float": bool(options.keep_float),
    }
    uses = RECIPES[recipe].uses
    for option in (name for name, is_given in given.items() if is_given and name not in uses):
        users = [repr(name) for name, each in RECIPES.items() if option in each.uses]
        raise ValueError(
            f"convert: recipe {recipe!r} has no use for {option}; leave it out, or choose "
            f"{' or '.join(users)}."
        )
    if options.ranges is not None and not callable(options.ranges):
        raise ValueError(
            "convert: ranges is a function, values -> (lo, hi), such as qnn_edu.ranges.percentile; "
            f"got {options.ranges!r}."
        )
    if "calibration" in uses and options.calibration is None and recipe != "int8":
        raise _no_calibration(recipe)


def _no_calibration(recipe: str) -> ValueError:
    return ValueError(
        f"convert: recipe {recipe!r} needs calibration, examples of the input: without them "
        "nobody knows the range of the activations. Give about 100 training images."
    )
