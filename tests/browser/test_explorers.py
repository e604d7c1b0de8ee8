"""Every explorer in JupyterLab, by keyboard and by mouse, at the ends and the default of all."""

from __future__ import annotations

import io
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from itertools import cycle
from typing import Any, NamedTuple

import ipywidgets as widgets
import pytest
from PIL import Image

from qnn_edu.ui import explorers
from tools.browser import controls
from tools.browser.lab import finish

# On the most doubtful digit all kernels agree, on the next they do not.
# A power of two needs no more than a bit of its multiplier.
START = {"side_by_side": {"rank": 1}, "requantize": {"m": 2**-1.75}}


class Pair(NamedTuple):
    """An explorer on a page, and the same one in this process, which says what is right."""

    name: str
    page: Any
    root: Any
    own: Any


@pytest.fixture(scope="module", params=explorers.__all__)
def pair(request, jupyter):
    name = request.param
    settings = START.get(name, {})
    cell = f"from qnn_edu.ui import explorers\nexplorers.{name}().set(**{settings})"
    with jupyter.notebook([cell], height=1400, wait=False) as page:
        own = getattr(explorers, name)().set(**settings)  # while the kernel makes its own
        finish(page)
        page.wait_for_selector(".qnn-edu [role=status]")
        yield Pair(name, page, page.locator(".qnn-edu"), own)
    assert page.told == []


@pytest.mark.parametrize("move", [controls.by_keys, controls.by_mouse], ids=["keys", "mouse"])
def test_what_is_shown_follows_every_control_to_its_ends_and_back(pair, move):
    for name, control in pair.own.controls.items():
        pictures = set()
        for moved in move(pair.root, control):
            value = arrived(pair, control, moved)
            assert controls.is_at(control, value, moved), (name, value, moved)
            pictures.add(agreed(pair, {name: value}))
        assert len(pictures) > 1, f"{name} changes no picture"


def test_no_frame_is_blank_while_a_control_is_moved(pair):
    """Of all frames that the browser painted in two seconds of moving."""
    before = agreed(pair)
    with painted(pair.page) as frames:
        for _ in moved_for_two_seconds(pair):
            pass
    after = agreed(pair)
    assert after != before and len(frames) > 10
    box = pair.page.evaluate(PLACE)
    assert not any(blank(frame, box) for frame in frames)


@contextmanager
def painted(page) -> Iterator[list[bytes]]:
    """Every frame that the browser paints meanwhile, as PNG."""
    frames, devtools = [], page.context.new_cdp_session(page)

    def keep(frame: dict) -> None:
        frames.append(b64decode(frame["data"]))
        devtools.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    devtools.on("Page.screencastFrame", keep)
    devtools.send("Page.startScreencast", {"format": "png"})
    yield frames
    devtools.send("Page.stopScreencast")


def moved_for_two_seconds(pair: Pair) -> Iterator[None]:
    """Drags the first slider there and back, or switches a check box where there is none."""
    sliders = [c for c in pair.own.controls.values() if isinstance(c, controls.SLIDERS)]
    end = time.monotonic() + 2
    if not sliders:
        box = pair.root.locator("input[type=checkbox]").first
        for switched in cycle((True, False)):
            box.click()
            yield
            if switched and time.monotonic() > end:
                return
    with controls.held(pair.root, sliders[0]) as move:
        while (left := end - time.monotonic()) > 0:
            move(abs(left - 1))  # from the right end to the left one, and back
            yield
        move(0.4 if controls.share(sliders[0]) > 0.4 else 0.6)  # not where it was


def blank(frame: bytes, box: list[float]) -> bool:
    """Whether a frame has a single colour where the picture is."""
    x, y, width, height = map(int, box)
    image = Image.open(io.BytesIO(frame)).convert("L")
    low, high = image.crop((x + 8, y + 8, x + width - 8, y + height - 8)).getextrema()
    return low == high


def arrived(pair: Pair, control: widgets.Widget, moved: controls.Move) -> Any:
    """The value that the page shows of a control once it is where a move led, or five seconds on.

    While a kernel is slow to answer, an earlier value of a drag may come back for a moment.
    """
    end = time.monotonic() + 5
    while not controls.is_at(control, value := controls.shown(pair.root, control), moved):
        if time.monotonic() > end:
            break
        pair.page.wait_for_timeout(50)
    return value


def agreed(pair: Pair, moved: Mapping[str, Any] | None = None) -> bytes:
    """The picture, once words and picture on the page are those of the values on the page.

    `moved`: what a control was found moved to; an earlier value of it may come back for a moment.
    """
    values = {name: controls.shown(pair.root, each) for name, each in pair.own.controls.items()}
    values |= moved or {}
    pair.own.set(**values)
    wanted = {"words": words(pair.own), "picture": picture(pair.own)}
    end = time.monotonic() + 20
    # Not by wait_for_function, which takes the promise of an answer for a yes.
    while not pair.page.evaluate(AGREE, wanted):
        if time.monotonic() > end:
            assert pair.page.evaluate(WORDS) == wanted["words"]
            pytest.fail(f"{pair.name} shows the words of {values}, and another picture")
        pair.page.wait_for_timeout(20)
    return pair.own.picture


def words(own) -> str:
    """The read-out of an explorer as its page shows it."""
    return " ".join(unescape(re.sub("<[^>]*>", "", own._words.value)).split())


def picture(own) -> str:
    """The picture of an explorer as its page has it: PNG in base64, or SVG."""
    screen = own._screen.widget
    if isinstance(screen, widgets.Image):
        return b64encode(screen.value).decode()
    return screen.value


WORDS = "document.querySelector('.qnn-edu [role=status]')?.innerText.trim().replace(/\\s+/g, ' ')"
# Asked of the page at once: between two questions one picture may take the place of another.
PLACE = """(() => {
  const picture = document.querySelector('.qnn-edu img.widget-image, .qnn-edu svg');
  const box = picture.getBoundingClientRect();
  return [box.x, box.y, box.width, box.height];
})()"""
AGREE = f"""async wanted => {{
  const root = document.querySelector('.qnn-edu'), image = root.querySelector('img.widget-image');
  if ({WORDS} !== wanted.words) return false;
  if (!image) {{
    const svg = new DOMParser().parseFromString(wanted.picture, 'text/html').querySelector('svg');
    return root.querySelector('svg').outerHTML === svg.outerHTML;
  }}
  await image.decode().catch(() => null); // it was replaced meanwhile
  const bytes = await fetch(image.src).then(it => it.arrayBuffer()).catch(() => new ArrayBuffer());
  const text = new Uint8Array(bytes).reduce((all, byte) => all + String.fromCharCode(byte), '');
  return btoa(text) === wanted.picture;
}}"""
