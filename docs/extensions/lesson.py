"""A stored lesson, made ready for a page on which nothing runs."""

from __future__ import annotations

import re
from html import escape

import nbformat
from nbformat import NotebookNode

LIVE = "Live in JupyterLab; here it stands still. Its settings and numbers"
SHOW_QUIZ = "Show the question's code (it tells the answer)"
QUIZ = '<p class="still">In JupyterLab you choose, lock in, try, and reveal.</p>'
SVG_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)


def read(text: str) -> NotebookNode:
    """The notebook that `text` holds, for a page: see `for_the_web`."""
    return for_the_web(nbformat.reads(text, as_version=4))


def for_the_web(notebook: NotebookNode) -> NotebookNode:
    """The notebook with alternative texts where Sphinx looks for them, and with words for readers.

    An explorer is its picture and a line behind which its settings are folded; a quiz is its
    question, and its code, which tells the answer, is folded.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            _prepare(cell)
    return notebook


def _prepare(cell: NotebookNode) -> None:
    sentences = list(filter(None, map(alternative_text, cell.outputs)))
    options = cell.metadata.setdefault("mystnb", NotebookNode())
    if sentences:
        options["image"] = {"alt": " ".join(sentences)}
        if any(_photograph(output) for output in cell.outputs):
            options["image"]["classes"] = ["photograph"]
    if cell.metadata.get("jupyter", {}).get("source_hidden"):
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
        asks = re.search(r"^quiz\(", cell.source, re.MULTILINE)
        options["code_prompt_show"] = SHOW_QUIZ if asks else "Show the code"
    cell.outputs = [each for output in cell.outputs for each in _with_a_note(output)]


def alternative_text(output: NotebookNode) -> str | None:
    """What a stored picture shows, in words; None where there is no picture."""
    if "image/svg+xml" in output.get("data", {}):
        return " ".join(SVG_TITLE.search(output.data["image/svg+xml"])[1].split())
    return output.get("metadata", {}).get("image/png", {}).get("alt")


def _photograph(output: NotebookNode) -> bool:
    """Whether a picture's colours are its own, which a dark page leaves alone."""
    return output.get("metadata", {}).get("image/png", {}).get("photograph", False)


def _with_a_note(output: NotebookNode) -> list[NotebookNode]:
    data = output.get("data", {})
    if "image/png" in data and (settings := re.findall(r"^  (.+)$", data["text/plain"], re.M)):
        return [output, _note(_folded(LIVE, settings))]
    if re.search(r"^  \( \) ", data.get("text/plain", ""), re.M):
        return [output, _note(QUIZ)]
    return [output]


def _folded(summary: str, lines: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<details class="still"><summary>{summary}</summary><ul>{items}</ul></details>'


def _note(html: str) -> NotebookNode:
    return nbformat.v4.new_output("display_data", {"text/html": html})
