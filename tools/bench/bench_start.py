"""From `make lab` to the first plot: the server answers, the lesson is open, its picture is there

Seconds from the start of the server, as `make lab` starts it once all is installed, median of
three. A lesson is opened in a browser that holds nothing yet, and run. Needs Chromium or Chrome.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROUNDS = 3
LESSONS = ("00_start_here.ipynb", "01_a_quantized_model_at_work.ipynb")
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# In a cell that has run: a picture that was stored with the notebook does not count.
PICTURE = """() => jupyterapp.shell.currentWidget.content.widgets.some(cell =>
  cell.promptNode?.textContent.match(/\\d/) && cell.model.executionState !== 'running' &&
  [...cell.node.querySelectorAll('.jp-OutputArea-output img')].some(it => it.naturalWidth > 100))"""


def run() -> list[dict]:
    """A row for each lesson."""
    from tools.browser.lab import browser_path

    if browser_path() is None:
        return [{"lesson": "not measured: no Chromium or Chrome was found on the PATH"}]
    rows = []
    for name in LESSONS:
        rounds = [_seconds(name) for _ in range(ROUNDS)]
        rows.append({"lesson": name} | {k: median(each[k] for each in rounds) for k in rounds[0]})
    return rows


def _seconds(name: str) -> dict[str, float]:
    from tools.browser.lab import lab, start

    begun, times = perf_counter(), {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with lab(Path(folder)) as jupyter:
            times["server and browser s"] = perf_counter() - begun
            shutil.copy(NOTEBOOKS / name, jupyter.work)
            with jupyter.opened(name) as page:
                times["lesson open s"] = perf_counter() - begun
                page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
                start(page, "notebook:run-all-cells")
                page.wait_for_function(PICTURE, timeout=120_000)
                times["first plot s"] = perf_counter() - begun
    return times
