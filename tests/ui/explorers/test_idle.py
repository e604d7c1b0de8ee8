"""Controls that a reader cannot move: they change no number, and all others can change some."""

from __future__ import annotations

import dataclasses
from typing import Any

import ipywidgets as widgets
import numpy as np
import pytest

from qnn_edu.ui import explorers

DISCRETE = (widgets.Checkbox, widgets.ToggleButtons, widgets.SelectionSlider)
# Combinations of the discrete controls, and draws of the others for each; fewer where a step takes
# not milliseconds but converts a network, or where the kernels seldom differ.
SAMPLES = {"placement": (8, 1), "recipe": (6, 1), "side_by_side": (3, 12)}
MOST = (16, 4)
# Where a slider stands so that another control is idle.
STANDS = {
    "requantize": {"m": 1.0},
    "straight_through": {"steps": 0},
    "training": {"momentum": 0.0},
}
IDLE_ANYWHERE = {"folding", "placement", "recipe", "trace", *STANDS}


@pytest.fixture(scope="module", params=explorers.__all__)
def explorer(request):
    made = getattr(explorers, request.param)()
    made.name = request.param
    return made


def test_a_control_is_idle_where_it_changes_no_number(explorer):
    rng = np.random.default_rng(5)
    seen = set()
    for settings in combinations(explorer, rng):
        explorer.set(**settings)  # which says where others end
        dumb = set(explorer.controls)
        for _ in range(SAMPLES.get(explorer.name, MOST)[1]):
            explorer.set(**drawn(explorer, settings, rng))
            idle = {name for name, control in explorer.controls.items() if control.disabled}
            for name in idle:
                assert not changes(explorer, name, rng), (name, settings)
            dumb = {name for name in dumb - idle if not changes(explorer, name, rng)}
            seen |= idle
        assert not dumb, (dumb, settings)
    assert bool(seen) == (explorer.name in IDLE_ANYWHERE)


def combinations(explorer, rng) -> list[dict[str, Any]]:
    """Settings of the discrete controls, in which every option occurs, shuffled; then `STANDS`."""
    rows, _ = SAMPLES.get(explorer.name, MOST)
    discrete = {n: options(c) for n, c in explorer.controls.items() if isinstance(c, DISCRETE)}
    columns = {
        name: [found[k] for k in rng.permutation(np.arange(rows) % len(found))]
        for name, found in discrete.items()
    }
    found = [{name: column[row] for name, column in columns.items()} for row in range(rows)]
    stands = STANDS.get(explorer.name)
    return [*found, found[0] | stands] if stands else found


def drawn(explorer, settings, rng) -> dict[str, Any]:
    """A value for each control that has none yet, at random between its ends."""
    others = {name: c for name, c in explorer.controls.items() if name not in settings}
    return {name: anywhere(control, rng) for name, control in others.items()}


def changes(explorer, name: str, rng) -> bool:
    """Whether another value of this control gives other numbers: one of four, if it has many."""
    control = explorer.controls[name]
    if isinstance(control, DISCRETE):
        others = [value for value in options(control) if value != control.value]
    else:
        others = [anywhere(control, rng) for _ in range(4)]
    return any(not same(numbers(explorer, name, value), explorer.values) for value in others)


def numbers(explorer, name: str, value: Any) -> dict[str, Any]:
    """The numbers with another value of one control, which then stands as it stood."""
    if (explorer.name, name) != ("trace", "layer"):
        return explorer.at(**{name: value})
    before = {each: control.value for each, control in explorer.controls.items()}
    found = explorer.set(layer=value).values  # moves the other controls into the layer
    explorer.set(**before)
    return found


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


def same(a: Any, b: Any) -> bool:
    """Whether two things are equal to the bit, whatever they are made of."""
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


def test_the_comparison_sees_a_difference_anywhere():
    numbers = {"x": np.array([1.0, np.nan]), "y": [1, (2.0, "z")]}
    assert same(numbers, {"x": np.array([1.0, np.nan]), "y": [1, (2.0, "z")]})
    assert not same(numbers, numbers | {"x": np.array([1.0, 2.0])})
    assert not same(numbers, numbers | {"y": [1, (2.0, "w")]})
    assert not same(numbers, {"x": numbers["x"]})
