"""Colours as a dark page shows them, which turns lightness round and keeps the hue."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv, to_rgb

import qnn_edu
from qnn_edu.draw import note, style
from qnn_edu.draw.graphs import boxes

PACKAGE = Path(qnn_edu.__file__).parent
FILTER = r"filter: invert\(([\d.]+)%\) hue-rotate\(180deg\)"
FILES = (
    PACKAGE / "labextension/static/pictures.js",
    PACKAGE / "draw/graphs/picture/folds.py",
    PACKAGE / "ui/page/page.css",
    PACKAGE.parent / "docs/static/site.css",
)
WHITE, PAGE = "#FFFFFF", "#111111"
INKS = (style.BLACK, style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.GREY)
GROUNDS = (WHITE, style.SHADE, style.BAND, note.GROUND, boxes.QUANTIZER)
LUMA = np.array([0.213, 0.715, 0.072])  # Filter Effects Module Level 1, feColorMatrix hueRotate


def share():
    """How far the styles invert: one number in all of them."""
    texts = [file.read_text(encoding="utf-8") for file in FILES]
    (found,) = {number for text in texts for number in re.findall(FILTER, text)}
    return float(found) / 100


def dark(color):
    """What the filters make of a colour."""
    rgb = np.array(to_rgb(color))
    inverted = rgb * (1 - 2 * share()) + share()
    return np.clip(2 * inverted @ LUMA - inverted, 0, 1)


def contrast(a, b):
    """WCAG 2.2's contrast ratio."""
    lights = []
    for color in (a, b):
        rgb = np.array(to_rgb(color))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        lights.append(linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    return max(lights) / min(lights)


def test_white_becomes_the_page():
    assert np.allclose(dark(WHITE), to_rgb(PAGE), atol=1 / 255)


@pytest.mark.parametrize("ink", INKS)
def test_lines_can_be_seen_on_a_dark_page_as_on_white(ink):
    assert contrast(dark(ink), PAGE) >= 3


@pytest.mark.parametrize("ink", [style.BLACK, style.GREY, *map(style.ink, INKS[1:])])
def test_words_can_be_read_on_a_dark_page_as_on_white(ink):
    assert contrast(ink, WHITE) >= 4.5
    assert contrast(dark(ink), PAGE) >= 4.5


@pytest.mark.parametrize("ground", GROUNDS)
def test_words_can_be_read_on_every_shade(ground):
    assert contrast(dark(style.BLACK), dark(ground)) >= 4.5


@pytest.mark.parametrize("color", [line.color for line in style.SERIES if line.color != "#000000"])
def test_a_colour_keeps_its_hue(color):
    before, after = (rgb_to_hsv(np.array(rgb)) for rgb in (to_rgb(color), dark(color)))
    apart = abs(before[0] - after[0])
    assert min(apart, 1 - apart) < 0.05  # of the circle: 18 degrees
