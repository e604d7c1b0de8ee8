"""Training runs that can be stopped at any moment and taken up again to the same weights.

A run has a folder of its own, `OUT / run.name`:

| file              | what                                                                  |
|-------------------|-----------------------------------------------------------------------|
| `checkpoint.npz`  | where it stands after the last whole epoch                            |
| `log.jsonl`       | a line an epoch: loss, accuracy, lr, seconds                          |
| `model.keras`     | the trained model, without the optimizer's memory                     |
| `model.tflite`    | the file made of it: int8, float32 for a float run                    |
| `result.json`     | what came out; written last, so where it is, everything is            |
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.qat.prepared import freeze, measure_norms
from qnn_edu.nets.qat.teacher import distill
from qnn_edu.nets.quiet import load_keras, load_tensorflow
from qnn_edu.nets.runs import checkpoint
from qnn_edu.nets.runs.beginning import begun, rounded, trained
from qnn_edu.nets.runs.images import SHIFT, Batch, Images, Origin, batches, load, origin
from qnn_edu.nets.runs.plan import Run
from qnn_edu.nets.runs.result import LOG, MODEL, RESULT, finished, identity, write_result

if TYPE_CHECKING:
    import keras

CALIBRATION = 100  # batches on which ranges or normalisation are measured, at most one epoch
Progress = Callable[[int, int], None]  # batches done, batches in all


def train(
    run: Run,
    out: Path,
    *,
    file: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Do a run in its folder under `out`, and give what `result.json` then holds.

    The same run on the same processor gives the same weights, bit for bit; stopped after any number
    of epochs and resumed it gives them too. (A GPU may add in another order each time.) `resume`:
    go on after the last whole epoch, and where the run is finished only say what came out;
    otherwise everything in the folder is made anew. `file`: a copy of the data set, as
    `qnn_edu.data.cifar10` takes it. `progress(done, of)` is called after each batch. The seeds of
    Python, numpy and Keras are set.

    Raises:
        ValueError: the float run that this one starts from is not finished in `out`, another
            process is at work on the run, Keras runs on another backend, or the data does not fit.

    >>> from tempfile import TemporaryDirectory
    >>> from qnn_edu.nets.runs.plan import planned
    >>> with TemporaryDirectory() as out:
    ...     result = train(planned("digits", "digits_net", "float", epochs=1), Path(out))
    >>> result["run"]["seed"], result["train"]["accuracy"] > 30
    (1, True)
    """
    _check_backend(run)
    source, folder = origin(run.dataset, file), Path(out) / run.name
    with checkpoint.locked(folder):
        done = finished(run, Path(out), source) if resume else None
        if done and (folder / MODEL).is_file():
            return done
        if not resume:
            _forget(folder)
        images = load(source)
        load_keras().utils.set_random_seed(run.seed)
        if run.rounding != "nearest":
            model, log = rounded(run, Path(out), source, images, progress)
            return write_result(run, model, images, source, folder, log)
        model = begun(run, Path(out), source)
        learner = model
        if run.teacher:
            learner = distill(model, trained(run.root, run, Path(out), source))
        log = _fitted(run, learner, images, source, folder, progress)
        return write_result(run, model, images, source, folder, log)


def _forget(folder: Path) -> None:
    """Remove what an earlier run left; its result first, since that vouches for the rest."""
    for name in (RESULT, checkpoint.FILE, LOG):
        (folder / name).unlink(missing_ok=True)


def _check_backend(run: Run) -> None:
    there = load_keras().backend.backend()
    if there != run.backend:
        raise ValueError(
            f"Keras runs on {there} here, and this run wants {run.backend}. Set KERAS_BACKEND="
            f"{run.backend} before Python starts; it cannot change later."
        )


def _calibrated(run: Run, model: keras.Model, images: Images) -> dict[str, Any]:
    """Let moving averages find the ranges on training images, all weights as they are.

    Layer after layer sees what the layers before it, rounded already, put out.
    """
    start = time.perf_counter()
    freeze(model, ranges=False)
    for x in _calibration_images(run, images):
        model(x, training=True)
    return {"seconds": time.perf_counter() - start}


def _begin_ranges(run: Run, model: keras.Model, images: Images) -> None:
    """Let the first batch begin the learned ranges: JAX drops what a compiled step assigns them."""
    model(next(_calibration_images(run, images, shift=_shift(run))), training=True)


def _calibration_images(run: Run, images: Images, epoch: int = 0, shift: int = 0) -> Iterator:
    drawn = batches(images.train, size=run.batch, seed=run.seed, epoch=epoch, shift=shift)
    return (x for _, (x, _) in zip(range(CALIBRATION), drawn, strict=False))


def _fitted(
    run: Run,
    model: keras.Model,
    images: Images,
    source: Origin,
    folder: Path,
    progress: Progress | None,
) -> list[dict[str, Any]]:
    """Train the model from where its checkpoint stands, or from the beginning; the log."""
    if run.method == "ptq":
        return [_calibrated(run, model, images)]
    steps = len(images.train[0]) // run.batch
    optimizer = _optimizer(run, steps)
    optimizer.build(model.trainable_variables)
    variables = [*model.variables, *optimizer.variables]
    which, path, log = identity(run, source), folder / checkpoint.FILE, []
    if saved := checkpoint.load(path, which):
        checkpoint.restore(saved, variables)
        log = saved.log
        _write_log(folder, log)
    begin = len(log)
    if run.ranges == "learned" and not begin and load_keras().backend.backend() == "jax":
        _begin_ranges(run, model, images)
    for epoch in range(begin, run.epochs):
        if epoch in (begin, run.epochs - run.frozen_epochs):
            _compile(run, model, optimizer, epoch)
        log.append(_epoch(run, model, images, epoch, progress))
        checkpoint.save(path, which, log, variables)
        _write_log(folder, log)
    if run.method == "qat" and not run.frozen_epochs:
        measure_norms(model, _calibration_images(run, images, run.epochs, _shift(run)))
    return log


def _shift(run: Run) -> int:
    return SHIFT[run.dataset] if run.augment else 0


def _optimizer(run: Run, steps: int) -> keras.Optimizer:
    """The run's optimizer; only kernels decay, not what scales or shifts, and no learned step."""
    optimizers = load_keras().optimizers
    rate = optimizers.schedules.CosineDecay(run.learning_rate, run.epochs * steps)
    decay = run.weight_decay or None
    if run.optimizer == "adam":
        optimizer = optimizers.Adam(rate, weight_decay=decay)
    else:
        optimizer = optimizers.SGD(rate, momentum=0.9, nesterov=True, weight_decay=decay)
    if decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta", "step", "alpha"])
    return optimizer


def _compile(run: Run, model: keras.Model, optimizer: keras.Optimizer, epoch: int) -> None:
    """Prepare the model for this epoch and those after it.

    A learned step goes on learning when batch normalisation stands still: frozen, it would leave
    the optimizer's list of variables.
    """
    if run.frozen_epochs and epoch >= run.epochs - run.frozen_epochs:
        freeze(model, ranges=run.ranges == "ema")
    loss = load_keras().losses.SparseCategoricalCrossentropy()
    model.compile(optimizer, loss, metrics=["accuracy"])


def _epoch(
    run: Run, model: keras.Model, images: Images, epoch: int, progress: Progress | None
) -> dict[str, Any]:
    """Train one epoch; its line in the log."""
    keras = load_keras()
    begin, steps = time.perf_counter(), len(images.train[0]) // run.batch
    rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    callbacks = []
    if progress:
        done = epoch * steps + 1
        tell = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: progress(done + batch, run.epochs * steps)
        )
        callbacks = [tell]
    history = model.fit(
        _fed(batches(images.train, size=run.batch, seed=run.seed, epoch=epoch, shift=_shift(run))),
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        callbacks=callbacks,
    ).history
    return {
        "epoch": epoch + 1,
        "loss": history["loss"][0],
        "accuracy": 100 * history["accuracy"][0],
        "lr": rate,
        "seconds": time.perf_counter() - begin,
    }


def _fed(drawn: Iterator[Batch]) -> Any:
    """Batches as `fit` takes them without losing time.

    TensorFlow tunes a dataset that Keras makes of a generator, in a thread that sleeps twice as
    long each time; the end of an epoch waits for it to wake, up to as long as the epoch took.
    """
    if load_keras().backend.backend() != "tensorflow":
        return drawn
    tf = load_tensorflow()
    first = next(drawn)
    specs = tuple(tf.TensorSpec((None, *part.shape[1:]), part.dtype) for part in first)
    dataset = tf.data.Dataset.from_generator(lambda: chain([first], drawn), output_signature=specs)
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.prefetch(2).with_options(options)


def _write_log(folder: Path, log: list[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(line) + "\n" for line in log)
    checkpoint.written_whole(folder / LOG, lambda part: part.write_text(lines, encoding="utf-8"))
