"""`qnn-edu train`: one training run, which can be stopped and taken up again."""

from typing import Annotated

import typer

from qnn_edu.cli.output import show, show_json
from qnn_edu.cli.progress import bar
from qnn_edu.cli.runs import (
    OUT,
    Backend,
    Data,
    FirstStride,
    Model,
    Out,
    Start,
    Teacher,
    Width,
    choose_backend,
    chosen_model,
    given,
    results_table,
)
from qnn_edu.nets.ptq.methods import METHODS as ROUNDINGS


def train(
    dataset: Annotated[str, typer.Option(help="digits or cifar10.")] = "digits",
    model: Model = None,
    method: Annotated[
        str, typer.Option(help="float, or, from a finished run on, ptq or qat.")
    ] = "float",
    bits: Annotated[
        int | None, typer.Option(help="Bits of weights and activations, 2 to 8, for qat and ptq.")
    ] = None,
    ranges: Annotated[str, typer.Option(help="ema (moving average) or learned (LSQ).")] = "ema",
    per_tensor: Annotated[
        bool, typer.Option("--per-tensor", help="One scale for a whole weight, not one a channel.")
    ] = False,
    seed: Annotated[int, typer.Option(help="What all randomness comes from.")] = 1,
    epochs: Annotated[int | None, typer.Option(help="Epochs of this run.")] = None,
    start_epochs: Annotated[
        int | None, typer.Option(help="Start from a float run of so many epochs.")
    ] = None,
    batch: Annotated[int | None, typer.Option(help="Images in a batch.")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Where the rate begins; it falls to 0 along a cosine.")
    ] = None,
    rounding: Annotated[
        str, typer.Option(help=f"Of weights in ptq, one of {', '.join(ROUNDINGS)}.")
    ] = "nearest",
    start: Start = "usual",
    teacher: Teacher = None,
    width: Width = None,
    first_stride: FirstStride = 1,
    data: Data = None,
    backend: Backend = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on after the last whole epoch, if there is one.")
    ] = False,
    out: Out = OUT,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Train a network, or quantize a trained one, and measure it and the file made of it.

    What was left out is as it trains well. The folder of the run, named by what it is, holds a
    checkpoint of every epoch, the log, the model, its .tflite file and result.json. Stopped at any
    moment, the same command with --resume goes on to the weights that it would have had anyway.

    Examples:

    \b
        qnn-edu train
        qnn-edu train --method qat --bits 4 --ranges learned
        qnn-edu train --method ptq --bits 3 --rounding gptq
        qnn-edu train --method qat --bits 2 --ranges learned --teacher float
        qnn-edu train --dataset cifar10 --model mobilenet_v1 --epochs 30 --resume
        qnn-edu train --dataset cifar10 --data cifar10.npz --method ptq --bits 8 --json
    """
    from qnn_edu.nets.runs.plan import planned

    model = chosen_model(dataset, model)
    width = int(width) if width is not None and model.startswith("resnet") else width
    shared = given(seed=seed, width=width, first_stride=first_stride)
    shared["backend"] = choose_backend(backend)
    own = given(epochs=epochs, batch=batch, learning_rate=learning_rate, teacher=teacher)
    if method != "qat" and (start != "usual" or teacher is not None):
        raise ValueError("--start and --teacher are for qat.")
    if rounding != "nearest":
        if "ptq" not in (method, start):
            raise ValueError("--rounding is for ptq, and for qat with --start ptq.")
        own["rounding"] = rounding
    if method != "float":
        own |= {"bits": bits, "ranges": ranges, "per_channel": not per_tensor}
        if start_epochs is not None:
            begun = planned(dataset, model, "float", **shared, epochs=start_epochs)
            if start == "ptq":
                grid = {"bits": bits, "per_channel": not per_tensor, "rounding": rounding}
                begun = planned(dataset, model, "ptq", **shared, **grid, start=begun)
                own.pop("rounding", None)
            own["start"] = begun
    elif bits is not None or start_epochs is not None or per_tensor or ranges != "ema":
        raise ValueError("--bits, --ranges, --per-tensor and --start-epochs are for qat and ptq.")
    run = planned(dataset, model, method, begin=start, **shared, **own)

    from qnn_edu.nets.runs import training  # loads Keras, whose backend is chosen now

    with bar() as work_on:
        move = work_on(run.name)
        result = training.train(run, out, file=data, resume=resume, progress=move)
    if as_json:
        show_json(result)
    else:
        show(str(out / run.name), results_table({run.name: result}))
