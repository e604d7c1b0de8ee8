"""`qnn-edu run`: a model file on an image, and the classes it finds most likely."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from qnn_edu.cli.classes import probabilities, top_classes
from qnn_edu.cli.files import read_arrays, read_labels
from qnn_edu.cli.output import show, show_json, table
from qnn_edu.cli.pixels import pixels_to_input, read_image
from qnn_edu.core.affine import quantize
from qnn_edu.tflite import Graph, Tensor, read


def run(
    file: Annotated[Path, typer.Argument(help="A model that names classes, .tflite.")],
    source: Annotated[
        Path, typer.Option("--input", help="An image, or .npy of the model's shape or a batch.")
    ],
    labels: Annotated[Path | None, typer.Option(help="A text file, a class a line.")] = None,
    top: Annotated[int, typer.Option(min=1, help="How many classes to show.")] = 3,
    kernels: Annotated[str, typer.Option(help="reference, optimized or xnnpack.")] = "xnnpack",
    ends: Annotated[
        tuple[float, float] | None,
        typer.Option(
            "--range",
            metavar="BLACK WHITE",
            help="What black and white pixels were in training. Without it: 0 1 for a float model, "
            "the ends of the input's range for a quantized one.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Run a model on an image and show the most likely classes.

    The image's middle, in the model's proportions, is resized to its input. Real numbers are
    quantized as the model's input says, and the answer is dequantized. Where a model ends in
    scores, softmax turns them into probabilities. An .npy file holds real numbers, or integers of
    the model's own type.

    Examples:

    \b
        qnn-edu run mobilenet.tflite --input cat.jpg --labels imagenet_labels.txt
        qnn-edu run float.tflite --input cat.jpg --range -1 1 --top 5
        qnn-edu run digits.tflite --input digits.npy --kernels reference --json
    """
    from qnn_edu.nets import run_tflite

    graph = read(file)
    names = read_labels(labels) if labels else None
    result = run_tflite(file, _input(graph, source, ends), kernels=kernels)
    answers = top_classes(probabilities(graph, result.outputs[0]), top, names)
    if as_json:
        show_json({"file": str(file), "input": str(source), "kernels": kernels, "top": answers})
        return
    rows = [
        (image, answer["class"], answer["label"], f"{answer['probability']:.4f}")
        for image, best in enumerate(answers)
        for answer in best
    ]
    show(f"{file} on {source}, {kernels} kernels")
    show(table(">image >class label >probability", rows))


def _input(graph: Graph, source: Path, ends: tuple[float, float] | None) -> np.ndarray:
    """What the model's only input takes, from an image or from an array."""
    if len(graph.inputs) != 1:
        raise ValueError(f"The model has {len(graph.inputs)} inputs; one is expected.")
    tensor = graph.tensors[graph.inputs[0]]
    if source.suffix in (".npy", ".npz"):
        if ends is not None:
            raise ValueError(f"--range is for images; {source} holds numbers. Leave it out.")
        array = read_arrays(source)
        if isinstance(array, dict):
            raise ValueError(f"{source} holds {len(array)} arrays; one is expected.")
        return _as_taken(array, tensor)
    if len(tensor.shape) != 4:
        raise ValueError(f"The model takes {tensor.shape}, no image (1, h, w, c). Give .npy.")
    return pixels_to_input(read_image(source, *tensor.shape[1:]), tensor, ends)


def _as_taken(array: np.ndarray, tensor: Tensor) -> np.ndarray:
    """Real numbers in the type that the input takes, quantized where it is; the rest as it is."""
    if array.dtype.kind != "f":
        return array
    return array.astype(np.float32) if tensor.params is None else quantize(array, tensor.params)
