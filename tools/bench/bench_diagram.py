"""Diagrams: reading a model, describing it, drawing it by dot (bar: 500 ms for all of it)

MobileNet comes from the folder that `QNN_EDU_DATA` names; without it only the digits are measured.
"""

import os
from pathlib import Path
from statistics import median
from time import perf_counter

from qnn_edu.data import asset

ROUNDS = 9


def run():
    from qnn_edu.draw import diagram
    from qnn_edu.tflite import read

    files = [asset("digits_int8.tflite")]
    files += sorted(Path(os.environ.get("QNN_EDU_DATA", "none"), "models").glob("*.tflite"))
    rows = []
    for file in files:
        graph = read(file)
        picture = diagram(graph)
        steps = {
            "read ms": _median(lambda file=file: read(file)),
            "diagram ms": _median(lambda graph=graph: diagram(graph)),
            "dot ms": _median(lambda picture=picture: picture.svg()),
        }
        row = {"model": file.stem, "operators": str(len(graph.operators)), **steps}
        rows.append(row | {"all ms": sum(steps.values()), "bar": 500.0})
    return rows


def _median(work):
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        times.append(1000 * (perf_counter() - start))
    return median(times)
