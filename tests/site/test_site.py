"""The course as web pages: what can be seen in the files, without a browser."""

import doctest
import importlib
import pkgutil
import re
import sys
import zlib
from pathlib import Path

import nbformat
import pytest

import qnn_edu
from tests.site.pages import is_outside, loaded_by_styles

ROOT = Path(__file__).parents[2]
LESSONS = sorted(ROOT.glob("notebooks/[0-9][0-9]_*.ipynb"))
ROOMS = ("", ".data", ".draw", ".engine", ".nets", ".ptq", ".tflite", ".ui", ".ui.explorers")
ELSEWHERE = {"qnn_edu.nets.Result"}  # it is the engine's
NOT_LESSONS = {"README.html", "index.html", "search.html"}


def cells(path):
    return nbformat.read(path, as_version=4).cells


def lesson_pages(pages):
    return [pages[f"notebooks/{path.stem}.html"] for path in LESSONS]


def test_every_lesson_and_every_document_has_a_page(pages):
    sources = [*LESSONS, *ROOT.glob("docs/*.md"), *ROOT.glob("docs/api/*.md"), ROOT / "README.md"]
    wanted = {path.relative_to(ROOT).with_suffix(".html").as_posix() for path in sources}
    assert len(LESSONS) >= 10
    assert wanted <= set(pages)


def test_every_page_has_a_title_and_a_first_heading(pages):
    for name, page in pages.items():
        assert page.title.strip(), name
        # The theme repeats it for print.
        assert len({heading.strip("# \n") for heading in page.headings} - {""}) == 1, name


def test_no_link_is_dead(pages, site):
    by_path = {page.path.resolve(): page for page in pages.values()}
    dead = []
    for name, page in pages.items():
        for link in filter(lambda link: not is_outside(link), page.links):
            path, anchor = page.target(link)
            known = by_path.get(path)
            there = path.is_file() and site.resolve() in path.parents
            if not there or (anchor and known and anchor not in known.anchors):
                dead.append((name, link))
    assert not dead
    assert sum(len(page.links) for page in pages.values()) > 500


def test_links_between_lessons_lead_to_pages(pages):
    for page in [*lesson_pages(pages), pages["index.html"]]:
        left = [link for link in page.links if link.endswith(".ipynb") and "_sources" not in link]
        assert not left
    assert "notebooks/02_quantize_and_dequantize.html" in pages["index.html"].links


def test_every_picture_is_there_and_has_words(pages):
    shown = 0
    for name, page in pages.items():
        for picture in page.pictures:
            path, _ = page.target(picture["src"])
            assert path.is_file() and path.stat().st_size > 0, (name, picture)
            assert picture.get("alt", "").strip(), (name, picture)
            assert path.name not in picture["alt"]
            shown += 1
    assert shown >= 40


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_pictures_keep_the_words_that_the_lesson_gave_them(pages, path):
    outputs = [
        output
        for cell in cells(path)
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    wanted = [output.metadata["image/png"]["alt"] for output in outputs]
    shown = [picture["alt"] for picture in pages[f"notebooks/{path.stem}.html"].pictures]
    assert [words for words in shown if words in wanted] == wanted


def test_no_page_loads_anything_from_elsewhere(pages, site):
    for name, page in pages.items():
        assert not [address for address in page.loads if is_outside(address)], name
        assert not loaded_by_styles(page.text) or not any(
            map(is_outside, loaded_by_styles(page.text))
        )
    for style in site.rglob("*.css"):
        assert not [a for a in loaded_by_styles(style.read_text()) if is_outside(a)], style


def test_formulas_are_formulas(pages):
    for path, page in zip(LESSONS, lesson_pages(pages), strict=True):
        prose = "\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")
        wanted = prose.count("$$") // 2 + len(re.findall(r"\$[^$]+\$", prose.replace("$$", "")))
        assert page.formulas >= prose.count("$$") // 2
        assert bool(page.formulas) == bool(wanted), path.stem
        assert "$$" not in re.sub(r"<(script|pre)\b.*?</\1>", "", page.text, flags=re.DOTALL)


def test_an_explorer_is_a_picture_with_its_settings_folded(pages):
    for path, page in zip(LESSONS, lesson_pages(pages), strict=True):
        drawn = sum("= explorers." in cell.source for cell in cells(path))
        folded = re.findall(r'<details class="still">(.*?)</details>', page.text, re.DOTALL)
        assert len(folded) == drawn, path.stem
        assert all("Live in JupyterLab" in text and text.count("<li>") >= 3 for text in folded)
        assert not re.search(r"widget-view\+json|[Mm]odel not found|VBox\(", page.text)


def test_a_quiz_is_a_question_whose_code_is_folded(pages):
    for path, page in zip(LESSONS, lesson_pages(pages), strict=True):
        asked = sum("\nquiz(" in f"\n{cell.source}" for cell in cells(path))
        assert page.text.count("it tells the answer") == asked > 0
        assert page.text.count("In JupyterLab you choose") == asked


def test_previous_and_next_pass_through_all_lessons(pages):
    chain, page = [], pages["README.html"]
    while page.relations.get("next") and len(chain) < len(pages):
        path, _ = page.target(page.relations["next"])
        page = next(each for each in pages.values() if each.path.resolve() == path)
        chain.append(page.path.stem)
        assert page.relations.get("prev")
    assert chain[: len(LESSONS)] == [path.stem for path in LESSONS]
    assert len(chain) == len(pages) - len(NOT_LESSONS)


def test_every_public_name_is_in_the_reference(site):
    header, _, packed = (site / "objects.inv").read_bytes().partition(b"using zlib.\n")
    known = {line.split()[0] for line in zlib.decompress(packed).decode().splitlines()}
    for family in (".core.", ".conversion."):  # qnn_edu.ranges is core.ranges
        known |= {name.replace(family, ".") for name in known}
    for room in ROOMS:
        module = importlib.import_module(f"qnn_edu{room}")
        names = {f"qnn_edu{room}.{name}" for name in module.__all__ if not name.isupper()}
        assert names <= known | ELSEWHERE
    assert {f"qnn_edu.core.{name}" for name in ("ranges", "clipping", "fixed_point")} <= known


def test_examples_of_the_extensions(monkeypatch, site):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    extensions = importlib.import_module("extensions")
    for found in pkgutil.iter_modules(extensions.__path__, "extensions."):
        assert doctest.testmod(importlib.import_module(found.name)).failed == 0
    for name in [name for name in sys.modules if name.split(".")[0] == "extensions"]:
        del sys.modules[name]


def test_the_package_is_the_one_that_was_built(pages):
    assert qnn_edu.__version__ in pages["index.html"].text
