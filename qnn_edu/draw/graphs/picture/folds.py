"""An outline: the parts of a network as folds of a page, each with its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from qnn_edu.draw.graphs.boxes import printable
from qnn_edu.draw.graphs.picture.svg import stacked

if TYPE_CHECKING:
    from qnn_edu.draw.graphs.picture.drawing import Diagram

# Fitting the dark theme of JupyterLab, as other pictures do.
_STYLE = """<style>
.qnn-edu-outline summary { cursor: pointer; margin: 0.4em 0; }
.qnn-edu-outline pre { overflow-x: auto; }
[data-jp-theme-light="false"] .qnn-edu-outline svg { filter: invert(93.3%) hue-rotate(180deg); }
</style>"""


@dataclass(frozen=True)
class Fold:
    """A part of a network: a line about it, its text, and pictures to put below one another."""

    title: str
    text: str
    pictures: tuple[Diagram, ...]

    def drawn(self) -> str:
        """The pictures as one, SVG."""
        return stacked([picture.drawn() for picture in self.pictures])


def outline(folds: Sequence[Fold], pictures: Sequence[str], note: str = "") -> str:
    """The folds as HTML, the first one open; where a fold has no picture (""), its text.

    `note` is a sentence above them.
    """
    parts = [
        f"<details{' open' * (k == 0)}><summary>{_plain(fold.title)}</summary>\n"
        f"{picture or f'<pre>{_plain(fold.text, lines=True)}</pre>'}\n</details>"
        for k, (fold, picture) in enumerate(zip(folds, pictures, strict=True))
    ]
    said = [f"<p>{_plain(note)}</p>"] * bool(note)
    return "\n".join([_STYLE, '<div class="qnn-edu-outline">', *said, *parts, "</div>"])


def page(title: str, body: str) -> str:
    """A page of its own."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{_plain(title)}</title></head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _plain(text: str, *, lines: bool = False) -> str:
    each = text.split("\n") if lines else [text]
    return escape("\n".join(map(printable, each)))
