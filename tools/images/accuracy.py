"""Draw `images/accuracy_against_bits.png` from the recorded runs. Run by `make results`."""

from pathlib import Path

from qnn_edu.data import recorded_accuracy
from qnn_edu.data.recorded import WAYS
from qnn_edu.draw import plots, style

SHOWN = ("qat", "descend", "ptq")  # ways; the table has all of them
NETWORKS = {"mobilenet_v1": "MobileNet v1, width 0.25", "resnet8": "ResNet-8"}


def main() -> None:
    figure = style.figure(9, 3.6)
    for ax, (model, title) in zip(figure.subplots(1, 2), NETWORKS.items(), strict=True):
        right = recorded_accuracy(model)
        curves = {WAYS[way]: right[way] for way in SHOWN}
        plots.accuracy_against_bits(curves, float_accuracy=right["float"][32], title=title, ax=ax)
    figure.savefig(Path(__file__).parents[2] / "images" / "accuracy_against_bits.png")


if __name__ == "__main__":
    main()
