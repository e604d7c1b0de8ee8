"""A picture that Graphviz draws: shown in a notebook, written to a file, told in plain text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import graphviz

from qnn_edu.draw.graphs.picture import dot
from qnn_edu.draw.graphs.picture.folds import Fold, outline, page
from qnn_edu.draw.graphs.picture.svg import accessible, stacked

FORMATS = (".svg", ".pdf", ".png", ".dot")
_MISSING = "The program 'dot' of Graphviz is not here to draw the parts, so they are told in words."


class Diagram(graphviz.Digraph):
    """A `graphviz.Digraph` with `text`, the same network in words, and `alt`, a sentence about it.

    As the last line of a cell it shows itself: drawn by the program `dot` where that is installed,
    by Graphviz's WebAssembly build in the browser where it is not. One that has `folds`, parts of a
    large network, is shown as an outline that opens to them. So is one for which `dot` fails or
    takes longer than 20 s, in words. `repr` is the text, so a notebook's stored output is the same
    everywhere; `print` gives the DOT source.
    """

    def __init__(
        self,
        *args: Any,
        text: str = "",
        alt: str = "",
        folds: tuple[Fold, ...] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.text, self.alt, self.folds = text, alt, folds

    def __repr__(self) -> str:
        return self.text

    def _copy_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        own = {"text": self.text, "alt": self.alt, "folds": self.folds}
        return super()._copy_kwargs(**kwargs) | own

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **_: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        plain = {"text/plain": self.text}
        if len(self.folds) > 1:
            return plain | {"text/html": self.outline()}, {}
        if dot.is_here():
            try:
                return plain | {"image/svg+xml": self.svg()}, {}
            except dot.NotDrawn:
                return plain | {"text/html": self.outline()}, {}
        from graphviz_anywidget import graphviz_widget_simple

        widget = graphviz_widget_simple(self.source, enable_zoom=False)
        data, metadata = widget._repr_mimebundle_()
        return data | plain, metadata

    def outline(self) -> str:
        """The folds as HTML; if there are none, the whole network in one.

        What `dot` has not drawn, since it is missing, fails or takes longer than 20 s, is told in
        words, and a sentence says so.
        """
        folds = self.folds if len(self.folds) > 1 else (Fold(self.alt, self.text, (self,)),)
        pictures, note = [""] * len(folds), _MISSING
        if dot.is_here():
            note = ""
            for k, fold in enumerate(folds):
                try:
                    pictures[k] = accessible(fold.drawn(), fold.title)
                except dot.NotDrawn as error:
                    note = str(error)
                    break
        return outline(folds, pictures, note)

    def svg(self) -> str:
        """The picture as SVG: never wider than the page, with a title for those who cannot see it.

        Raises:
            ValueError: the program `dot` is missing, fails, or takes longer than 20 s.
        """
        return accessible(self.drawn(), self.alt)

    def drawn(self) -> str:
        """The picture as SVG, the folds below one another; raises what `svg` raises."""
        if self.folds:
            titles = [fold.title for fold in self.folds if fold.title]
            return stacked([fold.drawn() for fold in self.folds], titles)
        return self._rendered("svg").decode()

    def write(self, path: str | Path) -> Path:
        """Write the picture as .svg, .pdf, .png or .dot, or the outline as .html.

        The file is whole or not there.

        Raises:
            ValueError: another suffix; the program `dot` is missing, fails, or takes longer than
                20 s (.dot and .html are written without it).
        """
        path = Path(path)
        part = path.with_name(path.name + ".part")
        part.write_bytes(self._content(path))
        os.replace(part, path)
        return path

    def _content(self, path: Path) -> bytes:
        suffix = path.suffix.lower()
        if suffix == ".html":
            return page(self.alt, self.outline()).encode()
        if suffix not in FORMATS:
            raise ValueError(
                f"A diagram is written as {', '.join(FORMATS)}; got {path.name!r}. Its outline is "
                "written as .html."
            )
        if suffix == ".dot":
            return self.source.encode()
        return self.svg().encode() if suffix == ".svg" else self._rendered(suffix[1:])

    def _rendered(self, form: str) -> bytes:
        copy = self.copy()
        if form == "png":
            copy.graph_attr["dpi"] = "192"  # twice the pixels of a screen
        return dot.rendered(copy.source, form)
