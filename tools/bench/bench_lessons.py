"""Lessons: memory of the kernel after each, readers in 24 GiB, seconds to run, minutes to study

Each lesson runs from start to end in a kernel of its own. `resident`: VmRSS at the end; `peak`:
VmHWM, the most it ever was. `readers`: 24 GiB over the peak and a JupyterLab server for each. The
minutes are those that the lesson says it takes; nobody's were measured. MB are millions of bytes.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from time import perf_counter

import nbformat

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
BARS = {False: 200, True: 1200}  # MB resident, by whether TensorFlow is loaded
ROOM = 24 * 2**30 / 1e6  # MB
ASK = """import json as _json, re as _re, sys as _sys
_status = open('/proc/self/status').read()
_kib = {name: int(_re.search(rf'{name}:\\s+(\\d+)', _status)[1]) for name in ('VmRSS', 'VmHWM')}
print(_json.dumps({**_kib, 'tensorflow': 'tensorflow' in _sys.modules}))"""


def run() -> list[dict]:
    """A row for each lesson, and one for all."""
    if not Path("/proc/self/status").exists():
        return [{"lesson": "not measured: this system has no /proc"}]
    server = server_memory()
    rows = [_measured(file, server) for file in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))]
    total = {name: sum(row[name] for row in rows) for name in ("run s", "study min")}
    least = {"readers": min(row["readers"] for row in rows)}
    return [*rows, dict.fromkeys(rows[0], "") | {"lesson": "all"} | total | least]


def _measured(file: Path, server: float) -> dict:
    from nbclient import NotebookClient

    nb = nbformat.read(file, as_version=4)
    study = int(re.search(r"\*\*(\d+) minutes", "".join(cell.source for cell in nb.cells))[1])
    nb.cells.append(nbformat.v4.new_code_cell(ASK))
    start = perf_counter()
    where = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(
        nb, timeout=120, resources=where, extra_arguments=["--log-level=CRITICAL"]
    ).execute()
    seconds = perf_counter() - start
    told = json.loads(nb.cells[-1].outputs[-1].text)
    resident, peak = (told[name] * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
    return {
        "lesson": file.stem,
        "TensorFlow": "yes" if told["tensorflow"] else "no",
        "resident MB": round(resident),
        "peak MB": round(peak),
        "bar": BARS[told["tensorflow"]],
        "readers": int(ROOM / (peak + server)),
        "run s": round(seconds),
        "study min": study,
    }


def server_memory() -> float:
    """MB resident of a JupyterLab server that has answered."""
    from tools.browser.lab import server

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with server(Path(folder)) as (_, process):
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024 / 1e6
