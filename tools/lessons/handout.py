"""Make what a teacher hands out, and what a teacher keeps.

    -m tools.lessons.handout student    build/student: the lessons, without solutions or outputs
    -m tools.lessons.handout teacher    build/nbgrader: a course folder for nbgrader

What somebody has changed there since is left as it is, and named; then the exit code is 1.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import nbformat

from tools.lessons import build, versions

BUILD = build.ROOT / "build"
TEACH = Path(__file__).parent / "teach"
RECORD = ".written.json"
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
        yield path.name, path.read_text()
    for source, target in build.all_pairs():
        notebook = versions.with_hidden_tests(build.with_solutions(source))
        name = f"source/lesson_{target.name[:2]}/{target.name}"
        yield name, nbformat.writes(notebook) + "\n"


def write(folder, files):
    """Write the files, but those that were changed since they were written here; return these.

    The record holds a digest of each file as it was written, so that a newer course may take the
    place of an older one that nobody touched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / RECORD
    written = json.loads(record.read_text()) if record.exists() else {}
    changed = []
    for name, text in files:
        path = folder / name
        if path.exists() and digest(path.read_bytes()) not in (
            written.get(name),
            digest(text.encode()),
        ):
            changed.append(path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        written[name] = digest(text.encode())
    record.write_text(json.dumps(written, indent=1))
    return changed


def digest(data):
    return hashlib.sha256(data).hexdigest()


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
