"""Public networks: engine.run against LiteRT's reference kernels, one thread each (bar: 3)

Those of the folder `corpus/networks` of `QNN_EDU_DATA`; "refused" is what one of the two refuses.

A numpy call takes a microsecond or more, a kernel here makes 5 to 50 of them, and LiteRT is done
with a small operator in one or two microseconds. So a network that takes LiteRT less than 1 ms has
no bar. An LSTM that takes more misses it: a step is some hundred calls, and waits for the one
before it.
"""

import os
from math import prod
from pathlib import Path

from qnn_edu import tflite
from qnn_edu.engine.plan import plan
from tools.bench.bench_engine import measured

BAR, LEAST = 3.0, 1.0  # a ratio; ms
LARGE = 1_000_000  # values in an input: one round takes a minute
ROUNDS = 9
COLUMNS = ("network", "operators", "LiteRT ms", "engine ms", "ratio", "bar")


def run():
    folder = Path(os.environ.get("QNN_EDU_DATA", "none"), "corpus", "networks")
    files = sorted(folder.glob("*.tflite"))
    if not files:
        return [{"network": "not measured: QNN_EDU_DATA names no folder with networks"}]
    return [_row(file) for file in files]


def _row(file):
    try:
        graph = tflite.read(file)
        plan(graph, "reference")  # refuses first what may end the process in LiteRT
        large = max(prod(graph.tensors[i].shape) for i in graph.inputs) > LARGE
        row = measured(file.read_bytes(), rounds=1 if large else ROUNDS)
    except (RuntimeError, ValueError):  # LiteRT's word and ours for a model that cannot run
        return dict.fromkeys(COLUMNS, "-") | {"network": file.stem, "ratio": "refused"}
    bar = BAR if row["LiteRT ms"] >= LEAST else "-"
    return {"network": file.stem, "operators": str(len(graph.operators)), **row, "bar": bar}
