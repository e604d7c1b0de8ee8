"""SVG as a page takes it: with ids of its own, words for those who cannot see it, a limited width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from qnn_edu.draw.graphs.boxes import INK, TEXT, printable

_LINE = 20.0  # points for the line above a picture


def accessible(svg: str, alt: str) -> str:
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


def stacked(pictures: Sequence[str], titles: Sequence[str] = ()) -> str:
    """Pictures below one another, each under its title if there are titles.

    >>> one = '<svg width="40pt" height="30pt" viewBox="0 0 40 30"></svg>'
    >>> _size(stacked([one, one])), _size(stacked([one, one], ["first", "second"]))
    ((40.0, 60.0), (40.0, 100.0))
    """
    parts, width, height = [], 0.0, 0.0
    for k, svg in enumerate(pictures):
        if titles:
            parts.append(_words(titles[k], height))
            height += _LINE
        wide, high = _size(svg)
        inside = svg[svg.index("<svg") + len("<svg") :]
        parts.append(f'<svg y="{height:g}"{inside}')
        width, height = max(width, wide), height + high
    return (
        f'<svg width="{width:g}pt" height="{height:g}pt" viewBox="0 0 {width:g} {height:g}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _words(text: str, top: float) -> str:
    place = f'x="4" y="{top + _LINE * 0.7:g}" font-size="{TEXT}" font-weight="bold" fill="{INK}"'
    return f'<text {place} font-family="Arial">{escape(printable(text))}</text>'


def _size(svg: str) -> tuple[float, float]:
    """(width, height) of Graphviz's SVG in points."""
    found = re.search(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', svg, re.DOTALL)
    assert found is not None
    return float(found[1]), float(found[2])
