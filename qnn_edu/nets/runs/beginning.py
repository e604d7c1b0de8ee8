"""What a training run begins with: a network, trained weights, levels that were chosen."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qnn_edu.nets import models
from qnn_edu.nets.ptq.trained import quantize_trained
from qnn_edu.nets.qat.levels import take_levels
from qnn_edu.nets.qat.prepare import quantize_aware
from qnn_edu.nets.qat.prepared import take_weights
from qnn_edu.nets.quiet import load_keras
from qnn_edu.nets.runs.images import Images, Origin, batches
from qnn_edu.nets.runs.plan import Run
from qnn_edu.nets.runs.result import MODEL, finished

if TYPE_CHECKING:
    import keras

ROUNDED = 8192  # training images on which roundings are chosen


def network(run: Run) -> keras.Model:
    """The network of a run, untrained.

    >>> from qnn_edu.nets.runs.plan import planned
    >>> network(planned("cifar10", "mobilenet_v1", "float")).name
    'mobilenet_v1'
    """
    if run.model == "digits_net":
        return models.digits_net()
    if run.model == "mobilenet_v1":
        return models.mobilenet_v1(width=run.width, first_stride=run.first_stride)
    return models.resnet(int(run.model.removeprefix("resnet")), width=run.width)


def begun(run: Run, out: Path, source: Origin) -> keras.Model:
    """What the run begins with: random weights, or those of its start, prepared.

    Raises:
        ValueError: a run that it needs is not finished in `out` with this data.

    >>> from qnn_edu.nets.runs.images import origin
    >>> from qnn_edu.nets.runs.plan import planned
    >>> begun(planned("digits", "digits_net", "float"), Path("nowhere"), origin("digits")).name
    'digits_net'
    """
    if run.start is None:
        return network(run)
    start = trained(run.start, run, out, source)
    if run.start.method == "qat":
        model = take_weights(network(run), start)
    else:
        model = start if run.start is run.root else trained(run.root, run, out, source)
    prepared = quantize_aware(
        model,
        weight_bits=run.bits,
        activation_bits=run.bits,
        per_channel=run.per_channel,
        ranges=run.ranges,
    )
    return take_levels(prepared, start) if run.start.method == "ptq" else prepared


def trained(which: Run, run: Run, out: Path, source: Origin) -> keras.Model:
    """The model of `which`, a finished run that `run` needs.

    Raises:
        ValueError: it is not there.
    """
    path = out / which.name / MODEL
    if not finished(which, out, source) or not path.is_file():
        raise ValueError(
            f"{run.name} starts from {which.name}, which is not finished in {out} with "
            "this data. Train that first; `qnn-edu sweep` does all in order."
        )
    return load_keras().models.load_model(path, compile=False)


def rounded(
    run: Run,
    out: Path,
    source: Origin,
    images: Images,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[keras.Model, list[dict[str, Any]]]:
    """The trained network of the start with roundings chosen on training images, and the log.

    Raises:
        ValueError: its start is not finished in `out` with this data.
    """
    model = trained(run.root, run, out, source)
    count = min(ROUNDED, len(images.train[0]))
    drawn = batches(images.train, size=count, seed=run.seed, epoch=0)
    start = time.perf_counter()
    prepared = quantize_trained(
        model,
        next(drawn)[0],
        weight_bits=run.bits,
        activation_bits=run.bits,
        rounding=run.rounding,
        per_channel=run.per_channel,
        progress=progress or (lambda done, of: None),
    )
    return prepared, [{"seconds": time.perf_counter() - start}]
