"""Make the pictures of this folder: each explorer as JupyterLab shows it. Run by `make images`.

    python -m tools.images.explorers              all explorers
    python -m tools.images.explorers affine       one of them

Needs a Chromium or Chrome of the system; all else is in the lock.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

from qnn_edu.ui import explorers
from tools.browser.lab import Lab, browser_path, lab

IMAGES = Path(__file__).parents[2] / "images"


# Where the explorer is more telling than as it opens.
SETTINGS = {
    "mixed_bits": {
        **dict.fromkeys(("block1_depthwise", "block1_pointwise", "block2_depthwise"), 4),
        "block3_pointwise": 2,
    },
    "sensitivity": {"block2_depthwise_relu": True},
    "training": {"start": "zero", "momentum": 0.95, "outlier": 8.0},
}
DRAWN = """() => {
  const picture = document.querySelector('.qnn-edu img.widget-image, .qnn-edu svg');
  return picture && picture.complete !== false && picture.getBoundingClientRect().height > 100;
}"""


def main(names: list[str]) -> None:
    if browser_path() is None:
        raise SystemExit("No Chromium or Chrome found: install one, then run this again.")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        lab(Path(folder)) as jupyter,
    ):
        for name in names or explorers.__all__:
            file = IMAGES / f"{name.rstrip('_')}_explorer.png"
            file.write_bytes(screenshot(jupyter, name))
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB", flush=True)


def screenshot(jupyter: Lab, name: str) -> bytes:
    """The live explorer as JupyterLab shows it: PNG of at most 256 colours."""
    settings = SETTINGS.get(name, {})
    cell = f"from qnn_edu.ui import explorers\nexplorers.{name}().set(**{settings})"
    with jupyter.notebook([cell], height=1600) as page:
        page.wait_for_function(DRAWN)
        page.mouse.move(0, 0)
        pixels = Image.open(io.BytesIO(page.locator(".qnn-edu").screenshot())).convert("RGB")
    file = io.BytesIO()
    method, dither = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
    pixels.quantize(256, method, dither=dither).save(file, "png", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
