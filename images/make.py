"""Make the pictures of this folder: each explorer as JupyterLab shows it. Run by `make images`.

Needs a Chromium or Chrome of the system; all else is in the lock.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).parent
sys.path.insert(0, str(IMAGES.parent))  # the tests are not installed

from tests.browser.lab import browser_path, notebook  # noqa: E402

EXPLORERS = ("affine", "range_")  # those that the README shows


def main() -> None:
    if browser_path() is None:
        raise SystemExit("No Chromium or Chrome found: install one, then run this again.")
    for name in EXPLORERS:
        file = IMAGES / f"{name.rstrip('_')}_explorer.png"
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            file.write_bytes(screenshot(name, Path(folder)))
        print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


def screenshot(explorer: str, folder: Path) -> bytes:
    """The live explorer as JupyterLab shows it: PNG of at most 256 colours."""
    cell = f"from qnn_edu.ui import explorers\nexplorers.{explorer}()"
    with notebook(folder, [cell], height=1200) as page:  # room for the question about news
        page.wait_for_selector(".widget-image[src]")
        page.wait_for_function("document.querySelector('.widget-image').complete")
        page.get_by_text("No", exact=True).click()  # no, thank you: no news of Jupyter
        page.mouse.move(0, 0)
        box = page.locator(".jp-OutputArea-output .widget-vbox").first
        pixels = Image.open(io.BytesIO(box.screenshot())).convert("RGB")
    file = io.BytesIO()
    method, dither = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
    pixels.quantize(256, method, dither=dither).save(file, "png", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    main()
