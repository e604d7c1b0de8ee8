"""A picture that Graphviz draws: shown in a notebook, written to a file, told in plain text."""

from __future__ import annotations

import os
import re
import shutil
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import graphviz

from qnn_edu.draw.graphs.boxes import printable

FORMATS = (".svg", ".pdf", ".png", ".dot")


class Diagram(graphviz.Digraph):
    """A `graphviz.Digraph` with `text`, the same network in words, and `alt`, a sentence about it.

    As the last line of a cell it shows itself: drawn by the program `dot` where that is installed,
    by Graphviz's WebAssembly build in the browser where it is not. `repr` is the text, so a
    notebook's stored output is the same everywhere; `print` gives the DOT source.
    """

    def __init__(self, *args: Any, text: str = "", alt: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.text, self.alt = text, alt

    def __repr__(self) -> str:
        return self.text

    def _copy_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super()._copy_kwargs(**kwargs) | {"text": self.text, "alt": self.alt}

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **_: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        plain = {"text/plain": self.text}
        if shutil.which("dot"):
            return plain | {"image/svg+xml": self.svg()}, {}
        from graphviz_anywidget import graphviz_widget_simple

        widget = graphviz_widget_simple(self.source, enable_zoom=False)
        data, metadata = widget._repr_mimebundle_()
        return data | plain, metadata

    def svg(self) -> str:
        """The picture as SVG: never wider than the page, with a title for those who cannot see it.

        Raises:
            ValueError: the program `dot` is missing.
        """
        return _accessible(self._drawn("svg").decode(), self.alt)

    def write(self, path: str | Path) -> Path:
        """Write the picture as .svg, .pdf, .png or .dot; the file is whole or not there.

        Raises:
            ValueError: another suffix; the program `dot` is missing (.dot is written without it).
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in FORMATS:
            raise ValueError(f"A diagram is written as {', '.join(FORMATS)}; got {path.name!r}.")
        if suffix == ".dot":
            content = self.source.encode()
        else:
            content = self.svg().encode() if suffix == ".svg" else self._drawn(suffix[1:])
        part = path.with_name(path.name + ".part")
        part.write_bytes(content)
        os.replace(part, path)
        return path

    def _drawn(self, form: str) -> bytes:
        if not shutil.which("dot"):
            raise ValueError(
                f"To draw {form} the program 'dot' is needed, and it is not on the PATH. Install "
                "Graphviz (apt install graphviz, brew install graphviz, conda install graphviz), "
                "or write a .dot file, which needs no program."
            )
        copy = self.copy()
        if form == "png":
            copy.graph_attr["dpi"] = "192"  # twice the pixels of a screen
        return _rendered(copy.source, form)


@lru_cache(maxsize=32)
def _rendered(source: str, form: str) -> bytes:
    """What `dot` makes of a source; readers of an explorer go back to what they saw."""
    return graphviz.Source(source).pipe(form)


def _accessible(svg: str, alt: str) -> str:
    """The `<svg>` element alone, with a title, ids of its own, and a width that the page limits."""
    svg = svg[svg.index("<svg") :]
    own = sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r'\bid="', f'id="d{own}_', svg)
    svg = svg.replace('font-family="Arial"', 'font-family="Arial,sans-serif"')
    title = f'<title id="d{own}_alt">{escape(printable(alt))}</title>'
    return re.sub(
        r"<svg ([^>]*)>",
        rf'<svg role="img" aria-labelledby="d{own}_alt" style="max-width:100%;height:auto" \1>'
        "\n" + title.replace("\\", r"\\"),
        svg,
        count=1,
    )
