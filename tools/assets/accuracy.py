"""Gather what training runs gave: `python -m tools.assets.accuracy [results/runs]`.

Writes `qnn_edu/assets/cifar10_accuracy.json`, which lessons show, and the table in
`docs/results.md`, between two marks. `make results` draws the figure too.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from typing import Any

from qnn_edu.data.assets import ASSETS
from qnn_edu.data.recorded import NAME, WAYS, way

ROOT = ASSETS.parents[1]
PAGE = ROOT / "docs" / "results.md"
BEGIN, END = "<!-- made by make results -->", "<!-- end -->"
COLUMNS = {  # of the table, for each way that was run
    "ptq": "PTQ",
    "mse": "least squares",
    "bias": "means kept",
    "gptq": "GPTQ",
    "descend": "descent",
    "adaround": "AdaRound",
    "distill": "distilled",
    "qat": "QAT",
}
SHOWN = ("rounding", "teacher")  # fields that only some runs have
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
    named = ("model", "method", "bits", "seed", "ranges", "epochs")
    known = {name: run[name] for name in (*named, *(each for each in SHOWN if each in run))}
    return known | {
        "accuracy": round(result["accuracy"], 2),
        "file_accuracy": {k: round(v, 2) for k, v in result["file"]["accuracy"].items()},
        "bytes": result["file"]["bytes"],
        "hours": round(result["seconds"] / 3600, 2),
        "data": result["data"]["copy"],
    }


Right = dict[tuple[str, int | None], dict[int, float]]  # (way, bits) -> seed -> right answers


def table(runs: Iterable[dict[str, Any]]) -> str:
    """The accuracies as a table in Markdown, means over seeds; drops are of the same seed's float.

    There is a column for each way of `COLUMNS` that was run.

    >>> def run(method, bits, seed, right, **more):
    ...     return {"model": "net", "method": method, "bits": bits, "seed": seed,
    ...             "file_accuracy": {"xnnpack": right}} | more
    >>> floats = [run("float", None, 1, 90.0), run("float", None, 2, 91.0)]
    >>> quantized = [run(how, 8, seed, 89.0) for how in ("ptq", "qat") for seed in (1, 2)]
    >>> print(table([*floats, *quantized]).splitlines()[-1])
    | net | 8 | 89.00 | 89.00 | 89.00, 89.00 | 1.50 (1.00, 2.00) | |
    >>> chosen = [run("ptq", 8, seed, 89.5, rounding="gptq") for seed in (1, 2)]
    >>> print(table([*floats, *quantized, *chosen]).splitlines()[0])
    | network | bits | PTQ | GPTQ | QAT | QAT, each seed | drop of QAT | drop in 2018 |
    """
    by_model: dict[str, Right] = defaultdict(lambda: defaultdict(dict))
    for run in runs:
        each = by_model[run["model"]][way(run), run["bits"]]
        if run["seed"] in each:
            raise ValueError(
                f"{way(run)} with {run['bits']} bits and seed {run['seed']}: two runs."
            )
        each[run["seed"]] = run["file_accuracy"]["xnnpack"]
    there = {name for right in by_model.values() for name, _ in right}
    ways = [name for name in COLUMNS if name in there]
    heads = ["network", "bits", *(COLUMNS[name] for name in ways)]
    heads += ["QAT, each seed", "drop of QAT", "drop in 2018"]
    lines = [_row(heads), "|---" * len(heads) + "|"]
    for model, right in sorted(by_model.items()):
        floats = right["float", None]
        mean_of_floats = ["" for _ in ways[:-1]] + [f"{mean(floats.values()):.2f}"]
        lines.append(_row([model, "float", *mean_of_floats, _each(floats), "", ""]))
        for bits in sorted({n for _, n in right if n}, reverse=True):
            lines.append(_row([model, str(bits), *_cells(right, model, bits, ways)]))
    return "\n".join(lines)


def _cells(right: Right, model: str, bits: int, ways: list[str]) -> list[str]:
    """What a row says of one number of bits."""
    floats, qat = right["float", None], right.get(("qat", bits), {})
    means = [
        f"{mean(found.values()):.2f}" if (found := right.get((name, bits))) else "" for name in ways
    ]
    drops = {seed: floats[seed] - qat[seed] for seed in sorted(qat)}
    drop = f"{mean(drops.values()):.2f} ({_each(drops)})" if drops else ""
    known = model == "mobilenet_v1" and bits in DROPS_OF_2018
    return [*means, _each(qat), drop, str(DROPS_OF_2018[bits]) if known else ""]


def _each(by_seed: dict[int, float]) -> str:
    return ", ".join(f"{by_seed[seed]:.2f}" for seed in sorted(by_seed))


def _row(cells: list[str]) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def with_table(page: str, text: str, begin: str = BEGIN) -> str:
    """`page` with `text` between the mark `begin` and the end that follows it.

    >>> with_table(f"a {BEGIN} old {END} z", "new") == f"a {BEGIN}\\n\\nnew\\n\\n{END} z"
    True
    """
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n\n{text}\n\n{END}{rest.partition(END)[2]}"


def _order(run: dict[str, Any]) -> tuple:
    ways = list(WAYS).index(way(run))
    return run["model"], ways, -(run["bits"] or 32), run["seed"]


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
