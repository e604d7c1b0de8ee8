"""A web page as the tests see it: its title, headings, links, pictures and anchors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
IN_STYLES = re.compile(r"(?:@import\s+(?:url\()?|url\()\s*[\"']?([^\"')\s;]+)")


@dataclass
class Page:
    """`links` leads a reader on, `loads` is fetched with the page, `relations` is rel -> href."""

    path: Path
    title: str = ""
    headings: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    pictures: list[dict[str, str]] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    relations: dict[str, str] = field(default_factory=dict)
    formulas: int = 0

    @property
    def text(self) -> str:
        return self.path.read_text()

    def target(self, link: str) -> tuple[Path, str]:
        """The file that a link of this page leads to, and the anchor in it ("" for none)."""
        address, anchor = urldefrag(link)
        path = self.path.parent / unquote(urlsplit(address).path) if address else self.path
        return path.resolve(), unquote(anchor)


class _Reader(HTMLParser):
    def __init__(self, page: Page):
        super().__init__()
        self.page, self.inside = page, ""

    def handle_starttag(self, tag, attributes):
        page, found = self.page, dict(attributes)
        page.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        if tag in LOADED and (address := found.get(LOADED[tag])):
            leads = tag == "link" and found.get("rel") in {"next", "prev", "search"}
            (page.links if leads else page.loads).append(address)
        if tag == "link" and "rel" in found:
            page.relations[found["rel"]] = found.get("href", "")
        if tag == "a" and found.get("href"):
            page.links.append(found["href"])
        if tag == "img":
            page.pictures.append(found)
        if tag == "h1":
            page.headings.append("")
        page.formulas += tag == "math"
        self.inside = tag if tag in {"title", "h1"} else self.inside

    def handle_endtag(self, tag):
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data):
        if self.inside == "title":
            self.page.title += data
        if self.inside == "h1":
            self.page.headings[-1] += data


def read(path: Path) -> Page:
    page = Page(path)
    _Reader(page).feed(page.text)
    return page


def read_all(folder: Path) -> dict[str, Page]:
    """Address below the folder -> page. Folders whose names begin with _ hold no pages."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.html"))}
    return {name: read(path) for name, path in paths.items() if not name.startswith("_")}


def is_outside(address: str) -> bool:
    return urlsplit(address).scheme in {"http", "https", "mailto"} or address.startswith("//")


def loaded_by_styles(style: str) -> list[str]:
    return [address for address in IN_STYLES.findall(style) if not address.startswith("data:")]
