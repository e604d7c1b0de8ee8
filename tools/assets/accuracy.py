"""Gather what training runs gave: `python -m tools.assets.accuracy [results/runs]`.

Writes `qnn_edu/assets/cifar10_accuracy.json`, which lessons show, and the table in
`docs/results.md`, between two marks. `make results` draws the figure too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from typing import Any

from qnn_edu.data.assets import ASSETS
from qnn_edu.data.recorded import NAME
from qnn_edu.nets.runs.methods import METHODS

ROOT = ASSETS.parents[1]
PAGE = ROOT / "docs" / "results.md"
BEGIN, END = "<!-- made by make results -->", "<!-- end -->"
HEAD = "| network | bits | PTQ | QAT | QAT, each seed | drop of QAT | drop in 2018 |"
# MobileNet on CIFAR-10 in the 2018 series, quantization-aware: float minus quantized, in points.
DROPS_OF_2018 = {8: 0.7, 4: 7.1, 3: 22.6, 2: 57.0}


def gathered(folder: Path) -> list[dict[str, Any]]:
    """The CIFAR-10 results in the folders of `folder`, a few numbers of each, in a fixed order."""
    results = [
        json.loads(file.read_text(encoding="utf-8"))
        for file in folder.glob("cifar10_*/result.json")
    ]
    return sorted(map(summary, results), key=_order)


def summary(result: dict[str, Any]) -> dict[str, Any]:
    """The few numbers of a `result.json` that a table or a plot shows."""
    run = result["run"]
    return {name: run[name] for name in ("model", "method", "bits", "seed", "ranges", "epochs")} | {
        "accuracy": round(result["accuracy"], 2),
        "file_accuracy": {k: round(v, 2) for k, v in result["file"]["accuracy"].items()},
        "bytes": result["file"]["bytes"],
        "hours": round(result["seconds"] / 3600, 2),
        "data": result["data"]["copy"],
    }


def table(runs: Iterable[dict[str, Any]]) -> str:
    """The accuracies as a table in Markdown, means over seeds; drops are of the same seed's float.

    >>> def run(method, bits, seed, right):
    ...     return {"model": "net", "method": method, "bits": bits, "seed": seed,
    ...             "file_accuracy": {"xnnpack": right}}
    >>> floats = [run("float", None, 1, 90.0), run("float", None, 2, 91.0)]
    >>> quantized = [run(how, 8, seed, 89.0) for how in ("ptq", "qat") for seed in (1, 2)]
    >>> print(table([*floats, *quantized]).splitlines()[-1])
    | net | 8 | 89.00 | 89.00 | 89.00, 89.00 | 1.50 (1.00, 2.00) | |
    """
    right = {
        (run["model"], run["method"], run["bits"], run["seed"]): run["file_accuracy"]["xnnpack"]
        for run in runs
    }
    lines = [HEAD, "|---|---|---|---|---|---|---|"]
    for model in sorted({key[0] for key in right}):
        floats = {
            seed: y for (m, method, _, seed), y in right.items() if (m, method) == (model, "float")
        }
        each = ", ".join(f"{floats[seed]:.2f}" for seed in sorted(floats))
        lines.append(f"| {model} | float | | {mean(floats.values()):.2f} | {each} | | |")
        for bits in sorted({b for m, _, b, _ in right if m == model and b}, reverse=True):
            lines.append(_line(right, model, bits, floats))
    return "\n".join(lines)


def _line(right: dict, model: str, bits: int, floats: dict[int, float]) -> str:
    ptq, qat = (
        {seed: y for (m, way, b, seed), y in right.items() if (m, way, b) == (model, method, bits)}
        for method in ("ptq", "qat")
    )
    each = ", ".join(f"{qat[seed]:.2f}" for seed in sorted(qat))
    drops = [floats[seed] - qat[seed] for seed in sorted(qat)]
    drop = f"{mean(drops):.2f} ({', '.join(f'{points:.2f}' for points in drops)})"
    known = model == "mobilenet_v1" and bits in DROPS_OF_2018
    then = f"{DROPS_OF_2018[bits]} " if known else ""
    return (
        f"| {model} | {bits} | {mean(ptq.values()):.2f} | {mean(qat.values()):.2f} "
        f"| {each} | {drop} | {then}|"
    )


def with_table(page: str, text: str) -> str:
    """`page` with `text` between its two marks.

    >>> with_table(f"a {BEGIN} old {END} z", "new") == f"a {BEGIN}\\n\\nnew\\n\\n{END} z"
    True
    """
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}"


def _order(run: dict[str, Any]) -> tuple:
    return run["model"], list(METHODS).index(run["method"]), -(run["bits"] or 32), run["seed"]


def main(folder: Path) -> None:
    """Write the asset and the table."""
    runs = gathered(folder)
    if not runs:
        sys.exit(f"{folder} holds no result of CIFAR-10; `qnn-edu sweep` makes them.")
    (ASSETS / NAME).write_text(
        "[\n" + ",\n".join(map(json.dumps, runs)) + "\n]\n", encoding="utf-8"
    )
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), table(runs)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(*(sys.argv[1:] or [ROOT / "results" / "runs"])))
