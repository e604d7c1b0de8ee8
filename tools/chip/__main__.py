"""Sizes of exported networks on chips, as a table in docs/c_export.md: python -m tools.chip

Needs the compilers that `targets` names. Networks beside the digits come from the folder that
`QNN_EDU_DATA` names; rows of such stay as they are where it is not there.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from qnn_edu import chip
from qnn_edu.data import asset
from qnn_edu.tflite import read
from tools.chip.targets import EMULATED

PAGE = Path(__file__).parents[2] / "docs" / "c_export.md"
BEGIN, END = "<!-- made by python -m tools.chip -->\n", "<!-- end -->"
PUBLIC = {  # a network, and what the name of its file ends in
    "micro speech": "micro_speech.tflite",
    "MNIST, three convolutions": "mnist_cnn_int8.tflite",
    "hey_jarvis, with state": "hey_jarvis.tflite",
    "vad, with state": "vad.tflite",
    "FOMO, faces": "fomo_face_detection.tflite",
    "YOLO, faces": "yolo_face_detect.tflite",
    "BlazeFace, front": "blazeface_front_128.tflite",
    "ToyCar, MLPerf Tiny": "model_ToyCar_quant_fullint.tflite",
    "MobileNet v1 0.25 224": "mobilenet_v1_0.25_224_quant.tflite",
    "YOLOv8n 192": "yolov8n_192.tflite",
}


def files():
    """Name and file of each network; None where the folder is not there."""
    yield "digits, of this course", asset("digits_int8.tflite")
    folder = Path(os.environ.get("QNN_EDU_DATA", "none"), "corpus", "networks")
    for name, ending in PUBLIC.items():
        yield name, next(folder.glob(f"*_{ending}"), None)


def row(name, file):
    """A network's line: layers, arena, state, and code and constants on each chip."""
    made = chip.program(read(file))
    cells = [name, len(made.layers), f"{made.arena_bytes:,}", f"{made.state_bytes:,}"]
    with TemporaryDirectory() as folder:
        (Path(folder) / "model.h").write_text(chip.text(made), encoding="ascii")
        for target in EMULATED:
            sizes = target.sizes("model.h", "model", Path(folder))
            assert sizes["bss"] >= made.arena_bytes, sizes
            cells += [f"{sizes['text']:,}", f"{sizes['rodata']:,}"]
    return f"| {' | '.join(map(str, cells))} |"


def table(old):
    """The table's lines; `old` has the lines there were."""
    heads = ["network", "layers", "arena", "state"]
    for target in EMULATED:
        heads += [f"{target.name}: code", "constants"]
    lines = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for name, file in files():
        was = [line for line in old if line.startswith(f"| {name} |")]
        lines += [row(name, file)] if file else was
    return lines


def main():
    if lacking := [target.lacking for target in EMULATED if target.lacking]:
        sys.exit(f"There is no {', '.join(lacking)} here.")
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    old, after = rest.split(END)
    lines = "\n".join(table(old.splitlines()))
    PAGE.write_text(f"{before}{BEGIN}\n{lines}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
