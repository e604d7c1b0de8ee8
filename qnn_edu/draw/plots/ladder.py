"""A ladder of methods: what is right after each rung, as bars."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes

from qnn_edu.draw import style

HEIGHT = 0.62  # of a bar, in rows
LOOK = {"facecolor": "#BFD9EA", "edgecolor": style.BLUE}


def ladder(
    rungs: Mapping[str, float],
    *,
    float_accuracy: float,
    chance: float = 10.0,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """A bar for each rung, the first on top, as long as its accuracy in percent.

    `rungs`: name -> accuracy. Lines stand at `float_accuracy`, which all rungs climb to, and at
    `chance`, what guessing gives.

    Raises:
        ValueError: no rung.

    >>> ax = ladder({"to nearest": 42.1, "GPTQ": 77.9}, float_accuracy=79.8)
    >>> [text.get_text() for text in ax.texts]
    ['42.1', '77.9', 'guessing', 'float 79.8']
    """
    if not rungs:
        raise ValueError("ladder needs a rung at least: a name and its accuracy in percent.")
    ax = style.axes(ax)
    for place, (_, right) in enumerate(rungs.items()):
        ax.barh(place, right, height=HEIGHT, **LOOK)
        style.note(ax, f"{right:.1f}", (right, place), (-4, 0), ha="right", va="center")
    for at, name, color in (
        (chance, "guessing", style.GREY),
        (float_accuracy, f"float {float_accuracy:.1f}", style.VERMILION),
    ):
        ax.axvline(at, color=color, linewidth=1, linestyle="--")
        style.note(ax, name, (at, -0.5), (0, 2), ha="center", color=style.ink(color))
    ax.set_yticks(range(len(rungs)), list(rungs))
    ax.set_ylim(len(rungs) - 0.5, -0.5)
    ax.set_xlim(0, 100)
    ax.set_title(title, loc="left", fontsize=style.TEXT + 1, pad=18)
    return style.label(ax, x="right answers, %")
