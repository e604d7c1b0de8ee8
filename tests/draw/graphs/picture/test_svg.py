"""Pictures below one another: as wide as the widest, as high as all, nothing scaled or lost."""

import re
from xml.etree import ElementTree

from qnn_edu.draw.graphs.picture.svg import accessible, stacked

SVG = "{http://www.w3.org/2000/svg}"


def picture(width, height, name):
    return (
        f'<?xml version="1.0"?>\n<!-- of dot -->\n<svg width="{width}pt" height="{height}pt"\n '
        f'viewBox="0.00 0.00 {width} {height}" xmlns="http://www.w3.org/2000/svg">'
        f'<g id="graph0"><title>{name}</title></g></svg>\n'
    )


def test_pictures_keep_their_sizes_and_places():
    both = [picture("30.00", "40.00", "a"), picture("50.00", "10.00", "b")]
    root = ElementTree.fromstring(stacked(both))
    assert (root.get("width"), root.get("height")) == ("50pt", "50pt")
    assert root.get("viewBox") == "0 0 50 50"
    places = [(svg.get("y"), svg.get("width"), svg.get("height")) for svg in root.iter(f"{SVG}svg")]
    assert places[1:] == [("0", "30", "40"), ("40", "50", "10")]


def test_titles_stand_above_their_pictures():
    root = ElementTree.fromstring(stacked([picture(30, 40, "a")] * 2, ["<first>", "second"]))
    texts = [(text.text, float(text.get("y"))) for text in root.iter(f"{SVG}text")]
    tops = [float(svg.get("y")) for svg in list(root.iter(f"{SVG}svg"))[1:]]
    assert [text for text, _ in texts] == ["<first>", "second"]
    assert texts[0][1] < tops[0] < tops[0] + 40 < texts[1][1] < tops[1]


def test_ids_are_of_their_own_at_every_depth():
    once = stacked([picture(1, 1, "a")] * 2)
    svg = accessible(stacked([once, once]), "Two times two.")
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids)) == 5  # four pictures and the title
    assert ElementTree.fromstring(svg).find(f"{SVG}title").text == "Two times two."
