"""The one live figure: controls, a picture that follows them, and a read-out in words.

A step of a slider costs a few milliseconds, because the picture is redrawn only where it moves
(`screen`). No backlog builds up when the kernel is busy: ipywidgets sends the next value of a
control only after the last one was dealt with, and always the newest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from threading import RLock
from typing import Any

import ipywidgets as widgets
from traitlets import TraitError

from qnn_edu.draw import Picture
from qnn_edu.ui.page import page
from qnn_edu.ui.screen import Numbers, Screen

# What a notebook shows until it is run holds no controls.
ASLEEP = "Asleep. In JupyterLab, run the cells above, then this one, to wake it."
WIDE = (widgets.FloatRangeSlider, widgets.IntRangeSlider, widgets.ToggleButtons)


def live(
    compute: Callable[..., Numbers],
    screen: Screen,
    controls: Mapping[str, widgets.Widget],
    *,
    readout: Callable[[Numbers], Mapping[str, str]],
    alt: str,
    idle: Callable[..., Collection[str]] | None = None,
) -> Live:
    """A picture that follows its controls: `compute` the numbers, show them, read them out.

    `compute(**values)`: a pure function from the controls' values, by name, to named numbers.
    `screen`: what shows them, a `Plot` or a `Drawing`. `readout(numbers)`: the few lines to read,
    label -> text with its unit. `alt`: one sentence that says what the picture shows.
    `idle(**values)`: the names of the controls that change no number while the others stand as they
    do; a reader cannot move these.

    What `compute` or the screen raise is shown below the controls, kept in `.error`, and raised
    again, so that a cell that sets a control fails as any other cell does.

    >>> from qnn_edu.draw import style
    >>> from qnn_edu.ui.screen import Plot
    >>> ax = style.axes()
    >>> (point,) = ax.plot([0], [0], "o")
    >>> figure = live(
    ...     lambda x: {"square": x * x},
    ...     Plot(lambda numbers: point.set_ydata([numbers["square"]]), ax.figure, [point]),
    ...     {"x": widgets.IntSlider(2, 0, 9, description="x")},
    ...     readout=lambda numbers: {"square": f"{numbers['square']}"},
    ...     alt="A point as high as the square of x.",
    ... )
    >>> figure.set(x=3).values
    {'square': 9}
    >>> figure.at(x=5)
    {'square': 25}
    >>> figure
    A point as high as the square of x.
      x: 3
      square: 9
    """
    return Live(compute, screen, controls, readout, alt, idle or (lambda **values: ()))


class Live:
    """What `live` makes. As the last line of a cell it shows itself.

    `.controls` the widgets by name, `.values` the numbers behind the picture, `.picture` its bytes
    (PNG, or the source of a diagram), `.error` what went wrong at the last step (or None).
    """

    def __init__(
        self,
        compute: Callable[..., Numbers],
        screen: Screen,
        controls: Mapping[str, widgets.Widget],
        readout: Callable[[Numbers], Mapping[str, str]],
        alt: str,
        idle: Callable[..., Collection[str]],
    ) -> None:
        self._compute, self._screen, self._readout, self._alt = compute, screen, readout, alt
        self._idle = idle
        # A cell and a slider may call from two threads: ipykernel 7 gives widgets their own.
        self._lock = RLock()
        self.controls = dict(controls)
        self.values: Numbers = {}
        self.error: Exception | None = None
        self._words, self._alarm = widgets.HTML(), widgets.HTML()
        shown = [screen.widget, self._words]
        if screen.tall:  # a laptop shows the controls and the words together, at least
            shown.reverse()
        parts = [_grid(self.controls), self._alarm, *shown, _description(alt)]
        screen.widget.add_class("qnn-picture")
        self.widget = page(parts, alt, controls=self.controls.values())
        for control in self.controls.values():
            control.observe(self._on_change, "value")
        self.update()

    @property
    def picture(self) -> bytes:
        """The picture as it stands."""
        return self._screen.content

    def set(self, **values: Any) -> Live:
        """Move controls from Python, all or none, with one update; returns itself.

        Raises:
            ValueError: a control that does not exist, or a value that it does not take.
        """
        for name in values:
            _check(self.controls, name)
        before = self._control_values()
        with self._held():
            try:
                for name, value in values.items():
                    _move(self.controls[name], name, value)
            except ValueError:  # all or nothing
                for name, value in before.items():
                    self.controls[name].value = value
                raise
        self.update()
        return self

    def at(self, **values: Any) -> Numbers:
        """The numbers with these values in place of the controls' own; nothing shown changes.

        Raises:
            ValueError: a control that does not exist.
        """
        for name in values:
            _check(self.controls, name)
        return self._compute(**self._control_values() | values)

    def update(self) -> None:
        """Compute, paint, and show. Runs by itself whenever a control moves."""
        with self._lock:
            try:
                values = self._control_values()
                self._disable(self._idle(**values))
                numbers = self._compute(**values)
                self._screen.show(numbers)
                self._words.value = _table(self._readout(numbers))
            except Exception as error:
                self.error, self._alarm.value = error, _alarm(error)
                raise
            self.values, self.error, self._alarm.value = numbers, None, ""

    def static(self, note: str = "") -> Picture:
        """The picture as it stands, small, with its sentence, and below a note if there is one."""
        with self._lock:
            return self._screen.static(self._alt, note)

    def __repr__(self) -> str:
        lines = [*self._control_values().items(), *self._readout(self.values).items()]
        return "\n".join([self._alt, *(f"  {name}: {value}" for name, value in lines)])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data, metadata = self.static(ASLEEP)._repr_mimebundle_()
        return self.widget._repr_mimebundle_() | data | {"text/plain": repr(self)}, metadata

    def _control_values(self) -> dict[str, Any]:
        return {name: _value(control) for name, control in self.controls.items()}

    def _disable(self, idle: Collection[str]) -> None:
        for name, control in self.controls.items():
            control.disabled = name in idle

    def _on_change(self, change: Any) -> None:
        self.update()

    @contextmanager
    def _held(self) -> Iterator[None]:
        for control in self.controls.values():
            control.unobserve(self._on_change, "value")
        try:
            yield
        finally:
            for control in self.controls.values():
                control.observe(self._on_change, "value")


def _value(control: widgets.Widget) -> Any:
    """What a control says, without the dust of a browser that adds up steps: -2.2e-16 for 0."""
    if isinstance(control, widgets.FloatRangeSlider):
        return tuple(round(value, 9) for value in control.value)
    if isinstance(control, widgets.FloatSlider):
        return round(control.value, 9)
    return control.value


def _move(control: widgets.Widget, name: str, value: Any) -> None:
    try:
        wanted = tuple(value) if isinstance(control.value, tuple) else value
        control.value = wanted
    except (TypeError, TraitError) as error:
        raise ValueError(f"{name}={value!r} is nothing that this control takes: {error}") from error
    if control.value != wanted:  # ipywidgets moves a value to where it may be, silently
        raise ValueError(f"{name}={value!r} is not taken; the nearest is {control.value!r}.")


def _check(controls: Mapping[str, widgets.Widget], name: str) -> None:
    if name not in controls:
        raise ValueError(f"There is no control {name!r}; there are {', '.join(controls)}.")


def _grid(controls: Mapping[str, widgets.Widget]) -> widgets.GridBox:
    """A row for each wide control, then one or two columns as fit; check boxes stand together."""
    for control in controls.values():
        control.style.description_width = "initial"
        control.layout.width = "auto"
    columns = "repeat(auto-fill, minmax(min(100%, 400px), 1fr))"
    layout = {"grid_template_columns": columns, "grid_gap": "0 24px", "max_width": "880px"}
    boxes = [each for each in controls.values() if isinstance(each, widgets.Checkbox)]
    wide = [each for each in controls.values() if _needs_a_row(each)]
    others = [each for each in controls.values() if each not in boxes + wide]
    row = widgets.HBox(boxes, layout={"grid_gap": "0 16px", "flex_flow": "row wrap"})
    # Not by grid_column, which ipywidgets 8 erases again.
    for each in [*wide, row] if len(boxes) > 3 else wide:
        each.layout.grid_area = "auto / 1 / auto / -1"
    return widgets.GridBox([*wide, *others, row], layout=layout)


def _needs_a_row(control: widgets.Widget) -> bool:
    if isinstance(control, widgets.IntSlider):
        return control.max - control.min > 200  # on half a row a pixel would be many steps
    return isinstance(control, WIDE)


def _description(alt: str) -> widgets.HTML:
    """The picture in words, to open: for those who see it, too."""
    summary = "<summary>What the picture shows</summary>"
    return widgets.HTML(f'<details style="max-width: 880px">{summary}{escape(alt)}</details>')


def _table(readout: Mapping[str, str]) -> str:
    items = "".join(
        f'<span style="margin-right: 24px; white-space: nowrap">{escape(name)} '
        f"<b>{escape(text)}</b></span> "
        for name, text in readout.items()
    )
    return f'<div role="status" style="line-height: 1.6; max-width: 880px">{items}</div>'


def _alarm(error: Exception) -> str:
    kind = type(error).__name__
    return (
        f'<div role="alert" style="border: 2px solid #D55E00; padding: 4px 8px; max-width: 860px; '
        f'line-height: 1.4"><b>{escape(kind)}</b>: {escape(str(error))} '
        f"<i>The picture below is the last one that worked.</i></div>"
    )
