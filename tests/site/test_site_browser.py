"""The course as web pages, in a real browser: nothing fails, nothing is fetched from elsewhere."""

import re

import pytest

from tests.site.test_site import LESSONS

DESK, PHONE = {"width": 1280, "height": 844}, {"width": 390, "height": 844}
NOT_LOADED = "[...document.images].filter(image => !image.naturalWidth).map(image => image.src)"
NOT_DRAWN = """[...document.querySelectorAll('math')].filter(
  m => m.getBoundingClientRect().width < 1 || m.getBoundingClientRect().height < 1).length"""
# Pictures below the first screen load when they are needed; here all of them are.
HURRY = "document.querySelectorAll('img[loading=lazy]').forEach(i => i.loading = 'eager')"
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
LEFT = "net::ERR_ABORTED"  # a reader who clicks on leaves behind what was still to come


@pytest.fixture
def tab(browser):
    """A new tab; `complaints` is what went wrong in it, `requested` every address it asked for."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.complaints, page.requested = [], []
    page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("requestfailed", lambda r: r.failure != LEFT and page.complaints.append(r.url))
    page.on("response", lambda r: r.status >= 400 and page.complaints.append(f"{r.status} {r.url}"))
    page.on("request", lambda request: page.requested.append(request.url))
    yield page
    context.close()


def test_every_page_loads_whole_and_from_here_alone(tab, address, pages):
    for name in pages:
        tab.set_viewport_size(DESK)
        tab.goto(f"{address}/{name}")
        tab.evaluate(HURRY)
        tab.wait_for_function("[...document.images].every(image => image.complete)")
        assert tab.evaluate(NOT_LOADED) == [], name
        assert tab.evaluate(NOT_DRAWN) == 0, name
        tab.set_viewport_size(PHONE)
        assert tab.evaluate(TOO_WIDE) <= 0, name
        assert not tab.complaints, name
    elsewhere = [url for url in tab.requested if not url.startswith((address, "data:", "blob:"))]
    assert not elsewhere
    assert len(tab.requested) > len(pages)


def test_search_finds_the_zero_point_in_lesson_02(tab, address):
    tab.goto(f"{address}/search.html?q=zero+point")
    tab.wait_for_selector("#search-results li a")
    tab.wait_for_function("document.querySelector('#search-results p').innerText.includes('found')")
    found = tab.locator("#search-results li > a").evaluate_all("links => links.map(a => a.href)")
    assert any("02_quantize_and_dequantize" in link for link in found), found
    assert not tab.complaints


def test_a_reader_walks_from_the_first_page_through_all_lessons(tab, address):
    tab.goto(f"{address}/")
    for path in LESSONS:
        tab.locator("a.right-next").first.click()
        tab.wait_for_url(f"**/{path.stem}.html")
        assert tab.locator("article h1").inner_text().startswith(path.name[:2])
    for path in reversed(LESSONS[:-1]):
        tab.locator("a.left-prev").first.click()
        tab.wait_for_url(f"**/{path.stem}.html")
    assert not tab.complaints


def test_pages_open_from_the_disk_too(tab, site):
    for name in ("index.html", f"notebooks/{LESSONS[2].stem}.html"):
        tab.goto((site / name).as_uri())
        assert tab.evaluate(NOT_LOADED) == []
    assert not tab.complaints
    assert all(url.startswith(("file:", "data:")) for url in tab.requested)


def test_your_own_network_prints_on_two_pages(tab, address):
    tab.goto(f"{address}/docs/your_own_network.html")
    pdf = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    tab.emulate_media(media="print")
    assert [it.inner_text() for it in tab.locator("h1:visible").all()] == ["Your own network"]
    assert tab.locator("nav:visible, footer:visible, button:visible").count() == 0


def test_a_dark_page_has_dark_pictures_but_for_photographs(tab, address, pages):
    tab.goto(f"{address}/notebooks/{LESSONS[1].stem}.html")
    tab.evaluate("document.documentElement.dataset.theme = 'dark'")
    look = "images => images.map(it => [it.className, getComputedStyle(it).filter])"
    for kind, filters in tab.locator(".cell_output img").evaluate_all(look):
        assert ("invert" in filters) == ("photograph" not in kind)
