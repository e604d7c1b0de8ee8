"""The plots of the course: data in, axes out.

Each takes `ax=None` (a new figure, unknown to pyplot) or axes to draw on, and returns the axes. No
plot changes matplotlib's settings. Show one in a notebook with `draw.show(ax, "one sentence")`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.core.params import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.affine import Error, Staircase, error_height
from qnn_edu.draw.panels.channels import ChannelRanges
from qnn_edu.draw.panels.histogram import LINED_LEVELS, Histogram
from qnn_edu.draw.panels.panel import span_of
from qnn_edu.draw.plots.accuracy import accuracy_against_bits
from qnn_edu.draw.plots.bits import error_against_bits
from qnn_edu.draw.plots.explanation import explanation
from qnn_edu.draw.plots.gradients import gradients
from qnn_edu.draw.plots.images import images
from qnn_edu.draw.plots.ladder import ladder
from qnn_edu.draw.plots.layers import layer_shares, layer_sqnr
from qnn_edu.draw.plots.matrices import matrices
from qnn_edu.draw.plots.moving_ranges import moving_ranges
from qnn_edu.draw.plots.multipliers import multiplier_error
from qnn_edu.draw.plots.parts import error_parts
from qnn_edu.draw.plots.ruler import ruler
from qnn_edu.draw.plots.snowball import snowball
from qnn_edu.draw.plots.walks import walks

__all__ = [
    "accuracy_against_bits",
    "channel_ranges",
    "error",
    "error_against_bits",
    "error_parts",
    "explanation",
    "gradients",
    "histogram",
    "images",
    "ladder",
    "layer_shares",
    "layer_sqnr",
    "matrices",
    "moving_ranges",
    "multiplier_error",
    "ruler",
    "snowball",
    "staircase",
    "walks",
]


def staircase(
    params: QuantParams, *, span: tuple[float, float] | None = None, ax: Axes | None = None
) -> Axes:
    """The transfer curve `fake_quant(x)` over x, the identity dashed, lo, hi and zero marked.

    `params`: per tensor. `span`: from which x to which, by default a quarter beyond the range.

    Raises:
        ValueError: `params` are per channel.

    >>> ax = staircase(QuantParams(scale=1, zero_point=0, bits=2))
    >>> [text.get_text() for text in ax.texts if "lo" in text.get_text()]
    ['lo = -2']
    """
    _per_tensor("staircase", params)
    ax = style.axes(ax)
    Staircase(ax, span or span_of(params)).update(params)
    return ax


def error(
    params: QuantParams, *, span: tuple[float, float] | None = None, ax: Axes | None = None
) -> Axes:
    """The error `fake_quant(x) - x` over x: inside the range a sawtooth of half a step's height.

    `params`, `span` and errors as in `staircase`.

    >>> ax = error(QuantParams(scale=1, zero_point=0, bits=2), span=(-3, 3))
    >>> float(ax.get_ylim()[1])
    2.2
    """
    _per_tensor("error", params)
    span = span or span_of(params)
    ax = style.axes(ax)
    Error(ax, span, error_height(params, span)).update(params)
    return ax


def histogram(
    data: Any, params: QuantParams | None = None, *, bins: int = 80, ax: Axes | None = None
) -> Axes:
    """How `data` (any shape) is spread, on a logarithmic axis, with the grid of `params` over it.

    Up to 64 levels each is a line; of more, the first and the last. What is clipped is shaded.

    Raises:
        ValueError: `params` are per channel.

    >>> ax = histogram([0.0, 0.5, 1.0], QuantParams(scale=1, zero_point=0, bits=2))
    >>> ax.get_yscale()
    'log'
    """
    data = np.asarray(data)
    ends = [float(data.min()), float(data.max())]
    if params is not None:
        _per_tensor("histogram", params)
        ends += [float(params.lo), float(params.hi)]
    margin = 0.05 * (max(ends) - min(ends)) or 1.0
    ax = style.axes(ax)
    panel = Histogram(
        ax, (min(ends) - margin, max(ends) + margin), bins=bins, least=0.5 / data.size
    )
    panel.update(data, params)
    if params is None:
        ax.set_title("Where the values are", loc="left")  # nothing is clipped
    else:
        _describe_grid(ax, params)
    return ax


def channel_ranges(lo: Any, hi: Any, *, levels: Any = None, ax: Axes | None = None) -> Axes:
    """A bar from `lo` to `hi` for each channel, the range of the whole tensor as a band behind.

    `lo`, `hi`: one entry per channel, real units. `levels`: how many levels of the grid each
    channel uses, written over its bar.

    Raises:
        ValueError: no channel, or lists of different lengths.

    >>> ax = channel_ranges([-1, -0.1], [1, 0.2], levels=[255, 26])
    >>> [text.get_text() for text in ax.texts]
    ['255', '26']
    """
    lengths = [len(each) for each in (lo, hi, lo if levels is None else levels)]
    if len(set(lengths)) != 1 or not lengths[0]:
        raise ValueError(f"channel_ranges needs one entry per channel in each, got {lengths}.")
    ax = style.axes(ax)
    ChannelRanges(ax, len(lo)).update(lo, hi)
    if levels is not None:
        ax.set_xlabel("channel (the number over each bar: levels it uses)")
    small = {"size": style.TEXT - 2, "ha": "center", "va": "bottom"}
    for channel, count in enumerate([] if levels is None else levels):
        style.note(ax, str(int(count)), (channel, hi[channel]), (0, 2), **small)
    return ax


def _describe_grid(ax: Axes, params: QuantParams) -> None:
    count = params.qmax - params.qmin + 1
    drawn = "" if count <= LINED_LEVELS else " (only the ends drawn)"
    ax.set_title(
        f"{count} levels{drawn}, one every {params.scale:.3g} ", loc="right", fontsize=style.TEXT
    )


def _per_tensor(plot: str, params: QuantParams) -> None:
    if params.axis is not None:
        raise ValueError(
            f"{plot} shows one quantizer, got one for each of {params.scale.size} channels. "
            f"Choose a channel: QuantParams(params.scale[c], params.zero_point[c], ...)."
        )
