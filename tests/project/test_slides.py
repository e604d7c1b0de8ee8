"""Slides from any lesson: each cell says where it goes, and a slide holds what fits on it."""

import base64
import doctest
import re
import struct
from pathlib import Path

import nbformat
import pytest
from nbconvert import SlidesExporter

from tools.lessons import slides

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
KINDS = {"slide", "subslide", "fragment", "skip", "-"}
# A slide of nbconvert is 700 pixels high and 850 wide, a line of code 25 high.
LINE, WIDTH, LINES = 25, 850, 28


each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def cells(path):
    return nbformat.read(path, as_version=4).cells


def kind(cell):
    return cell.metadata.slideshow.slide_type


def deck(path):
    """The lesson's slides, each a list of cells."""
    made = []
    for cell in cells(path):
        if kind(cell) in {"slide", "subslide"}:
            made.append([])
        if kind(cell) != "skip":
            made[-1].append(cell)
    return made


def height(cell):
    """Lines that a stored cell takes on a slide, as its outputs really are."""
    if cell.cell_type == "markdown":
        return sum(1 + len(line) / 84 for line in cell.source.splitlines() if line)
    shown = 0 if cell.metadata.get("transient") else len(cell.source.splitlines())
    return shown + sum(map(output_height, cell.outputs))


def output_height(output):
    data = output.get("data", {})
    if "image/png" in data:
        width, height = struct.unpack(">II", base64.b64decode(data["image/png"])[16:24])
        return height * min(1, WIDTH / width) / LINE
    if "image/svg+xml" in data:
        return float(re.search(r'height="(\d+)pt"', data["image/svg+xml"])[1]) * 4 / 3 / LINE
    return len((output.get("text") or data["text/plain"]).splitlines())


@each_lesson
def test_every_cell_says_where_it_goes(path):
    assert {kind(cell) for cell in cells(path)} <= KINDS
    assert kind(cells(path)[0]) == "slide"


@each_lesson
def test_every_section_begins_a_slide(path):
    for cell in cells(path):
        heads = cell.cell_type == "markdown" and re.search(r"^##? ", cell.source, re.MULTILINE)
        assert (kind(cell) == "slide") == bool(heads), cell.source


@each_lesson
def test_a_deck_has_a_sensible_number_of_slides(path):
    minutes = int(re.search(r"(\d+) minutes", cells(path)[0].source)[1])
    assert 8 <= len(deck(path)) <= minutes + 5
    assert not [slide for slide in deck(path) if not slide]


@each_lesson
def test_slides_hold_what_fits(path):
    """A cell that is too high by itself (long code and a picture) is alone with its scroll bar."""
    heights = [sum(map(height, slide)) for slide in deck(path)]
    assert max(heights) <= 2 * LINES
    assert sum(lines <= LINES for lines in heights) >= 0.8 * len(heights)


@each_lesson
def test_a_question_is_the_last_on_its_slide_and_keeps_its_answer(path):
    asked = 0
    for slide in deck(path):
        questions = [cell for cell in slide if slides.is_question(cell)]
        asked += len(questions)
        assert not questions or questions == slide[-1:]
    assert asked == sum("\nquiz(" in f"\n{cell.source}" for cell in cells(path))
    assert asked >= 1


@each_lesson
def test_what_runs_backstage_is_skipped_and_exercises_are_shown(path):
    for cell in cells(path):
        if re.match(r"check\.", cell.source) or cell.source.startswith("import numpy"):
            assert kind(cell) == "skip", cell.source
        if "raise NotImplementedError" in cell.source and cell.cell_type == "code":
            assert kind(cell) != "skip", cell.source


@each_lesson
def test_nbconvert_makes_the_deck(path):
    made, _ = SlidesExporter().from_notebook_node(nbformat.read(path, as_version=4))
    opened = made.count("<section>")
    assert opened == made.count("</section>")
    # A section for each group of slides, and one in it for each slide.
    groups = sum(kind(cell) == "slide" for cell in cells(path))
    assert opened == len(deck(path)) + groups
    code = re.sub(r"<[^>]+>", "", made)
    for cell in filter(slides.is_question, cells(path)):
        answer = re.search(r"answer=(.*),\n\)$", cell.source)[0]
        assert answer.splitlines()[0] not in code


def test_prose_goes_with_the_code_that_it_leads_to():
    prose = nbformat.v4.new_markdown_cell("Now draw it.")
    code = nbformat.v4.new_code_cell("\n".join("abcdefghijklmno"))
    head = nbformat.v4.new_markdown_cell("## Head")
    assert slides.slide_types([head, code, prose, code]) == ["slide", "-", "subslide", "-"]


def test_examples_of_slides():
    assert doctest.testmod(slides).failed == 0


def test_with_slides_leaves_its_notebook_alone():
    before = nbformat.read(LESSONS[0], as_version=4)
    copy = nbformat.from_dict(before)
    once = slides.with_slides(before)
    assert before == copy
    assert slides.with_slides(once) == once
