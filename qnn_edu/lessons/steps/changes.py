"""All that can be done to a solution at once: one step, or all of a kind, done another way."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from qnn_edu.lessons.steps.kinds import ways
from qnn_edu.lessons.steps.reader import Step
from qnn_edu.lessons.steps.way import Rank, Way

# Steps that differ in kind and still go wrong together, and steps that go wrong one by one.
TOGETHER = {"min": "max", "min of": "max of", "<": ">", "<=": ">="}
OTHERS = {"name", "number"}  # whose ways have names that say little alone
ONE_BY_ONE = {"argument", "name", "number", "value", "results"}


@dataclass(frozen=True)
class Change:
    """What is done at which places of a solution's table, and the words for it.

    What is rare is also tried together with what is done in the same `way` at another place.
    """

    name: str
    advice: tuple[str, ...]
    does: dict[int, Callable] = field(default_factory=dict, repr=False)
    rank: Rank = Rank.RARE
    way: str = ""


def changes(steps: list[Step], most: Rank = Rank.ALONE) -> list[Change]:
    """What is usual first, and nothing beyond the rank `most`."""
    found = [*_single(steps, most), *(_exchanged(steps) if most > Rank.USUAL else ())]
    return sorted(found, key=lambda change: change.rank)


def _single(steps: list[Step], most: Rank) -> Iterator[Change]:
    """One step another way, and all steps that go wrong together."""
    all_ways = ((place, step, way) for place, step in enumerate(steps) for way in ways(step))
    told = [(place, step, way) for place, step, way in all_ways if way.rank <= most]
    often = Counter(_text(step, way) for _, step, way in told)
    alike = defaultdict(list)
    for place, step, way in told:
        text = _text(step, way)
        if often[text] > 1 and step.where:
            text = f"in {step.where}: {text}"
        name = _name(step, way)
        yield Change(
            f"{step.where or 'result'}: {name}",
            (text,),
            {place: way.does},
            way.rank,
            f"{name} for {step.operands[0]}" if step.kind in OTHERS else name,
        )
        if step.kind not in ONE_BY_ONE:
            alike[TOGETHER.get(step.kind, step.kind), way.name].append((place, way, text))
    for (kind, name), those in alike.items():
        if len(those) > 1:
            yield _everywhere(f"everywhere: {kind} {name}", those)


def _text(step: Step, way: Way) -> str:
    operands = dict(zip("abc", step.operands, strict=False))
    return way.words.format(**operands, where=step.where or "the result")


def _name(step: Step, way: Way) -> str:
    return f"{step.kind} {way.name}".format(a=step.operands[0])


def _everywhere(name: str, those: list[tuple[int, Way, str]]) -> Change:
    advice = tuple(dict.fromkeys(text for _, _, text in those))
    does = {place: way.does for place, way, _ in those}
    return Change(name, advice, does, those[0][1].rank)


def _exchanged(steps: list[Step]) -> Iterator[Change]:
    """One argument for another wherever it is used, and the two exchanged."""
    uses = defaultdict(dict)
    for place, step in enumerate(steps):
        if step.kind == "name":
            uses[step.operands[0]][place] = step
    names = [step.operands[0] for step in steps if step.kind == "argument"]
    for a, b in itertools.permutations(names, 2):
        instead = {place: _use(step, b) for place, step in uses[a].items()}
        if len(instead) > 1:
            yield Change(f"{b} for {a}", (f"{b} in place of {a}, everywhere.",), instead)
        if a < b and uses[a] and uses[b]:
            both = instead | {place: _use(step, a) for place, step in uses[b].items()}
            yield Change(f"{a} and {b} exchanged", (f"{a} and {b} are exchanged.",), both)


def _use(step: Step, name: str) -> Callable:
    place = step.operands.index(name)
    return lambda *names: names[place]
