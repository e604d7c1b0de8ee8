"""The methods that a run can have, one row each, and the rules that rows and runs must keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qnn_edu.nets.ptq.methods import METHODS as ROUNDINGS
from qnn_edu.nets.qat.ranges import PREPARED_RANGES

if TYPE_CHECKING:
    from qnn_edu.nets.runs.plan import Run

WIDTHS = {"resnet8": 16, "resnet20": 16, "mobilenet_v1": 0.25}  # the usual ones
SHARED = ("dataset", "model", "seed", "width", "first_stride", "backend")  # with the start
TEACHERS = ("float",)  # the run that all starts go back to


@dataclass(frozen=True)
class Method:
    """What runs of one method may have.

    `bits`: of weights and activations. `starts`: the methods of runs that it goes on from, none for
    one that begins with random weights. `trains`: whether it has epochs. `ranges`: as in
    `quantize_aware`. `taught`: whether the float network may be its teacher. `roundings`: as in
    `quantize_trained`.
    """

    bits: tuple[int | None, ...]
    starts: tuple[str, ...]
    trains: bool
    ranges: tuple[str, ...]
    taught: bool = False
    roundings: tuple[str, ...] = ("nearest",)


METHODS = {  # in the order in which they can be done
    "float": Method(bits=(None,), starts=(), trains=True, ranges=tuple(PREPARED_RANGES)),
    "ptq": Method(
        bits=tuple(range(2, 9)),
        starts=("float",),
        trains=False,
        ranges=("ema",),
        roundings=tuple(ROUNDINGS),
    ),
    "qat": Method(
        bits=tuple(range(2, 9)),
        starts=("float", "qat", "ptq"),
        trains=True,
        ranges=tuple(PREPARED_RANGES),
        taught=True,
    ),
}


@dataclass(frozen=True)
class Rule:
    """What runs must keep, and the message, `{run...}` to be filled in, about one that does not."""

    holds: Callable[[Run, Method], bool]
    message: str


RULES = (
    Rule(
        lambda run, method: run.bits in method.bits,
        "method {run.method!r} with bits={run.bits!r}; qat and ptq take 2 to 8, float none.",
    ),
    Rule(
        lambda run, method: (run.start is not None) == bool(method.starts),
        "method {run.method!r} with start={run.start!r}; qat and ptq have one, float none.",
    ),
    Rule(
        lambda run, method: run.start is None or _goes_on(run, run.start, method),
        "start is a {run.start.method} run with bits={run.start.bits!r}; ptq starts from a float "
        "one, qat from a float one, from ptq with as many bits or from qat with more.",
    ),
    *(
        Rule(
            lambda run, method, name=name: (
                run.start is None or getattr(run, name) == getattr(run.start, name)
            ),
            f"start differs in {name}; only the same network, data and seed can go on.",
        )
        for name in SHARED
    ),
    Rule(
        lambda run, method: run.epochs > 0 if method.trains else run.epochs == 0,
        "method {run.method!r} with {run.epochs} epochs; ptq takes 0, the others 1 or more.",
    ),
    Rule(
        lambda run, method: run.ranges in method.ranges,
        "ptq measures ranges, so it takes ranges='ema'; only training can learn them.",
    ),
    Rule(
        lambda run, method: run.rounding in method.roundings,
        "rounding {run.rounding!r} for method {run.method!r}; ptq takes "
        f"{', '.join(ROUNDINGS)}, the others 'nearest'.",
    ),
    Rule(
        lambda run, method: run.teacher is None or (method.taught and run.teacher in TEACHERS),
        "teacher {run.teacher!r} for method {run.method!r}; qat has 'float' or none.",
    ),
    Rule(
        lambda run, method: 0 <= run.frozen_epochs <= run.epochs and run.batch > 0 <= run.seed,
        "expected 0 <= frozen_epochs <= epochs, a batch of at least 1 and a seed from 0.",
    ),
    Rule(
        lambda run, method: (run.width or 0) > 0 if run.model in WIDTHS else run.width is None,
        f"width {{run.width!r}} for {{run.model}}; {', '.join(WIDTHS)} have one above 0.",
    ),
    Rule(
        lambda run, method: run.first_stride == 1 or run.model == "mobilenet_v1",
        "first_stride {run.first_stride!r} is for mobilenet_v1 alone; leave it at 1.",
    ),
)


def contradiction(run: Run) -> str | None:
    """The first thing in a run that does not fit, as a sentence that says what does; None if all
    fits. A rule may lean on those before it.

    >>> from qnn_edu.nets.runs.plan import planned
    >>> contradiction(planned("digits", "digits_net", "float")) is None
    True
    """
    method = METHODS[run.method]
    broken = (rule.message.format(run=run) for rule in RULES if not rule.holds(run, method))
    return next(broken, None)


def _goes_on(run: Run, start: Run, method: Method) -> bool:
    """Whether the method goes on from such a run: from ptq on its very grids, else downwards."""
    if start.method == "ptq" and start.method in method.starts:
        return (run.bits, run.per_channel) == (start.bits, start.per_channel)
    return start.method in method.starts and (start.bits is None or run.bits < start.bits)
