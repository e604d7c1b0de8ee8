"""The laws of all explorers, and how far their controls reach."""

import ipywidgets as widgets
import numpy as np
import pytest

from tests.ui.explorers import idle


class Laws:
    """What holds for every explorer: `test_NAME.py` has a class that inherits it, with `is_right`.

    `telling`: settings from which every control changes the picture, if not those it opens with.
    `ever_idle`: whether any control is ever of no use, and `idle_at` where sliders stand then, if
    it depends on these. `rows` and `draws`: how many settings of buttons, boxes and layers that is
    tried for, and of all else for each. `sets_ends`: on these it depends how far others reach.
    `remembers`: whether the picture keeps marks of what it showed before, so that a setting brings
    its picture again only when all others were shown.
    """

    telling: dict = {}
    ever_idle, idle_at = False, {}
    rows, draws = 8, 3
    sets_ends = ()
    remembers = False

    def is_right(self, values, found):
        """Hold the numbers that were `found` for these `values` of the controls against others."""
        pytest.fail(f"{type(self).__name__} needs is_right(self, values, found).")

    def test_numbers_are_right_at_the_ends_of_every_control(self, explorer):
        """And a setting that comes again, on another way, brings its picture again."""
        if self.remembers:
            show_all(explorer)
        pictures = {}
        for name, control in explorer.controls.items():
            start = control.value
            for value in ends(control):
                control.value = value
                values = {n: c.value for n, c in explorer.controls.items()}
                if (setting := tuple(values.items())) not in pictures:
                    self.is_right(values, explorer.values)
                assert explorer.error is None
                assert pictures.setdefault(setting, explorer.picture) == explorer.picture
            control.value = start
            assert control.value == start, name

    def test_every_control_changes_the_picture(self, explorer):
        explorer.set(**self.telling)
        for name, control in explorer.controls.items():
            start, pictures = control.value, set()
            for value in ends(control):
                control.value = value
                pictures.add(explorer.picture)
            control.value = start
            assert len(pictures) > 1, name

    def test_a_control_is_disabled_where_it_changes_no_number(self, explorer):
        """And every other one changes some, at one of the draws at least."""
        rng, seen = np.random.default_rng(5), set()
        settings = list(idle.settings(explorer, self.rows, rng))
        settings += [settings[0] | self.idle_at] if self.idle_at else []
        for setting in settings:
            dumb = set(explorer.controls)
            for _ in range(self.draws):
                idle.draw(explorer, setting, rng)
                disabled = idle.disabled(explorer)
                assert not idle.changing(explorer, disabled, rng, self.sets_ends), setting
                dumb -= disabled
                dumb -= idle.changing(explorer, dumb, rng, self.sets_ends)
                seen |= disabled
            assert not dumb, setting
        assert bool(seen) == self.ever_idle

    def test_controls_are_named_and_explained(self, explorer):
        for control in explorer.controls.values():
            assert control.description and control.tooltip
            assert control.style.description_width == "initial"  # never cut off
            assert getattr(control, "continuous_update", True)

    def test_the_static_picture_fits_ten_to_a_notebook(self, explorer):
        static = explorer.static()
        assert len(static.png) < 22_000  # 300 kB for a notebook, a third more as base64
        assert static.alt.endswith(".")


def show_all(explorer) -> None:
    """Move every control to its ends and back."""
    for control in explorer.controls.values():
        start = control.value
        for value in (*ends(control), start):
            control.value = value


def ends(control: widgets.Widget) -> list:
    """The smallest, the present and the largest value of a control, or all there are."""
    if isinstance(control, widgets.FloatRangeSlider):
        low, high = control.min, control.max
        return [(low, high), (low, low), (high, high), (0.0, 0.0), control.value]
    if isinstance(control, widgets.FloatLogSlider):
        return [control.base**control.min, control.base**control.max, control.value]
    if isinstance(control, widgets.Checkbox):
        return [not control.value, control.value]
    if isinstance(control, widgets.ToggleButtons):
        return list(control.options)
    if isinstance(control, widgets.SelectionSlider):
        return [control.options[0], control.options[-1], control.value]
    return [control.min, control.max, control.value]
