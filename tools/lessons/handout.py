"""Make what a teacher hands out, and what a teacher keeps.

    -m tools.lessons.handout student    build/student: the lessons, without solutions or outputs
    -m tools.lessons.handout teacher    build/nbgrader: a course folder for nbgrader, which `make
                                        teacher` puts into an environment of its own, .venv/teach

What somebody has changed there since is left as it is, and named; then the exit code is 1.
"""

import argparse
import sys
from pathlib import Path

import nbformat

from qnn_edu.lessons.folder import bring
from tools.lessons import build, versions

BUILD = build.ROOT / "build"
TEACH = Path(__file__).parent / "teach"
READ_ME = """# The lessons of qnn-edu

Begin with `00_start_here.ipynb`. The lessons need the package `qnn_edu`, which brings JupyterLab:
`pip install ADDRESS`, where ADDRESS is that of the course or a folder with a clone of it. Then type
`jupyter lab` here. After that no lesson needs a network.
"""


def student():
    """The files of build/student: name and text."""
    yield "READ_ME.md", READ_ME
    for source, target in build.all_pairs():
        yield target.name, nbformat.writes(build.from_source(source)) + "\n"


def teacher():
    """The files of build/nbgrader. One assignment a lesson, named lesson_00, lesson_01, ..."""
    for path in sorted(TEACH.glob("*.py")):
        yield path.name, path.read_text(encoding="utf-8")
    for source, target in build.all_pairs():
        notebook = versions.with_graded_checks(build.with_solutions(source))
        name = f"source/lesson_{target.name[:2]}/{target.name}"
        yield name, nbformat.writes(notebook) + "\n"


def write(folder, files):
    """Write the files, but those that somebody changed (`folder.bring` says when); return these."""
    outcomes = bring(folder, files)
    return [folder / each.name for each in outcomes if each.state in ("changed", "behind")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("version", choices=["student", "teacher"])
    version = parser.parse_args().version
    files, folder = (student, "student") if version == "student" else (teacher, "nbgrader")
    changed = write(BUILD / folder, files())
    print(f"{version}: {BUILD / folder}")
    if changed:
        sys.exit(
            "Left as they are, because somebody changed them:\n"
            + "\n".join(f"  {path}" for path in changed)
            + "\nMove them away to get new ones."
        )


if __name__ == "__main__":
    main()
