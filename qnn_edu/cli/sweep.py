"""`qnn-edu sweep`: many training runs, of which only those are done that are missing."""

from typing import Annotated

import typer

from qnn_edu.cli.output import note, show, show_json
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


def sweep(
    dataset: Annotated[str, typer.Option(help="digits or cifar10.")] = "digits",
    model: Model = None,
    methods: Annotated[str, typer.Option(help="Of float, ptq and qat, some.")] = "float,ptq,qat",
    bits: Annotated[str, typer.Option(help="Bits for ptq and qat, of 2 to 8.")] = "8,4,3,2",
    seeds: Annotated[str, typer.Option(help="Each of them for every combination.")] = "1",
    ranges: Annotated[str, typer.Option(help="ema, learned, or both; ptq takes ema.")] = "ema",
    weights: Annotated[
        str, typer.Option(help="One scale a channel, or one a tensor: channel, tensor, or both.")
    ] = "channel",
    rounding: Annotated[
        str, typer.Option(help=f"Of weights in ptq, some of {', '.join(ROUNDINGS)}.")
    ] = "nearest",
    epochs: Annotated[int | None, typer.Option(help="Epochs of float runs.")] = None,
    qat_epochs: Annotated[int | None, typer.Option(help="Epochs of qat runs.")] = None,
    start: Start = "usual",
    teacher: Teacher = None,
    width: Width = None,
    first_stride: FirstStride = 1,
    data: Data = None,
    backend: Backend = None,
    out: Out = OUT,
    jobs: Annotated[int, typer.Option(min=1, help="How many runs at once.")] = 1,
    dask: Annotated[
        str | None,
        typer.Option(
            help="A Dask scheduler whose workers do the runs; they need the same folders."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all results as JSON.")] = False,
) -> None:
    """Do every combination of methods, bits and seeds that has no result yet.

    Runs that others start from come first; one that is needed is done unasked.
    Stopped at any moment, the same command goes on after the last whole epoch of each run. A run
    that fails does not stop the others; the exit code is then 1.

    Examples:

    \b
        qnn-edu sweep --bits 8,4,2 --seeds 1,2
        qnn-edu sweep --dataset cifar10 --data cifar10.npz --ranges ema,learned
        qnn-edu sweep --methods ptq --weights channel,tensor --jobs 2 --json
        qnn-edu sweep --methods ptq --bits 4,3,2 --rounding nearest,gptq,descend
        qnn-edu sweep --methods qat --bits 3,2 --ranges learned --teacher float --start ptq
        qnn-edu sweep --dask tcp://scheduler:8786 --out /shared/runs
    """
    from qnn_edu.nets.runs import sweeping

    model = chosen_model(dataset, model)
    width = int(width) if width is not None and model.startswith("resnet") else width
    common = given(width=width, first_stride=first_stride) | {"backend": choose_backend(backend)}
    runs = sweeping.grid(
        dataset,
        model,
        methods=_words(methods),
        bits=_numbers("bits", bits),
        seeds=_numbers("seeds", seeds),
        ranges=_words(ranges),
        per_channel=_per_channel(weights),
        roundings=_words(rounding),
        begin=start,
        common=common,
        by_method={
            "float": given(epochs=epochs),
            "qat": given(epochs=qat_epochs, teacher=teacher),
        },
    )
    with bar() as work_on:
        outcomes = sweeping.sweep(
            runs, out, file=data, jobs=jobs, dask=dask, progress=lambda run: work_on(run.name)
        )
        failed = {outcome.run.name: outcome.reason for outcome in outcomes if not outcome.result}
    for name, reason in failed.items():
        note(f"qnn-edu: {name} failed: {reason}")
    results = sweeping.results(runs, out, data)
    if as_json:
        show_json({"results": results, "failed": failed})
    else:
        show(results_table(results))
    raise typer.Exit(1 if failed else 0)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _numbers(what: str, text: str) -> list[int]:
    """The whole numbers of a list such as 8,4,2."""
    try:
        return [int(word) for word in _words(text)]
    except ValueError:
        raise ValueError(
            f"--{what} is {text!r}; expected whole numbers with commas between, such as 8,4."
        ) from None


def _per_channel(weights: str) -> list[bool]:
    words = _words(weights)
    if not words or set(words) - {"channel", "tensor"}:
        raise ValueError(f"--weights is {weights!r}; expected channel, tensor, or channel,tensor.")
    return [word == "channel" for word in words]
