"""What the artists of panels hold, and what a whole picture keeps to."""

import numpy as np

from qnn_edu.draw import Blit


def updated(panel, *args, **options):
    panel.update(*args, **options)
    return panel


def boxes(bands, across="x"):
    """Start and size of each band."""
    size = {"x": "width", "y": "height"}[across]
    return [(getattr(b, f"get_{across}")(), getattr(b, f"get_{size}")()) for b in bands]


def ys(*lines):
    return [line.get_ydata() for line in lines]


def tops(bars):
    """Where each upright bar stands, and the height of its top."""
    return [tuple(end) for _, end in bars.get_segments()]


def assert_only_artists_move(make, first, second):
    """A picture moved from some numbers to others equals one that never showed the first.

    So `artists` lists all that `update` changes, and `update` leaves nothing behind.
    """
    moved = make()
    blit = Blit(moved.figure, moved.artists)
    for found in (first, second):
        moved.update(found)
        pixels = blit.pixels()
    fresh = updated(make(), second)
    np.testing.assert_array_equal(pixels, Blit(fresh.figure, fresh.artists).pixels())
