"""SVG as a page takes it: with ids of its own, a limited width, and words for who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from qnn_edu.draw.graphs.boxes import INK, TEXT, printable

_LINE = 20.0  # points for the line above a picture
_TAG = re.compile(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"')  # Graphviz's, and ours


def accessible(svg: str, alt: str) -> str:
    """The `<svg>` element alone, with a title, ids of its own, and a width that the page limits."""
    svg = svg[svg.index("<svg") :]
    own = sha256(svg.encode()).hexdigest()[:8]
    svg = _with_ids(svg, f"d{own}_")
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
    >>> both = stacked([one, one], ["first", "second"])
    >>> both.splitlines()[0]
    '<svg width="40pt" height="100pt" viewBox="0 0 40 100" xmlns="http://www.w3.org/2000/svg" ...>'
    """
    parts, width, height = [], 0.0, 0.0
    for k, svg in enumerate(pictures):
        tag = _TAG.search(svg)
        assert tag is not None, "dot gives its pictures sizes in points"
        wide, high = map(float, tag.groups())
        if titles:
            parts.append(_words(titles[k], height))
            height += _LINE
        # Inside, a length without a unit is what a point is outside.
        inside = f'<svg y="{height:g}" width="{wide:g}" height="{high:g}"{svg[tag.end() :]}'
        parts.append(_with_ids(inside, f"{k}_"))
        width, height = max(width, wide), height + high
    return (
        f'<svg width="{width:g}pt" height="{height:g}pt" viewBox="0 0 {width:g} {height:g}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _words(text: str, top: float) -> str:
    place = f'x="4" y="{top + _LINE * 0.7:g}" font-size="{TEXT}" font-weight="bold" fill="{INK}"'
    return f'<text {place} font-family="Arial">{escape(printable(text))}</text>'


def _with_ids(svg: str, prefix: str) -> str:
    return re.sub(r'\bid="', f'id="{prefix}', svg)
