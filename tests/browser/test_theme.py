"""Pictures in JupyterLab, light and dark: their ground is the page's, and they have words."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageColor

from qnn_edu.draw import style
from tools.browser.lab import wear

THEMES = ("JupyterLab Light", "JupyterLab Dark")
CELLS = """
import numpy as np
from qnn_edu import data, draw, tflite
from qnn_edu.draw import plots, style
from qnn_edu.draw.picture import picture
from qnn_edu.ui import explorers

ax = style.axes()
ax.fill_between([0, 1], 1, color=style.BLUE)
ax.set_axis_off()
picture(ax, "A blue square, alone.")
#
pixels = np.full((8, 8, 3), 0.75)
picture(plots.images([pixels], ["grey"]), "A photograph of fog.")
#
draw.diagram(tflite.read(data.asset("digits_int8.tflite")))
#
explorers.affine()
""".split("#\n")
PICTURES = (".jp-RenderedImage img", ".jp-RenderedSVG img", ".qnn-edu .widget-image")


@pytest.fixture(scope="module")
def page(jupyter):
    with jupyter.notebook(CELLS, height=3600) as page:
        page.wait_for_function(
            "n => [...document.querySelectorAll('.jp-OutputArea img')]"
            ".filter(image => image.naturalWidth).length === n",
            arg=len(CELLS),
        )
        yield page
        wear(page, THEMES[0])
    assert page.told == []


def pixel(page, picture, across: float, down: float) -> tuple[int, ...]:
    """The colour that the screen shows of a picture, at a share of its width and of its height."""
    seen = Image.open(io.BytesIO(picture.screenshot())).convert("RGB")
    return seen.getpixel((int(across * seen.width), int(down * seen.height)))


def near(colour, other) -> bool:
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) <= 4


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", PICTURES)
def test_the_ground_of_a_picture_is_that_of_the_page(page, theme, kind):
    wear(page, theme)
    ground = ImageColor.getrgb("#ffffff" if theme == THEMES[0] else "#111111")
    assert near(pixel(page, page.locator(kind).first, 0.002, 0.995), ground)


@pytest.mark.parametrize("theme", THEMES)
def test_a_colour_stays_itself_and_a_photograph_is_not_touched(page, theme):
    wear(page, theme)
    plot, photograph = page.locator(PICTURES[0]).all()
    red, green, blue = pixel(page, plot, 0.5, 0.5)
    assert red < green < blue  # as in style.BLUE
    assert (red, green, blue) == ImageColor.getrgb(style.BLUE) or theme == THEMES[1]
    assert near(pixel(page, photograph, 0.5, 0.6), (191, 191, 191))


def test_pictures_are_told_in_words(page):
    told = page.evaluate("[...document.querySelectorAll('.jp-OutputArea img')].map(it => it.alt)")
    assert told[:2] == ["A blue square, alone.", "A photograph of fog."]
    assert told[2].startswith("Network: 10 operators") and told[3].endswith(".")
