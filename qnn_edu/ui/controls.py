"""The controls of explorers: each has a name, a value, its ends, and a tooltip that explains it.

There is no drop-down list: in JupyterLab its arrow keys and letters are taken by the notebook.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ipywidgets as widgets


def whole(name: str, value: int, low: int, high: int, *, tip: str) -> widgets.IntSlider:
    """A slider over the whole numbers from `low` to `high`.

    >>> whole("delay", 0, 0, 100, tip="Batches that pass unrounded first").max
    100
    """
    return widgets.IntSlider(value, low, high, description=name, tooltip=tip)


def bits(value: int, low: int = 2, high: int = 8) -> widgets.IntSlider:
    """The slider for the bits of a quantizer.

    >>> bits(4).description
    'bits'
    """
    return whole("bits", value, low, high, tip="n bits give 2 to the power n levels")


def real(
    name: str, value: float, low: float, high: float, *, step: float, digits: int = 1, tip: str
) -> widgets.FloatSlider:
    """A slider from `low` to `high` in steps, read out with so many digits after the point.

    >>> real("outlier, times", 1.0, 1, 20, step=0.5, tip="What it is multiplied by").step
    0.5
    """
    form = {"step": step, "readout_format": f".{digits}f"}
    return widgets.FloatSlider(value, min=low, max=high, description=name, tooltip=tip, **form)


def power(
    name: str, value: float, low: float, high: float, *, base: int = 10, digits: int = 1, tip: str
) -> widgets.FloatLogSlider:
    """A slider from `base**low` to `base**high`, in steps of a twentieth in the exponent.

    >>> power("stretch, times", 1.0, 0, 2, tip="How many times further apart").base
    10.0
    """
    form = {"base": base, "step": 0.05, "readout_format": f".{digits}f"}
    return widgets.FloatLogSlider(value, min=low, max=high, description=name, tooltip=tip, **form)


def interval(
    name: str, value: tuple[float, float], low: float, high: float, *, tip: str
) -> widgets.FloatRangeSlider:
    """A slider with two handles between `low` and `high`, in steps of a tenth.

    >>> interval("range", (-1.0, 2.0), -6, 6, tip="The real values to cover").value
    (-1.0, 2.0)
    """
    form = {"min": low, "max": high, "step": 0.1, "readout_format": ".1f"}
    return widgets.FloatRangeSlider(value=value, description=name, tooltip=tip, **form)


def stops(name: str, value: Any, options: Iterable[Any], *, tip: str) -> widgets.SelectionSlider:
    """A slider that stops at each of `options`, which have an order.

    >>> stops("images", 10, (1, 10, 100), tip="How many images are seen").index
    1
    """
    return widgets.SelectionSlider(
        options=tuple(options), value=value, description=name, tooltip=tip
    )


def choice(name: str, value: Any, options: Iterable[Any], *, tip: str) -> widgets.ToggleButtons:
    """A button for each of `options`, of which one is pressed.

    >>> choice("kernels", "xnnpack", ["reference", "xnnpack"], tip="Who computes").index
    1
    """
    style = {"button_width": "auto"}
    return widgets.ToggleButtons(
        options=tuple(options), value=value, description=name, tooltip=tip, style=style
    )


def switch(name: str, value: bool, *, tip: str) -> widgets.Checkbox:
    """A check box.

    >>> switch("symmetric", False, tip="Cover [-a, a]").value
    False
    """
    return widgets.Checkbox(value, description=name, tooltip=tip, indent=False)
