"""Bits for each layer: what each takes, and what the mix changes beside others of as many bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.ticker import MaxNLocator, NullLocator

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel, Panels

LEAST = 1e-6  # nats; a divergence below is drawn there
WHOLE = {"xycoords": "axes fraction", "size": 8.5}
TICKS = (2, 3, 4, 5, 6, 8)  # bits


class MixedBits(Panels):
    """Left a bar for each layer, as long as what it takes; right KL against average bits.

    `sizes`: layer -> how many weights it has. `path`: (average bits, KL in nats) of each step of
    the greedy search, `uniform` of the network with the same bits in all layers.
    """

    def __init__(
        self,
        sizes: Mapping[str, int],
        *,
        path: Sequence[tuple[float, float]],
        uniform: Sequence[tuple[float, float]],
    ) -> None:
        super().__init__(8.8, 4.0)
        left, right = self.figure.subplots(1, 2, width_ratios=(1, 1.15))
        self.layers = self._add(LayerBytes(left, sizes))
        self.mixes = self._add(Mixes(right, path, uniform))

    def update(self, found: Mapping[str, Any]) -> None:
        """Show `bits` of each layer, and `average` and `kl` of the mix."""
        self.layers.update(found["bits"])
        self.mixes.update(found["average"], found["kl"])


class LayerBytes(Panel):
    """A bar for each layer, the first on top: what its weights take, before what 8 bits would."""

    def __init__(self, ax: Axes, sizes: Mapping[str, int]) -> None:
        super().__init__(ax)
        self.sizes = np.array(list(sizes.values()), float)
        style.label(ax, title="What each layer takes", x="bytes of weights (grey: with 8 bits)")
        rows = np.arange(len(sizes))
        total = self.sizes.sum()
        shares = [f"{name}\n{100 * size / total:.2g} % of weights" for name, size in sizes.items()]
        ax.set_yticks(rows, shares, size=8 if len(sizes) <= 8 else 6.5)
        ax.set(xlim=(0, 1.32 * self.sizes.max()), ylim=(len(sizes) - 0.5, -0.5))
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.barh(rows, self.sizes, 0.62, color=style.SHADE)
        self.bars = self._keep(PolyCollection([], facecolors=style.QUANTIZED))
        ax.add_collection(self.bars)
        gap = 0.02 * self.sizes.max()
        self.words = [
            self.text(at=(size + gap, row), va="center", fontsize=style.TEXT)
            for row, size in zip(rows, self.sizes, strict=True)
        ]

    def update(self, bits: Any) -> None:
        """Show so many bits for each layer."""
        ends = self.sizes * np.asarray(bits) / 8
        self.bars.set_verts([_box(row, end) for row, end in enumerate(ends)])
        for words, now in zip(self.words, bits, strict=True):
            words.set_text(f"{now} bits")


class Mixes(Panel):
    """KL of the answers against average bits: of the mix shown, of the search, of all alike."""

    def __init__(
        self,
        ax: Axes,
        path: Sequence[tuple[float, float]],
        uniform: Sequence[tuple[float, float]],
    ) -> None:
        super().__init__(ax)
        below, beside = "bits a weight, on average", "KL of the answers (nats)"
        style.label(ax, title="What the mix changes", x=below, y=beside)
        ax.set_xscale("log", base=2)
        ax.set_yscale("log")
        ax.set_xticks(TICKS, [f"{tick}" for tick in TICKS])
        ax.xaxis.set_minor_locator(NullLocator())
        bits, kl = np.array([*path, *uniform]).T
        kl = np.maximum(kl, LEAST)
        self.ends = kl.min() / 2, 4 * kl.max()
        ax.set(xlim=(bits.min() / 1.08, 1.1 * bits.max()), ylim=self.ends)
        greedy = {"color": style.BLUE, "marker": "o", "markersize": 4, "label": "greedy search"}
        ax.plot(*zip(*map(self._place, path), strict=True), linewidth=1.2, **greedy)
        alike = {"color": style.BLACK, "marker": "s", "markersize": 6, "label": "all layers alike"}
        ax.plot(*zip(*map(self._place, uniform), strict=True), linestyle="none", **alike)
        for point in uniform:
            style.note(ax, f"all {point[0]:g}", self._place(point), (5, 5), size=8.5)
        yours = {"color": style.VERMILION, "marker": "P", "linestyle": "none"}
        self.now = self.line(markersize=11, markeredgecolor="white", label="yours", **yours)
        style.note(ax, "better: lower, and further left", (0.02, 0.03), color=style.REAL, **WHOLE)
        ax.legend(loc="upper right", frameon=False, fontsize=style.TEXT - 1)

    def update(self, average: float, kl: float) -> None:
        """Show a mix of `average` bits a weight whose answers diverge by `kl` nats."""
        self.now.set_data(*zip(self._place((average, kl)), strict=True))

    def _place(self, point: tuple[float, float]) -> tuple[float, float]:
        """Where a mix is seen, at the nearer end if outside."""
        return point[0], float(np.clip(point[1], *self.ends))


def _box(row: int, end: float) -> list[tuple[float, float]]:
    """The corners of a bar from 0 to `end`.

    >>> _box(0, 2.0)
    [(0, -0.31), (2.0, -0.31), (2.0, 0.31), (0, 0.31)]
    """
    low, high = row - 0.31, row + 0.31
    return [(0, low), (end, low), (end, high), (0, high)]
