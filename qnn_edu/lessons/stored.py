"""The lessons that an installation carries: a clone's `notebooks/`, or their copy in a wheel."""

from collections.abc import Iterator
from pathlib import Path

FIRST = "00_start_here.ipynb"
PACKAGE = Path(__file__).parent.parent
PLACES = (PACKAGE / "notebooks", PACKAGE.parent / "notebooks")  # of a wheel; of a clone


def stored_folder() -> Path:
    """Where the lessons are.

    Raises:
        ValueError: this installation has none.

    >>> stored_folder().name
    'notebooks'
    """
    for place in PLACES:
        if (place / FIRST).is_file():
            return place
    looked = " or ".join(map(str, PLACES))
    raise ValueError(f"This installation has no lessons: no {FIRST} in {looked}. Install it again.")


def stored_lessons() -> Iterator[tuple[str, str]]:
    """Each lesson, in order: its file's name, and its text.

    >>> [name for name, text in stored_lessons()][0]
    '00_start_here.ipynb'
    """
    for path in sorted(stored_folder().glob("[0-9][0-9]_*.ipynb")):
        yield path.name, path.read_text(encoding="utf-8")
