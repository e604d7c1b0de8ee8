"""Lessons for those who do not see them, by WCAG 2.1: headings, links, tables and pictures."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from tools.lessons import build

SOURCES = [source for source, _ in build.all_pairs()]
VAGUE = ("click", "here", "link", "more", "read")  # in a link's words, where these are few
FEW = 20  # letters


class Tags(HTMLParser):
    """Every tag of a page with its attributes, in order."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


@pytest.fixture(params=SOURCES, ids=lambda path: path.stem[:2])
def prose(request):
    cells = build.from_source(request.param).cells
    return [re.sub(r"\$.*?\$", "", c.source) for c in cells if c.cell_type == "markdown"]


def tokens(prose):
    parser = MarkdownIt("commonmark").enable("table")
    return [token for text in prose for token in parser.parse(text)]


def headings(prose):
    """(level, words) of every heading, in order."""
    found = tokens(prose)
    return [
        (int(opening.tag[1]), words.content)
        for opening, words in pairwise(found)
        if opening.type == "heading_open"
    ]


def test_a_lesson_has_one_title_first(prose):
    found = headings(prose)
    assert tokens(prose)[0].tag == "h1"
    assert [level for level, _ in found].count(1) == 1


def test_no_level_is_left_out_and_no_section_is_called_twice(prose):
    found = headings(prose)
    assert all(after <= before + 1 for (before, _), (after, _) in pairwise(found))
    sections = [words.strip().lower() for level, words in found if level <= 2]
    assert all(sections) and len(set(sections)) == len(sections)


def test_links_say_where_they_lead(prose):
    for text in prose:
        for words in re.findall(r"(?<!!)\[([^\]]+)\]\(", text):
            assert not re.match(r"https?://|www\.", words)
            assert len(words) >= FEW or not any(word in words.lower() for word in VAGUE), words


def test_pictures_have_words_and_tables_have_headings(prose):
    html = "\n".join(MarkdownIt("commonmark").enable("table").render(text) for text in prose)
    for tag, attributes in Tags(html).found:
        assert tag != "img" or attributes.get("alt")
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        assert "<th>" in table or "<th " in table
