"""All that can be done to a solution at once: one step, or all of a kind, done another way."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from qnn_edu.lessons.steps.kinds import ways
from qnn_edu.lessons.steps.step import Step
from qnn_edu.lessons.steps.way import Rank, Way

# Kinds that go wrong together though they differ, and kinds that go wrong one by one.
TOGETHER = {"min": "max", "min of": "max of", "<": ">", "<=": ">="}
ONE_BY_ONE = {"argument", "name", "number", "value", "results", "+", ">>", "<<"}
FIRST = ("if",)  # said before, and said after any other of the same rank that explains as much
LATER = ("number", "name", "argument")


@dataclass(frozen=True)
class Change:
    """What is done at which places of a solution's table, and the words for it.

    `steps` says which steps these are. What is rare is also tried together with what is done in the
    same `way` at another place.
    """

    name: str
    advice: tuple[str, ...]
    does: dict[int, Callable] = field(default_factory=dict, repr=False)
    rank: Rank = Rank.RARE
    steps: tuple[Any, ...] = ()
    way: str = ""

    @property
    def kind(self) -> str:
        return self.steps[0][0]


def changes(steps: list[Step], most: Rank = Rank.ALONE) -> list[Change]:
    """What explains most simply first, and nothing beyond the rank `most`."""
    found = list(_single(steps, most))
    if most == Rank.ALONE:
        found += _exchanged(steps)
    return sorted(found, key=_order)


def _order(change: Change) -> tuple[Rank, int]:
    order = (*FIRST, "", *LATER)
    return change.rank, order.index(change.kind if change.kind in order else "")


def _single(steps: list[Step], most: Rank) -> Iterator[Change]:
    """One step another way, and all steps that go wrong together."""
    all_ways = ((place, step, way) for place, step in enumerate(steps) for way in ways(step))
    told = [(place, step, way) for place, step, way in all_ways if way.rank <= most]
    texts = [_text(step, way) for _, step, way in told]
    places = {(place, text) for (place, _, _), text in zip(told, texts, strict=True)}
    often = Counter(text for _, text in places)
    alike = defaultdict(list)
    for (place, step, way), text in zip(told, texts, strict=True):
        if often[text] > 1 and step.where:
            text = f"in {step.where}: {text}"
        change = _change(place, step, way, text)
        yield change
        if step.kind not in ONE_BY_ONE:
            alike[TOGETHER.get(step.kind, step.kind), way.name].append(change)
    for (kind, name), those in alike.items():
        if len(those) > 1:
            yield _together(f"everywhere: {kind} {name}", those)


def _change(place: int, step: Step, way: Way, text: str) -> Change:
    done = f"{step.kind} {way.name}".format(a=step.operands[0])
    of_what = f"{done} for {step.operands[0]}" if step.kind in LATER[:2] else done
    name = f"{step.where or 'result'}: {done}"
    return Change(name, (text,), {place: way.does}, way.rank, (step.sign,), of_what)


def _together(name: str, those: list[Change]) -> Change:
    advice = tuple(dict.fromkeys(text for change in those for text in change.advice))
    does = {place: way for change in those for place, way in change.does.items()}
    return Change(name, advice, does, those[0].rank, tuple(c.steps[0] for c in those))


def _text(step: Step, way: Way) -> str:
    operands = dict(zip("abc", step.operands, strict=False))
    return way.words.format(**operands, where=step.where or "the result")


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
            yield _renamed(f"{b} in place of {a}, everywhere.", instead)
        if a < b and uses[a] and uses[b]:
            back = {place: _use(step, a) for place, step in uses[b].items()}
            yield _renamed(f"{a} and {b} are exchanged.", instead | back)


def _renamed(words: str, does: dict[int, Callable]) -> Change:
    return Change(words, (words,), does, Rank.ALONE, (("name",),))


def _use(step: Step, name: str) -> Callable:
    place = step.operands.index(name)
    return lambda *names: names[place]
