"""Many runs: what is missing, in an order in which each finds what it starts from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from qnn_edu.missing import require
from qnn_edu.nets.runs.methods import METHODS
from qnn_edu.nets.runs.plan import Run, comes_from, planned


@dataclass(frozen=True)
class Outcome:
    """How a run ended: with a result, or with the reason why not, in one line."""

    run: Run
    result: dict[str, Any] | None = None
    reason: str = ""


def grid(
    dataset: str,
    model: str,
    *,
    methods: Iterable[str],
    bits: Iterable[int],
    seeds: Iterable[int],
    ranges: Iterable[str] = ("ema",),
    per_channel: Iterable[bool] = (True,),
    roundings: Iterable[str] = ("nearest",),
    begin: str = "usual",
    common: dict[str, Any] | None = None,
    by_method: dict[str, dict[str, Any]] | None = None,
) -> list[Run]:
    """Every combination once, floats first; a float run has no bits, and ptq no learned ranges.

    `roundings`: of ptq, and of qat that begins there, as in `quantize_trained`. `begin`: where QAT
    starts, as in `comes_from`. `common` are fields of all runs, `by_method` of the runs of one
    method, those that other runs start from included.

    Raises:
        ValueError: what `Run` refuses.

    >>> runs = grid("digits", "digits_net", methods=["qat", "float"], bits=[8, 4], seeds=[1])
    >>> [(run.method, run.bits) for run in runs]
    [('float', None), ('qat', 8), ('qat', 4)]
    """
    common, by_method, bits = common or {}, by_method or {}, list(bits)
    kinds = [(r, c, h) for c in per_channel for r in ranges for h in roundings]
    runs = []

    def plan(method: str, bits: int | None, *, seed: int, **kind: Any) -> Run:
        changes = {"seed": seed} | common | by_method.get(method, {})
        if before := comes_from(dataset, method, bits, begin):
            kind = {**kind, "ranges": "ema"} if method == "ptq" else kind
            start = plan(*before, seed=seed, **kind)
            rounding = kind.pop("rounding")
            changes |= kind | {"start": start} | ({"rounding": rounding} if method == "ptq" else {})
        return planned(dataset, model, method, bits=bits, **changes)

    for seed in seeds:
        for method in methods:
            if method == "float":
                runs.append(plan(method, None, seed=seed))
                continue
            runs += [
                plan(method, n, seed=seed, ranges=r, per_channel=c, rounding=h)
                for n in bits
                for r, c, h in kinds
                if method not in METHODS or r in METHODS[method].ranges
            ]
    return _in_order(runs)


def missing(runs: Iterable[Run], out: Path, file: Path | None = None) -> list[Run]:
    """Those of `runs` that have no result in `out` yet, after the runs that they start from.

    A run that others start from, or are taught by, is needed again where its weights are gone.

    >>> runs = [planned("digits", "digits_net", "ptq", bits=8)]
    >>> [run.method for run in missing(runs, Path("nowhere"))]
    ['float', 'ptq']
    """
    from qnn_edu.nets.runs.result import MODEL, finished

    runs = list(runs)
    sources = _origins(runs, file)  # that of a start too: it has the same data

    def is_done(run: Run) -> bool:
        return finished(run, out, sources[run.dataset]) is not None

    def is_there(run: Run) -> bool:
        return is_done(run) and (out / run.name / MODEL).is_file()

    def needed(run: Run) -> list[Run]:
        """What a run goes on from that is not there, each after what it goes on from itself."""
        gone = [each for each in run.needs if not is_there(each)]
        return [one for each in gone for one in (*needed(each), each)]

    wanted = [run for run in runs if not is_done(run)]
    return _in_order([each for run in wanted for each in (*needed(run), run)])


def results(runs: Iterable[Run], out: Path, file: Path | None = None) -> dict[str, dict[str, Any]]:
    """The results in `out` of those of `runs` that are finished, by the runs' names.

    >>> results([planned("digits", "digits_net", "float")], Path("nowhere"))
    {}
    """
    from qnn_edu.nets.runs.result import finished

    runs = list(runs)
    sources = _origins(runs, file)
    found = {run.name: finished(run, out, sources[run.dataset]) for run in runs}
    return {name: result for name, result in found.items() if result}


def sweep(
    runs: Iterable[Run],
    out: Path,
    *,
    file: Path | None = None,
    jobs: int = 1,
    dask: str | None = None,
    progress: Callable[[Run], Callable[[int, int], None]] | None = None,
) -> Iterator[Outcome]:
    """Do the missing ones of `runs`, and give each outcome when it is there.

    Whatever stops a sweep, the same call goes on: whole runs are kept and broken ones resumed
    after their last whole epoch. A run that fails does not stop the others. `jobs` processes work
    here; or `dask` is the address of a scheduler whose workers see the folder `out` and the `file`
    too, and a run whose worker dies goes on at another. `progress(run)` gives what `train` takes as
    `progress`; it is called with `jobs=1` only.

    Raises:
        NotInstalled: `jobs` above 1 or `dask` without joblib, `dask` without distributed.
        OSError: no scheduler answers there.

    >>> list(sweep([], Path("nowhere")))
    []
    """
    todo = missing(runs, out, file)
    alone = dask is None and jobs == 1
    for _, stage in groupby(todo, key=_depth):
        if alone:
            for run in stage:
                yield attempt(run, out, file, progress(run) if progress else None)
        else:
            yield from _in_parallel(list(stage), out, file, jobs, dask)


def attempt(
    run: Run,
    out: Path,
    file: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """`train` with `resume`, and what goes wrong as an outcome.

    >>> from tempfile import TemporaryDirectory
    >>> run = planned("digits", "digits_net", "qat", bits=4)
    >>> with TemporaryDirectory() as out:
    ...     attempt(run, Path(out)).reason[:11]
    'ValueError:'
    """
    os.environ.setdefault("KERAS_BACKEND", run.backend)  # counts where Keras is not loaded yet
    from qnn_edu.nets.runs.training import train

    try:
        return Outcome(run, train(run, out, file=file, resume=True, progress=progress))
    except Exception as error:  # of any kind: hours of other runs must not end with it
        return Outcome(run, reason=" ".join(f"{type(error).__name__}: {error}".split()))


def _in_parallel(
    tasks: list[Run], out: Path, file: Path | None, jobs: int, dask: str | None
) -> Iterator[Outcome]:
    require("joblib")
    import joblib

    out, file = out.resolve(), file and file.resolve()  # a worker stands in another folder
    calls = [joblib.delayed(attempt)(run, out, file) for run in tasks]
    with _workers(jobs, dask):
        yield from joblib.Parallel(return_as="generator_unordered", batch_size=1)(calls)


@contextmanager
def _workers(jobs: int, dask: str | None) -> Iterator[None]:
    """joblib's processes here, or those of a Dask cluster."""
    import joblib  # `_in_parallel` has asked for it

    if dask is None:
        with joblib.parallel_config("loky", n_jobs=jobs):
            yield
        return
    require("distributed")
    import distributed

    with distributed.Client(dask), joblib.parallel_config("dask"):
        yield


def _origins(runs: list[Run], file: Path | None) -> dict[str, Any]:
    from qnn_edu.nets.runs.images import origin

    return {dataset: origin(dataset, file) for dataset in {run.dataset for run in runs}}


def _in_order(runs: Iterable[Run]) -> list[Run]:
    """Each run once, after what it starts from, the quick ones first."""
    order = list(METHODS)
    return sorted(dict.fromkeys(runs), key=lambda run: (_depth(run), order.index(run.method)))


def _depth(run: Run) -> int:
    """How many runs come before this one, each the start of the next."""
    return 1 + _depth(run.start) if run.start else 0
