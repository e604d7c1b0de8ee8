"""Which controls change no number, found by trying: settings at random, always the same ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import ipywidgets as widgets
import numpy as np

DISCRETE = (widgets.Checkbox, widgets.ToggleButtons, widgets.SelectionSlider)
VALUES = 4  # of a slider are tried


def disabled(explorer) -> set[str]:
    return {name for name, control in explorer.controls.items() if control.disabled}


def changing(explorer, names, rng, sets_ends) -> set[str]:
    """Those of the controls of which another value gives other numbers.

    `sets_ends`: the controls on which it depends how far others reach.
    """
    found = set()
    for name in sorted(names):
        values = others(explorer.controls[name], rng)
        ask = _set_and_back if name in sets_ends else type(explorer).at
        if any(not same(ask(explorer, **{name: value}), explorer.values) for value in values):
            found.add(name)
    return found


def settings(explorer, rows: int, rng) -> Iterator[dict[str, Any]]:
    """`rows` settings of the controls that have options, in which each option occurs, shuffled."""
    discrete = {n: options(c) for n, c in explorer.controls.items() if isinstance(c, DISCRETE)}
    columns = {
        name: [found[k] for k in rng.permutation(np.arange(rows) % len(found))]
        for name, found in discrete.items()
    }
    for row in range(rows):
        yield {name: column[row] for name, column in columns.items()}


def draw(explorer, setting, rng) -> None:
    """Set the controls as `setting` says, and all others anywhere between their ends."""
    explorer.set(**setting)  # first, as the ends of others may depend on it
    free = {n: c for n, c in explorer.controls.items() if n not in setting}
    explorer.set(**{name: anywhere(control, rng) for name, control in free.items()})


def others(control: widgets.Widget, rng) -> list:
    """All other options, or some values of a slider."""
    if isinstance(control, DISCRETE):
        return [value for value in options(control) if value != control.value]
    return [anywhere(control, rng) for _ in range(VALUES)]


def options(control: widgets.Widget) -> list:
    return [False, True] if isinstance(control, widgets.Checkbox) else list(control.options)


def anywhere(control: widgets.Widget, rng) -> Any:
    """A step of a slider, or two for a range."""
    steps = round((control.max - control.min) / control.step)
    values = np.sort(control.min + control.step * rng.integers(0, steps, 2, endpoint=True))
    if isinstance(control, widgets.FloatRangeSlider):
        return tuple(values.round(9).tolist())
    if isinstance(control, widgets.FloatLogSlider):
        return float(control.base ** values[0])
    return values[0].round(9).item()


def _set_and_back(explorer, **values: Any) -> dict[str, Any]:
    before = {name: control.value for name, control in explorer.controls.items()}
    found = explorer.set(**values).values
    explorer.set(**before)
    return found


def same(a: Any, b: Any) -> bool:
    """Whether two things are equal to the bit, whatever they are made of.

    >>> same({"x": [np.array([1.0, np.nan])]}, {"x": [np.array([1.0, np.nan])]})
    True
    >>> same({"x": [np.array([1.0, np.nan])]}, {"x": [np.array([1.0, 2.0])]})
    False
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray | float):
        return np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f")
    if dataclasses.is_dataclass(a):
        names = [field.name for field in dataclasses.fields(a)]
        return a is b or all(same(getattr(a, name), getattr(b, name)) for name in names)
    return a == b
