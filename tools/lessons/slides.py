"""Slides from any lesson: which cell begins a slide, and which is not for the projector.

`jupyter nbconvert --to slides notebooks/02_quantize_and_dequantize.ipynb` makes the deck. It reads
`slideshow.slide_type` of each cell: "slide" is to the right, "subslide" below, "-" on the same
slide, "skip" on none. All of it follows from the source: no lesson has slides to keep in step.

A section is a slide, and as many below it as its cells need. A question stands alone, without its
code, which tells the answer; what follows it comes with the next key. Imports, checks of exercises
and bare assertions are skipped.
"""

import ast
import copy
import re

# A slide of nbconvert is 700 pixels high, and a line of code 25, with its share of the margins.
LINES_PER_SLIDE = 28
PICTURE, TABLE = 17, 9
CHARACTERS = 84

SHOWS_A_PICTURE = re.compile(r"\b(draw\.(show|diagram|side_by_side)|explorers\.\w+)\(")
SHOWS_A_TABLE = re.compile(r"\bdraw\.table\(")
HEADING = re.compile(r"^#{1,2} ", re.MULTILINE)
BACKSTAGE = {ast.Import, ast.ImportFrom, ast.Assign}
QUIZ = re.compile(r"^quiz\(", re.MULTILINE)
CHECK = re.compile(r"check\.\w+\(my_\w+\)")


def with_slides(notebook):
    """The notebook with slide metadata on each cell."""
    notebook = copy.deepcopy(notebook)
    for cell, kind in zip(notebook.cells, slide_types(notebook.cells), strict=True):
        cell.metadata["slideshow"] = {"slide_type": kind}
        if is_question(cell):  # what nbconvert's templates heed, for slides and pages alike
            cell.metadata["transient"] = {"remove_source": True}
    return notebook


def slide_types(cells):
    """The `slide_type` of each cell: "slide", "subslide", "-" or "skip".

    >>> from nbformat.v4 import new_code_cell, new_markdown_cell
    >>> slide_types([new_markdown_cell("# 02"), new_code_cell("import numpy"), new_code_cell("1")])
    ['slide', 'skip', '-']
    """
    kinds, used, asked = [], 0, False
    for number, cell in enumerate(cells):
        if begins_a_section(cell):
            kind = "slide"
        elif is_backstage(cell):
            kind = "skip"
        else:
            kind = "subslide" if asked or not _fits(cells[number:], used) else "-"
        kinds.append(kind)
        if kind != "skip":
            used = lines(cell) + (used if kind == "-" else 0)
            asked = is_question(cell)
    return kinds


def _fits(cells, used):
    """Whether the first cell has room, and so has the code that it leads to, if one slide can."""
    both = sum(map(lines, cells[:2]))
    leads = cells[0].cell_type == "markdown" and len(cells) > 1 and cells[1].cell_type == "code"
    if leads and not is_backstage(cells[1]) and both <= LINES_PER_SLIDE:
        return used + both <= LINES_PER_SLIDE
    return used + lines(cells[0]) <= LINES_PER_SLIDE


def begins_a_section(cell):
    return cell.cell_type == "markdown" and bool(HEADING.search(cell.source))


def is_question(cell):
    """Whether the cell asks before the answer can be seen."""
    return is_folded(cell) and bool(QUIZ.search(cell.source))


def is_folded(cell):
    """Whether JupyterLab hides the cell's code until somebody asks for it."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def is_backstage(cell):
    """Whether the cell is needed to run, but not to be seen.

    Imports with what they load, bare assertions, the check of an exercise (its stub is shown), and
    what is folded because one may skip it.
    """
    if cell.cell_type != "code":
        return False
    if is_folded(cell):
        return not is_question(cell)
    kinds = [type(statement) for statement in ast.parse(cell.source).body]
    imports = kinds[:1] in ([ast.Import], [ast.ImportFrom]) and set(kinds) <= BACKSTAGE
    return imports or set(kinds) == {ast.Assert} or bool(CHECK.fullmatch(cell.source))


def lines(cell):
    """About how high the cell is on a slide, its output included, in lines of code."""
    if cell.cell_type == "markdown":
        return _lines_of_prose(cell.source)
    if is_question(cell):
        return len(cell.source.splitlines())
    pictures = PICTURE * len(SHOWS_A_PICTURE.findall(cell.source))
    tables = TABLE * len(SHOWS_A_TABLE.findall(cell.source))
    printed = sum(
        4 if line[0] == " " else 1 for line in cell.source.splitlines() if "print(" in line
    )
    return len(cell.source.splitlines()) + pictures + tables + printed + 1


def _lines_of_prose(text):
    heights = {"#": 3, "$": 3, "|": 1.5}
    return sum(
        heights.get(paragraph[0], 1.5) + len(paragraph) / CHARACTERS
        for paragraph in re.split(r"\n\n|\n(?=- |\|)", text.strip())
    )
