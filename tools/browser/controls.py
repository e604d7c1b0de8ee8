"""The controls of an explorer on a page: moved by keys or mouse, read as a reader reads them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import ipywidgets as widgets

SLIDERS = (
    widgets.FloatLogSlider,
    widgets.FloatRangeSlider,
    widgets.FloatSlider,
    widgets.IntSlider,
    widgets.SelectionSlider,
)
PAGE = 5  # steps that PageUp and PageDown go
SHORTEST = 150  # pixels of a track


def element(root, control: widgets.Widget):
    """The control's own part of the page below `root`, found by its label."""
    kind = "hslider"
    if isinstance(control, widgets.Checkbox | widgets.ToggleButtons):
        kind = "checkbox" if isinstance(control, widgets.Checkbox) else "toggle-buttons"
    label = root.page.get_by_text(control.description, exact=True)
    return root.locator(f".widget-{kind}").filter(has=label)


def shown(root, control: widgets.Widget) -> Any:
    """The value that the page shows of a control."""
    here = element(root, control)
    if isinstance(control, widgets.Checkbox):
        return here.locator("input").is_checked()
    if isinstance(control, widgets.ToggleButtons):
        return here.locator("button.mod-active").inner_text()
    text = here.locator(".widget-readout").inner_text().strip().replace("\N{MINUS SIGN}", "-")
    if isinstance(control, widgets.FloatRangeSlider):
        return tuple(map(float, text.split(" \N{EN DASH} ")))
    if isinstance(control, widgets.SelectionSlider):
        return next(option for option in control.options if str(option) == text)
    if isinstance(control, widgets.FloatLogSlider):  # it shows fewer digits than it has
        return _power(control, float(text))
    return type(control.value)(text)


class Move(NamedTuple):
    """Where a control should be now; only nearly, if a pixel of its slider is many steps."""

    value: Any
    nearly: bool = False


def by_keys(root, control: widgets.Widget) -> Iterator[Move]:
    """Move a control to all it can be, or to both ends and back; yields after each move."""
    here, start = element(root, control), control.value
    if isinstance(control, widgets.Checkbox):
        for value in (not start, start):
            here.locator("input").press("Space")
            yield Move(value)
    elif isinstance(control, widgets.ToggleButtons):
        for option in (*control.options, start):
            _button(here, option).press("Space")
            yield Move(option)
    else:
        for k, handle in enumerate(here.locator(".noUi-handle").all()):
            low, high = ends(control, start, k)
            handle.press("End")
            yield Move(_with(start, k, high))
            handle.press("Home")
            yield Move(_with(start, k, low))
            _press(handle, control, low, _end(start, k))
            yield Move(start)


def by_mouse(root, control: widgets.Widget) -> Iterator[Move]:
    """As `by_keys`, by clicks and drags."""
    here, start = element(root, control), control.value
    if isinstance(control, widgets.Checkbox):
        for value in (not start, start):
            here.locator("input").click()
            yield Move(value)
    elif isinstance(control, widgets.ToggleButtons):
        for option in (*control.options, start):
            _button(here, option).click()
            yield Move(option)
    else:
        for k, handle in enumerate(here.locator(".noUi-handle").all()):
            for value in _way(control, start, k):
                drag(handle, here, control, value)
                yield Move(_with(start, k, value), nearly=value == _end(start, k))
            _press(handle, control, _end(shown(root, control), k), _end(start, k))


@contextmanager
def held(root, control: widgets.Widget) -> Iterator[Callable[[float], None]]:
    """Holds a slider's first handle with the mouse; what it yields moves it to a share, 0 to 1."""
    here = element(root, control)
    mouse, track = root.page.mouse, here.locator(".noUi-base").bounding_box()
    box = here.locator(".noUi-handle").first.bounding_box()
    high = box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] / 2, high)
    mouse.down()
    yield lambda share: mouse.move(track["x"] + share * track["width"], high)
    mouse.up()


def drag(handle, here, control: widgets.Widget, value: Any) -> None:
    """Take a handle with the mouse to where `value` is."""
    mouse, track = handle.page.mouse, here.locator(".noUi-base").bounding_box()
    box = handle.bounding_box()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    share = _place(control, value) / steps(control)
    mouse.move(track["x"] + share * track["width"], box["y"] + 4, steps=8)
    mouse.up()


def ends(control: widgets.Widget, start: Any, k: int) -> tuple[Any, Any]:
    """The lowest and the highest value of handle `k`, which cannot pass the other one."""
    if isinstance(control, widgets.SelectionSlider):
        return control.options[0], control.options[-1]
    if isinstance(control, widgets.FloatLogSlider):
        return control.base**control.min, control.base**control.max
    if isinstance(control, widgets.FloatRangeSlider):
        return (control.min, start[1]) if k == 0 else (start[0], control.max)
    return control.min, control.max


def steps(control: widgets.Widget) -> int:
    """How many steps a slider has from end to end."""
    if isinstance(control, widgets.SelectionSlider):
        return len(control.options) - 1
    return round((control.max - control.min) / control.step)


def share(control: widgets.Widget) -> float:
    """Where a slider's first handle stands, from 0, the left end, to 1."""
    return _place(control, _end(control.value, 0)) / steps(control)


def is_at(control: widgets.Widget, value: Any, move: Move) -> bool:
    """Whether `value` is where a move should have led: to the step, or within two pixels."""
    if not move.nearly:
        return value == move.value
    pairs = zip(*(v if isinstance(v, tuple) else (v,) for v in (value, move.value)), strict=True)
    apart = max(abs(_place(control, a) - _place(control, b)) for a, b in pairs)
    return apart <= max(1, 2 * steps(control) / SHORTEST)


def _way(control: widgets.Widget, start: Any, k: int) -> list[Any]:
    """Where a drag of handle `k` stops: of two handles on each other the mouse gets the upper one,
    so the place of the other handle comes last."""
    low, high = ends(control, start, k)
    if not isinstance(start, tuple):
        return [low, high, start]
    return [low, start[0], high] if k == 0 else [high, start[1], low]


def _press(handle, control: widgets.Widget, value: Any, home: Any) -> None:
    """Move a handle from one value to another by keys, in large steps and then in small ones."""
    way = _place(control, home) - _place(control, value)
    large, small = ("PageUp", "ArrowRight") if way > 0 else ("PageDown", "ArrowLeft")
    pages, rest = divmod(abs(way), PAGE)
    for key in [large] * pages + [small] * rest:
        handle.press(key)


def _place(control: widgets.Widget, value: Any) -> int:
    """How many steps a value is from the left end of its slider."""
    if isinstance(control, widgets.SelectionSlider):
        return list(control.options).index(value)
    if isinstance(control, widgets.FloatLogSlider):
        value = math.log(value, control.base)
    return round((value - control.min) / control.step)


def _power(control: widgets.FloatLogSlider, value: float) -> float:
    """The value of a step that is shown as `value`."""
    powers = (control.base ** (control.min + k * control.step) for k in range(steps(control) + 1))
    form = control.readout_format
    (found,) = {power for power in powers if format(power, form) == format(value, form)}
    return found


def _button(here, option: Any):
    return here.get_by_role("button", name=str(option), exact=True)


def _end(value: Any, k: int) -> Any:
    return value[k] if isinstance(value, tuple) else value


def _with(start: Any, k: int, value: Any) -> Any:
    if not isinstance(start, tuple):
        return value
    return (value, start[1]) if k == 0 else (start[0], value)
