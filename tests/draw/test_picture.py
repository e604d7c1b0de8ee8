"""Pictures: PNG that loses nothing or little, words drawn fast, a sentence for each."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text
from PIL import Image

from qnn_edu.draw import picture, png, style
from qnn_edu.draw.panels.words import Words


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_the_fast_png_holds_exactly_the_pixels(height, width, seed):
    rgba = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    read = Image.open(io.BytesIO(png.fast(rgba)))
    np.testing.assert_array_equal(np.asarray(read), rgba)


def test_the_small_png_keeps_each_of_a_few_colours():
    colors = np.array(
        [[int(line.color[i : i + 2], 16) for i in (1, 3, 5)] for line in style.SERIES]
    )
    rgba = np.full((60, 60, 4), 255, np.uint8)
    rgba[10:50, 10:50, :3] = colors[np.arange(40) % len(colors)]
    read = np.asarray(Image.open(io.BytesIO(png.small(rgba))).convert("RGB"))
    np.testing.assert_array_equal(read, rgba[..., :3])


@pytest.mark.parametrize("ha", ["left", "center", "right"])
@pytest.mark.parametrize("va", ["bottom", "center", "top"])
def test_words_stand_where_matplotlib_puts_them(ha, va):
    def ink(cls):
        figure = style.figure(3, 1)
        figure.add_artist(cls(0.5, 0.5, "lo = -1.07", ha=ha, va=va, fontsize=12))
        rows, columns = np.nonzero(picture.pixels(figure)[..., 0] < 128)
        return np.array([rows.min(), rows.max(), columns.min(), columns.max()])

    assert np.abs(ink(Words) - ink(Text)).max() <= 4  # pixels


def test_words_are_cut_off_at_the_axes():
    def dark(clip):
        ax = style.axes()
        ax.add_artist(Words(1.2, 0.5, "outside", va="top", transform=ax.transAxes, clip_on=clip))
        if clip:
            ax.texts[0].set_clip_path(ax.patch)
        ax.set_axis_off()
        ax.set_position([0, 0, 0.5, 1])
        return (picture.pixels(ax)[..., 0] < 128).any()

    assert dark(False) and not dark(True)


def test_a_picture_says_its_sentence_wherever_it_cannot_be_seen():
    data, metadata = picture.picture(style.axes(), "An empty plot.")._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == "An empty plot."


@pytest.mark.parametrize("alt", ["", "plot", "a plot"])
def test_a_picture_without_a_sentence_is_refused(alt):
    with pytest.raises(ValueError, match="needs a sentence"):
        picture.picture(style.axes(), alt)
