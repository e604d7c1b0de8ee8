"""Who takes a model file: the engine under each kernel set, and the C export; if not, why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from qnn_edu import chip, engine
from qnn_edu.engine import KERNEL_SETS, Blocker
from qnn_edu.engine.plan import plan
from qnn_edu.tflite import Graph

_FEW = 4  # operators of a kind that are named by their index


def takers(graph: Graph) -> dict[str, Any]:
    """For JSON: what blocks each kernel set of the engine, and the C export; nothing where it runs.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> takers(read(asset("digits_int8.tflite")))
    {'engine': {'reference': [], 'optimized': [], 'xnnpack': []}, 'c': []}
    """
    sets = {kernels: engine.blockers(graph, kernels) for kernels in KERNEL_SETS}
    return {
        "engine": {kernels: [asdict(each) for each in found] for kernels, found in sets.items()},
        "c": [asdict(each) for each in chip.blockers(graph)],
    }


def told(graph: Graph) -> Iterator[str]:
    """The same in lines; kernel sets that are blocked alike share theirs.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> for line in told(read(asset("digits_int8.tflite"))):
    ...     print(line)
    Engine (kernels reference, optimized, xnnpack): yes, in integers throughout
    C export: yes
    """
    operators, alike = len(graph.operators), dict[tuple[Blocker, ...], list[str]]()
    for kernels in KERNEL_SETS:
        alike.setdefault(tuple(engine.blockers(graph, kernels)), []).append(kernels)
    for found, sets in alike.items():
        yes = "" if found else f"yes, {_in_integers(graph, sets[0])}"
        yield f"Engine (kernels {', '.join(sets)}): {yes or _no(found, operators)}"
        yield from _grouped(found)
    found = tuple(chip.blockers(graph))
    yield f"C export: {_no(found, operators) if found else 'yes'}"
    yield from _grouped(found)


def _in_integers(graph: Graph, kernels: str) -> str:
    in_float, operators = len(plan(graph, kernels).in_float), len(graph.operators)
    return f"{in_float} of {operators} operators in float" if in_float else "in integers throughout"


def _no(found: Sequence[Blocker], operators: int) -> str:
    blocked = sum(blocker.index is not None for blocker in found)
    return f"no, {blocked} of {operators} operators cannot" if blocked else "no"


def _grouped(found: Sequence[Blocker]) -> Iterator[str]:
    """A line for each reason, whatever tensor it is of: which operators, and how many."""
    reasons: dict[str, dict[str, list[Blocker]]] = {}
    for blocker in found:
        reason = re.sub("'[^']*'", "a tensor", blocker.reason)
        who = blocker.operator or "the model"
        reasons.setdefault(reason, {}).setdefault(who, []).append(blocker)
    for reason, kinds in reasons.items():
        yield f"  {reason}: {', '.join(_counted(name, each) for name, each in kinds.items())}"


def _counted(name: str, found: list[Blocker]) -> str:
    """How many operators of a kind, and where the first of them stand."""
    places = [str(b.index) for b in found if b.index is not None]
    more = ", ..." * (len(places) > _FEW)
    return f"{len(found)} {name} ({', '.join(places[:_FEW])}{more})" if places else name
