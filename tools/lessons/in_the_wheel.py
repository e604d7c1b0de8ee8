"""Hatchling puts the lessons into the wheel, as `qnn_edu/notebooks`, by this hook.

The lessons alone, not what else lies in a clone's `notebooks/`; and only into a wheel: an editable
installation reads the clone's own, where a copy would grow stale.
"""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Lessons(BuildHookInterface):
    def initialize(self, version, build_data):
        """Before the wheel of a `version`, "standard" or "editable", is built."""
        if version == "standard":
            for lesson in Path(self.root, "notebooks").glob("[0-9][0-9]_*.ipynb"):
                build_data["force_include"][str(lesson)] = f"qnn_edu/notebooks/{lesson.name}"
