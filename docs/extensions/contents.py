"""The README as the site's first page, with the contents of the course behind it."""

from pathlib import Path
from shutil import copyfile

ROOMS = ("core", "data", "ptq", "tflite", "engine", "nets", "chip", "draw", "ui", "cli")
CHAPTERS = {
    "Lessons": ["notebooks/[0-9][0-9]_*"],
    "More": ["docs/*", "CONTRIBUTING"],
    "Reference": [f"docs/api/{room}" for room in ROOMS],
}
SOURCES = {".md", ".ipynb"}


def contents(root: Path) -> str:
    """A hidden table of contents for each chapter that has pages, in MyST."""
    return "\n".join(
        "\n".join(["```{toctree}", ":hidden:", ":glob:", f":caption: {chapter}\n", *found, "```\n"])
        for chapter, patterns in CHAPTERS.items()
        if (found := [pattern for pattern in patterns if _has_pages(root, pattern)])
    )


def _has_pages(root: Path, pattern: str) -> bool:
    return any(path.suffix in SOURCES for path in root.glob(f"{pattern}.*"))


def _add_contents(app, docname: str, source: list[str]) -> None:
    if docname == app.config.root_doc:
        source[0] += "\n\n" + contents(Path(app.srcdir))


def _name_first_page(app, exception) -> None:
    """Servers look for index.html."""
    if exception is None:
        copyfile(app.outdir / f"{app.config.root_doc}.html", app.outdir / "index.html")


def setup(app) -> dict:
    app.connect("source-read", _add_contents)
    app.connect("build-finished", _name_first_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
