"""Tables: the same cells as text and as HTML, headings tied to them, formats that fit."""

from dataclasses import dataclass, field
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu import draw
from qnn_edu.draw import table


@dataclass(frozen=True)
class Row:
    name: str
    sqnr_db: float | None = field(metadata={"heading": "SQNR (dB)", "format": ".1f"})
    share: float = field(metadata={"format": ".0%"})
    file_size: int = 1_234_567


ROWS = [Row("conv", 41.25, 0.5), Row("a < b & c", None, 1.0, 7)]
TEXT = """\
Two layers

name       SQNR (dB)  share  file size
---------  ---------  -----  ---------
conv            41.2    50%  1,234,567
a < b & c          -   100%          7"""


def parsed(shown):
    """The HTML as a tree; a tag that is not closed would fail here."""
    return ElementTree.fromstring(shown.html)


def test_a_table_as_text():
    shown = table(ROWS, caption="Two layers")
    assert str(shown) == repr(shown) == TEXT


def test_a_notebook_gets_both_and_the_text_is_the_same_each_time():
    first, again = (table(ROWS, caption="Two layers")._repr_mimebundle_() for _ in range(2))
    assert first == again
    assert first["text/plain"] == TEXT and set(first) == {"text/html", "text/plain"}


def test_html_ties_every_cell_to_its_headings():
    tree = parsed(table(ROWS, caption="Two < three"))
    assert tree.find("caption").text == "Two < three"
    heads = tree.findall("thead/tr/th")
    assert [head.text for head in heads] == ["name", "SQNR (dB)", "share", "file size"]
    assert {head.get("scope") for head in heads} == {"col"}
    for row, name in zip(tree.findall("tbody/tr"), ["conv", "a < b & c"], strict=True):
        assert (row[0].tag, row[0].get("scope"), row[0].text) == ("th", "row", name)
        assert [cell.tag for cell in row[1:]] == ["td"] * 3


def test_numbers_stand_on_the_right_under_their_heading():
    tree = parsed(table(ROWS, caption="Two layers"))
    for row in tree.iter("tr"):
        sides = [cell.get("style").removeprefix("text-align: ") for cell in row]
        assert sides == ["left", "right", "right", "right"]


@given(
    st.lists(
        st.fixed_dictionaries({"a": st.text("xy<&'", max_size=9), "b": st.floats()}), min_size=1
    )
)
def test_text_and_html_hold_the_same_cells(rows):
    shown = table(rows, caption="Any rows", columns=["a", "b"])
    cells = [[cell.text or "" for cell in row] for row in parsed(shown).findall("tbody/tr")]
    assert [tuple(row) for row in cells] == list(shown.cells)
    assert len({len(line) for line in str(shown).splitlines()[2:]}) == 1  # numbers end in line


def test_columns_are_chosen_ordered_and_formatted():
    chosen = table(ROWS, caption="Some", columns=["share", "name"])
    assert chosen.headings == ("share", "name")
    own = table(ROWS, caption="Some", columns={"sqnr_db": ".3f", "share": lambda v: f"{v} of 1"})
    assert own.cells == (("41.250", "0.5 of 1"), ("-", "1.0 of 1"))


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234, "1,234"), (0.123456, "0.123"), (float("inf"), "inf"), (None, "-"), (True, "True")],
)
def test_values_without_a_format(value, text):
    assert table([{"x": value}], caption="One").cells == ((text,),)


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        ([], None, "got 0 kinds in 0 rows"),
        ([{"a": 1}, {"b": 1}], None, "got 2 kinds in 2 rows"),
        ([ROWS[0], {"name": 1}], None, "rows of one kind"),
        (ROWS, ["name", "size"], r"no column \['size'\]; choose some of \['name', 'sqnr_db'"),
    ],
)
def test_rows_that_make_no_table_are_refused(rows, columns, message):
    with pytest.raises(ValueError, match=message):
        table(rows, caption="None", columns=columns)


def test_draw_shows_what_tables_define():
    assert isinstance(draw.table(ROWS, caption="Two layers"), draw.Table)
