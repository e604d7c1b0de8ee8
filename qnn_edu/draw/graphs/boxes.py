"""The boxes and words of a diagram, in Graphviz's HTML-like labels."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from html import escape

from qnn_edu.draw import style
from qnn_edu.draw.graphs.words import notation

TEXT, SMALL = 8, 7  # points: 10.7 and 9.3 pixels on a screen
QUANTIZER = "#FBE6C0"  # a pale orange
ACTIVATION = "#CFEBE2"  # a pale green
INK = "#333333"
# Lowest to highest value, sky blue to pale yellow: told apart by lightness alone, and INK can be
# read on each (5.3 : 1 at least).
LOW, HIGH = (0x56, 0xB4, 0xE9), (0xFF, 0xF7, 0xB0)
_UNFIT = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # for XML


def box(
    head: str,
    lines: Iterable[str] = (),
    *,
    number: str = "",
    value: float | None = None,
    foot: str = "",
    fill: str = "white",
    quantizer: bool = False,
    merged: bool = False,
) -> str:
    """A box: number, name and value on top, lines of small words, the fused activation below.

    What only quantizes is framed in orange; what stands for several operators, in purple.

    >>> box("ADD", foot="RELU").count("<TR>")
    2
    """
    color, border = (style.PURPLE, 2) if merged else (style.GREY, 1)
    color, border = (style.ORANGE, 2) if quantizer else (color, border)
    words = [font(number, SMALL, INK)] * bool(number) + [f"<B>{plain(head)}</B>"]
    if value is not None:
        words.append(f"&nbsp;<B>{font(notation.number(value), TEXT + 1)}</B>")
    rows = ["&nbsp;".join(words), *(font(line, SMALL, INK) for line in lines)]
    cells = "".join(f"<TR><TD>{row}</TD></TR>" for row in rows)
    if foot:
        cells += (
            f'<TR><TD BGCOLOR="{ACTIVATION}" BORDER="1" SIDES="T" COLOR="{color}">'
            f"{font(foot, SMALL)}</TD></TR>"
        )
    return (
        f'<<TABLE BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" '
        f'COLOR="{color}" BGCOLOR="{fill}">{cells}</TABLE>>'
    )


def words(lines: Iterable[str], color: str = style.GREY) -> str:
    """Small words without a box, one line below the other.

    >>> words(["a < b"])
    '<<FONT POINT-SIZE="7" COLOR="#6B6B6B">&nbsp;a &lt; b&nbsp;</FONT>>'
    """
    rows = [font(f"\xa0{line}\xa0", SMALL, color) for line in lines]
    return f"<{'<BR/>'.join(rows)}>"


def heading(title: str, legend: str = "") -> str:
    """What stands above a diagram: its title, and the legend of its colours."""
    rows = [f"<B>{font(title, TEXT + 3)}</B>"] * bool(title) + [legend] * bool(legend)
    cells = "".join(f'<TR><TD ALIGN="LEFT">{row}</TD></TR>' for row in rows)
    return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="3">{cells}</TABLE>>' if rows else ""


def font(text: str, size: int, color: str = style.BLACK) -> str:
    """Text in a size and a colour, escaped."""
    return f'<FONT POINT-SIZE="{size}" COLOR="{color}">{plain(text)}</FONT>'


def plain(text: str) -> str:
    """Text as Graphviz's labels take it: printable, escaped, never empty.

    >>> plain('a <b> & "c"'), plain("")
    ('a &lt;b&gt; &amp; &quot;c&quot;', '&nbsp;')
    """
    text = printable(text)
    return escape(text if text.strip() else "\xa0").replace("\xa0", "&nbsp;")


def printable(text: str) -> str:
    """Text on one line, without the characters that XML forbids.

    >>> printable("a\\nbell \\x07")
    'a bell \ufffd'
    """
    return re.sub("[\t\n\r]+", " ", _UNFIT.sub("\ufffd", text))


class Scale:
    """Colours for values between two limits: by default the lowest finite one and the highest."""

    def __init__(self, values: Iterable[float], limits: tuple[float, float] | None = None) -> None:
        finite = [value for value in values if math.isfinite(value)]
        self.low, self.high = limits or (min(finite, default=0.0), max(finite, default=0.0))

    def fill(self, value: float) -> str:
        """The colour of a value; white for what is not a number.

        >>> Scale([1, 3]).fill(1), Scale([1, 3]).fill(float("inf"))
        ('#56B4E9', '#FFF7B0')
        """
        if math.isnan(value):
            return "white"
        if self.low < self.high:
            share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        else:
            share = 0.5 + (value > self.high) / 2 - (value < self.low) / 2
        return _mixed(share)

    def legend(self, label: str) -> str:
        """A bar of the colours between the lowest and the highest value."""
        steps = "".join(f'<TD BGCOLOR="{_mixed(k / 8)}" WIDTH="14"></TD>' for k in range(9))
        low, high = (font(notation.number(v), SMALL) for v in (self.low, self.high))
        return (
            '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2"><TR>'
            f"<TD>{font(label or 'value', SMALL)}</TD><TD>{low}</TD>{steps}<TD>{high}</TD>"
            "</TR></TABLE>"
        )


def _mixed(share: float) -> str:
    return "#" + "".join(
        f"{round(a + share * (b - a)):02X}" for a, b in zip(LOW, HIGH, strict=True)
    )
