"""What one more bit buys: signal to quantization noise against the number of bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style

DB_PER_BIT = 20 * np.log10(2)  # 6.02: twice the levels, half the error


def error_against_bits(
    bits: Sequence[int],
    sqnr_db: Mapping[str, Sequence[float]],
    *,
    ax: Axes | None = None,
) -> Axes:
    """SQNR in dB over bits, one line per entry, beside a line that rises 6.02 dB for every bit.

    `bits`: whole numbers, ascending. `sqnr_db`: the name of each line -> one value per entry of
    `bits`; the guide lies one bit above the highest.

    Raises:
        ValueError: no line, or one whose length is not that of `bits`.

    Source: Bennett 1948, "Spectra of quantized signals".

    >>> ax = error_against_bits([2, 3, 4], {"uniform": [12.0, 18.1, 24.1]})
    >>> [line.get_label() for line in ax.lines]
    ['6.02 dB per bit', 'uniform']
    """
    wrong = {name: len(line) for name, line in sqnr_db.items() if len(line) != len(bits)}
    if wrong or not sqnr_db or not len(bits):
        raise ValueError(
            f"error_against_bits needs at least one line, each of {len(bits)} values, one "
            f"for each number of bits; got {wrong or 'none'}."
        )
    ax = style.axes(ax)
    bits = np.asarray(bits)
    highest = max(values[-1] for values in sqnr_db.values()) + DB_PER_BIT
    guide = highest + DB_PER_BIT * (bits - bits[-1])
    ax.plot(bits, guide, color=style.REAL, linewidth=1, label="6.02 dB per bit")
    middle = bits[len(bits) // 2], guide[len(bits) // 2]
    style.note(ax, "6.02 dB per bit", middle, (-6, 2), color=style.REAL, ha="right")
    for (name, values), line in zip(sqnr_db.items(), style.series(len(sqnr_db)), strict=True):
        ax.plot(bits, values, **line._asdict(), linewidth=1.8, markersize=5, label=name)
    _name_lines(ax, sqnr_db)
    ax.set_xticks(bits)
    return style.label(ax, title="What one more bit buys", x="bits", y="SQNR (dB)")


def _name_lines(ax: Axes, sqnr_db: Mapping[str, Sequence[float]]) -> None:
    """Write each line's name at its right end, names pushed apart where ends lie close."""
    low, high = ax.get_ylim()
    gap = 0.075 * (high - low)
    last = -np.inf
    ends = {line.get_label(): line for line in ax.lines if line.get_label() in sqnr_db}
    for name, line in sorted(ends.items(), key=lambda item: item[1].get_ydata()[-1]):
        x, y = line.get_xdata()[-1], line.get_ydata()[-1]
        last = max(y, last + gap)
        look = {"color": style.ink(line.get_color()), "fontsize": style.TEXT, "va": "center"}
        ax.annotate(name, (x, y), (x + 0.15, last), annotation_clip=False, **look)
